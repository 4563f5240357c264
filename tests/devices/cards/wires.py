"""Ends of wires for the card tests: one that plays a transcript, and one that records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devices.cards.apdu import CommandApdu, ResponseApdu

if TYPE_CHECKING:
    from devices.cards.apdu import Link


@dataclass
class Transcript:
    """Answers as written; every command must be the one that was written before the answer."""

    lines: list[tuple[str, str]]

    def exchange(self, command: CommandApdu) -> ResponseApdu:
        expected, answer = self.lines.pop(0)
        assert command.encode().hex().upper() == expected.replace(" ", "").upper()
        assert CommandApdu.decode(command.encode()) == command
        return ResponseApdu.decode(bytes.fromhex(answer))


@dataclass
class Recorder:
    """Remembers what went through."""

    link: Link
    heard: list[tuple[CommandApdu, ResponseApdu]] = field(default_factory=list)

    def exchange(self, command: CommandApdu) -> ResponseApdu:
        answer = self.link.exchange(command)
        self.heard.append((command, answer))
        return answer
