"""The printer's end of ESC/POS, fed as cruelly as a line can."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.escpos_printer import layout
from devices.receipts import Pair, Qr, Receipt, Rule, Text, Title
from devices.simulators.interpreter import (
    Cut,
    Dots,
    Feed,
    Happening,
    Interpreter,
    QrCode,
    RealTime,
    RealTimeFilter,
    Row,
    StatusAsked,
    Style,
)

JOB = b"".join(
    layout.job(
        Receipt(
            (
                Title("Musterstadt"),
                Pair("Gebühr", "37,00 €"),
                Rule(),
                Text("Grüße", bold=True),
                Qr("HTTPS://A.EXAMPLE/B"),
            )
        ),
        48,
        "default",
        None,
    )
)


def rows(happened: list[Happening]) -> list[str]:
    return ["".join(text for text, _ in each.pieces) for each in happened if isinstance(each, Row)]


def test_a_job_comes_out_the_same_whether_whole_or_byte_by_byte() -> None:
    whole = Interpreter().feed(JOB)
    single = Interpreter()
    assert [each for byte in JOB for each in single.feed(bytes([byte]))] == whole
    assert rows(whole)[0] == "Musterstadt"
    assert isinstance(whole[-1], Cut)


def test_bytes_lost_on_the_line_spoil_the_receipt_and_not_the_printer() -> None:
    loss = random.Random(5)
    interpreter = Interpreter()
    for _ in range(200):
        interpreter.feed(bytes(byte for byte in JOB if loss.random() > 0.2))
    interpreter.clear()
    assert rows(interpreter.feed(JOB))[0] == "Musterstadt"


@given(st.lists(st.binary(max_size=200), max_size=10))
def test_no_bytes_make_the_interpreter_or_the_filter_fail(pieces: list[bytes]) -> None:
    interpreter, real_time = Interpreter(), RealTimeFilter()
    for piece in pieces:
        left, _ = real_time.feed(piece)
        interpreter.feed(left)


@given(st.binary(max_size=60), st.binary(max_size=60), st.integers(1, 4))
def test_a_question_in_the_middle_of_anything_is_heard(before: bytes, after: bytes, n: int) -> None:
    plain = before.replace(b"\x10", b"")
    left, commands = RealTimeFilter().feed(plain + bytes([0x10, 0x04, n]) + after.replace(b"\x10", b""))
    assert commands == [RealTime(4, n)]
    assert left == plain + after.replace(b"\x10", b"")


def test_a_question_cut_in_two_is_heard_once() -> None:
    real_time = RealTimeFilter()
    assert real_time.feed(b"ab\x10") == (b"ab", [])
    assert real_time.feed(b"\x04") == (b"", [])
    assert real_time.feed(b"\x02cd") == (b"cd", [RealTime(4, 2)])


def test_the_commands_of_the_reference_do_what_it_says() -> None:
    happened = Interpreter().feed(
        b"\x1b@\x1bt\x10\xfc\x80\n"  # page 1252: u umlaut, euro
        b"\x1bt\x13\xd5\n"  # page 858: the euro again
        b"\x1d!\x11big\n\x1d!\x00\x1ba\x01mid\n"
        b"\x1bJ\x14\x1d(k\x03\x001C\x06\x1d(k\x03\x001E1\x1d(k\x05\x001P0hi\x1d(k\x03\x001Q0"
        b"\x1dv0\x00\x01\x00\x02\x00\xaa\x55\x1dr\x01\x1dV\x41\x03"
    )
    assert happened == [
        Row((("ü", Style()), ("€", Style())), 0, 30),
        Row((("€", Style()),), 0, 30),
        Row(tuple((letter, Style(width=2, height=2)) for letter in "big"), 0, 30),
        Row(tuple((letter, Style()) for letter in "mid"), 1, 30),
        Feed(20),
        QrCode(b"hi", 6, 49, 1),
        Dots(1, 2, b"\xaa\x55", 1, 1, 1),
        StatusAsked(1),
        Feed(123),
        Cut(partial=False),
    ]
