"""Staff at the kiosk: signing in, laying in, handing over, taking back, opening, at a wall whose doors do as told."""

from __future__ import annotations

import contextlib
from datetime import date
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from central_office.contract.documents import DocumentId
from central_office.contract.pickup_code import PickupCode, Selector
from central_office.contract.pickups import Contents, Deposit, PickupId, Pickups, row_of
from central_office.contract.staff import (
    Credential,
    Employee,
    Lying,
    Right,
    StaffList,
    ToLoad,
    Worklist,
    card_secret,
    pin_secret,
    row_for,
    seal_worklist,
)
from central_office.contract.staff_card import EmployeeNumber, StaffCard
from central_office.contract.stages import DocumentKind
from devices.roles import LOCKER_WALL, Door, Opened, StillClosed
from kiosk_app.services.collect import collect
from kiosk_app.services.staff import staff
from kiosk_app.wall_duty import settle_loading, settle_opening
from offline_cache.staff import LOADING, TAKING
from offline_cache.stored_pickups import settle_pickups_within
from offline_cache.stored_staff import settle_staff_within
from screens.stage import Abandoned, Ending
from screens.steps import BACK, EnterBirthDate, Retry
from screens.steps_collect import CodeOpensNothing, DoorAnswer, EnterPickupCode
from screens.steps_staff import (
    Check,
    Collector,
    EnterCompartment,
    EnterLabel,
    HandOverCheck,
    HandOverChoice,
    HandOverCode,
    LoadChoice,
    LoadDocuments,
    OldDocument,
    OpenChoice,
    OpenWithReason,
    OverdueRow,
    Purpose,
    Skip,
    StaffDoor,
    StaffLocked,
    StaffNews,
    StaffPin,
    StaffSignIn,
    StaffTab,
    TakeBack,
    Why,
)
from tests.kiosk_app.lockers import Wall
from tests.kiosk_app.rehearsal import CHEAP, PEPPER, TOWN, Rehearsal, ScriptedCitizen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from screens.steps import Step

NUMBER, PIN = EmployeeNumber("1007"), "314159"
CARD = StaffCard(NUMBER, bytes(range(16)))
BORN = date(1961, 3, 3)
SALT = bytes(16)
LEAVES = (LoadDocuments, Abandoned(Ending.BY_CITIZEN))
SIGN_IN = ((StaffSignIn, str(NUMBER)), (StaffPin, PIN))
ALL = tuple(Right)

GRACE = ToLoad(
    document=DocumentId("00000000-0000-4000-8000-000000000823"),
    reference="MS-26-00823",
    kind=DocumentKind.PASSPORT,
    holder="Okafor, Grace",
)


def lying(compartment: int, state: str = "waiting", **more: Any) -> Lying:  # noqa: ANN401 - any field
    return Lying.model_validate(
        {
            "pickup": f"p-{compartment}",
            "compartment": compartment,
            "state": state,
            "reference": "MS-26-00815",
            "kind": DocumentKind.IDENTITY_CARD,
            "holder": "Hoffmann, Sabine",
            "born": BORN,
            "until": date(2026, 6, 26),
            **more,
        }
    )


class Foyer:
    """A rehearsal with a wall, and the office's word on who works here and what there is to do."""

    def __init__(self, folder: Path) -> None:
        self.rehearsal = Rehearsal(folder)
        self.wall = Wall()
        self.rehearsal.cupboard.put(LOCKER_WALL, self.wall)
        self.citizen = ScriptedCitizen([])
        self.office_says()

    def office_says(
        self,
        *rest: Lying,
        to_load: tuple[ToLoad, ...] = (GRACE,),
        rights: tuple[Right, ...] = ALL,
        pin: str = PIN,
        **more: Any,  # noqa: ANN401 - the rest of a work list
    ) -> None:
        """The list of staff comes down."""
        key = bytes(range(32))
        credential = Credential(NUMBER, SALT, pin_secret(NUMBER, pin, SALT, CHEAP), card_secret(CARD))
        row = row_for(PEPPER, credential, Employee(name="Martina Weber", rights=rights), key)
        worklist = Worklist(to_load=to_load, lying=rest, **more)
        said = StaffList(tag="t", rows=(row,), sealed=seal_worklist(worklist, key))
        with self.rehearsal.ledger._database.writing() as connection:
            settle_staff_within(connection, said)

    def code_for(self, one: Lying) -> str:
        """The office gave out a code for what lies there."""
        code = PickupCode(Selector("4711"), digits="83025591")
        deposit = Deposit(
            PickupId(one.pickup),
            code,
            PickupCode(Selector("4711"), token=bytes(16)),
            BORN,
            Contents(kind=one.kind),
            one.compartment,
            one.until,
        )
        row = row_of(deposit, PEPPER, salt=SALT, cost=CHEAP)
        with self.rehearsal.ledger._database.writing() as connection:
            settle_pickups_within(connection, Pickups(tag="p", rows=(row,)))
        return code.selector + code.digits

    def works(self, *script: tuple[type[Step[Any]], object]) -> list[Step[Any]]:
        """One shift; what was asked."""
        self.citizen = ScriptedCitizen(list(script))
        with contextlib.suppress(Abandoned):
            staff(self.rehearsal.desk(self.citizen))
        assert self.citizen.finished()
        return self.citizen.asked

    def told(self) -> list[tuple[str, dict[str, Any]]]:
        """What the office will hear."""
        batch = self.rehearsal.ledger.outbox.take(limit=100, room=200_000)
        return [(one.type, one.body) for one in batch.commands]

    def deeds(self) -> list[str]:
        return [kind for kind, _ in self.told()]

    def last(self, kind: type[Step[Any]]) -> Any:  # noqa: ANN401 - a step of that kind
        return [step for step in self.citizen.asked if isinstance(step, kind)][-1]


@pytest.fixture
def foyer(tmp_path: Path) -> Iterator[Foyer]:
    made = Foyer(tmp_path)
    yield made
    made.rehearsal.close()


def test_number_and_pin_sign_in_with_the_line_cut_and_the_office_hears_of_it(foyer: Foyer) -> None:
    foyer.works(*SIGN_IN, LEAVES)
    assert foyer.told() == [
        ("staff.signed_in", {"employee": "1007", "with_card": False}),
        ("staff.signed_out", {"employee": "1007", "how": "by_self"}),
    ]
    assert foyer.last(LoadDocuments).duty.name == "Martina Weber"


def test_a_card_names_its_holder_and_the_pin_is_asked_all_the_same(foyer: Foyer) -> None:
    foyer.works((StaffSignIn, CARD.payload(TOWN.key).encode()), (StaffPin, PIN), LEAVES)
    assert foyer.last(StaffPin).name == "Martina Weber"
    assert foyer.told()[0] == ("staff.signed_in", {"employee": "1007", "with_card": True})


def test_a_card_that_was_replaced_is_nobodys(foyer: Foyer) -> None:
    old = StaffCard(NUMBER, bytes(16))
    foyer.works((StaffSignIn, old.payload(TOWN.key).encode()), (StaffSignIn, BACK))
    assert foyer.last(StaffSignIn).problem is not None


def test_a_wrong_pin_and_an_unknown_number_get_the_same_answer_and_five_lock(foyer: Foyer) -> None:
    foyer.works((StaffSignIn, "1007"), (StaffPin, "000000"), (StaffSignIn, BACK))
    assert foyer.last(StaffSignIn).tries_left == 4
    foyer.works((StaffSignIn, "9999"), (StaffPin, PIN), (StaffSignIn, BACK))
    assert foyer.last(StaffSignIn).tries_left == 3
    more = [(StaffSignIn, "1007"), (StaffPin, "000001")] * 3
    foyer.works(*more, (StaffLocked, None))
    foyer.works((StaffSignIn, "1007"), (StaffLocked, None))
    foyer.rehearsal.passes(seconds=16)
    foyer.works(*SIGN_IN, LEAVES)


def test_nobody_is_named_on_the_disk(foyer: Foyer) -> None:
    foyer.works(*SIGN_IN, LEAVES)
    with foyer.rehearsal.ledger._database.reading() as connection:
        kept = repr(connection.execute("SELECT * FROM staff").fetchall())
        kept += repr(connection.execute("SELECT * FROM worklist").fetchall())
    assert "Weber" not in kept
    assert "Okafor" not in kept


def test_a_label_opens_a_free_compartment_and_done_is_said_by_the_door(foyer: Foyer) -> None:
    foyer.office_says(lying(7), lying(31), out_of_order=(32,))
    foyer.works(*SIGN_IN, (LoadDocuments, b"MS-26-00823"), (StaffDoor, None), LEAVES)
    assert [one.compartment for one in foyer.wall.commands] == [33]
    loaded = foyer.told()[1]
    assert loaded[0] == "pickup.loaded"
    assert (loaded[1]["compartment"], loaded[1]["employee"], loaded[1]["document"]) == (33, "1007", GRACE.document)
    page = foyer.last(LoadDocuments)
    assert (page.done, page.of, page.tell.news) == (1, 1, StaffNews.LOADED)


def test_what_was_laid_in_offline_is_not_offered_again_and_its_compartment_is_taken(foyer: Foyer) -> None:
    another = GRACE.model_copy(
        update={"document": DocumentId("00000000-0000-4000-8000-000000000824"), "reference": "MS-26-00824"}
    )
    foyer.office_says(to_load=(GRACE, another))
    foyer.works(*SIGN_IN, (LoadDocuments, LoadChoice.TYPE_LABEL), (EnterLabel, "2600823"), (StaffDoor, None), LEAVES)
    foyer.wall.contacts = [Door.OPEN, Door.CLOSED]
    foyer.works(
        *SIGN_IN,
        (LoadDocuments, b"MS-26-00823"),
        (LoadDocuments, b"MS-26-00824"),
        (StaffDoor, None),
        LEAVES,
    )
    assert foyer.citizen.asked[3].tell.news is StaffNews.UNKNOWN_LABEL  # type: ignore[attr-defined]
    first, second = (one.compartment for one in foyer.wall.commands)
    assert first != second


def test_a_door_that_does_not_open_is_marked_and_another_compartment_is_taken(foyer: Foyer) -> None:
    foyer.wall.outcomes = [StillClosed(), StillClosed(), Opened()]
    foyer.wall.contacts = [Door.OPEN, Door.CLOSED]
    foyer.works(
        *SIGN_IN, (LoadDocuments, b"MS-26-00823"), (StaffDoor, DoorAnswer.DID_NOT_OPEN), (StaffDoor, None), LEAVES
    )
    marked, loaded = foyer.told()[1:3]
    assert marked == ("compartment.marked", {"compartment": 7, "employee": "1007", "in_order": False})
    assert loaded[1]["compartment"] != 7


def test_a_lying_contact_keeps_nobody_from_loading(foyer: Foyer) -> None:
    foyer.wall.outcomes, foyer.wall.contacts = [StillClosed()], [Door.CLOSED]
    foyer.works(*SIGN_IN, (LoadDocuments, b"MS-26-00823"), (StaffDoor, DoorAnswer.FINISHED), LEAVES)
    assert not foyer.last(StaffDoor).sure
    assert "pickup.loaded" in foyer.deeds()


def test_who_skips_lays_nothing_in(foyer: Foyer) -> None:
    foyer.works(*SIGN_IN, (LoadDocuments, b"MS-26-00823"), (StaffDoor, Skip.SKIP), (StaffDoor, None), LEAVES)
    assert "pickup.loaded" not in foyer.deeds()
    assert foyer.last(LoadDocuments).tell.news is StaffNews.SKIPPED


def test_a_power_cut_while_loading_is_found_out_and_the_document_stands_on_a_persons_list(foyer: Foyer) -> None:
    foyer.works(*SIGN_IN, (LoadDocuments, b"MS-26-00823"), (StaffDoor, Abandoned(Ending.SHUTDOWN)))
    journal = foyer.rehearsal.ledger.journal
    assert [one.kind for one in journal.unfinished()] == [LOADING]
    foyer.wall.contacts = [Door.CLOSED]
    journal.settle({LOADING: settle_loading(foyer.rehearsal.cupboard, Event(), lambda _: None)})
    kind, body = foyer.told()[-1]
    assert (kind, body["why"], body["document"]) == ("loading.unclear", "door_closed", GRACE.document)
    foyer.works(*SIGN_IN, LEAVES)
    page = foyer.last(LoadDocuments)
    assert page.next == ()
    assert str(page.wall.states[0]) == "out_of_order"


@pytest.mark.parametrize("reach", [True, False])
def test_a_wheelchair_users_document_lies_within_reach(foyer: Foyer, reach: bool) -> None:  # noqa: FBT001
    foyer.office_says(to_load=(GRACE.model_copy(update={"reach": reach}),))
    foyer.works(*SIGN_IN, (LoadDocuments, b"MS-26-00823"), (StaffDoor, None), LEAVES)
    layout = foyer.wall.layout
    compartment = layout.compartment(foyer.wall.commands[0].compartment)
    assert compartment is not None
    if reach:
        assert layout.within_reach(compartment)


def hand_over(*checks: object) -> list[tuple[type[Step[Any]], object]]:
    return [(HandOverCheck, one) for one in (*checks, HandOverChoice.OPEN)]


def test_a_document_is_handed_over_after_every_check_and_who_got_it_is_written_down(foyer: Foyer) -> None:
    one = lying(31, ask_pin_letter=True)
    foyer.office_says(one)
    code = foyer.code_for(one)
    foyer.works(
        *SIGN_IN,
        (LoadDocuments, StaffTab.HAND_OVER),
        (HandOverCode, code),
        (HandOverCheck, HandOverChoice.OPEN),
        *hand_over(Collector.PROXY, OldDocument.RETURNED, Check.IDENTITY, Check.PIN_LETTER),
        (StaffDoor, None),
        (HandOverCode, Abandoned(Ending.IDLE)),
    )
    assert foyer.told()[1:] == [
        ("pickup.opened", {"pickup": "p-31", "compartment": 31, "pin_letter": True}),
        (
            "pickup.handed_over",
            {
                "pickup": "p-31", "employee": "1007", "collector": "proxy", "old_document": "returned", "how": "closed",
            },
        ),
        ("staff.signed_out", {"employee": "1007", "how": "idle"}),
    ]  # fmt: skip
    # Used here, it opens nothing for a citizen.
    citizen = ScriptedCitizen([(EnterPickupCode, code), (EnterBirthDate, "03031961"), (CodeOpensNothing, Retry.FINISH)])
    collect(foyer.rehearsal.desk(citizen))
    assert len(foyer.wall.commands) == 1


def test_a_code_that_a_citizen_used_hands_nothing_over(foyer: Foyer) -> None:
    one = lying(31)
    foyer.office_says(one)
    code = foyer.code_for(one)
    found = foyer.rehearsal.ledger.pickups(PEPPER, cost=CHEAP).waiting(
        PickupCode(Selector("4711"), digits=code[4:]), BORN, foyer.rehearsal.now.date()
    )
    with foyer.rehearsal.ledger.pickups(PEPPER, cost=CHEAP).opening(found[0]) as effect:
        effect.done("closed")
    foyer.works(
        *SIGN_IN, (LoadDocuments, StaffTab.HAND_OVER), (HandOverCode, code), (HandOverCode, Abandoned(Ending.IDLE))
    )
    assert foyer.last(HandOverCode).tell.news is StaffNews.CODE_OPENS_NOTHING
    assert foyer.wall.commands == []


def test_an_overdue_document_is_taken_out_and_its_code_opens_nothing_any_more(foyer: Foyer) -> None:
    one = lying(31, until=date(2026, 6, 15))
    foyer.office_says(one, lying(7))
    foyer.code_for(one)
    row = OverdueRow
    foyer.works(*SIGN_IN, (LoadDocuments, StaffTab.TAKE_BACK), (TakeBack, Abandoned(Ending.IDLE)))
    (row,) = foyer.last(TakeBack).rows
    foyer.works(
        *SIGN_IN,
        (LoadDocuments, StaffTab.TAKE_BACK),
        (TakeBack, row),
        (StaffDoor, None),
        (TakeBack, Abandoned(Ending.IDLE)),
    )
    assert ("pickup.taken_out", {"pickup": "p-31", "employee": "1007"}) in foyer.told()
    assert foyer.last(TakeBack).rows == ()


def test_a_power_cut_while_taking_back_leaves_it_to_a_person(foyer: Foyer) -> None:
    foyer.office_says(lying(31, "expired"))
    foyer.works(*SIGN_IN, (LoadDocuments, StaffTab.TAKE_BACK), (TakeBack, Abandoned(Ending.IDLE)))
    (row,) = foyer.last(TakeBack).rows
    script = (*SIGN_IN, (LoadDocuments, StaffTab.TAKE_BACK), (TakeBack, row))
    foyer.works(*script, (StaffDoor, Abandoned(Ending.SHUTDOWN)))
    settler = settle_opening(foyer.rehearsal.cupboard, Event(), lambda _: None)
    foyer.rehearsal.ledger.journal.settle({TAKING: settler})
    assert foyer.told()[-1][0] == "pickup.failed"


def test_a_compartment_opens_with_a_reason_only_and_the_office_heard_before_the_lock(foyer: Foyer) -> None:
    foyer.wall.before_opening = lambda: heard.append(foyer.deeds()[-1])
    heard: list[str] = []
    foyer.works(
        *SIGN_IN,
        (LoadDocuments, StaffTab.OPEN),
        (EnterCompartment, "32"),
        (OpenWithReason, OpenChoice.OPEN),
        (OpenWithReason, Why.CLEANING),
        (OpenWithReason, OpenChoice.OPEN),
        (StaffDoor, None),
        (EnterCompartment, "99"),
        (EnterCompartment, Abandoned(Ending.IDLE)),
    )
    assert heard == ["compartment.opened"]
    assert foyer.last(StaffDoor).purpose is Purpose.OPEN
    assert foyer.last(EnterCompartment).tell.news is StaffNews.NO_SUCH_COMPARTMENT


def test_out_of_order_is_marked_and_taken_back_without_a_line(foyer: Foyer) -> None:
    begin = (*SIGN_IN, (LoadDocuments, StaffTab.OPEN), (EnterCompartment, "32"))
    end = (EnterCompartment, Abandoned(Ending.IDLE))
    foyer.works(*begin, (OpenWithReason, OpenChoice.OUT_OF_ORDER), end)
    foyer.works(*begin, (OpenWithReason, OpenChoice.IN_ORDER), end)
    assert str(foyer.last(OpenWithReason).state) == "out_of_order"
    foyer.works(*begin, (OpenWithReason, BACK), end)
    assert str(foyer.last(OpenWithReason).state) == "free"


def test_a_second_employee_confirms_what_a_colleague_laid_in(foyer: Foyer) -> None:
    foyer.office_says(lying(31, "placed", by="2222"), lying(7, "placed", by="1007"), four_eyes=True)
    foyer.works(*SIGN_IN, (LoadDocuments, LoadChoice.CONFIRM), (TakeBack, BACK), LEAVES)
    (row,) = foyer.last(TakeBack).rows
    assert row.compartment == 31
    foyer.works(*SIGN_IN, (LoadDocuments, LoadChoice.CONFIRM), (TakeBack, row), (StaffDoor, None), LEAVES)
    assert ("pickup.confirmed", {"pickup": "p-31", "employee": "1007"}) in foyer.told()


def test_who_is_revoked_meanwhile_is_signed_out_at_the_next_touch(foyer: Foyer) -> None:
    class Revoking(ScriptedCitizen):
        def tell(self, step: Step[Any]) -> None:
            foyer.office_says(pin="999999")

    foyer.citizen = Revoking([*SIGN_IN, (LoadDocuments, b"MS-26-00823"), (StaffDoor, None)])
    staff(foyer.rehearsal.desk(foyer.citizen))
    assert foyer.citizen.finished()
    assert foyer.told()[-1] == ("staff.signed_out", {"employee": "1007", "how": "revoked"})
    assert "pickup.loaded" in foyer.deeds(), "what was begun is finished first"


def test_a_clerk_has_no_key_to_open_with_a_reason(foyer: Foyer) -> None:
    foyer.office_says(rights=(Right.LOAD, Right.HAND_OVER, Right.TAKE_BACK))
    foyer.works(*SIGN_IN, LEAVES)
    assert StaffTab.OPEN not in foyer.last(LoadDocuments).duty.tabs
