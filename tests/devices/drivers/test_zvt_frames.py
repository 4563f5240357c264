"""ZVT's packets and blocks by known bytes, and by bytes that nobody meant: lost, late, one at a time, and garbage."""

from __future__ import annotations

import pytest

from devices.drivers.zvt_terminal import bitmaps, codes, outcomes
from devices.drivers.zvt_terminal.exchange import Manner, command
from devices.drivers.zvt_terminal.frames import ACK, NAK, YES, Apdu, Unblocking, apdu_in, block, checksum
from devices.drivers.zvt_terminal.links import SerialLink, TcpLink
from devices.errors import ProtocolError, Timeout
from devices.payments import Advice, Refusal, Reversed, SlipKind, Unclear
from tests.devices.fuzz_zvt import Buyer, Wire, act, attack

KNOWN = [
    ("80 00 00", "10 02 80 00 00 10 03 f5 1f"),
    ("06 0f 00", "10 02 06 0f 00 10 03 c6 33"),
    ("06 00 0a 00 00 00 ba 09 78 06 00", "10 02 06 00 0a 00 00 00 ba 09 78 06 00 10 03 6d d7"),
    ("06 01 07 04 00 00 00 00 10 50", "10 02 06 01 07 04 00 00 00 00 10 10 50 10 03 95 42"),
]
"""Blocks that another program's terminal understood; those named with a length longer than their data are cut."""


@pytest.mark.parametrize(("apdu", "framed"), KNOWN)
def test_a_block_has_the_bytes_that_other_programs_understand(apdu: str, framed: str) -> None:
    assert block(bytes.fromhex(apdu)) == bytes.fromhex(framed)


@pytest.mark.parametrize(("apdu", "framed"), KNOWN)
def test_a_block_is_read_one_byte_at_a_time_after_noise(apdu: str, framed: str) -> None:
    unblocking = Unblocking()
    found = []
    for byte in b"\x00\xff" + bytes.fromhex(framed):
        unblocking.feed(bytes([byte]))
        found.append(unblocking.next())
    assert [each for each in found if each is not None] == [bytes.fromhex(apdu)]


def test_the_checksum_is_the_known_one() -> None:
    assert checksum(b"123456789") == bytes.fromhex("8921")


def test_a_long_packet_tells_its_length_low_byte_first() -> None:
    apdu = Apdu(0x06D3, bytes(300))
    assert apdu.encode()[:5] == bytes.fromhex("06 d3 ff 2c 01")
    assert apdu_in(apdu.encode() + b"\x80") == (apdu, 305)
    assert apdu_in(apdu.encode()[:-1]) is None


def test_a_packet_longer_than_any_real_one_is_nonsense() -> None:
    with pytest.raises(ProtocolError):
        apdu_in(bytes.fromhex("06 d3 ff ff ff"))


def test_a_spoilt_block_is_answered_with_no_and_taken_when_it_comes_again() -> None:
    good = block(Apdu(0x0F0F).encode())
    spoilt = good[:3] + bytes([good[3] ^ 1]) + good[4:]
    wire = Wire([spoilt, good])
    apdu, _ = act(SerialLink().receive(1.0), wire)
    assert apdu == Apdu(0x0F0F)
    assert wire.sent == [bytes([NAK]), bytes([ACK])]


def test_a_block_that_is_not_acknowledged_is_sent_three_times_and_no_more() -> None:
    wire = Wire([bytes([NAK]), b"\xff"])
    with pytest.raises(Timeout):
        act(SerialLink().send(YES), wire)
    assert wire.sent == [block(YES.encode())] * 3


def test_a_terminal_that_did_not_hear_our_sign_says_its_block_again_and_it_counts_once() -> None:
    link, said = SerialLink(), block(Apdu(0x04FF, b"\x0a").encode())
    wire = Wire([said, said, bytes([ACK])])
    assert act(link.receive(1.0), wire)[0] == Apdu(0x04FF, b"\x0a")
    act(link.send(YES), wire)
    assert act(link.receive(1.0), wire)[0] is None


def test_a_status_tells_its_payment_and_no_track() -> None:
    status = bitmaps.status(bytes.fromhex(
        "27 00 04 00 00 00 00 10 50 49 09 78 0b 00 01 23 0c 14 30 59 0d 11 22 29 12 34 56 78 87 00 42 8b f0 f3 56 49 00"
        "23 f0 f4 67 26 12 3d 22 f0 f8 67 26 12 ee ee ee 45 66 8a 05"
    ))  # fmt: skip
    assert status.result == 0
    assert status.booking is not None
    booking = status.booking
    assert (booking.amount, booking.receipt, booking.trace, booking.card) == (1050, 42, 123, "VI")
    assert booking.masked_pan == "672612******4566"
    assert booking.stamp is not None
    assert (booking.stamp.month, booking.stamp.day, booking.stamp.hour) == (11, 22, 14)


def test_a_text_block_tells_for_whom_it_is() -> None:
    prints = bitmaps.Prints()
    prints.block(bytes.fromhex("06 11 1f 07 01 02 25 0b 09 01 40 07 02") + b"Hi" + bytes.fromhex("07 02") + b"Du")
    (slip,) = prints.slips()
    assert slip.kind is SlipKind.CUSTOMER
    assert [(line.text, line.centred) for line in slip.lines] == [("Hi", True), ("Du", True)]


@pytest.mark.parametrize(
    "number", ["4111111111111111", "4111 1111 1111 1111", "6726123412341234566", "378282246310005"]
)
def test_a_card_number_in_a_line_of_print_is_masked(number: str) -> None:
    shown = bitmaps.text(f"Karte {number} gültig".encode("cp437"))
    assert shown.endswith(f"{number.replace(' ', '')[-4:]} gültig")
    assert "**********" in shown


@pytest.mark.parametrize("line", ["VU-Nr 455600000001", "Terminal-ID 12345678 TA-Nr 000123", "22.11.2026 14:30:59"])
def test_what_is_no_card_number_is_printed_as_it_is(line: str) -> None:
    assert bitmaps.text(line.encode()) == line


@pytest.mark.parametrize("data", ["04 00", "22 f9 f9 12", "22 1f f1", "06 83 01", "06 05 1f 07", "60 f0 f1 f2 00"])
def test_fields_that_are_cut_off_are_nonsense(data: str) -> None:
    def read() -> None:
        found = bitmaps.bitmaps(bytes.fromhex(data))
        list(bitmaps.tags(found[0x06]))

    with pytest.raises(ProtocolError):
        read()


def test_a_terminal_that_prints_without_end_is_not_believed() -> None:
    prints = bitmaps.Prints()
    for _ in range(prints.most_lines):
        prints.line(b"\x00more")
    with pytest.raises(ProtocolError):
        prints.line(b"\x00more")


def test_every_code_means_something() -> None:
    assert {codes.advice(code) for code in range(256)} <= set(Advice)
    assert {codes.refusal(code) for code in range(1, 256)} <= set(Refusal)
    assert codes.advice(0x4A) is codes.advice(0x0B) is Advice.REMOVE_CARD
    assert codes.refusal(0x05) is Refusal.HOST_REFUSED


@pytest.mark.parametrize(
    ("issued", "answers"),
    [
        (0, ["84 66 00", "84 66 00"]),
        (500, ["80 00 00", "80 00 00"]),
        (200, ["84 9d 07 04 00 00 00 00 02 00", "84 9d 07 04 00 00 00 00 02 00"]),
        (None, ["84 9c 00", "84 9c 00"]),
    ],
)
def test_a_terminal_that_asks_for_the_goods_again_hears_the_same_again(issued: int | None, answers: list[str]) -> None:
    accepted = Apdu(0x040F, bytes.fromhex("27 00 04 00 00 00 00 05 00 87 00 01")).encode()
    wire = Wire([YES.encode(), accepted, accepted, Apdu(0x061E, b"\x6c").encode()])
    manner = Manner(pays=True, goods=True, parts=True)
    ended = act(command(TcpLink(), Apdu(0x0601), 0.0, Buyer(issued, leaves=False), manner), wire)
    assert wire.sent[1:3] == [bytes.fromhex(answer) for answer in answers]
    assert isinstance(outcomes.of_payment(ended, manner), Unclear if issued else Reversed)


def test_garbage_ends_in_an_outcome_or_a_declared_error() -> None:
    assert attack(inputs=4000, seed=1) == 4000
