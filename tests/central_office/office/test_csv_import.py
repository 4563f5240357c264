from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from central_office.contract.stages import Stage
from central_office.office import csv_import
from central_office.office.employees import passes
from central_office.office.models import Document, Kiosk, StaffPass
from central_office.office.pickups.issuing import Into, issue
from central_office.office.roles import StaffRole
from tests.central_office.office.test_employees import CHEAP, PIN, employee, heard, opened

if TYPE_CHECKING:
    from central_office.office.csv_import import Report
    from central_office.office.models import Town
    from tests.central_office.conftest import HandClock
    from tests.central_office.kiosk_end import KioskEnd

HEADINGS = "kind;number;birth_date;holder;stage"


def _take(text: str | bytes, clock: HandClock) -> Report:
    return csv_import.take(text.encode() if isinstance(text, str) else text, "Weber", clock())


def _problems(report: Report) -> list[int]:
    return [row.line for row in report.bad]


def test_good_rows_are_kept_and_bad_ones_named_by_line(town: Town, clock: HandClock) -> None:
    report = _take(
        f"{HEADINGS}\n"
        "Personalausweis;L01XCF7GH;31.12.1990;Muster, Erika;abholbereit\n"
        "Führerschein;L01XCF7GJ;31.12.1990;Muster, Max;\n"
        "passport;L01XCF7GK;1990-12-31;Nowak, Jan;in_production\n"
        "passport;L01X;1990-12-31;Nowak, Jan;\n"
        "passport;L01XCF7GL;31.31.1990;Nowak, Jan;\n"
        "passport;L01XCF7GM;1990-12-31;;\n",
        clock,
    )
    assert (report.new, report.refused) == (2, 4)
    assert _problems(report) == [3, 5, 6, 7]
    assert Document.objects.get(number="L01XCF7GH").at_stage is Stage.READY_COUNTER


def test_the_same_file_again_changes_nothing(town: Town, clock: HandClock) -> None:
    text = f"{HEADINGS}\npassport;L01XCF7GK;1990-12-31;Nowak, Jan;applied\n"
    _take(text, clock)
    again = _take(text, clock)
    assert (again.new, again.unchanged, again.refused) == (0, 1, 0)


def test_a_known_number_moves_on_if_it_may(town: Town, clock: HandClock) -> None:
    row = "passport;L01XCF7GK;1990-12-31;Nowak, Jan;"
    _take(f"{HEADINGS}\n{row}applied\n", clock)
    assert _take(f"{HEADINGS}\n{row}sent_to_producer\n", clock).moved == 1
    refused = _take(f"{HEADINGS}\n{row}handed_over\n", clock)
    assert (refused.moved, refused.refused) == (0, 1)
    assert [entry.stage for entry in Document.objects.get().history.all()] == ["applied", "sent_to_producer"]


def test_a_number_of_somebody_else_is_refused(town: Town, clock: HandClock) -> None:
    _take(f"{HEADINGS}\npassport;L01XCF7GK;1990-12-31;Nowak, Jan;\n", clock)
    assert _take(f"{HEADINGS}\npassport;L01XCF7GK;1991-12-31;Nowak, Jan;arrived\n", clock).refused == 1


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_spreadsheets_write_as_they_like(
    town: Town, clock: HandClock, separator: str, encoding: str, ending: str
) -> None:
    rows = ["Geburtsdatum", "Name", "Nummer", "Art"], ["1.2.1990", '"Müller, Jörg"', "l01x cf7gh", "Reisepass"]
    content = ending.join(separator.join(row) for row in rows).encode(encoding)
    report = _take(content, clock)
    assert (report.new, report.bad) == (1, [])
    assert Document.objects.get().holder == "Müller, Jörg"


@pytest.mark.parametrize("holder", ["=1+1", "@SUM(A1)", "+49", "-1", "=HYPERLINK(1)"])
def test_a_formula_is_no_name(town: Town, clock: HandClock, holder: str) -> None:
    assert _take(f"{HEADINGS}\npassport;L01XCF7GK;1990-12-31;{holder};\n", clock).refused == 1
    assert Document.objects.count() == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02",
        b"PK\x03\x04\x00\x00",
        b"\xff\xfe\x00",
        b"kind;number\npassport;L01XCF7GK",
        "Überschrift".encode(),
        b'kind;number;birth_date;holder\n"passport;L01XCF7GK;1990-12-31;Nowak',
        b"\n" * 1000,
    ],
)
def test_a_file_that_is_none_gets_one_sentence(town: Town, clock: HandClock, content: bytes) -> None:
    report = _take(content, clock)
    assert (report.new, report.refused) == (0, 1)
    assert report.bad[0].problem


@pytest.mark.parametrize(
    "cell", ["x" * 300, "Nowak\x07", "<script>alert(1)</script>" * 10, '"Nowak\nJan"', "Nowak\u202e"]
)
def test_a_cell_that_is_too_long_or_holds_control_signs_is_refused(town: Town, clock: HandClock, cell: str) -> None:
    assert _take(f"{HEADINGS}\npassport;L01XCF7GK;1990-12-31;{cell};\n", clock).refused == 1


def test_a_wrong_check_digit_is_noticed(town: Town, clock: HandClock) -> None:
    assert _take(f"{HEADINGS}\npassport;L01XCF7GK9;1990-12-31;Nowak, Jan;\n", clock).refused == 1


def test_a_number_twice_in_one_file_is_taken_once(town: Town, clock: HandClock) -> None:
    row = "passport;L01XCF7GK;1990-12-31;Nowak, Jan;\n"
    report = _take(f"{HEADINGS}\n{row}{row}", clock)
    assert (report.new, _problems(report)) == (1, [3])


def test_a_taken_reference_is_refused(town: Town, clock: HandClock) -> None:
    report = _take(
        "kind;number;birth_date;holder;reference\n"
        "passport;L01XCF7GK;1990-12-31;Nowak, Jan;A-1\n"
        "passport;L01XCF7GL;1990-12-31;Nowak, Eva;A-1\n",
        clock,
    )
    assert (report.new, _problems(report)) == (1, [3])


def test_the_report_never_repeats_what_stood_in_the_row(town: Town, clock: HandClock) -> None:
    report = _take(f"{HEADINGS}\npassport;L01XCF7GK;gestern;Nowak, Jan;\n", clock)
    assert "Nowak" not in report.bad[0].problem


def test_too_many_rows_are_cut_off_and_that_is_told_first(town: Town, clock: HandClock) -> None:
    bad = "x;y;z;w;\n" * (csv_import.MAX_ROWS + 5)
    report = _take(f"{HEADINGS}\n{bad}", clock)
    assert report.refused == csv_import.MAX_ROWS + 1
    assert len(report.bad) == csv_import.MAX_REPORTED + 1
    assert "100000" in report.bad[0].problem


def test_the_rows_before_a_broken_quote_are_kept(town: Town, clock: HandClock) -> None:
    report = _take(f'{HEADINGS}\npassport;L01XCF7GK;1990-12-31;Nowak, Jan;\n"pass"port;;;;\n', clock)
    assert (report.new, report.refused) == (1, 1)


def test_a_column_says_who_needs_a_compartment_within_reach(town: Town, clock: HandClock) -> None:
    rows = "".join(
        f"passport;L01XCF7G{end};1990-12-31;Nowak, Jan;{said}\n"
        for end, said in (("H", "ja"), ("J", "nein"), ("K", ""), ("L", "vielleicht"), ("M", "X"))
    )
    report = _take(f"kind;number;birth_date;holder;Im Sitzen\n{rows}", clock)
    assert (report.new, _problems(report)) == (4, [5])
    assert "ja oder nein" in report.bad[0].problem
    assert dict(Document.objects.values_list("number", "reach")) == {
        "L01XCF7GH": True, "L01XCF7GJ": False, "L01XCF7GK": False, "L01XCF7GM": True,
    }  # fmt: skip


def test_a_later_file_changes_who_needs_it_only_where_it_says_so(town: Town, clock: HandClock) -> None:
    row = "passport;L01XCF7GK;1990-12-31;Nowak, Jan"
    _take(f"kind;number;birth_date;holder;reach\n{row};yes\n", clock)
    silent = _take(f"kind;number;birth_date;holder;stage\n{row};sent_to_producer\n", clock)
    assert (silent.moved, Document.objects.get().reach) == (1, True)
    same = _take(f"kind;number;birth_date;holder;stage;reach\n{row};sent_to_producer;yes\n", clock)
    assert (same.unchanged, same.changed) == (1, 0)
    told = _take(f"kind;number;birth_date;holder;stage;reach\n{row};sent_to_producer;no\n", clock)
    assert (told.unchanged, told.changed, Document.objects.get().reach) == (0, 1, False)


def test_a_corrected_name_is_taken_and_staff_at_the_kiosk_reads_it(
    town: Town, clock: HandClock, kiosk: KioskEnd
) -> None:
    passes.new_pin(employee("Weber", StaffRole.CLERK), "Leitung", clock(), pin=PIN, cost=CHEAP)
    weber, foyer = StaffPass.objects.get(), Kiosk.objects.get(pk=kiosk.device)
    row = "Reisepass;L01XCF7GK;1990-12-31"
    _take(f"{HEADINGS}\n{row};Novak, Jan;eingetroffen\n", clock)

    def holders(known: str) -> tuple[str, list[str]]:
        listed = heard(kiosk.sync([], staff=known))
        worklist = opened(foyer, weber, listed)
        assert worklist is not None
        return listed.tag, [one.holder for one in worklist.to_load] + [one.holder for one in worklist.lying]

    tag, named = holders("")
    assert named == ["Novak, Jan"]
    told = _take(f"{HEADINGS}\n{row};Nowak, Jan;eingetroffen\n", clock)
    assert (told.changed, told.unchanged) == (1, 0)
    tag, named = holders(tag)
    assert named == ["Nowak, Jan"]
    issue(Document.objects.get(), Into(foyer, 3, "Weber"), clock(), cost=CHEAP)
    tag, _ = holders(tag)
    Document.objects.update(holder="Nowak-Klein, Jan")
    assert holders(tag)[1] == ["Nowak-Klein, Jan"]
