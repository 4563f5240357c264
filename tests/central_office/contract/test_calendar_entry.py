"""A pickup in a phone's calendar."""

from __future__ import annotations

from datetime import UTC, datetime

from central_office.contract.calendar_entry import CalendarEntry

BEGINS = datetime(2026, 7, 9, 4, tzinfo=UTC)


def test_a_phone_reads_title_place_and_hours() -> None:
    entry = CalendarEntry(
        "BW25222KT@ms", BEGINS, BEGINS.replace(hour=16), "Sperrmüll, 2,5 m³", "Lindenstraße 14; hinten", "Zeile\nzwei"
    )
    text = entry.text(BEGINS)
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert "DTSTART:20260709T040000Z\r\n" in text
    assert "SUMMARY:Sperrmüll\\, 2\\,5 m³\r\n" in text
    assert "LOCATION:Lindenstraße 14\\; hinten\r\n" in text
    assert "DESCRIPTION:Zeile\\nzwei\r\n" in text
    assert text.endswith("END:VEVENT\r\nEND:VCALENDAR\r\n")


def test_long_lines_are_folded_between_letters() -> None:
    text = CalendarEntry("x", BEGINS, BEGINS, "ü" * 200).text(BEGINS)
    lines = text.split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    assert "SUMMARY:" + "ü" * 200 in text.replace("\r\n ", "")


def test_what_is_not_said_has_no_line() -> None:
    assert "LOCATION" not in CalendarEntry("x", BEGINS, BEGINS, "y").text(BEGINS)
