"""The pages that ask for a voucher, and that say when one is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from screens.icons import Icon
from screens.pages import (
    Answer,
    Heading,
    Key,
    Layout,
    Option,
    Options,
)
from screens.presenting.bulky import SERVICE, STEPS, cubic
from screens.presenting.scanning import VOUCHER, scanning
from screens.presenting.services import step_header
from screens.steps_bulky import Quota, VoucherProblem
from screens.wording import later

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screens.pages import Page
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
    problem = None if step.problem is None else _VOUCHERS[step.problem]
    return o.page(
        step,
        Layout.SCAN,
        *scanning(o, step, VOUCHER, problem),
        step_header=step_header(o, SERVICE, 3, STEPS),
        actions=(o.back(),),
    )


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
