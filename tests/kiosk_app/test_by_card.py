"""A citizen signs in with her identity card: the visit that goes well, and all that may happen to a card."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from threading import enumerate as threads
from typing import TYPE_CHECKING, Any

import pytest

from central_office.contract.claims import CardHolder, TypedNumber
from central_office.contract.document_number import DocumentNumber
from central_office.contract.documents import DocumentId
from central_office.contract.letter_code import LetterCode
from central_office.contract.mrz_names import mrz_name
from central_office.contract.stages import DocumentKind
from central_office.contract.town import IdentifyTable
from devices.card_reading import CardTrouble, CardUnreadable, NoCard, NotDone
from devices.identity_cards import (
    AskHolder,
    CardExpired,
    CardKind,
    CardRefused,
    NotAnIdentityCard,
    OpensWith,
    Print,
    PrintRefused,
    Proven,
    Pseudonym,
    Recognise,
    Recognised,
)
from devices.roles import CARD_READER, ONLINE_AUSWEIS
from kiosk_app.outcomes import Outcome
from kiosk_app.services.collect import collect
from kiosk_app.services.document_status import document_status
from screens.stage import Abandoned, Ending
from screens.steps import (
    BACK,
    ChooseWay,
    EnterBirthDate,
    ExplainUnavailable,
    NumberProblem,
    Reason,
    Retry,
    ServiceKey,
    ShowNotFound,
    ShowStatus,
    StatusChoice,
    Way,
)
from screens.steps_card import (
    CardEnd,
    CardEnds,
    CardProblem,
    ChooseMyDocument,
    EnterCan,
    EnterCardBirthDate,
    EnterCardExpiry,
    EnterCardNumber,
    PlaceCard,
    Placed,
    PrintInstead,
    ReadingCard,
    Stage,
    TakeCardBack,
    WhichCard,
)
from screens.steps_collect import CodeOpensNothing, Collected, EnterPickupCode, LockerOpen
from tests.kiosk_app.at_the_reader import (
    CAN,
    PASSPORT,
    TAKEN,
    UNPLUGGED,
    UNPLUGGED_NOW,
    Blocks,
    CardCitizen,
    Reader,
    card,
    holder,
)
from tests.kiosk_app.rehearsal import TOWN, Rehearsal, ready_card
from tests.kiosk_app.test_collect import Foyer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from screens.steps import Step

ERIKA = CardHolder(mrz_name("Mustermann", "Erika"), date(1964, 8, 12))
LETTER = LetterCode(TOWN.key, b"0123456789abcdef")
TYPED = TypedNumber(DocumentNumber("L01X00T47"), date(1964, 8, 12))
OPEN = Recognised(CardKind.BE_EID, (OpensWith.NOTHING,))
"""A card that says whose it is to whoever asks."""

Script = list[tuple[type["Step[Any]"], object]]
BEGINNING: Script = [(ChooseWay, Way.CARD), (PlaceCard, None)]
DIGITS: Script = [*BEGINNING, (EnterCan, CAN)]
ANSWER: Script = [(ShowStatus, StatusChoice.FINISH)]


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal(tmp_path)
    rehearsal.office_sends((ready_card(), (LETTER, TYPED)), holder=ERIKA)
    yield rehearsal
    rehearsal.close()


def visit(
    rehearsal: Rehearsal,
    reader: Reader,
    script: Script,
    *,
    stops: object = None,
    **desk: Any,  # noqa: ANN401
) -> tuple[object, CardCitizen]:
    """Let a citizen come with her card; how it ended, and what she saw."""
    rehearsal.cupboard.put(CARD_READER, reader)
    citizen = CardCitizen(script, stops)
    outcome = document_status(replace(rehearsal.desk(citizen), **desk))
    assert citizen.finished()
    return outcome, citizen


def test_a_card_and_its_six_digits_show_the_document(rehearsal: Rehearsal) -> None:
    reader = Reader(NoCard(), card(1)).does(PASSPORT, holder())
    outcome, citizen = visit(rehearsal, reader, [*DIGITS, (TakeCardBack, True), *ANSWER, (TakeCardBack, True)])

    assert outcome is Outcome.ANSWERED
    assert rehearsal.visit.claim == "card"
    assert reader.asked == [Recognise(), AskHolder(CardKind.ICAO_EMRTD, Print(can=CAN))]
    shown = next(step for step in citizen.asked if isinstance(step, ShowStatus))
    assert shown.document == ready_card()
    assert citizen.told == [ReadingCard(Stage.LOOKING)]


def test_a_card_that_opens_by_itself_is_read_at_once(rehearsal: Rehearsal) -> None:
    reader = Reader(card(1)).does(OPEN, holder(), TAKEN)
    outcome, citizen = visit(rehearsal, reader, [*BEGINNING, (TakeCardBack, None), *ANSWER])
    assert outcome is Outcome.ANSWERED
    assert [type(step) for step in citizen.asked] == [ChooseWay, PlaceCard, TakeCardBack, ShowStatus]


def test_the_page_tells_how_far_the_reading_is_and_never_goes_back(rehearsal: Rehearsal) -> None:
    reader = Reader(card(1)).does(PASSPORT, holder(), TAKEN)
    reader.pause = 0.1
    _, citizen = visit(rehearsal, reader, [*DIGITS, (TakeCardBack, None), *ANSWER])
    stages = [step.stage for step in citizen.read]
    assert stages[0] is Stage.FOUND
    last = stages[len(stages) - stages[::-1].index(Stage.OPENING) - 1 :]  # of the second job
    assert last == [stage for stage in Stage if stage in last]
    assert {Stage.FOUND, Stage.OPENING, Stage.READING} <= set(stages)


def test_a_card_that_stays_on_the_reader_is_asked_back_before_the_answer_and_at_the_end(rehearsal: Rehearsal) -> None:
    reader = Reader(card(1)).does(PASSPORT, holder())
    script: Script = [*DIGITS, (TakeCardBack, False), *ANSWER, (TakeCardBack, False)]
    outcome, citizen = visit(rehearsal, reader, script)
    assert outcome is Outcome.ANSWERED
    assert [step for step in citizen.asked if isinstance(step, TakeCardBack)] == [
        TakeCardBack(),
        TakeCardBack(last=True),
    ]


def test_a_card_that_was_put_into_a_slot_ends_the_visit_when_it_is_taken_out(rehearsal: Rehearsal) -> None:
    reader = Reader(card(1)).does(PASSPORT, holder(), TAKEN)
    outcome, citizen = visit(rehearsal, reader, [*DIGITS, (ShowStatus, None)], ends_with_card=True)
    assert outcome is Outcome.ANSWERED
    assert not [step for step in citizen.asked if isinstance(step, TakeCardBack)]


def test_a_reader_that_is_unplugged_with_the_answer_shown_ends_a_visit_that_lasts_as_long_as_the_card(
    rehearsal: Rehearsal,
) -> None:
    reader = Reader(card(1)).does(PASSPORT, holder(), UNPLUGGED_NOW)
    outcome, _ = visit(rehearsal, reader, [*DIGITS, (ShowStatus, None)], ends_with_card=True)
    assert outcome is Outcome.ANSWERED


def test_of_several_documents_she_chooses(rehearsal: Rehearsal) -> None:
    passport = ready_card().model_copy(
        update={"document": DocumentId("00000000-0000-4000-8000-000000000002"), "kind": DocumentKind.PASSPORT}
    )
    other = LetterCode(TOWN.key, b"fedcba9876543210")
    number = TypedNumber(DocumentNumber("L01X0001C"), TYPED.birth_date)
    rehearsal.office_sends((ready_card(), (LETTER, TYPED)), (passport, (other, number)), holder=ERIKA)
    reader = Reader(card(1)).does(PASSPORT, holder(), TAKEN)
    script: Script = [*DIGITS, (TakeCardBack, None), (ChooseMyDocument, 1), (ShowStatus, BACK), (ChooseMyDocument, 0)]
    _, citizen = visit(rehearsal, reader, [*script, *ANSWER])
    shown = [step.document for step in citizen.asked if isinstance(step, ShowStatus)]
    assert {each.kind for each in shown} == {DocumentKind.PASSPORT, DocumentKind.IDENTITY_CARD}


def test_nothing_is_under_way_for_her(rehearsal: Rehearsal) -> None:
    reader = Reader(card(1)).does(PASSPORT, holder(given="Lieschen"), TAKEN)
    script: Script = [*DIGITS, (TakeCardBack, None), (ShowNotFound, Retry.FINISH)]
    outcome, citizen = visit(rehearsal, reader, script)
    assert outcome is Outcome.NOT_FOUND
    assert citizen.asked[-1] == ShowNotFound(Way.CARD)


def test_the_replica_is_thrown_away_while_the_card_is_read(rehearsal: Rehearsal, tmp_path: Path) -> None:
    (tmp_path / "replica.db").unlink()
    reader = Reader(card(1)).does(PASSPORT, holder())
    outcome, _ = visit(rehearsal, reader, [*DIGITS, (ExplainUnavailable, BACK)])
    assert outcome == BACK


# The print


def test_digits_of_another_card_are_typed_anew(rehearsal: Rehearsal) -> None:
    reader = Reader(card(1)).does(PASSPORT, PrintRefused(), PrintRefused(2), holder(), TAKEN)
    script: Script = [*DIGITS, (EnterCan, "111111"), (EnterCan, CAN), (TakeCardBack, None), *ANSWER]
    _, citizen = visit(rehearsal, reader, script)
    asked = [step for step in citizen.asked if isinstance(step, EnterCan)]
    assert asked == [
        EnterCan(by_print=True),
        EnterCan(refused=True, by_print=True),
        EnterCan(refused=True, tries_left=2, by_print=True),
    ]
    assert [request.printed.can for request in reader.asked if isinstance(request, AskHolder)] == [CAN, "111111", CAN]


def test_a_card_taken_off_to_look_at_its_digits_is_placed_again(rehearsal: Rehearsal) -> None:
    reader = Reader(card(1)).does(TAKEN, PASSPORT, holder(), TAKEN)
    reader.comes_back = [card(2)]
    script: Script = [*DIGITS, (PlaceCard, None), (TakeCardBack, None), *ANSWER]
    outcome, citizen = visit(rehearsal, reader, script)
    assert outcome is Outcome.ANSWERED
    assert citizen.asked[3] == PlaceCard(again=True)


def test_another_card_placed_instead_is_recognised_anew(rehearsal: Rehearsal) -> None:
    reader = Reader(card(1)).does(TAKEN, PASSPORT, OPEN, holder(), TAKEN)
    reader.comes_back = [card(2, b"\x3b\x99")]
    script: Script = [*DIGITS, (PlaceCard, None), (PlaceCard, None), (TakeCardBack, None), *ANSWER]
    visit(rehearsal, reader, script)
    assert reader.asked == [Recognise(), Recognise(), AskHolder(CardKind.BE_EID)]


def test_a_passport_without_digits_is_opened_by_its_number_and_two_days(rehearsal: Rehearsal) -> None:
    reader = Reader(card(1)).does(PASSPORT, PrintRefused(), holder(), TAKEN)
    script: Script = [
        *BEGINNING,
        (EnterCan, PrintInstead.NO_DIGITS),
        (EnterCardNumber, BACK),
        (EnterCan, PrintInstead.NO_DIGITS),
        (EnterCardNumber, "C01X0006H"),
        (EnterCardBirthDate, BACK),
        (EnterCardNumber, "C01X0006H"),
        (EnterCardBirthDate, "12082064"),
        (EnterCardBirthDate, "12081964"),
        (EnterCardExpiry, BACK),
        (EnterCardBirthDate, "12081964"),
        (EnterCardExpiry, "31022031"),
        (EnterCardExpiry, "28022031"),
        (EnterCardNumber, "C01X0006H"),
        (EnterCardBirthDate, "12081964"),
        (EnterCardExpiry, "27022031"),
        (TakeCardBack, None),
        *ANSWER,
    ]
    _, citizen = visit(rehearsal, reader, script)
    assert EnterCardBirthDate(NumberProblem.IN_THE_FUTURE) in citizen.asked
    assert EnterCardExpiry(NumberProblem.NO_SUCH_DAY) in citizen.asked
    assert EnterCardNumber(refused=True) in citizen.asked
    printed = Print(number="C01X0006H", birth_date=date(1964, 8, 12), expiry=date(2031, 2, 27))
    assert reader.asked[-1] == AskHolder(CardKind.ICAO_EMRTD, printed)


def test_an_old_passport_asks_for_its_number_at_once_and_back_leads_to_the_ways(rehearsal: Rehearsal) -> None:
    reader = Reader(card(1)).does(Recognised(CardKind.ICAO_EMRTD, (OpensWith.MRZ,)))
    outcome, _ = visit(rehearsal, reader, [*BEGINNING, (EnterCardNumber, BACK), (ChooseWay, BACK)])
    assert outcome == BACK


# What may happen to a card


def test_a_card_pulled_while_it_is_read_is_placed_again_and_nothing_is_typed_twice(rehearsal: Rehearsal) -> None:
    reader = Reader(card(1)).does(PASSPORT, TAKEN, NotDone(CardTrouble.LEFT), holder(), TAKEN)
    reader.comes_back = [card(2)]
    script: Script = [*DIGITS, (PlaceCard, None), (TakeCardBack, None), *ANSWER]
    outcome, citizen = visit(rehearsal, reader, script)
    assert outcome is Outcome.ANSWERED
    assert citizen.asked[3] == PlaceCard(problem=CardProblem.LEFT)


def test_a_card_pulled_before_it_is_recognised_is_placed_again(rehearsal: Rehearsal) -> None:
    reader = Reader(card(1)).does(TAKEN, NotDone(CardTrouble.LEFT), OPEN, holder(), TAKEN)
    reader.comes_back = [card(2)]
    _, citizen = visit(rehearsal, reader, [*BEGINNING, (PlaceCard, None), (TakeCardBack, None), *ANSWER])
    assert citizen.asked[2] == PlaceCard(problem=CardProblem.LEFT)


@pytest.mark.parametrize(
    ("trouble", "problem"),
    [
        (NotDone(CardTrouble.MUTE), CardProblem.MUTE),
        (NotDone(CardTrouble.BUSY), CardProblem.BUSY),
        (NotDone(CardTrouble.NOT_UNDERSTOOD), CardProblem.DAMAGED),
        (NotAnIdentityCard(), CardProblem.NOT_IDENTITY),
    ],
)
def test_a_card_that_did_not_help_does_not_count_before_it_was_taken_off(
    rehearsal: Rehearsal, trouble: object, problem: CardProblem
) -> None:
    reader = Reader(card(1)).does(trouble, OPEN, holder(), TAKEN)
    reader.later = [card(1), NoCard(), card(2)]
    _, citizen = visit(rehearsal, reader, [*BEGINNING, (PlaceCard, None), (TakeCardBack, None), *ANSWER])
    assert citizen.asked[2] == PlaceCard(problem=problem)
    assert len(reader.later) == 0


def test_a_card_the_wrong_way_round_is_told_apart_once_and_works_when_turned(rehearsal: Rehearsal) -> None:
    reader = Reader(NoCard(), CardUnreadable(1), CardUnreadable(1), NoCard(), card(2)).does(OPEN, holder(), TAKEN)
    _, citizen = visit(rehearsal, reader, [*BEGINNING, (PlaceCard, None), (TakeCardBack, None), *ANSWER])
    assert citizen.asked[2] == PlaceCard(problem=CardProblem.UNREADABLE)


def test_a_card_that_only_slides_into_its_place_is_not_called_unreadable(rehearsal: Rehearsal) -> None:
    reader = Reader(NoCard(), CardUnreadable(1), card(1)).does(OPEN, holder(), TAKEN)
    _, citizen = visit(rehearsal, reader, [*BEGINNING, (TakeCardBack, None), *ANSWER])
    assert CardProblem.UNREADABLE not in [step.problem for step in citizen.asked if isinstance(step, PlaceCard)]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (CardExpired(), CardEnd.EXPIRED),
        (CardRefused(), CardEnd.REFUSED),
        (PrintRefused(), CardEnd.REFUSED),
        (Pseudonym(CardKind.CIE_NIS, Proven.CHIP_GENUINE, "123"), CardEnd.TELLS_TOO_LITTLE),
        (holder(Proven.PRINT_HELD), CardEnd.NOT_PROVEN),
        (holder(Proven.NOTHING), CardEnd.NOT_PROVEN),
        (holder(family="Мустерман", given="Ерика"), CardEnd.TELLS_TOO_LITTLE),
        (holder(birth_date=None), CardEnd.TELLS_TOO_LITTLE),
    ],
)
def test_nobody_is_signed_in_by_a_card_that_does_not_prove_it(rehearsal: Rehearsal, told: object, why: CardEnd) -> None:
    reader = Reader(card(1)).does(OPEN, told, OPEN, told)
    again: Script = [*BEGINNING, (CardEnds, Retry.OTHER_WAY)]
    outcome, citizen = visit(rehearsal, reader, [*again, *BEGINNING, (CardEnds, Retry.FINISH)])
    assert outcome is Outcome.NOT_FOUND
    assert citizen.asked[-1] == CardEnds(why)
    assert citizen.told == []


def test_who_has_no_card_here_chooses_another_way(rehearsal: Rehearsal) -> None:
    script: Script = [(ChooseWay, Way.CARD), (PlaceCard, Placed.NOT_WITH_ME), (ChooseWay, BACK)]
    assert visit(rehearsal, Reader(NoCard()), script)[0] == BACK


def test_a_reader_unplugged_while_the_card_is_awaited_leads_back_to_the_ways(rehearsal: Rehearsal) -> None:
    outcome, citizen = visit(rehearsal, Reader(UNPLUGGED), [*BEGINNING, (ChooseWay, BACK)])
    assert outcome == BACK
    assert citizen.read == []


def test_a_reader_unplugged_while_the_card_is_read_leads_back_to_the_ways(rehearsal: Rehearsal) -> None:
    reader = Reader(card(1)).does(PASSPORT, UNPLUGGED)
    assert visit(rehearsal, reader, [*DIGITS, (ChooseWay, BACK)])[0] == BACK


def test_who_stops_the_reading_is_back_at_the_ways_and_the_card_is_let_go(rehearsal: Rehearsal) -> None:
    reader = Reader(card(1)).does(Blocks())
    outcome, _ = visit(rehearsal, reader, [*BEGINNING, (ChooseWay, BACK)], stops=BACK)
    assert outcome == BACK
    assert reader.stopped == 1


def test_ending_the_session_while_a_card_is_read_stops_the_work_with_it(rehearsal: Rehearsal) -> None:
    reader = Reader(card(1)).does(Blocks())
    with pytest.raises(Abandoned):
        visit(rehearsal, reader, BEGINNING, stops=Abandoned(Ending.BY_CITIZEN))
    assert reader.stopped == 1
    assert not [thread for thread in threads() if thread.name == "card"]


@pytest.mark.parametrize("at", range(5))
def test_ending_the_session_at_any_question_ends_the_visit(rehearsal: Rehearsal, at: int) -> None:
    reader = Reader(card(1)).does(PASSPORT, holder())
    whole: Script = [*DIGITS, (TakeCardBack, False), *ANSWER]
    script: Script = [*whole[:at], (whole[at][0], Abandoned(Ending.IDLE))]
    with pytest.raises(Abandoned):
        visit(rehearsal, reader, script)


# German cards

GERMAN = Recognised(CardKind.DE_ONLINE_AUSWEIS, (OpensWith.PIN,), (CardKind.ICAO_EMRTD,))


def test_a_residence_permit_of_the_german_make_is_read_with_its_digits(rehearsal: Rehearsal) -> None:
    reader = Reader(card(1)).does(GERMAN, holder(), TAKEN)
    script: Script = [*BEGINNING, (WhichCard, True), (EnterCan, CAN), (TakeCardBack, None), *ANSWER]
    visit(rehearsal, reader, script)
    assert reader.asked[-1] == AskHolder(CardKind.ICAO_EMRTD, Print(can=CAN))


@pytest.mark.parametrize(("service", "why"), [("none", CardEnd.OTHER_WAY), ("silent", CardEnd.NO_SERVICE)])
def test_a_german_identity_card_needs_another_way_where_no_service_reads_it(
    rehearsal: Rehearsal, service: str, why: CardEnd
) -> None:
    if service == "silent":
        rehearsal.cupboard.take_away(ONLINE_AUSWEIS)
    reader = Reader(card(1)).does(GERMAN)
    script: Script = [*BEGINNING, (WhichCard, False), (CardEnds, Retry.FINISH)]
    outcome, citizen = visit(rehearsal, reader, script)
    assert outcome is Outcome.NOT_FOUND
    assert citizen.asked[-1] == CardEnds(why)


def test_who_does_not_know_which_german_card_it_is_goes_back_to_the_ways(rehearsal: Rehearsal) -> None:
    reader = Reader(card(1)).does(GERMAN)
    assert visit(rehearsal, reader, [*BEGINNING, (WhichCard, BACK), (ChooseWay, BACK)])[0] == BACK


# Collecting

CODE: tuple[type[Step[Any]], object] = (EnterPickupCode, "471183025591")
BY_CARD: Script = [CODE, (EnterBirthDate, Way.CARD), (PlaceCard, None)]


def collecting(folder: Path, reader: Reader, script: Script) -> tuple[object, CardCitizen, Foyer]:
    foyer = Foyer(folder)
    foyer.rehearsal.cupboard.put(CARD_READER, reader)
    citizen = CardCitizen(script)
    try:
        outcome = collect(foyer.rehearsal.desk(citizen))
    finally:
        foyer.rehearsal.close()
    assert citizen.finished()
    return outcome, citizen, foyer


def test_her_card_says_her_birthday_when_she_collects(tmp_path: Path) -> None:
    reader = Reader(card(1)).does(OPEN, holder(birth_date=date(1984, 2, 29)), TAKEN)
    script: Script = [*BY_CARD, (TakeCardBack, None), (LockerOpen, None), (Collected, "done")]
    outcome, citizen, foyer = collecting(tmp_path, reader, script)
    assert outcome is Outcome.ANSWERED
    assert citizen.asked[1] == EnterBirthDate(service=ServiceKey.COLLECT, by_card=True)
    assert citizen.asked[2] == PlaceCard(ServiceKey.COLLECT)
    assert foyer.pulses == [32]


def test_the_card_of_somebody_else_opens_nothing(tmp_path: Path) -> None:
    reader = Reader(card(1)).does(OPEN, holder(), TAKEN)
    script: Script = [*BY_CARD, (TakeCardBack, None), (CodeOpensNothing, Retry.FINISH)]
    outcome, _, foyer = collecting(tmp_path, reader, script)
    assert outcome is Outcome.NOT_FOUND
    assert foyer.pulses == []


@pytest.mark.parametrize("told", [holder(Proven.PRINT_HELD), holder(birth_date=None), CardExpired()])
def test_who_cannot_sign_in_with_her_card_types_her_birthday_after_all(tmp_path: Path, told: object) -> None:
    reader = Reader(card(1)).does(OPEN, told, OPEN, told)
    again: Script = [(CardEnds, Retry.OTHER_WAY), (EnterBirthDate, Way.CARD), (PlaceCard, None)]
    outcome, citizen, _ = collecting(tmp_path, reader, [*BY_CARD, *again, (CardEnds, Retry.FINISH)])
    assert outcome is Outcome.NOT_FOUND
    assert citizen.asked[-1] == replace(citizen.asked[3], service=ServiceKey.COLLECT)  # type: ignore[type-var]


def test_a_town_that_does_not_wish_it_takes_no_birthday_from_a_card(tmp_path: Path) -> None:
    foyer = Foyer(tmp_path)
    foyer.rehearsal.cupboard.put(CARD_READER, Reader(card(1)))
    citizen = CardCitizen([CODE, (EnterBirthDate, "29021984"), (LockerOpen, None), (Collected, "done")])
    try:
        collect(replace(foyer.rehearsal.desk(citizen), town=replace(TOWN, identify=IdentifyTable())))
    finally:
        foyer.rehearsal.close()
    assert citizen.asked[1] == EnterBirthDate(service=ServiceKey.COLLECT)


# What the kiosk has


def test_a_kiosk_without_a_reader_does_not_speak_of_cards(rehearsal: Rehearsal) -> None:
    citizen = CardCitizen([(ChooseWay, BACK)])
    document_status(rehearsal.desk(citizen))
    assert citizen.asked == [ChooseWay((Way.LETTER, Way.NUMBER), ((Way.LETTER, Reason.NO_READER),))]


def test_a_town_that_does_not_wish_it_does_not_speak_of_cards(rehearsal: Rehearsal) -> None:
    rehearsal.cupboard.put(CARD_READER, Reader())
    citizen = CardCitizen([(ChooseWay, BACK)])
    document_status(replace(rehearsal.desk(citizen), town=replace(TOWN, identify=IdentifyTable())))
    assert citizen.asked == [ChooseWay((Way.LETTER, Way.NUMBER), ((Way.LETTER, Reason.NO_READER),))]


def test_a_reader_that_is_not_there_now_closes_the_way_and_says_why(rehearsal: Rehearsal) -> None:
    rehearsal.cupboard.take_away(CARD_READER)
    citizen = CardCitizen([(ChooseWay, BACK)])
    document_status(rehearsal.desk(citizen))
    closed = ((Way.CARD, Reason.NO_CARD_READER), (Way.LETTER, Reason.NO_READER))
    assert citizen.asked == [ChooseWay((Way.CARD, Way.LETTER, Way.NUMBER), closed)]


# What stays


def test_no_value_of_a_visit_by_card_shows_what_was_typed_or_read(rehearsal: Rehearsal) -> None:
    reader = Reader(card(1)).does(PASSPORT, holder())
    _, citizen = visit(rehearsal, reader, [*DIGITS, (TakeCardBack, True), *ANSWER, (TakeCardBack, True)])
    said = repr((citizen.asked, citizen.told, citizen.read, reader.asked, rehearsal.visit, ERIKA, holder()))
    for secret in (CAN, "Mustermann", "MUSTERMANN", "Erika", "1964"):
        assert secret not in said
