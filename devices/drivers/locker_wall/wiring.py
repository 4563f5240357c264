"""Where each compartment's lock and contact are wired, as the rig file says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from devices.rig import Options, RigError
from devices.walls import COMPARTMENT_KEYS, LAYOUT_OPTIONS, ROLE_NAME, WallLayout, read_layout, rows_of, whole
from devices.wires.address import parse_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devices.wires.address import Address

MAX_BOARDS: Final = 16
LEFT_OPEN_AFTER: Final = 60


@dataclass(frozen=True)
class Channel:
    """One lock: its board's id, and the numbers of lock and contact on it, counted from 0."""

    board: int
    lock: int
    contact: int


@dataclass(frozen=True)
class Span:
    """What a kind of board has: the lowest and highest id, and how many locks."""

    first_board: int
    last_board: int
    locks: int


@dataclass(frozen=True)
class Wiring:
    """All that the rig file says about a wall."""

    address: Address
    layout: WallLayout
    channels: Mapping[int, Channel]
    closed_reads: bool
    left_open_after: float

    def boards(self) -> dict[int, int]:
        """Each board's id, in order, and how many channels of it are used."""
        used: dict[int, int] = {}
        for channel in self.channels.values():
            used[channel.board] = max(used.get(channel.board, 0), channel.lock + 1, channel.contact + 1)
        return dict(sorted(used.items()))


OPTIONS: Final[Mapping[str, str]] = {
    "closed_reads": "What a contact reads while its door is closed, 1 unless given; 0 if wired the other way round.",
    "left_open_after": f"Seconds after which an open door is reported, {LEFT_OPEN_AFTER} unless given.",
    **LAYOUT_OPTIONS,
    "compartments": "A row for each compartment: where it is on the wall, and where its lock is wired.",
}
"""Keys of every wall; `address` comes first, with the words of its driver."""

ROW_KEYS: Final[Mapping[str, str]] = {
    **COMPARTMENT_KEYS,
    "board": "The id of the board that its lock is wired to.",
    "lock": "The number of its lock on that board, counted from 1.",
}


def read_wiring(options: Options, span: Span) -> Wiring:
    """Read a wall's table; `span` says what boards of its kind have.

    Raises:
        RigError: something is missing, out of range or doubled; the text names it.
    """
    address = options.get("address", "")
    if not isinstance(address, str):
        raise RigError(f"{ROLE_NAME}: address must be text such as serial:///dev/serial/by-id/NAME?baud=9600")
    layout = read_layout(options)
    channels: dict[int, Channel] = {}
    for row in rows_of(options):
        number = whole(row, "number", (1, 999), ROLE_NAME)
        channel = _channel(row, f"{ROLE_NAME}: compartment {number}", span)
        for other, taken in channels.items():
            if (taken.board, taken.lock) == (channel.board, channel.lock):
                raise RigError(f"{ROLE_NAME}: compartments {other} and {number} have the same lock")
            if (taken.board, taken.contact) == (channel.board, channel.contact):
                raise RigError(f"{ROLE_NAME}: compartments {other} and {number} have the same contact")
        channels[number] = channel
    wiring = Wiring(
        parse_address(address),
        layout,
        channels,
        closed_reads=bool(whole(options, "closed_reads", (0, 1), ROLE_NAME, 1)),
        left_open_after=whole(options, "left_open_after", (5, 3600), ROLE_NAME, LEFT_OPEN_AFTER),
    )
    if len(wiring.boards()) > MAX_BOARDS:
        raise RigError(f"{ROLE_NAME}: at most {MAX_BOARDS} boards, not {len(wiring.boards())}")
    return wiring


def _channel(row: Mapping[str, str | int | float | bool], where: str, span: Span) -> Channel:
    board = whole(row, "board", (span.first_board, span.last_board), where)
    lock = whole(row, "lock", (1, span.locks), where)
    return Channel(board, lock - 1, whole(row, "contact", (1, span.locks), where, lock) - 1)
