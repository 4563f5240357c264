"""Watches the readers of pcscd and tells what lies in them, through restarts of pcscd and readers that come and go.

pyscard's own monitor dies for good when pcscd is restarted; this one asks `SCardGetStatusChange` itself.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smartcard import scard

from devices.card_reading import CardIn, CardUnreadable, NoCard
from devices.drivers.pcsc_reader.messages import NotWatching, Trouble, Watching

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.card_reading import Presence

_PLUGS: Final = "\\\\?PnP?\\Notification"
"""The name under which pcscd tells of readers that come and go."""
_LOOK_AGAIN: Final = 1000
"""Milliseconds after which the list of readers is read anew: one plugged in between list and wait is told by nobody."""
_FIRST_PAUSE: Final = 0.05
_LAST_PAUSE: Final = 0.4
"""Seconds between tries to reach pcscd: from the first, doubling, to the last."""


@dataclass(frozen=True)
class _Seen:
    """The state PC/SC gave for a reader, to be handed back to it."""

    state: int
    atr: bytes

    @property
    def events(self) -> int:
        """How often a card came or went in this reader (the upper half of the state)."""
        return self.state >> 16


class _Lost(Exception):
    """pcscd is gone, or does not let us in."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class Watch:
    """Tells what lies in the readers whose names contain `pattern`; `reader` is the one with the card."""

    def __init__(self, pattern: str, tell: Callable[[Watching | NotWatching], None]) -> None:
        self._pattern = pattern
        self._tell = tell
        self._told: Watching | NotWatching | None = None
        self.reader: str | None = None
        self.atr = b""

    def run(self) -> None:
        """Watch for ever: the body of a thread."""
        pause = _FIRST_PAUSE
        while True:
            try:
                context = self._context()
            except _Lost as lost:
                self._say(NotWatching(lost.trouble))
                time.sleep(pause)
                pause = min(pause * 2, _LAST_PAUSE)
                continue
            pause = _FIRST_PAUSE
            try:
                self._watch(context)
            except _Lost:
                self.reader = None
                time.sleep(_FIRST_PAUSE)
            finally:
                scard.SCardReleaseContext(context)

    def look(self) -> Trouble | None:
        """What keeps the readers from being watched now, asked anew."""
        try:
            context = self._context()
        except _Lost as lost:
            return lost.trouble
        try:
            return None if self._readers(context) else Trouble.NO_READER
        except _Lost as lost:
            return lost.trouble
        finally:
            scard.SCardReleaseContext(context)

    def _context(self) -> object:
        code, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        if code == scard.SCARD_S_SUCCESS:
            return context
        forbidden = (scard.SCARD_W_SECURITY_VIOLATION & 0xFFFFFFFF, scard.SCARD_E_NO_ACCESS & 0xFFFFFFFF)
        raise _Lost(Trouble.FORBIDDEN if code & 0xFFFFFFFF in forbidden else Trouble.NO_DAEMON)

    def _watch(self, context: object) -> None:
        known: dict[str, _Seen] = {}
        while True:
            names = self._readers(context)
            known = {name: known.get(name, _Seen(scard.SCARD_STATE_UNAWARE, b"")) for name in names}
            if not known:
                self.reader = None
                self._say(NotWatching(Trouble.NO_READER))
            asked = [*((name, seen.state) for name, seen in known.items()), (_PLUGS, scard.SCARD_STATE_UNAWARE)]
            code, states = scard.SCardGetStatusChange(context, _LOOK_AGAIN, asked)
            if code & 0xFFFFFFFF == scard.SCARD_E_TIMEOUT & 0xFFFFFFFF:
                continue
            if code & 0xFFFFFFFF == scard.SCARD_E_UNKNOWN_READER & 0xFFFFFFFF:
                known = {}
                continue
            if code != scard.SCARD_S_SUCCESS:
                raise _Lost(Trouble.NO_DAEMON)
            for name, state, atr in states:
                if name in known:
                    known[name] = _Seen(state & ~scard.SCARD_STATE_CHANGED, bytes(atr))
            if known:
                self._say(Watching(self._presence(known)))

    def _readers(self, context: object) -> list[str]:
        code, names = scard.SCardListReaders(context, [])
        if code & 0xFFFFFFFF == scard.SCARD_E_NO_READERS_AVAILABLE & 0xFFFFFFFF:
            return []
        if code != scard.SCARD_S_SUCCESS:
            raise _Lost(Trouble.NO_DAEMON)
        return sorted(name for name in names if self._pattern in name)

    def _presence(self, known: dict[str, _Seen]) -> Presence:
        for position, (name, seen) in enumerate(known.items()):
            if seen.state & scard.SCARD_STATE_PRESENT:
                self.reader, self.atr = name, seen.atr
                insertion = seen.events * len(known) + position
                readable = seen.atr and not seen.state & scard.SCARD_STATE_MUTE
                return CardIn(insertion, seen.atr) if readable else CardUnreadable(insertion)
        self.reader = None
        return NoCard()

    def _say(self, word: Watching | NotWatching) -> None:
        if word != self._told:
            self._told = word
            self._tell(word)
