"""A voucher for a pickup, held before the camera: its signature is checked here, its use at the office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from central_office.contract.bulky_codes import Forged, parse_voucher
from central_office.contract.letter_code import DamagedCode, NotOurCode, OtherTownsCode
from central_office.contract.values import value
from kiosk_app.readers import CodeReaders
from kiosk_app.services.bags import can_read_vouchers
from screens.steps import BACK, Back, ReadersChanged
from screens.steps_bulky import ScanVoucher, VoucherProblem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from central_office.contract.bulky_codes import Voucher
    from kiosk_app.desk import Desk

MOST = 5
"""So many vouchers can pay for one pickup."""


@value
class Shown:
    """A voucher and the text of its code, which goes to the office."""

    voucher: Voucher
    text: str


def can_be_shown(desk: Desk) -> bool:
    """Whether a voucher can be read and checked here now."""
    return can_read_vouchers(desk.noticeboard, desk.orders)


def scan(desk: Desk, day: date, shown: Sequence[Shown]) -> Shown | Back:
    """Have another voucher shown for a pickup on `day`."""
    problem: VoucherProblem | None = None
    refused: bytes | None = None
    while True:
        with CodeReaders(desk, refused) as readers:
            step = ScanVoucher(readers.by_camera, readers.by_scanner, problem)
            answer = desk.citizen.ask(step, meanwhile=readers.read, every=readers.pause)
        match answer:
            case Back():
                return BACK
            case ReadersChanged(gone=gone):
                problem = VoucherProblem.READER_GONE if gone else None
            case bytes():
                found = _voucher(desk, answer)
                if isinstance(found, Shown):
                    fault = _hindrance(found, day, shown)
                    if fault is None:
                        return found
                    found = fault
                problem, refused = found, answer


def enough(shown: Sequence[Shown], day: date, litres: int) -> tuple[Shown, ...]:
    """As few of them as hold so much on that day, in the order in which they were shown; none if all are too little."""
    taken: list[Shown] = []
    for one in sorted((one for one in shown if day <= one.voucher.until), key=lambda one: -one.voucher.litres):
        taken.append(one)
        if sum(each.voucher.litres for each in taken) >= litres:
            return tuple(each for each in shown if each in taken)
    return ()


def _voucher(desk: Desk, payload: bytes) -> Shown | VoucherProblem:
    key = desk.orders.office_key()
    if key is None:
        return VoucherProblem.NOT_SIGNED
    try:
        voucher = parse_voucher(payload, desk.town.key, key)
    except OtherTownsCode:
        return VoucherProblem.OTHER_TOWN
    except Forged:
        return VoucherProblem.NOT_SIGNED
    except DamagedCode:
        return VoucherProblem.DAMAGED
    except NotOurCode:
        return VoucherProblem.NOT_OURS
    return Shown(voucher, payload.decode())


def _hindrance(found: Shown, day: date, shown: Sequence[Shown]) -> VoucherProblem | None:
    if any(one.voucher.id == found.voucher.id for one in shown):
        return VoucherProblem.TWICE
    return VoucherProblem.OVER if day > found.voucher.until else None
