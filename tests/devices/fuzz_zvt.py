"""Throws bytes that nobody meant at the card terminal's frames and exchange: only declared errors may come out.

`python -m tests.devices.fuzz_zvt` throws a million, `--inputs N --seed N` others. An input is one of: fields, blocks on
a serial line, or everything a terminal says during a payment, made of real packets that are cut, doubled, spoilt,
swapped and mixed with noise. hypothesis draws a share of them and makes small what fails.
"""

from __future__ import annotations

import argparse
import sys
from random import Random
from typing import TYPE_CHECKING, Final, TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from devices.drivers.scripts import Heard, Listen, Script, Send
from devices.drivers.zvt_terminal import bitmaps, outcomes
from devices.drivers.zvt_terminal.exchange import Ended, Manner, command
from devices.drivers.zvt_terminal.frames import Apdu, Unblocking, block
from devices.drivers.zvt_terminal.links import SerialLink, TcpLink
from devices.errors import DeviceError
from devices.payments import Aborted, Advice, Booking, Declined, Paid, Reversed, Unclear

if TYPE_CHECKING:
    from collections.abc import Sequence

MILLION: Final = 1_000_000
_REAL: Final = (
    Apdu(0x8000), Apdu(0x8400), Apdu(0x8483), Apdu(0x849C), Apdu(0x04FF, b"\x0a"), Apdu(0x04FF, b"\x05"),
    Apdu(0x040F, bytes.fromhex("2700 04000000000500 490978 0b000101 0c143059 0d1122 2912345678 870001 8a05")),
    Apdu(0x040F, bytes.fromhex("2705")), Apdu(0x06D1, b"\x80Beleg"), Apdu(0x061E, b"\x6c"), Apdu(0x061E, b"\x05"),
    Apdu(0x06D3, bytes.fromhex("0610 1f070102 250a 070648616c6c6f210900".replace(" ", ""))), Apdu(0x060F),
    Apdu(0x060F, bytes.fromhex("1900 2912345678 490978")), Apdu(0x0401, bytes.fromhex("aa261122 0c143059")),
    Apdu(0x040F, bytes.fromhex("2700 04000000000500 60f0f1f1 00010001 01000000000500")),
)  # fmt: skip
_PAYS: Final = Manner(pays=True, goods=True, parts=True, stoppable=True)
_MOST_STEPS: Final = 20_000

T = TypeVar("T")


class Wire:
    """Hands over pieces one by one, then nothing; its clock leaps where nothing comes."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = list(pieces)
        self.now = 0.0
        self.sent: list[bytes] = []

    def listen(self, timeout: float) -> Heard:
        if self._pieces:
            self.now += 0.001
            return Heard(self._pieces.pop(0), self.now)
        # A terminal that says nothing more is waited for in leaps, or most of the time would go there.
        self.now += max(timeout, 30.0)
        return Heard(b"", self.now)


def act(script: Script[T], wire: Wire) -> T:
    """Act a script out; it must end."""
    try:
        action = next(script)
        for _ in range(_MOST_STEPS):
            match action:
                case Send(data):
                    wire.sent.append(data)
                    action = next(script)
                case Listen(timeout):
                    action = script.send(wire.listen(timeout))
    except StopIteration as ended:
        result: T = ended.value
        return result
    raise AssertionError("the exchange does not end")


class Buyer:
    """Somebody who buys, and walks away in the middle if `leaves`."""

    def __init__(self, issued: int | None, *, leaves: bool) -> None:
        self._issued = issued
        self._leaves = leaves

    def hint(self, advice: Advice) -> None:
        assert isinstance(advice, Advice)

    def authorised(self, booking: Booking) -> None:
        assert booking.amount >= 0

    def issued(self, within: float) -> int | None:
        assert 0 <= within <= 2
        return self._issued

    def stopping(self) -> bool:
        return self._leaves


def pay(pieces: Sequence[bytes], *, serial: bool, issued: int | None, leaves: bool) -> None:
    """A payment during which the terminal says this: its outcome is declared, or its error."""
    link = SerialLink() if serial else TcpLink()
    wire = Wire(pieces)
    try:
        ended: Ended = act(command(link, Apdu(0x0601), 0.0, Buyer(issued, leaves=leaves), _PAYS), wire)
    except DeviceError:
        return
    outcome = outcomes.of_payment(ended, _PAYS)
    assert isinstance(outcome, Paid | Declined | Aborted | Reversed | Unclear)
    outcomes.totals(ended)


def read(data: bytes) -> None:
    """The same bytes as fields, as print and as blocks."""
    prints = bitmaps.Prints()
    for reading in (bitmaps.status, bitmaps.enquiry, prints.block, prints.line):
        try:
            reading(data)
        except DeviceError:
            continue
    prints.slips()
    unblocking = Unblocking()
    unblocking.feed(data)
    while unblocking.next() is not None:
        pass


def _spoilt(data: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    match chance.randrange(8):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + chance.randbytes(chance.randrange(1, 5)) + data[at:]
        case 2:
            return data[:at] + data[at + 1 :]
        case 3 if at < len(data):
            return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
        case 4:
            return data + data[:at]
        case _:
            return data


def one(chance: Random) -> None:
    """One input."""
    if chance.random() < 0.5:
        real = chance.choice(_REAL).data
        read(
            chance.randbytes(chance.randrange(40)) if chance.random() < 0.3 else _spoilt(_spoilt(real, chance), chance)
        )
        return
    serial = chance.random() < 0.4
    pieces: list[bytes] = []
    for _ in range(chance.randrange(1, 9)):
        apdu = chance.choice(_REAL) if chance.random() < 0.9 else Apdu(chance.randrange(65536), chance.randbytes(9))
        if not pieces and chance.random() < 0.7:
            apdu = _REAL[0]
        piece = block(apdu.encode()) if serial else apdu.encode()
        if serial and chance.random() < 0.9:
            pieces.append(b"\x06")
        pieces.append(_spoilt(piece, chance) if chance.random() < 0.3 else piece)
    if chance.random() < 0.1:
        pieces = [bytes([byte]) for piece in pieces for byte in piece]
    pay(pieces, serial=serial, issued=chance.choice((None, 0, 200, 500)), leaves=chance.random() < 0.2)


def attack(inputs: int, seed: int) -> int:
    """Throw so many; how many were thrown.

    Raises:
        AssertionError: something came out that is not declared, or an exchange does not end.
    """
    drawn = min(inputs // 10, 20_000)

    @settings(
        max_examples=drawn, deadline=None, database=None, derandomize=True, phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.binary(max_size=80), st.lists(st.binary(max_size=30), max_size=6), st.booleans(), st.booleans())
    def hypothesis_draws(data: bytes, pieces: list[bytes], serial: bool, leaves: bool) -> None:  # noqa: FBT001
        read(data)
        pay([_REAL[0].encode(), *pieces], serial=serial, issued=None, leaves=leaves)

    hypothesis_draws()
    chance = Random(seed)
    for _ in range(inputs - drawn):
        one(chance)
    return inputs


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=MILLION)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    thrown = attack(wanted.inputs, wanted.seed)
    sys.stdout.write(f"{thrown:,} inputs, only declared errors\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
