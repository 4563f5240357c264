"""Long commands, long answers, and cards that take neither."""

from __future__ import annotations

import pytest

from devices.cards.apdu import CommandApdu, ResponseApdu
from devices.cards.errors import Malformed, Refused
from devices.cards.files import FileReader, extended_limits
from devices.cards.links import CommandChaining, ExtendedLength, ResponseChaining, channel_to
from tests.devices.cards.wires import Transcript

READ = CommandApdu(0x00, 0xB0, 0x00, 0x00, le=256)


def test_a_long_command_goes_in_pieces() -> None:
    data = bytes(600)
    wire = Transcript(
        [
            ("10 2A 00 00 FF" + "00" * 255, "9000"),
            ("10 2A 00 00 FF" + "00" * 255, "9000"),
            ("00 2A 00 00 5A" + "00" * 90 + "00", "AA 9000"),
        ]
    )
    assert CommandChaining(wire).exchange(CommandApdu(0x00, 0x2A, 0, 0, data, 0x1000)).data == b"\xaa"
    assert not wire.lines


def test_a_refused_piece_ends_the_chain() -> None:
    wire = Transcript([("10 2A 00 00 FF" + "00" * 255, "6884")])
    assert CommandChaining(wire).exchange(CommandApdu(0x00, 0x2A, 0, 0, bytes(300))).sw == 0x6884


def test_a_long_answer_is_gathered() -> None:
    wire = Transcript([("00B0000000", "0102 6102"), ("00C0000002", "0304 6100"), ("00C0000000", "05 9000")])
    assert ResponseChaining(wire).exchange(READ) == ResponseApdu(b"\x01\x02\x03\x04\x05", 0x9000)


def test_a_length_the_card_corrects_is_asked_again() -> None:
    wire = Transcript([("00B0000000", "6C03"), ("00B0000003", "010203 9000")])
    assert ResponseChaining(wire).exchange(READ).data == b"\x01\x02\x03"


def test_an_answer_without_end_is_refused() -> None:
    wire = Transcript([("00B0000000", "6110"), ("00C0000010", "6110")])
    with pytest.raises(Malformed, match="no end"):
        ResponseChaining(wire).exchange(READ)


def test_a_card_that_refuses_the_long_form_is_never_asked_in_it_again() -> None:
    long = CommandApdu(0x00, 0x2A, 0, 0, bytes(256))
    chained = [("10 2A 00 00 FF" + "00" * 255, "9000"), ("00 2A 00 00 01 00", "9000")]
    wire = Transcript([("00 2A 00 00 00 0100" + "00" * 256, "6700"), *chained, *chained])
    link = ExtendedLength(wire)
    assert link.exchange(long).ok
    assert link.exchange(long).ok
    assert not wire.lines


def test_the_end_of_a_file_is_no_failure() -> None:
    wire = Transcript([("00A4020C020101", "9000"), ("00B00000DF", "61025F00 6282")])
    with pytest.raises(Refused):
        FileReader(Transcript([("00A4020C020101", "6A82")])).read(0x0101)
    assert FileReader(channel_to(wire, extended=False)).read(0x0101) == b"\x61\x02\x5f\x00"


def test_a_file_that_is_no_element_is_read_to_its_end() -> None:
    wire = Transcript([("00B00000DF", "AA" * 0xDF + "9000"), ("00B000DFDF", "6B00")])
    assert FileReader(wire).read_current() == b"\xaa" * 0xDF


def test_a_card_says_how_long_it_can_go() -> None:
    assert extended_limits(bytes.fromhex("7F660802020100 02020200")) == (256, 512)
    assert extended_limits(bytes.fromhex("430101")) is None


@pytest.mark.parametrize(
    ("command", "raw"),
    [
        (CommandApdu(0, 0xA4, 4, 0x0C), "00A4040C"),
        (CommandApdu(0, 0xB0, 0, 0, le=256), "00B0000000"),
        (CommandApdu(0, 0xB0, 0, 0, le=65536), "00B00000000000"),
        (CommandApdu(0, 0xB0, 0, 0, le=4096), "00B00000001000"),
        (CommandApdu(0, 0xA4, 2, 0x0C, b"\x01\x1e"), "00A4020C02011E"),
        (CommandApdu(0, 0x86, 0, 0, b"\x7c\x00", 256), "00860000027C0000"),
        (CommandApdu(0, 0x86, 0, 0, b"\x7c\x00", 4096), "008600000000027C001000"),
    ],
)
def test_every_form_of_a_command(command: CommandApdu, raw: str) -> None:
    assert command.encode().hex().upper() == raw
    assert CommandApdu.decode(bytes.fromhex(raw)) == command


@pytest.mark.parametrize("raw", ["", "00A404", "00A4040C05AA", "00B0000000AA", "00B00000000005AA", "00A4040C01AABBCC"])
def test_a_command_whose_lengths_lie_is_refused(raw: str) -> None:
    with pytest.raises(Malformed):
        CommandApdu.decode(bytes.fromhex(raw))
