"""The part of a page that asks to show a QR code, whatever the code is on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from screens.icons import Icon
from screens.pages import Heading, LivePicture, Note, Tone, Waiting
from screens.wording import later

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screens.pages import Block
    from screens.presenting.occasion import Occasion
    from screens.steps import ScanLetter
    from screens.steps_bags import ScanBagVoucher
    from screens.steps_bulky import ScanVoucher

LETTER_HINTS: Final[Mapping[str, str]] = {
    "none": later("We are reading the code."),
    "show_code": later("Show the QR code in the letter."),
    "closer": later("Hold it a little closer."),
    "further": later("Hold it a little further away."),
    "hold_still": later("Hold it still for a moment."),
    "less_glare": later("Tilt it a little, so that it does not shine."),
}
"""The words for each aiming hint of the camera, by its value."""


@dataclass(frozen=True)
class Sought:
    """What is to be shown: the words while there is no camera, the camera's hints, and a picture for those without."""

    waiting: str
    hints: Mapping[str, str]
    art: str = ""


LETTER: Final = Sought(later("We are waiting for your letter."), LETTER_HINTS, "letter-qr")
VOUCHER: Final = Sought(
    later("We are waiting for your voucher."),
    {**LETTER_HINTS, "show_code": later("Show the QR code on the voucher.")},
)


def scanning(
    o: Occasion,
    step: ScanLetter | ScanVoucher | ScanBagVoucher,
    sought: Sought,
    problem: tuple[str, str] | None,
) -> tuple[Block, ...]:
    """Where to hold the code, what was wrong with the last one (and what to do), and what the camera sees."""
    say = o.say
    if step.by_camera:
        words, body = say("Hold the QR code in front of the camera"), say("You see the picture here.")
        if step.by_scanner:
            body = say("Or hold it under the scanner, below this screen.")
    else:
        words, body = say("Hold the QR code under the scanner"), say("The scanner is below this screen.")
    blocks: tuple[Block, ...] = (Heading(words, body, art="" if step.by_camera else sought.art),)
    if problem is not None:
        strong, what_to_do = problem
        blocks += (Note(Tone.BAD, Icon.ERROR, say(what_to_do), strong=say(strong)),)
    if not step.by_camera:
        return (*blocks, Waiting(say(sought.waiting)))
    hints = tuple((hint, say(sentence)) for hint, sentence in sought.hints.items())
    return (*blocks, LivePicture(hints, say("One moment, the camera starts."), "letter-qr"))
