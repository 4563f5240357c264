"""What the screen's machinery says in the log."""

from __future__ import annotations

from logbook import Event, Level


class Asked(Event, level=Level.INFO, says="asked {step}", log="screens.stage"):
    """A service asked the citizen something."""

    step: type[object]


class Shown(Event, level=Level.INFO, says="shown {step}", log="screens.show"):
    """A page is on the screen."""

    step: type[object]


class VoiceDoesNotStart(Event, level=Level.WARNING, says="the voice does not start: {error}", log="screens.voice"):
    """Nothing is read aloud."""

    error: type[object]


class VoiceStopped(Event, level=Level.WARNING, says="the voice stopped before it had its text", log="screens.voice"):
    """The rest of a page is not read aloud."""
