"""Every flow of the matrix of kills. Another one is one more entry of `FLOWS`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from central_office.contract.bulky import OrderKind
from central_office.contract.documents import DocumentId
from central_office.contract.pickups import PickupId
from central_office.contract.staff import Lying, ToLoad, Worklist
from central_office.contract.stages import DocumentKind
from devices.roles import BoardSilent, Door, StillClosed
from kiosk_app.services.bulky_waste import bulky_waste
from kiosk_app.services.collect import collect
from kiosk_app.services.staff import staff
from screens.stage import Abandoned, Ending
from screens.steps import EnterBirthDate, Retry, ServiceKey
from screens.steps_bulky import (
    Ask,
    Booked,
    BulkyStart,
    ChooseDay,
    ChooseItems,
    EnterHouse,
    EnterName,
    EnterPhone,
    EnterStreet,
    OneMore,
    Review,
    ReviewOrder,
    ShowBooked,
    ShowRules,
    Start,
)
from screens.steps_bulky_mine import ConfirmCancel, ConfirmMove, EnterChangeCode, EnterOrderNumber, ShowOrder, Wish
from screens.steps_collect import (
    CodeOpensNothing,
    Collected,
    DoorAnswer,
    EnterPickupCode,
    GoToCounter,
    LockerOpen,
    LockerOpens,
)
from screens.steps_staff import (
    Check,
    Collector,
    EnterCompartment,
    HandOverCheck,
    HandOverChoice,
    HandOverCode,
    LoadChoice,
    LoadDocuments,
    OldDocument,
    OpenChoice,
    OpenWithReason,
    StaffDoor,
    StaffPin,
    StaffSignIn,
    StaffTab,
    TakeBack,
    Why,
)
from tests.crash.far_office import EMPLOYEE, PIN
from tests.crash.flow import CODE, NUMBER, Flow
from tests.kiosk_app.test_bulky_waste import BULKY, FRIDAY, LINDEN, WEDNESDAY, south
from tests.offline_cache.deposits import BIRTH, deposit

if TYPE_CHECKING:
    from kiosk_app.desk import Desk
    from kiosk_app.outcomes import Outcome
    from screens.steps import Back
    from screens.steps import Step as Page

_KNOCKS: Final[dict[type[Page[Any]], tuple[object, ...]]] = {
    EnterPickupCode: ("471183025591",),
    EnterBirthDate: ("29021984",),
    CodeOpensNothing: (Retry.FINISH,),
    LockerOpen: (None,),
    Collected: ("done",),
    GoToCounter: ("done",),
}


def _collecting(name: str, *tells: str, **more: Any) -> Flow:  # noqa: ANN401 - fields of `Flow`
    answers = _KNOCKS | more.pop("answers", {})
    return Flow(name, ServiceKey.COLLECT, collect, answers, ("pickup.opened", *tells), waits=(deposit(),), **more)


def _bulky(desk: Desk) -> Outcome | Back:
    return bulky_waste(BULKY, desk)


_ORDERS: Final[dict[type[Page[Any]], tuple[object, ...]]] = {
    BulkyStart: (Start.ORDER,),
    EnterStreet: (LINDEN,),
    EnterHouse: ("14",),
    ShowRules: (OrderKind.BULKY,),
    ChooseItems: (OneMore("sofa", 1), Ask.GO_ON),
    ChooseDay: (WEDNESDAY, Ask.GO_ON),
    EnterName: ("MUSTER",),
    EnterPhone: ("",),
    ReviewOrder: (Review.AGREE, Review.BOOK),
    ShowBooked: (Booked.PRINT, Booked.FINISH),
}
_ORDERED: Final = ("reservation.made", "bulky.ordered")
_MOVED: Final = ("reservation.made", "bulky.changed")
_COMES_BACK: Final[dict[type[Page[Any]], tuple[object, ...]]] = {
    **_ORDERS,
    BulkyStart: (Start.ORDER, Start.MINE),
    ShowBooked: (Booked.ELSE,),
    EnterOrderNumber: (NUMBER,),
    EnterChangeCode: (CODE,),
}


def _ordering(name: str, answers: dict[type[Page[Any]], tuple[object, ...]], *tells: str, **more: Any) -> Flow:  # noqa: ANN401
    return Flow(name, ServiceKey.BULKY_WASTE, _bulky, answers, (*_ORDERED, *tells), **more)


_LEAVES: Final = Abandoned(Ending.BY_CITIZEN)
_SIGNS_IN: Final[dict[type[Page[Any]], tuple[object, ...]]] = {
    StaffSignIn: (str(EMPLOYEE),),
    StaffPin: (PIN,),
    StaffDoor: (None,),
}
_PASSPORT: Final = ToLoad(
    document=DocumentId("00000000-0000-4000-8000-000000000823"),
    reference="MS-26-00823",
    kind=DocumentKind.PASSPORT,
    holder="Okafor, Grace",
)


def _lies(compartment: int, state: str, **more: Any) -> Lying:  # noqa: ANN401 - fields of `Lying`
    return Lying.model_validate(
        {
            "pickup": PickupId("pickup-1"),
            "compartment": compartment,
            "state": state,
            "reference": "MS-26-00815",
            "kind": DocumentKind.IDENTITY_CARD,
            "holder": "Hoffmann, Sabine",
            "born": BIRTH,
            "until": date(2026, 12, 3),
            **more,
        }
    )


def _working(
    name: str,
    answers: dict[type[Page[Any]], tuple[object, ...]],
    work: Worklist,
    *tells: str,
    **more: Any,  # noqa: ANN401 - fields of `Flow`
) -> Flow:
    return Flow(name, None, staff, _SIGNS_IN | answers, tells, work=work, **more)


def _takes_the_first(step: object) -> object:
    assert isinstance(step, TakeBack)
    return step.rows[0] if step.rows else _LEAVES


FLOWS: Final = (
    _ordering("bulky waste is ordered and its slip printed", _ORDERS, lent=(south(WEDNESDAY),)),
    _ordering(
        "bulky waste is ordered and called off",
        _COMES_BACK | {ShowOrder: (Wish.CANCEL, Wish.FINISH), ConfirmCancel: (True,)},
        "bulky.cancelled",
        lent=(south(WEDNESDAY),),
        durable=False,
    ),
    _ordering(
        "bulky waste is ordered and gets another day",
        _COMES_BACK
        | {
            ShowOrder: (Wish.MOVE,),
            ChooseDay: (WEDNESDAY, Ask.GO_ON, FRIDAY, Ask.GO_ON),
            ConfirmMove: (True,),
            ShowBooked: (Booked.ELSE, Booked.PRINT, Booked.FINISH),
        },
        *_MOVED,
        lent=(south(WEDNESDAY), south(FRIDAY)),
        durable=False,
    ),
    _ordering(
        "bulky waste gets another day and is called off then",
        _COMES_BACK
        | {
            BulkyStart: (Start.ORDER, Start.MINE, Start.MINE),
            ShowOrder: (Wish.MOVE, Wish.CANCEL, Wish.FINISH),
            ChooseDay: (WEDNESDAY, Ask.GO_ON, FRIDAY, Ask.GO_ON),
            ConfirmMove: (True,),
            ConfirmCancel: (True,),
        },
        *_MOVED,
        "bulky.cancelled",
        lent=(south(WEDNESDAY), south(FRIDAY)),
        durable=False,
    ),
    _collecting("a document is collected", "pickup.collected"),
    _collecting(
        "a lock sticks and may have opened",
        "pickup.failed",
        lock=(StillClosed(), BoardSilent(sent=True)),
        contact=(Door.CLOSED,),
        answers={LockerOpen: (DoorAnswer.DID_NOT_OPEN,)},
    ),
    _collecting(
        "she leaves before the lock is spoken to", "pickup.spared", answers={LockerOpens: (_LEAVES,)}
    ),
    _collecting("she leaves at the open door", "pickup.failed", answers={LockerOpen: (Abandoned(Ending.IDLE),)}),
    _collecting(
        "what was torn is settled at the start",
        "effect.unsettled",
        "pickup.failed",
        torn_before=True,
        contact=(Door.OPEN,),
    ),
    _working(
        "staff lays a document in",
        {LoadDocuments: (b"MS-26-00823", _LEAVES)},
        Worklist(to_load=(_PASSPORT,)),
        "pickup.loaded",
    ),
    _working(
        "staff lays a document in and leaves at the open door",
        {LoadDocuments: (b"MS-26-00823", _LEAVES), StaffDoor: (Abandoned(Ending.IDLE),)},
        Worklist(to_load=(_PASSPORT,)),
        "loading.unclear",
    ),
    _working(
        "staff confirms what a colleague laid in",
        {LoadDocuments: (LoadChoice.CONFIRM, _LEAVES), TakeBack: (_takes_the_first,)},
        Worklist(lying=(_lies(32, "placed", by="2222"),), four_eyes=True),
        "compartment.opened",
        "pickup.confirmed",
        again=True,
    ),
    _working(
        "staff hands a document over",
        {
            LoadDocuments: (StaffTab.HAND_OVER,),
            HandOverCode: ("471183025591", _LEAVES),
            HandOverCheck: (Collector.HOLDER, OldDocument.RETURNED, Check.IDENTITY, HandOverChoice.OPEN),
        },
        Worklist(lying=(_lies(32, "waiting"),)),
        "pickup.opened",
        "pickup.handed_over",
        waits=(deposit(),),
    ),
    _working(
        "staff takes back what nobody collected",
        {LoadDocuments: (StaffTab.TAKE_BACK,), TakeBack: (_takes_the_first,)},
        Worklist(lying=(_lies(32, "expired"),)),
        "pickup.taken_out",
        waits=(deposit(),),
        again=True,
    ),
    _working(
        "staff opens a compartment with a reason",
        {
            LoadDocuments: (StaffTab.OPEN,),
            EnterCompartment: ("32", _LEAVES),
            OpenWithReason: (Why.LOOK_INSIDE, OpenChoice.OPEN),
        },
        Worklist(),
        "compartment.opened",
        again=True,
    ),
)  # fmt: skip
"""One entry for each flow."""


def flows() -> dict[str, Flow]:
    """Every flow by its name."""
    return {flow.name: flow for flow in FLOWS}
