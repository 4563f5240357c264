"""The pages that ask for a voucher, and that say when one is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from screens.icons import Icon
from screens.pages import (
    Answer,
    Heading,
    Key,
    Layout,
    LivePicture,
    Note,
    Option,
    Options,
    Tone,
    Waiting,
)
from screens.presenting.bulky import SERVICE, STEPS, cubic
from screens.presenting.identify import AIM_HINTS
from screens.presenting.services import step_header
from screens.steps_bulky import Quota, VoucherProblem
from screens.wording import later

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screens.pages import Block, Page
    from screens.presenting.occasion import Occasion
    from screens.steps_bulky import QuotaUsed, ScanVoucher

_VOUCHERS: Final[Mapping[VoucherProblem, tuple[str, str]]] = {
    VoucherProblem.NOT_OURS: (later("This is not a voucher."), later("Show the code on the voucher.")),
    VoucherProblem.DAMAGED: (
        later("We can read only a part of this code."),
        later("Lay it flat and show it again."),
    ),
    VoucherProblem.OTHER_TOWN: (later("This voucher comes from another town."), later("It is good only there.")),
    VoucherProblem.NOT_SIGNED: (
        later("We cannot confirm this voucher."),
        later("Show it at the counter."),
    ),
    VoucherProblem.OVER: (
        later("On your day this voucher is over."),
        later("Choose an earlier day."),
    ),
    VoucherProblem.TWICE: (later("We have this voucher already."), later("Show another one.")),
    VoucherProblem.READER_GONE: (
        later("We cannot read vouchers at the moment."),
        later("Try it again later."),
    ),
}


def scan_voucher(step: ScanVoucher, o: Occasion) -> Page:
    """Ask to show a voucher to the camera or the scanner."""
    say = o.say
    if step.by_camera:
        words, body = say("Hold the QR code in front of the camera"), say("You see the picture here.")
        if step.by_scanner:
            body = say("Or hold it under the scanner, below this screen.")
    else:
        words, body = say("Hold the QR code under the scanner"), say("The scanner is below this screen.")
    picture: Block = Waiting(say("We are waiting for your voucher."))
    if step.by_camera:
        hints = tuple((hint, say(_AIM.get(hint, sentence))) for hint, sentence in AIM_HINTS.items())
        picture = LivePicture(hints, say("One moment, the camera starts."), "letter-qr")
    blocks: tuple[Block, ...] = (Heading(words, body),)
    if step.problem is not None:
        strong, what_to_do = _VOUCHERS[step.problem]
        blocks += (Note(Tone.BAD, Icon.ERROR, say(what_to_do), strong=say(strong)),)
    return o.page(
        step,
        Layout.SCAN,
        *blocks,
        picture,
        step_header=step_header(o, SERVICE, 3, STEPS),
        actions=(o.back(),),
    )


_AIM: Final[Mapping[str, str]] = {"show_code": later("Show the QR code on the voucher.")}


def quota_used(step: QuotaUsed, o: Occasion) -> Page:
    """Say that the free pickups are used, and what can be done."""
    say = o.say
    words = say.several(
        "Your {number} free pickup of {year} is used.",
        "Your {number} free pickups of {year} are used.",
        step.free,
        year=step.year,
    )
    if step.held:
        held, needed = cubic(o, step.held), cubic(o, step.litres)
        words = say("Your vouchers hold {held} m³, your things have {needed} m³.", held=held, needed=needed)
    return o.page(
        step,
        Layout.QUESTION,
        Heading(say("Do you have a voucher?"), words),
        Options(
            (
                Option(
                    Key("voucher", say("Show a voucher"), Answer(Quota.VOUCHER), icon=Icon.CHEVRON_RIGHT),
                    "letter-qr",
                    say("It has a QR code. You get it from the town."),
                ),
                Option(
                    Key("other_day", say("Another day"), Answer(Quota.OTHER_DAY), icon=Icon.CHEVRON_RIGHT),
                    "truck",
                    say("In another year you have free pickups again."),
                ),
            )
        ),
        step_header=step_header(o, SERVICE, 3, STEPS),
        actions=(o.back(),),
    )
