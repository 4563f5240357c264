"""One step of every kind, and a document in every stage: what pages are checked and drawn with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from central_office.contract.documents import DocumentId, DocumentStatus, Place, StageReached
from central_office.contract.stages import DocumentKind, Stage, ToBring
from screens.entry import Entry
from screens.look import Look
from screens.steps import (
    Apology,
    Attract,
    ChooseWay,
    CodeProblem,
    EnterBirthDate,
    EnterDocumentNumber,
    ExplainUnavailable,
    Farewell,
    HelpSheet,
    Home,
    IdleWarning,
    LanguageSheet,
    NumberProblem,
    Offer,
    OutOfService,
    Reason,
    ScanLetter,
    Searching,
    ServiceKey,
    SettingsSheet,
    ShowNotFound,
    ShowStatus,
    SlipState,
    Step,
    TooManyTries,
    Way,
)
from screens.steps_collect import (
    AskPinLetter,
    AtCounter,
    ChooseDocument,
    CodeOpensNothing,
    Collectable,
    Collected,
    EnterPickupCode,
    GoToCounter,
    LockerOpen,
    LockerOpens,
    MapDoor,
    MapHeight,
    MapSide,
    WallMap,
)
from screens.surroundings import OtherPlace, Surroundings
from tests.screens import samples_bags, samples_bulky, samples_card, samples_staff

NOW = datetime(2026, 6, 16, 10, 24, tzinfo=ZoneInfo("Europe/Berlin"))
"""The board's moment: Tuesday, 16 June, 10:24."""

COUNTER = {
    "de": OtherPlace("Schalter 3", "im Erdgeschoss", time(16)),
    "en": OtherPlace("Counter 3", "on this floor", time(16)),
}

LIBRARY = {
    "de": OtherPlace("Terminal in der Stadtbücherei", "Marktplatz 4", time(19)),
    "en": OtherPlace("Terminal in the town library", "Marktplatz 4", time(19)),
}


def surroundings(language: str, now: datetime = NOW) -> Surroundings:
    """The town hall of Musterstadt, as a page in `language` names it."""
    return Surroundings(
        town="Musterstadt",
        terminal="MS-02",
        now=now,
        counter=COUNTER[language],
        other_places=(LIBRARY[language],),
        phone_hours={"de": "Montag bis Freitag, 8:00 bis 18:00 Uhr", "en": "Monday to Friday, 8:00 to 18:00"}[language],
        website="musterstadt.example/services",
        can_read_aloud=True,
        places={"counter-3": COUNTER[language]},
    )


COMPLETE_NUMBER = "L01X0001C4"
"""Ten characters whose check digit fits."""


def entry_for(name: str) -> Entry:
    """What has been typed on a sample's page, so that a picture shows cells filled, current and empty."""
    return {
        "enter_document_number": Entry(text="L01X0"),
        "enter_pickup_code": Entry(text="47118"),
        "enter_pickup_code_complete": Entry(text="471183025591"),
        "enter_birth_date": Entry(text="0409"),
        "enter_birth_date_no_such_day": Entry(text="31021980"),
        "enter_document_number_complete": Entry(text=COMPLETE_NUMBER),
        "enter_document_number_does_not_fit": Entry(text="L01X0001C9"),
        **{sample: Entry(text=text) for sample, text in (samples_bulky.ENTRIES | samples_card.ENTRIES).items()},
        "staff_pin_after_card": Entry(text="123"),
        "staff_sign_in": Entry(text="10"),
    }.get(name, Entry())


_PATHS: dict[Stage, tuple[tuple[Stage, date], ...]] = {}


def _path(*stages: tuple[Stage, date]) -> None:
    _PATHS[stages[-1][0]] = stages


_MADE = (
    (Stage.APPLIED, date(2026, 5, 18)),
    (Stage.SENT_TO_PRODUCER, date(2026, 5, 20)),
    (Stage.IN_PRODUCTION, date(2026, 5, 21)),
)
_HERE = (*_MADE, (Stage.SHIPPED_TO_OFFICE, date(2026, 6, 10)), (Stage.ARRIVED, date(2026, 6, 12)))
_SENT = (*_MADE, (Stage.DIRECT_SHIP, date(2026, 6, 9)))

_path(*_MADE[:1])
_path(*_MADE[:2])
_path(*_MADE)
_path(*_HERE[:4])
_path(*_HERE)
_path(*_HERE, (Stage.READY_COUNTER, date(2026, 6, 15)))
_path(*_HERE, (Stage.READY_BOX, date(2026, 6, 15)))
_path(*_HERE, (Stage.READY_BOX, date(2026, 6, 13)), (Stage.RETURNED_TO_COUNTER, date(2026, 6, 15)))
_path(*_HERE, (Stage.READY_COUNTER, date(2026, 6, 13)), (Stage.HANDED_OVER, date(2026, 6, 15)))
_path(*_SENT)
_path(*_SENT, (Stage.DELIVERED, date(2026, 6, 11)))
_path(*_SENT, (Stage.AT_POST_BRANCH, date(2026, 6, 11)))
_path(*_SENT, (Stage.AT_POST_BRANCH, date(2026, 6, 11)), (Stage.RETURNED_TO_OFFICE, date(2026, 6, 15)))
_path(*_MADE, (Stage.CANCELLED, date(2026, 6, 2)))
_path(
    *_HERE,
    (Stage.READY_COUNTER, date(2026, 6, 13)),
    (Stage.CANCELLED, date(2026, 6, 14)),
    (Stage.DESTROYED, date(2026, 6, 15)),
)
_path(*_HERE[:4], (Stage.LOST_IN_TRANSIT, date(2026, 6, 15)))


def document(stage: Stage, kind: DocumentKind = DocumentKind.IDENTITY_CARD) -> DocumentStatus:
    """A document in `stage`, with a history that led there; an identity card unless told otherwise."""
    ready = stage in {Stage.READY_COUNTER, Stage.READY_BOX, Stage.RETURNED_TO_COUNTER}
    post = stage is Stage.AT_POST_BRANCH
    place = Place(key="counter-3", name="Schalter 3", way="im Erdgeschoss")
    branch = Place(key="post", name="Postfiliale Bahnhofstraße", way="Bahnhofstraße 2")
    return DocumentStatus(
        document=DocumentId("7f2b8a52-0000-4000-8000-000000000001"),
        kind=kind,
        reference="4711-0815",
        history=tuple(StageReached(stage=reached, on=on) for reached, on in _PATHS[stage]),
        place=place if ready else branch if post else None,
        collect_until=date(2026, 6, 24) if ready or post else None,
        expected_on=None if ready or post else date(2026, 6, 24),
        bring=(ToBring.PICKUP_CODE, ToBring.OLD_DOCUMENT) if ready else (),
    )


def status(stage: Stage, kind: DocumentKind = DocumentKind.IDENTITY_CARD, **changes: Any) -> ShowStatus:  # noqa: ANN401
    """The answer about such a document, fresh and with a printer ready."""
    step = ShowStatus(
        document(stage, kind), as_of=datetime(2026, 6, 16, 8, 20, tzinfo=UTC), stale=False, slip=SlipState.OFFERED
    )
    return replace(step, **changes)


def _bringing(*things: ToBring) -> DocumentStatus:
    return document(Stage.READY_COUNTER).model_copy(update={"bring": things})


USUAL = (ToBring.OLD_DOCUMENT, ToBring.THIS_LETTER, ToBring.PIN_LETTER_CONFIRMATION)
"""What most holders of a new identity card bring."""


def wall(opened: int = 32, column: int = 3, columns: int = 3, height: MapHeight = MapHeight.CHEST) -> WallMap:
    """The board's wall: five columns of seven doors, the terminal between the second and the third."""
    lefts = (0, 400, 1300, 1700, 2100)
    doors = tuple(
        MapDoor(7 * at + row + 1, left, 1560 - 260 * row, 400, 260) for at, left in enumerate(lefts) for row in range(7)
    )
    side = MapSide.RIGHT if opened > 14 else MapSide.LEFT
    return WallMap(doors, (800, 500, 1820), opened, side, column, columns, height)


_WAITING = (
    Collectable(7, DocumentKind.PASSPORT),
    Collectable(32, DocumentKind.IDENTITY_CARD),
)

ALL_SERVICES = tuple(key for key in ServiceKey if key is not ServiceKey.OWN_PIN)
"""The eight of the design board, which fill one page."""

SAMPLES: dict[str, Step[Any]] = {
    "attract": Attract((ServiceKey.DOCUMENT_STATUS,)),
    "attract_all_services": Attract(ALL_SERVICES),
    "home": Home((Offer(ServiceKey.DOCUMENT_STATUS),)),
    "home_all_services": Home(tuple(Offer(key) for key in ALL_SERVICES)),
    "home_nine_services": Home(tuple(Offer(key) for key in ServiceKey)),
    "home_limited": Home((Offer(ServiceKey.DOCUMENT_STATUS, Reason.NO_DATA_YET),), notice=Reason.NO_DATA_YET),
    "home_all_services_limited": Home(
        tuple(Offer(key, Reason.NO_PRINTER if key is ServiceKey.BAGS else None) for key in ALL_SERVICES),
        notice=Reason.NO_PRINTER,
    ),
    "home_no_card": Home(
        tuple(Offer(key, Reason.NO_CARD if key is ServiceKey.BAGS else None) for key in ALL_SERVICES),
        notice=Reason.NO_CARD,
    ),
    **{f"explain_{reason.value}": ExplainUnavailable(ServiceKey.DOCUMENT_STATUS, reason) for reason in Reason},
    "choose_way": ChooseWay((Way.LETTER, Way.NUMBER)),
    "choose_way_no_reader": ChooseWay((Way.LETTER, Way.NUMBER), ((Way.LETTER, Reason.NO_READER),)),
    "scan_camera": ScanLetter(by_camera=True, by_scanner=False),
    "scan_camera_and_scanner": ScanLetter(by_camera=True, by_scanner=True),
    "scan_scanner": ScanLetter(by_camera=False, by_scanner=True),
    **{
        f"scan_{problem.value}": ScanLetter(by_camera=True, by_scanner=False, problem=problem)
        for problem in CodeProblem
    },
    "enter_document_number": EnterDocumentNumber(),
    "enter_document_number_complete": EnterDocumentNumber(),
    "enter_document_number_does_not_fit": EnterDocumentNumber(),
    "enter_birth_date": EnterBirthDate(),
    "enter_birth_date_no_such_day": EnterBirthDate(),
    **{f"enter_number_{problem.value}": EnterDocumentNumber(problem) for problem in NumberProblem},
    **{f"enter_birth_date_{problem.value}_before": EnterBirthDate(problem) for problem in NumberProblem},
    "searching": Searching(),
    **{f"status_{stage.value}": status(stage) for stage in Stage},
    **{f"status_{kind.value}": status(Stage.READY_COUNTER, kind) for kind in DocumentKind},
    **{f"status_slip_{slip.value}": status(Stage.READY_COUNTER, slip=slip) for slip in SlipState},
    "status_passport_in_production": status(Stage.IN_PRODUCTION, DocumentKind.PASSPORT),
    "status_stale": status(Stage.READY_COUNTER, stale=True, as_of=datetime(2026, 6, 14, 8, 20, tzinfo=UTC)),
    "status_usual": status(Stage.READY_COUNTER, document=_bringing(*USUAL)),
    "status_usual_stale": status(Stage.READY_COUNTER, document=_bringing(*USUAL), stale=True),
    "status_much_to_bring": status(Stage.READY_COUNTER, document=_bringing(*ToBring)),
    "not_found_letter": ShowNotFound(Way.LETTER),
    "not_found_number": ShowNotFound(Way.NUMBER, tries_left=2),
    "not_found_last_try": ShowNotFound(Way.NUMBER, tries_left=1),
    "not_found_no_try_left": ShowNotFound(Way.NUMBER, tries_left=0),
    "too_many_tries": TooManyTries(datetime(2026, 6, 16, 9, 0, tzinfo=UTC)),
    "too_many_tries_until_tomorrow": TooManyTries(datetime(2026, 6, 17, 6, 0, tzinfo=UTC)),
    "enter_pickup_code": EnterPickupCode(readable=True),
    "enter_pickup_code_complete": EnterPickupCode(),
    **{f"enter_pickup_code_{one.value}": EnterPickupCode(readable=True, problem=one) for one in CodeProblem},
    "code_opens_nothing": CodeOpensNothing(4),
    "code_opens_nothing_last_try": CodeOpensNothing(1),
    "choose_document": ChooseDocument(_WAITING),
    "ask_pin_letter": AskPinLetter(),
    **{f"go_to_counter_{why.value}": GoToCounter(why) for why in AtCounter},
    "locker_opens": LockerOpens(32),
    "locker_open": LockerOpen(wall()),
    "locker_open_left": LockerOpen(wall(9, 1, 2, MapHeight.HEAD)),
    "locker_open_not_sure": LockerOpen(wall(), sure=False, can_retry=False),
    "locker_still_open": LockerOpen(wall(), still_open=True),
    "collected": Collected(),
    "collected_left_open": Collected(left_open=True),
    "collected_more": Collected(more=True),
    "farewell": Farewell(),
    "farewell_by_itself": Farewell(by_itself=True),
    "farewell_card": Farewell(card=True),
    "farewell_by_itself_card": Farewell(by_itself=True, card=True),
    "apology": Apology("S-01"),
    "out_of_service": OutOfService("L-07", datetime(2026, 6, 16, 7, 41, tzinfo=UTC)),
    "out_of_service_power": OutOfService("P-01", datetime(2026, 6, 16, 7, 41, tzinfo=UTC), power=True),
    "settings": SettingsSheet(),
    "settings_before_a_session": SettingsSheet(session=False),
    "language": LanguageSheet(),
    **{
        f"help_{about}": HelpSheet(about)
        for about in ("Attract", "Home", "ChooseWay", "ScanLetter", "EnterDocumentNumber", "EnterBirthDate")
    },
    "help_ShowStatus": HelpSheet("ShowStatus"),
    "help_anywhere": HelpSheet("ShowNotFound"),
    "idle": IdleWarning(18, 30),
    "idle_last_second": IdleWarning(1, 30),
    **samples_card.samples((document(Stage.READY_COUNTER), document(Stage.IN_PRODUCTION, DocumentKind.PASSPORT))),
    **{
        f"help_{about}": HelpSheet(about)
        for about in ("PlaceCard", "ReadingCard", "EnterCan", "EnterCardNumber", "BeginOwnPin", "EnterPin")
    },
    **samples_bags.SAMPLES,
    **samples_bulky.SAMPLES,
    **samples_staff.SAMPLES,
}
"""Every step at least once, by a name that pictures are filed under."""


def look(language: str = "de", **changes: Any) -> Look:  # noqa: ANN401
    """A citizen's look."""
    return replace(Look(language), **changes)
