"""The pages of who sets a PIN of her own for her German card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.icons import Icon
from screens.pages import Answer, FactRow, Facts, Heading, Key, Layout, Note, Tone, Weight
from screens.presenting.occasion import primary
from screens.presenting.services import step_header
from screens.steps import Retry, ServiceKey

if TYPE_CHECKING:
    from screens.pages import Page
    from screens.presenting.occasion import Occasion
    from screens.steps_pin import BeginOwnPin, OwnPinSet, OwnPinUnsure


def begin_own_pin(step: BeginOwnPin, o: Occasion) -> Page:
    """Say what is needed."""
    say = o.say
    return o.page(
        step,
        Layout.QUESTION,
        Heading(say("Set a PIN of your own"), say("With it your card can be used online, and at this terminal.")),
        Facts(
            say("You need"),
            (
                FactRow(Icon.ID_CARD, say("Your identity card, residence permit or eID card")),
                FactRow(Icon.MAIL, say("The letter with its 5-digit PIN, or your PIN of today")),
            ),
        ),
        Note(Tone.INFO, Icon.SUPPORT_AGENT, o.help_here(), strong=say("You do not have the letter any more?")),
        step_header=step_header(o, ServiceKey.OWN_PIN, 1, 3),
        actions=(o.back(), primary("begin", say("Begin"), Answer(value=True))),
    )


def own_pin_set(step: OwnPinSet, o: Occasion) -> Page:
    """Say that it is set."""
    say = o.say
    return o.page(
        step,
        Layout.QUESTION,
        Heading(say("Your card has its new PIN"), say("Take your card back.")),
        Note(Tone.OK, Icon.CHECK_CIRCLE, say("Nobody else knows it, and this terminal has forgotten it.")),
        Facts(
            say("Good to know"),
            (
                FactRow(Icon.LOCK, say("Keep the PIN to yourself, and never with the card.")),
                FactRow(Icon.MAIL, say("Keep the letter: its PUK helps when the PIN is blocked.")),
            ),
        ),
        step_header=step_header(o, ServiceKey.OWN_PIN, 3, 3),
        actions=(primary("finish", say("Finish"), Answer(None), Icon.CHECK),),
    )


def own_pin_unsure(step: OwnPinUnsure, o: Occasion) -> Page:
    """Say that it is one of two."""
    say = o.say
    finish = Key("finish", say("Finish"), Answer(Retry.FINISH), Weight.SECONDARY)
    return o.page(
        step,
        Layout.QUESTION,
        Heading(
            say("We do not know whether the card took the new PIN"),
            say("It has the new one, or still the one from before."),
        ),
        Note(
            Tone.WARN,
            Icon.ID_CARD,
            say("Type the new PIN first. If it does not fit, the old one does."),
            strong=say("You can find out now."),
        ),
        Note(Tone.INFO, Icon.SUPPORT_AGENT, o.help_here(), strong=say("Would you rather talk to someone?")),
        step_header=step_header(o, ServiceKey.OWN_PIN, 3, 3),
        actions=(finish, primary("again", say("Try again"), Answer(Retry.AGAIN))),
    )
