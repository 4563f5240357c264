"""Every page of staff at least once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from central_office.contract.stages import DocumentKind
from screens.steps import CodeProblem
from screens.steps_collect import MapDoor
from screens.steps_staff import (
    Check,
    Collector,
    DoorState,
    EnterCompartment,
    EnterLabel,
    EnterNote,
    Envelope,
    FillColumn,
    HandOverCheck,
    HandOverCode,
    LoadDocuments,
    OldDocument,
    OnDuty,
    OpenWithReason,
    Overdue,
    OverdueRow,
    Purpose,
    RefillBags,
    StaffDoor,
    StaffDoorOpens,
    StaffLocked,
    StaffNews,
    StaffPin,
    StaffSignIn,
    StaffTab,
    StaffWall,
    TakeBack,
    Tell,
    Why,
)
from tests.screens import samples_bags

if TYPE_CHECKING:
    from screens.steps import Step

WEBER = OnDuty("Martina Weber", (StaffTab.LOAD, StaffTab.HAND_OVER, StaffTab.TAKE_BACK))
BOSS = OnDuty("Ruth Okafor-Schwarzenberger", tuple(StaffTab))
PASSPORT = Envelope("MS-26-00822", DocumentKind.PASSPORT, "Yılmaz, Kemal")  # noqa: RUF001  a Turkish letter
NEXT = (
    Envelope("MS-26-00823", DocumentKind.IDENTITY_CARD, "Okafor, Grace"),
    Envelope("MS-26-00825", DocumentKind.RESIDENCE_PERMIT, "Brandt-Wiesenthal, Uwe Alexander"),
    Envelope("MS-26-00826", DocumentKind.PASSPORT, "Haddad, Lina"),
)
_LOADED = {1, 2, 3, 5, 8, 9, 11, 15, 16, 17, 19, 22, 23, 26, 29, 30}
_OVERDUE = {4, 24}
_BROKEN = {13}


def staff_wall(number: int = 0) -> StaffWall:
    """The wall of board 18b: two columns left of the terminal, three at its right."""
    columns = (0, 400, 1300, 1700, 2100)
    doors = tuple(
        MapDoor(column * 7 + row + 1, left, 1700 - row * 260, 390, 250)
        for column, left in enumerate(columns)
        for row in range(7)
    )
    states = tuple(
        DoorState.LOADED
        if door.number in _LOADED
        else DoorState.OVERDUE
        if door.number in _OVERDUE
        else DoorState.OUT_OF_ORDER
        if door.number in _BROKEN
        else DoorState.FREE
        for door in doors
    )
    return StaffWall(doors, (820, 460, 1950), states, number)


CHECKS = (Check.IDENTITY, Check.PIN_LETTER)
CARD = Envelope("MS-26-00815", DocumentKind.IDENTITY_CARD, "Hoffmann, Sabine")
ROWS = tuple(
    OverdueRow(number, one, why, date(2026, 6, 12))
    for number, one, why in zip(
        (4, 24, 31, 7, 18, 20), (*NEXT, PASSPORT, CARD, PASSPORT), (*Overdue, *Overdue), strict=True
    )
)

REFILLER = replace(WEBER, tabs=(StaffTab.LOAD, StaffTab.HAND_OVER, StaffTab.TAKE_BACK, StaffTab.REFILL))
COLUMNS = (
    FillColumn(1, samples_bags.RESIDUAL.product, "residual-70", 2026, 3, 12, 12),
    FillColumn(2, samples_bags.GARDEN.product, "garden-120", 2026, 7, 7, 12),
    FillColumn(3, samples_bags.YELLOW.product, "yellow-90", 2026, 2, 8, 12),
)

SAMPLES: dict[str, Step[Any]] = {
    "staff_sign_in": StaffSignIn(readable=True),
    "staff_sign_in_typed_only": StaffSignIn(),
    "staff_sign_in_refused": StaffSignIn(readable=True, tries_left=3),
    **{f"staff_sign_in_{one.value}": StaffSignIn(readable=True, problem=one) for one in CodeProblem},
    "staff_pin": StaffPin(),
    "staff_pin_after_card": StaffPin("Martina Weber"),
    "staff_locked": StaffLocked(datetime(2026, 6, 16, 9, 0, tzinfo=UTC)),
    "staff_locked_until_tomorrow": StaffLocked(datetime(2026, 6, 17, 6, 0, tzinfo=UTC)),
    "staff_load": LoadDocuments(WEBER, staff_wall(), 6, 12, NEXT, readable=True),
    "staff_load_nothing": LoadDocuments(WEBER, staff_wall(), 0, 0, readable=True),
    "staff_load_no_wall": LoadDocuments(BOSS, StaffWall((), None, ()), 0, 3, NEXT, to_confirm=2),
    **{
        f"staff_load_{news.value}": LoadDocuments(BOSS, staff_wall(), 6, 12, NEXT, readable=True, tell=Tell(news, 18))
        for news in StaffNews
    },
    "staff_label": EnterLabel(WEBER, "MS"),
    "staff_label_unknown": EnterLabel(WEBER, "MS", Tell(StaffNews.UNKNOWN_LABEL)),
    "staff_door_opens": StaffDoorOpens(WEBER, 18),
    "staff_door_load": StaffDoor(WEBER, Purpose.LOAD, staff_wall(18), PASSPORT, 7, 12, NEXT),
    "staff_door_load_unsure": StaffDoor(BOSS, Purpose.LOAD, staff_wall(18), PASSPORT, 7, 12, NEXT, sure=False),
    "staff_door_load_still": StaffDoor(WEBER, Purpose.LOAD, staff_wall(18), PASSPORT, 7, 12, NEXT, still_open=True),
    **{
        f"staff_door_{one.value}_{sure}": StaffDoor(BOSS, one, staff_wall(24), CARD, sure=sure)
        for one in (Purpose.CONFIRM, Purpose.HAND_OVER, Purpose.TAKE_BACK)
        for sure in (True, False)
    },
    "staff_door_open": StaffDoor(BOSS, Purpose.OPEN, staff_wall(9)),
    "staff_code": HandOverCode(WEBER, readable=True),
    "staff_code_told": HandOverCode(BOSS, tell=Tell(StaffNews.HANDED_OVER, 32)),
    **{f"staff_code_{one.value}": HandOverCode(WEBER, problem=one) for one in CodeProblem},
    "staff_check": HandOverCheck(WEBER, CARD, date(1961, 3, 3), 32, CHECKS),
    "staff_check_done": HandOverCheck(
        BOSS, CARD, date(1961, 3, 3), 32, CHECKS, CHECKS, Collector.PROXY, OldDocument.RETAINED
    ),
    "staff_take_back": TakeBack(WEBER, ROWS),
    "staff_take_back_two": TakeBack(WEBER, ROWS[:2], Tell(StaffNews.TAKEN_BACK, 4)),
    "staff_take_back_nothing": TakeBack(BOSS, ()),
    "staff_confirm": TakeBack(BOSS, ROWS[2:3], confirming=True),
    "staff_compartment": EnterCompartment(BOSS, 35),
    "staff_compartment_unknown": EnterCompartment(BOSS, 35, Tell(StaffNews.NO_SUCH_COMPARTMENT, 99)),
    **{f"staff_reason_{state.value}": OpenWithReason(BOSS, 18, state) for state in DoorState},
    "staff_reason_chosen": OpenWithReason(BOSS, 18, DoorState.FREE, Why.OTHER, "HINGE SQUEAKS"),
    "staff_refill": RefillBags(REFILLER, COLUMNS),
    "staff_refill_scanned": RefillBags(REFILLER, COLUMNS, Tell(StaffNews.PACK_TOO_LARGE), readable=True),
    "staff_refill_unknown_pack": RefillBags(REFILLER, COLUMNS, Tell(StaffNews.UNKNOWN_PACK), readable=True),
    "staff_refill_nothing": RefillBags(REFILLER, COLUMNS[1:2]),
    "staff_refill_saved": RefillBags(REFILLER, COLUMNS[1:2], Tell(StaffNews.REFILLED)),
    "staff_refill_stuck": RefillBags(
        BOSS,
        (
            *COLUMNS,
            FillColumn(4, None, "garden-120", 2026, 9, 9, 30, "jammed"),
            FillColumn(5, None, "x", 2027, 0, 2, 8),
        ),
    ),
    "staff_note": EnterNote(BOSS, 18, 60),
}
"""By a name that pictures are filed under."""
