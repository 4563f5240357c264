"""A pickup as an entry for a phone's calendar (iCalendar, RFC 5545), small enough for a QR code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_LINE_BYTES = 75


@dataclass(frozen=True)
class CalendarEntry:
    """One event; `uid` is the same whenever it is told again. All words are in one language."""

    uid: str
    begins: datetime
    ends: datetime
    title: str
    place: str = ""
    notes: str = ""

    def text(self, made: datetime) -> str:
        """The calendar as its bytes will read: lines end in CR LF and have at most 75 bytes (RFC 5545, 3.1)."""
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//citizen kiosk//EN",
            "BEGIN:VEVENT",
            f"UID:{_escaped(self.uid)}",
            f"DTSTAMP:{_moment(made)}",
            f"DTSTART:{_moment(self.begins)}",
            f"DTEND:{_moment(self.ends)}",
            f"SUMMARY:{_escaped(self.title)}",
            *([f"LOCATION:{_escaped(self.place)}"] if self.place else []),
            *([f"DESCRIPTION:{_escaped(self.notes)}"] if self.notes else []),
            "END:VEVENT",
            "END:VCALENDAR",
        ]
        return "".join(f"{_folded(line)}\r\n" for line in lines)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return text


def _folded(line: str) -> str:
    """A line broken before its 76th byte, never inside a letter; what follows begins with a space."""
    parts, part, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > _LINE_BYTES:
            parts.append(part)
            part, size = " ", 1
        part += letter
        size += width
    return "\r\n".join([*parts, part])
