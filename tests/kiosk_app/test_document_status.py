"""A citizen asks where her document is: by letter, by number, with mishaps."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from central_office.contract.claims import TypedNumber
from central_office.contract.document_number import DocumentNumber
from central_office.contract.letter_code import LetterCode, TownKey
from devices.conditions import Absent, Need, NeedsStaff, Ready
from devices.errors import Disconnected
from devices.roles import (
    CODE_CAMERA,
    CODE_SCANNER,
    RECEIPT_PRINTER,
    AimHint,
    NotPrinted,
    Picture,
    Printed,
    PrintUnknown,
    Sight,
)
from kiosk_app.outcomes import Outcome
from kiosk_app.services.document_status import document_status
from kiosk_app.typed_days import birth_date_of
from screens.steps import (
    BACK,
    ChooseWay,
    CodeProblem,
    EnterBirthDate,
    EnterDocumentNumber,
    ExplainUnavailable,
    NumberProblem,
    Reason,
    Retry,
    ScanLetter,
    Searching,
    ShowNotFound,
    ShowStatus,
    SlipState,
    StatusChoice,
    TooManyTries,
    TypeInstead,
    Way,
)
from tests.kiosk_app.rehearsal import TOWN, Rehearsal, ScriptedCitizen, ready_card

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from threading import Event

    from devices.conditions import Condition
    from devices.receipts import Receipt
    from devices.roles import PrintOutcome

LETTER = LetterCode(TOWN.key, b"0123456789abcdef")
TYPED = TypedNumber(DocumentNumber("L01X00T47"), date(1984, 2, 29))


class Scanner:
    """Hands over what was laid before it, one code a look; a wire that is cut raises."""

    def __init__(self, *codes: bytes | None) -> None:
        self.codes = list(codes)
        self.cut = False

    def scan(self, timeout: float, cancel: Event) -> bytes | None:
        assert timeout >= 0
        if self.cut:
            raise Disconnected
        return self.codes.pop(0) if self.codes else None

    def condition(self) -> Condition:
        return Ready()

    def lent(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing to close."""


class Camera:
    """Sees one code after the other."""

    def __init__(self, *codes: bytes | None) -> None:
        self.codes = list(codes)

    def look(self, cancel: Event) -> Sight | None:
        code = self.codes.pop(0) if self.codes else None
        return Sight(Picture(1, 1, b"\1\2\3"), code, AimHint.NONE)

    def condition(self) -> Condition:
        return Ready()

    def lent(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing to close."""


class Printer:
    """Answers with a prepared outcome and keeps what it was asked to print."""

    def __init__(self, outcome: PrintOutcome) -> None:
        self.outcome = outcome
        self.receipts: list[Receipt] = []

    def print_receipt(self, receipt: Receipt, cancel: Event) -> PrintOutcome:
        self.receipts.append(receipt)
        return self.outcome

    def condition(self) -> Condition:
        return Ready()

    def lent(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal(tmp_path)
    rehearsal.office_sends((ready_card(), (LETTER, TYPED)))
    yield rehearsal
    rehearsal.close()


def test_a_letter_under_the_scanner_shows_the_document(rehearsal: Rehearsal) -> None:
    rehearsal.cupboard.put(CODE_SCANNER, Scanner(None, LETTER.payload.encode()))
    citizen = ScriptedCitizen([(ChooseWay, Way.LETTER), (ScanLetter, None), (ShowStatus, StatusChoice.FINISH)])

    assert document_status(rehearsal.desk(citizen)) is Outcome.ANSWERED

    shown = citizen.asked[-1]
    assert isinstance(shown, ShowStatus)
    assert shown.document == ready_card()
    assert not shown.stale
    assert shown.slip is SlipState.NO_PRINTER
    assert [type(step) for step in citizen.told] == [Searching]
    assert rehearsal.visit.claim == "letter"


def test_the_camera_shows_what_it_sees_while_it_looks(rehearsal: Rehearsal) -> None:
    rehearsal.cupboard.put(CODE_CAMERA, Camera(None, None, LETTER.payload.encode()))
    citizen = ScriptedCitizen([(ChooseWay, Way.LETTER), (ScanLetter, None), (ShowStatus, StatusChoice.FINISH)])

    document_status(rehearsal.desk(citizen))

    assert len(citizen.sightings) == 3
    assert citizen.asked[1] == ScanLetter(by_camera=True, by_scanner=False)


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        (b"https://example.org/menu", CodeProblem.NOT_OURS),
        (b"\xff\xfe\x00garbage", CodeProblem.NOT_OURS),
        (b"BT1:" + b"X" * 600, CodeProblem.NOT_OURS),
        (LETTER.payload.encode()[:-4], CodeProblem.DAMAGED),
        (LETTER.payload.encode().replace(b"0", b"O", 1), CodeProblem.DAMAGED),
        (LetterCode(TownKey("08111000"), b"0" * 16).payload.encode(), CodeProblem.OTHER_TOWN),
        (b"BT1:::", CodeProblem.DAMAGED),
    ],
)
def test_a_strange_code_is_told_apart_and_another_may_be_shown(
    rehearsal: Rehearsal, payload: bytes, problem: CodeProblem
) -> None:
    rehearsal.cupboard.put(CODE_SCANNER, Scanner(payload, payload, LETTER.payload.encode()))
    citizen = ScriptedCitizen(
        [(ChooseWay, Way.LETTER), (ScanLetter, None), (ScanLetter, None), (ShowStatus, StatusChoice.FINISH)]
    )

    document_status(rehearsal.desk(citizen))

    assert citizen.asked[2] == ScanLetter(by_camera=False, by_scanner=True, problem=problem)


def test_the_scanner_is_unplugged_while_the_letter_is_awaited_and_the_camera_goes_on(rehearsal: Rehearsal) -> None:
    scanner = Scanner()
    scanner.cut = True
    rehearsal.cupboard.put(CODE_SCANNER, scanner)
    rehearsal.cupboard.put(CODE_CAMERA, Camera(LETTER.payload.encode()))

    class Unplugged(ScriptedCitizen):
        def ask(self, step, meanwhile=None, every=0.0):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            answer = super().ask(step, meanwhile, every)
            if isinstance(step, ScanLetter):
                rehearsal.cupboard.take_away(CODE_SCANNER)
            return answer

    citizen = Unplugged(
        [(ChooseWay, Way.LETTER), (ScanLetter, None), (ScanLetter, None), (ShowStatus, StatusChoice.FINISH)]
    )

    assert document_status(rehearsal.desk(citizen)) is Outcome.ANSWERED


def test_without_any_reader_the_letter_is_not_offered(rehearsal: Rehearsal) -> None:
    citizen = ScriptedCitizen([(ChooseWay, BACK)])
    assert document_status(rehearsal.desk(citizen)) == BACK
    assert citizen.asked[0] == ChooseWay((Way.LETTER, Way.NUMBER), ((Way.LETTER, Reason.NO_READER),))


def test_a_letter_nobody_knows_may_be_tried_again_without_a_count(rehearsal: Rehearsal) -> None:
    stranger = LetterCode(TOWN.key, b"f" * 16).payload.encode()
    rehearsal.cupboard.put(CODE_SCANNER, Scanner(stranger))
    citizen = ScriptedCitizen(
        [(ChooseWay, Way.LETTER), (ScanLetter, None), (ShowNotFound, Retry.FINISH)],
    )
    assert document_status(rehearsal.desk(citizen)) is Outcome.NOT_FOUND
    assert citizen.asked[-1] == ShowNotFound(Way.LETTER, None)


def test_the_replica_is_thrown_away_while_the_letter_is_read(rehearsal: Rehearsal, tmp_path: Path) -> None:
    rehearsal.cupboard.put(CODE_SCANNER, Scanner(LETTER.payload.encode()))
    (tmp_path / "replica.db").unlink()
    citizen = ScriptedCitizen([(ChooseWay, Way.LETTER), (ScanLetter, None), (ExplainUnavailable, BACK)])
    assert document_status(rehearsal.desk(citizen)) == BACK


def test_number_and_birth_date_show_the_document(rehearsal: Rehearsal) -> None:
    citizen = ScriptedCitizen(
        [
            (ChooseWay, Way.NUMBER),
            (EnterDocumentNumber, TYPED.number.typed),
            (EnterBirthDate, "29021984"),
            (ShowStatus, StatusChoice.FINISH),
        ]
    )
    assert document_status(rehearsal.desk(citizen)) is Outcome.ANSWERED
    assert rehearsal.visit.claim == "number"


def test_a_slip_of_the_finger_is_noticed_before_anything_is_looked_up(rehearsal: Rehearsal) -> None:
    slipped = "0" + TYPED.number.typed[1:]
    citizen = ScriptedCitizen(
        [
            (ChooseWay, Way.NUMBER),
            (EnterDocumentNumber, slipped),
            (EnterDocumentNumber, TYPED.number.typed),
            (EnterBirthDate, "31021984"),
            (EnterBirthDate, "29022084"),
            (EnterBirthDate, BACK),
            (EnterDocumentNumber, BACK),
            (ChooseWay, BACK),
        ]
    )
    assert document_status(rehearsal.desk(citizen)) == BACK
    assert citizen.asked[2] == EnterDocumentNumber(NumberProblem.CHECK_DIGIT)
    assert citizen.asked[4] == EnterBirthDate(NumberProblem.NO_SUCH_DAY)
    assert citizen.asked[5] == EnterBirthDate(NumberProblem.IN_THE_FUTURE)


def test_guessing_birth_dates_ends_after_five_and_a_restart_gives_no_new_tries(
    rehearsal: Rehearsal, tmp_path: Path
) -> None:
    def guess(year: int) -> ScriptedCitizen:
        return ScriptedCitizen(
            [
                (ChooseWay, Way.NUMBER),
                (EnterDocumentNumber, TYPED.number.typed),
                (EnterBirthDate, f"0101{year}"),
                (object, Retry.FINISH),  # type: ignore[list-item]
            ]
        )

    steps = []
    for year in range(1980, 1985):
        citizen = guess(year)
        document_status(rehearsal.desk(citizen))
        steps.append(citizen.asked[-1])
        rehearsal.passes(seconds=5)

    assert [step.tries_left for step in steps[:4] if isinstance(step, ShowNotFound)] == [4, 3, 2, 1]
    assert isinstance(steps[4], TooManyTries)

    rehearsal.close()
    again = Rehearsal(tmp_path)
    again.now = rehearsal.now
    citizen = guess(1984)
    assert document_status(again.desk(citizen)) is Outcome.LOCKED
    assert isinstance(citizen.asked[-1], TooManyTries)
    again.close()


def test_who_would_rather_type_can_change_the_way(rehearsal: Rehearsal) -> None:
    rehearsal.cupboard.put(CODE_SCANNER, Scanner())
    citizen = ScriptedCitizen(
        [
            (ChooseWay, Way.LETTER),
            (ScanLetter, TypeInstead()),
            (EnterDocumentNumber, TYPED.number.typed),
            (EnterBirthDate, "29021984"),
            (ShowStatus, BACK),
            (ChooseWay, BACK),
        ]
    )
    assert document_status(rehearsal.desk(citizen)) == BACK


def test_data_of_the_day_before_yesterday_says_so(rehearsal: Rehearsal) -> None:
    rehearsal.cupboard.put(CODE_SCANNER, Scanner(LETTER.payload.encode()))
    rehearsal.passes(hours=25)
    citizen = ScriptedCitizen([(ChooseWay, Way.LETTER), (ScanLetter, None), (ShowStatus, StatusChoice.FINISH)])
    document_status(rehearsal.desk(citizen))
    shown = citizen.asked[-1]
    assert isinstance(shown, ShowStatus)
    assert shown.stale


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Printed(), SlipState.PRINTED),
        (NotPrinted(NeedsStaff(Need.PAPER)), SlipState.NOT_PRINTED),
        (PrintUnknown(), SlipState.UNKNOWN),
    ],
)
def test_the_page_tells_how_the_print_went(rehearsal: Rehearsal, outcome: PrintOutcome, state: SlipState) -> None:
    rehearsal.cupboard.put(CODE_SCANNER, Scanner(LETTER.payload.encode()))
    printer = Printer(outcome)
    rehearsal.cupboard.put(RECEIPT_PRINTER, printer)
    citizen = ScriptedCitizen(
        [
            (ChooseWay, Way.LETTER),
            (ScanLetter, None),
            (ShowStatus, StatusChoice.PRINT),
            (ShowStatus, StatusChoice.FINISH),
        ]
    )

    document_status(rehearsal.desk(citizen))

    slips = [step.slip for step in (*citizen.told, *citizen.asked) if isinstance(step, ShowStatus)]
    assert slips == [SlipState.PRINTING, SlipState.OFFERED, state]
    assert len(printer.receipts) == 1
    assert rehearsal.visit.taken_away == ({"receipt"} if state is SlipState.PRINTED else set())


def test_the_printer_was_unplugged_between_the_page_and_the_touch(rehearsal: Rehearsal) -> None:
    rehearsal.cupboard.put(CODE_SCANNER, Scanner(LETTER.payload.encode()))
    rehearsal.cupboard.noticeboard.pin({**rehearsal.cupboard.noticeboard.latest(), RECEIPT_PRINTER.name: Ready()})
    citizen = ScriptedCitizen(
        [
            (ChooseWay, Way.LETTER),
            (ScanLetter, None),
            (ShowStatus, StatusChoice.PRINT),
            (ShowStatus, StatusChoice.FINISH),
        ]
    )
    document_status(rehearsal.desk(citizen))
    shown = citizen.asked[-1]
    assert isinstance(shown, ShowStatus)
    assert shown.slip is SlipState.NOT_PRINTED
    assert isinstance(rehearsal.cupboard.noticeboard.of(CODE_CAMERA), Absent)


@pytest.mark.parametrize(
    ("digits", "meant"),
    [
        ("29021984", date(1984, 2, 29)),
        ("01011900", date(1900, 1, 1)),
        ("31121899", NumberProblem.NO_SUCH_DAY),
        ("00001984", NumberProblem.NO_SUCH_DAY),
        ("17062026", NumberProblem.IN_THE_FUTURE),
        ("16062026", date(2026, 6, 16)),
        ("", NumberProblem.NO_SUCH_DAY),
    ],
)
def test_typed_days_are_days(digits: str, meant: date | NumberProblem) -> None:
    assert birth_date_of(digits, date(2026, 6, 16)) == meant
