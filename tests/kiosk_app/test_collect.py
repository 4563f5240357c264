"""A citizen collects a document: with digits, with a QR code, with a door that lies, sticks or stays open."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from central_office.contract.pickups import Contents
from central_office.contract.stages import DocumentKind
from devices.conditions import Ready, Soon
from devices.errors import Cancelled
from devices.roles import CODE_SCANNER, LOCKER_WALL, BoardSilent, Door, Incident, Mishap, Opened, StillClosed, TooLate
from kiosk_app.outcomes import Outcome
from kiosk_app.services.collect import collect
from kiosk_app.wall_duty import note_incidents, settle_opening
from offline_cache.pickups import OPENING
from screens.stage import Abandoned, Ending
from screens.steps import BACK, CodeProblem, EnterBirthDate, Retry, ServiceKey, TooManyTries
from screens.steps_collect import (
    AskPinLetter,
    AtCounter,
    ChooseDocument,
    CodeOpensNothing,
    Collectable,
    Collected,
    DoorAnswer,
    EnterPickupCode,
    GoToCounter,
    LockerOpen,
    LockerOpens,
)
from tests.kiosk_app.lockers import GONE, Wall
from tests.kiosk_app.rehearsal import TOWN, TUESDAY, Rehearsal, ScriptedCitizen
from tests.kiosk_app.test_document_status import Scanner
from tests.offline_cache.deposits import SHOWN, deposit, office_tells

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from devices.roles import OpenOutcome
    from offline_cache.tries import Tries
    from screens.steps import Back, Step

TYPED = (EnterPickupCode, "471183025591")
BORN = (EnterBirthDate, "29021984")
KNOCK = [TYPED, BORN]
DONE = (Collected, "done")
Script = list[tuple[type["Step[Any]"], object]]


class Foyer:
    """A kiosk with a wall, where document 1 waits in compartment 32."""

    def __init__(self, folder: Path) -> None:
        self.rehearsal = Rehearsal(folder)
        self.wall = Wall()
        self.rehearsal.cupboard.put(LOCKER_WALL, self.wall)
        office_tells(self.rehearsal.ledger, deposit())
        self.citizen = ScriptedCitizen([])

    def visit(self, *script: tuple[type[Step[Any]], object]) -> Outcome | Back:
        self.citizen = ScriptedCitizen(list(script))
        outcome = collect(self.rehearsal.desk(self.citizen))
        assert self.citizen.finished()
        return outcome

    def told(self) -> list[tuple[str, str]]:
        commands = self.rehearsal.ledger.outbox.take(limit=100, room=100_000).commands
        return [(one.type, one.body.get("how") or one.body.get("why") or "") for one in commands]

    @property
    def pulses(self) -> list[int]:
        return [command.compartment for command in self.wall.commands]

    @property
    def tries(self) -> Tries:
        return self.rehearsal.desk(self.citizen).tries


@pytest.fixture
def foyer(tmp_path: Path) -> Iterator[Foyer]:
    foyer = Foyer(tmp_path)
    yield foyer
    foyer.rehearsal.close()


def test_she_types_her_code_takes_her_card_and_closes_the_door(foyer: Foyer) -> None:
    assert foyer.visit(*KNOCK, (LockerOpen, None), DONE) is Outcome.ANSWERED
    assert foyer.pulses == [32]
    assert foyer.told() == [("pickup.opened", ""), ("pickup.collected", "closed")]
    assert foyer.rehearsal.ledger.journal.unfinished() == ()
    assert foyer.visit(*KNOCK, (CodeOpensNothing, Retry.FINISH)) is Outcome.NOT_FOUND
    assert foyer.pulses == [32], "a used code opened again"


def test_the_qr_code_is_read_while_the_digits_are_asked_for(foyer: Foyer) -> None:
    foyer.rehearsal.cupboard.put(CODE_SCANNER, Scanner(b"https://example.org", SHOWN.payload(TOWN.key).encode()))
    assert (
        foyer.visit((EnterPickupCode, None), (EnterPickupCode, None), BORN, (LockerOpen, None), DONE)
        is Outcome.ANSWERED
    )
    steps = [step for step in foyer.citizen.asked if isinstance(step, EnterPickupCode)]
    assert [step.problem for step in steps] == [None, CodeProblem.NOT_OURS]
    assert foyer.pulses == [32]


def test_the_lock_is_journalled_before_its_pulse(foyer: Foyer) -> None:
    seen: list[list[str]] = []
    journal = foyer.rehearsal.ledger.journal
    foyer.wall.before_opening = lambda: seen.append([one.kind for one in journal.unfinished()])
    foyer.visit(*KNOCK, (LockerOpen, None), DONE)
    assert seen == [[OPENING]]


@pytest.mark.parametrize(
    "script",
    [
        [(EnterPickupCode, "471183025592"), BORN],
        [(EnterPickupCode, "471283025591"), BORN],
        [TYPED, (EnterBirthDate, "28021984")],
    ],
    ids=["wrong digits", "unknown selector", "another birthday"],
)
def test_whatever_is_wrong_the_page_is_the_same(foyer: Foyer, script: Script) -> None:
    assert foyer.visit(*script, (CodeOpensNothing, Retry.FINISH)) is Outcome.NOT_FOUND
    assert foyer.citizen.asked[-1] == CodeOpensNothing(4)
    assert foyer.pulses == []


@pytest.mark.parametrize("selector", ["4711", "4712"], ids=["a code that exists", "one that does not"])
def test_guessing_is_stopped_alike_for_codes_that_exist_and_others(foyer: Foyer, selector: str) -> None:
    guess = (EnterPickupCode, f"{selector}00000000")
    for _ in range(4):
        foyer.visit(guess, BORN, (CodeOpensNothing, Retry.FINISH))
    assert foyer.visit(guess, BORN, (TooManyTries, "done")) is Outcome.LOCKED
    assert foyer.citizen.asked[-1] == TooManyTries(TUESDAY + timedelta(hours=24), ServiceKey.COLLECT)
    assert foyer.visit(guess, (TooManyTries, "done")) is Outcome.LOCKED


def test_a_guessed_code_stays_locked_until_the_office_gives_out_another(foyer: Foyer) -> None:
    wrong = (EnterPickupCode, "471100000000")
    for _ in range(4):
        foyer.visit(wrong, BORN, (CodeOpensNothing, Retry.FINISH))
    foyer.visit(wrong, BORN, (TooManyTries, "done"))
    foyer.rehearsal.passes(hours=25)
    assert foyer.visit(*KNOCK, (CodeOpensNothing, Retry.FINISH)) is Outcome.NOT_FOUND
    assert foyer.told() == [("pickup.locked", "")]
    office_tells(foyer.rehearsal.ledger, deposit(2))
    assert foyer.visit(*KNOCK, (LockerOpen, None), DONE) is Outcome.ANSWERED


def test_after_its_last_day_a_code_opens_nothing(foyer: Foyer) -> None:
    office_tells(foyer.rehearsal.ledger, deposit(until=date(2026, 6, 15)))
    foyer.visit(*KNOCK, (CodeOpensNothing, Retry.FINISH))
    office_tells(foyer.rehearsal.ledger, deposit(until=date(2026, 6, 16)))
    foyer.visit(*KNOCK, (LockerOpen, None), DONE)


def test_going_back_from_the_birthday_asks_for_the_code_again(foyer: Foyer) -> None:
    assert foyer.visit(TYPED, (EnterBirthDate, BACK), (EnterPickupCode, BACK)) is BACK


@pytest.mark.parametrize(
    ("contents", "script", "why"),
    [
        (Contents(kind=DocumentKind.CHILD_PASSPORT, counter_only=True), [], AtCounter.NOT_BY_BOX),
        (
            Contents(kind=DocumentKind.IDENTITY_CARD, ask_pin_letter=True),
            [(AskPinLetter, False)],
            AtCounter.NO_PIN_LETTER,
        ),
    ],
    ids=["a minor's document", "no PIN letter"],
)
def test_what_a_box_cannot_check_goes_to_the_counter_and_the_code_stays_good(
    foyer: Foyer, contents: Contents, script: Script, why: AtCounter
) -> None:
    office_tells(foyer.rehearsal.ledger, deposit(contents=contents))
    foyer.visit(*KNOCK, *script, (GoToCounter, "done"))
    assert foyer.citizen.asked[-1] == GoToCounter(why)
    assert (foyer.pulses, foyer.told()) == ([], [])


def test_the_citizens_word_about_the_pin_letter_is_told_to_the_office(foyer: Foyer) -> None:
    office_tells(
        foyer.rehearsal.ledger, deposit(contents=Contents(kind=DocumentKind.IDENTITY_CARD, ask_pin_letter=True))
    )
    foyer.visit(*KNOCK, (AskPinLetter, True), (LockerOpen, None), DONE)
    (opened, _) = foyer.rehearsal.ledger.outbox.take(limit=9, room=100_000).commands
    assert opened.body["pin_letter"] is True


def test_a_wall_that_is_out_of_order_uses_up_no_code(foyer: Foyer) -> None:
    foyer.rehearsal.cupboard.take_away(LOCKER_WALL)
    foyer.visit(*KNOCK, (GoToCounter, "done"))
    assert foyer.citizen.asked[-1] == GoToCounter(AtCounter.OUT_OF_ORDER)
    foyer.rehearsal.cupboard.put(LOCKER_WALL, foyer.wall)
    foyer.visit(*KNOCK, (LockerOpen, None), DONE)


def test_several_documents_are_collected_one_after_the_other_in_her_order(foyer: Foyer) -> None:
    passport = deposit(2, compartment=7, contents=Contents(kind=DocumentKind.PASSPORT))
    office_tells(foyer.rehearsal.ledger, deposit(), passport)
    foyer.wall.contacts = [Door.OPEN, Door.CLOSED, Door.OPEN, Door.CLOSED]
    chosen = Collectable(32, DocumentKind.IDENTITY_CARD)
    foyer.visit(*KNOCK, (ChooseDocument, chosen), (LockerOpen, None), DONE, (LockerOpen, None), DONE)
    assert foyer.pulses == [32, 7]
    assert [step.more for step in foyer.citizen.asked if isinstance(step, Collected)] == [True, False]


def test_a_broken_contact_that_says_open_keeps_nobody_from_opening(foyer: Foyer) -> None:
    """Open-Locker#302: the sensor said open, the command was skipped, and nobody could open."""
    foyer.wall.outcomes, foyer.wall.contacts = [Opened(moved=False)], [Door.OPEN]
    foyer.visit(*KNOCK, (LockerOpen, DoorAnswer.FINISHED), DONE)
    assert (foyer.pulses, foyer.told()[-1]) == ([32], ("pickup.collected", "told"))


def test_a_broken_contact_that_says_closed_gets_a_second_pulse_and_her_word_counts(foyer: Foyer) -> None:
    foyer.wall.outcomes, foyer.wall.contacts = [StillClosed()], [Door.CLOSED]
    foyer.visit(*KNOCK, (LockerOpen, DoorAnswer.FINISHED), DONE)
    (step,) = [step for step in foyer.citizen.asked if isinstance(step, LockerOpen)]
    assert (step.sure, step.can_retry) == (False, False)
    assert (foyer.pulses, foyer.told()[-1]) == ([32, 32], ("pickup.collected", "told"))


def test_a_stuck_lock_is_tried_once_more_and_then_a_person_helps(foyer: Foyer) -> None:
    foyer.wall.outcomes, foyer.wall.contacts = [StillClosed()], [Door.CLOSED]
    foyer.visit(*KNOCK, (LockerOpen, DoorAnswer.DID_NOT_OPEN), (GoToCounter, "done"))
    assert (foyer.pulses, foyer.told()[-1]) == ([32, 32], ("pickup.failed", "still_closed"))
    foyer.visit(*KNOCK, (CodeOpensNothing, Retry.FINISH))


def test_a_lock_that_yields_to_the_second_pulse_is_nobodys_matter(foyer: Foyer) -> None:
    foyer.wall.outcomes = [StillClosed(), Opened()]
    foyer.visit(*KNOCK, (LockerOpen, None), DONE)
    assert (foyer.pulses, foyer.told()[-1]) == ([32, 32], ("pickup.collected", "closed"))


def test_she_says_that_it_did_not_open_though_the_contact_says_so(foyer: Foyer) -> None:
    foyer.wall.contacts = [Door.OPEN]
    foyer.visit(
        *KNOCK, (LockerOpen, DoorAnswer.DID_NOT_OPEN), (LockerOpen, DoorAnswer.DID_NOT_OPEN), (GoToCounter, "done")
    )
    assert (foyer.pulses, foyer.told()[-1]) == ([32, 32], ("pickup.failed", "still_closed"))


@pytest.mark.parametrize("outcome", [BoardSilent(sent=False), TooLate(), GONE], ids=["silent", "too late", "gone"])
def test_a_command_that_never_went_out_is_a_persons_matter_and_never_repeated(
    foyer: Foyer, outcome: OpenOutcome | type[Exception]
) -> None:
    """Open-Locker#134: a late command may open a door after the citizen left; here it is given up."""
    foyer.wall.outcomes = [outcome]
    foyer.visit(*KNOCK, (GoToCounter, "done"))
    assert foyer.citizen.asked[-1] == GoToCounter(AtCounter.DID_NOT_OPEN)
    assert foyer.told()[-1][0] == "pickup.failed"
    foyer.visit(*KNOCK, (CodeOpensNothing, Retry.FINISH))


def test_who_leaves_before_the_lock_was_spoken_to_opens_with_her_code_another_time(foyer: Foyer) -> None:
    foyer.wall.outcomes = [Cancelled]
    with pytest.raises(Cancelled):
        foyer.visit(*KNOCK)
    assert foyer.rehearsal.ledger.journal.unfinished() == ()
    assert [what for what, _ in foyer.told()] == ["pickup.opened", "pickup.spared"]
    foyer.wall.outcomes, before = [Opened()], len(foyer.pulses)
    assert foyer.visit(*KNOCK, (LockerOpen, None), DONE) is Outcome.ANSWERED
    assert foyer.pulses[before:] == [32]
    foyer.visit(*KNOCK, (CodeOpensNothing, Retry.FINISH))


def test_who_leaves_after_a_first_pulse_has_used_her_code_whatever_the_contact_said(foyer: Foyer) -> None:
    foyer.wall.outcomes = [StillClosed(), Cancelled]
    with pytest.raises(Cancelled):
        foyer.visit(*KNOCK)
    assert len(foyer.rehearsal.ledger.journal.unfinished()) == 1
    foyer.visit(*KNOCK, (CodeOpensNothing, Retry.FINISH))


def test_a_door_left_open_is_warned_of_and_told(foyer: Foyer) -> None:
    foyer.wall.contacts = [Door.OPEN]
    said = DoorAnswer.NOTHING_HAPPENED
    foyer.visit(*KNOCK, (LockerOpen, DoorAnswer.FINISHED), (LockerOpen, said), DONE)
    assert [step.still_open for step in foyer.citizen.asked if isinstance(step, LockerOpen)] == [False, True]


def test_a_door_that_stays_open_ends_as_left_open(foyer: Foyer) -> None:
    foyer.wall.contacts = [Door.OPEN]
    foyer.wall.before_looking = lambda: foyer.rehearsal.passes(seconds=20)
    foyer.visit(*KNOCK, (LockerOpen, None), (LockerOpen, None), DONE)
    assert foyer.told()[-1] == ("pickup.collected", "left_open")
    assert foyer.citizen.asked[-1] == Collected(left_open=True)


def test_a_line_that_breaks_while_the_door_is_open_hurts_nobody(foyer: Foyer) -> None:
    foyer.wall.contacts = [Door.OPEN, GONE, Door.OPEN, Door.CLOSED]
    foyer.visit(*KNOCK, (LockerOpen, None), DONE)
    assert foyer.told()[-1] == ("pickup.collected", "closed")


@pytest.mark.parametrize(
    ("contact", "why"),
    [(Door.OPEN, "door_open"), (Door.CLOSED, "door_closed"), (Door.UNKNOWN, "door_unknown"), (GONE, "door_unknown")],
)
def test_a_visit_torn_off_is_settled_by_the_door_and_a_person_and_the_lock_rests(
    foyer: Foyer,
    contact: Door | type[Exception],
    why: str,
) -> None:
    with pytest.raises(Abandoned):
        foyer.visit(*KNOCK, (LockerOpen, Abandoned(Ending.BY_CITIZEN)))
    foyer.wall.contacts = [contact]
    desk = foyer.rehearsal.desk(foyer.citizen)
    assert desk.journal.settle({OPENING: settle_opening(desk.devices, desk.cancel, lambda _: None)}) == 1
    assert foyer.told()[-1] == ("pickup.failed", why)
    assert foyer.pulses == [32]


def test_a_door_that_opened_by_itself_is_told_to_the_office(foyer: Foyer) -> None:
    foyer.wall.incidents = (Incident(Mishap.OPENED_UNASKED, 31, TUESDAY),)
    outbox, board = foyer.rehearsal.ledger.outbox, foyer.rehearsal.cupboard.noticeboard
    assert note_incidents(foyer.rehearsal.cupboard, board, outbox) == 0, "the wall did not ask to be looked at"
    board.pin({**board.latest(), LOCKER_WALL.name: Ready(Soon.DOOR_OPENED_UNASKED)})
    assert note_incidents(foyer.rehearsal.cupboard, board, outbox) == 1
    assert note_incidents(foyer.rehearsal.cupboard, board, outbox) == 0
    (command,) = outbox.take(limit=9, room=100_000).commands
    assert (command.type, command.body["mishap"], command.body["compartment"]) == (
        "locker.incident",
        "opened_unasked",
        31,
    )


def test_the_page_shows_where_the_compartment_is(foyer: Foyer) -> None:
    foyer.visit(*KNOCK, (LockerOpen, None), DONE)
    (step,) = [step for step in foyer.citizen.asked if isinstance(step, LockerOpen)]
    assert (step.wall.open, step.wall.column, step.wall.columns) == (32, 3, 4)
    assert LockerOpens(32) in foyer.citizen.told
