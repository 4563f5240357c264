"""Relay boards by their makers' own example frames, with bytes lost, late, doubled and made up."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.relay_board import frames
from devices.drivers.relay_board.exchange import ANSWER_WITHIN, ask
from devices.drivers.relay_board.frames import Answer, answer_in
from devices.drivers.relay_board.verbs import RelayBoard
from devices.drivers.scripts import Heard, Listen, Send
from devices.simulators.modbus_boards import checksum

if TYPE_CHECKING:
    from devices.drivers.scripts import Script

T = TypeVar("T")

EIGHT_INPUTS = frames.inputs(1, 8)
READ = bytes.fromhex("0102 01 a5")
WHOLE = READ + checksum(READ)
BITS = (True, False, True, False, False, True, False, True)


@pytest.mark.parametrize(
    ("request_", "frame"),
    [
        (frames.flash(1, 0, 5), "01 05 02 00 00 05 0C 71"),
        (frames.inputs(1, 8), "01 02 00 00 00 08 79 CC"),
        (frames.all_off(1), "01 05 00 FF 00 00 FD FA"),
    ],
    ids=["flash", "inputs", "all off"],
)
def test_requests_are_those_of_the_makers_manual(request_: frames.Request, frame: str) -> None:
    assert request_.frame == bytes.fromhex(frame)


@pytest.mark.parametrize(
    "request_",
    [frames.flash(7, 3, 4), frames.all_off(7), frames.set_normal(7, 2), frames.modes(7, 8), frames.relays(7, 8)],
)
def test_every_request_carries_the_checksum_that_a_board_reckons(request_: frames.Request) -> None:
    assert request_.frame[-2:] == checksum(request_.frame[:-2])
    assert request_.unit == 7


def test_an_answer_says_which_contacts_are_closed() -> None:
    assert answer_in(WHOLE, EIGHT_INPUTS) == Answer(bits=BITS)


def test_half_an_answer_is_none() -> None:
    for size in range(len(WHOLE)):
        assert answer_in(WHOLE[:size], EIGHT_INPUTS) is None


def test_another_boards_answer_is_not_ours() -> None:
    other = bytes.fromhex("0202 01 a5")
    assert answer_in(other + checksum(other), EIGHT_INPUTS) is None
    assert answer_in(other + checksum(other) + WHOLE, EIGHT_INPUTS) == Answer(bits=BITS)


def test_the_echo_of_another_relay_does_not_confirm_ours() -> None:
    assert answer_in(frames.flash(1, 3, 4).frame, frames.flash(1, 2, 4)) is None
    assert answer_in(frames.flash(1, 2, 4).frame, frames.flash(1, 2, 4)) == Answer()


def test_a_board_that_has_fewer_inputs_refuses() -> None:
    refusal = bytes.fromhex("01 82 02")
    assert answer_in(refusal + checksum(refusal), EIGHT_INPUTS) == Answer(refused=2)


@given(before=st.binary(max_size=40), after=st.binary(max_size=40))
def test_noise_around_an_answer_does_not_hide_it(before: bytes, after: bytes) -> None:
    found = answer_in(before + WHOLE + after, EIGHT_INPUTS)
    # Noise that is itself a whole answer of this board cannot be told from one.
    assert found == Answer(bits=BITS) or answer_in(before, EIGHT_INPUTS) is not None


@given(
    received=st.binary(max_size=64),
    request_=st.sampled_from(
        [EIGHT_INPUTS, frames.relays(1, 32), frames.flash(1, 0, 5), frames.modes(1, 8), frames.set_normal(1, 1)]
    ),
    sealed=st.booleans(),
)
def test_whatever_comes_is_an_answer_or_none(received: bytes, request_: frames.Request, *, sealed: bool) -> None:
    begun = request_.frame[:2] + received
    assert isinstance(answer_in(begun + checksum(begun) if sealed else received, request_), Answer | None)


@given(at=st.integers(0, len(WHOLE) - 1), bit=st.integers(0, 7))
def test_a_spoilt_bit_is_never_a_door(at: int, bit: int) -> None:
    spoilt = bytearray(WHOLE)
    spoilt[at] ^= 1 << bit
    assert answer_in(bytes(spoilt), EIGHT_INPUTS) is None


def played(script: Script[T], pieces: list[bytes | None]) -> tuple[T, list[bytes]]:
    """Play the board's part: hand over a piece at each listening, None as silence; what came out, and what was sent."""
    now, sent, waiting = 100.0, [], list(pieces)
    try:
        action = next(script)
        while True:
            match action:
                case Send(data):
                    sent.append(data)
                    action = next(script)
                case Listen(timeout):
                    piece = waiting.pop(0) if waiting else None
                    now += timeout if piece is None else 0.001
                    action = script.send(Heard(piece or b"", now))
    except StopIteration as ended:
        return ended.value, sent


def test_an_answer_that_comes_byte_by_byte_is_read() -> None:
    answer, sent = played(ask(EIGHT_INPUTS, 100.0, 2), [None, *(bytes([byte]) for byte in WHOLE)])
    assert answer == Answer(bits=BITS)
    assert sent == [EIGHT_INPUTS.frame]


def test_what_lay_on_the_line_before_the_question_is_no_answer() -> None:
    answer, _ = played(ask(EIGHT_INPUTS, 100.0, 1), [WHOLE, None, None])
    assert answer is None


def test_a_lost_answer_is_asked_for_once_more() -> None:
    answer, sent = played(ask(EIGHT_INPUTS, 100.0, 2), [None, WHOLE[:-1], None, None, WHOLE])
    assert answer == Answer(bits=BITS)
    assert len(sent) == 2


def test_a_command_is_sent_once_even_if_nobody_answers() -> None:
    answer, sent = played(ask(frames.flash(1, 0, 4), 100.0, 1), [])
    assert answer is None
    assert len(sent) == 1


class Canned:
    """A line on which every question gets the next answer of a list."""

    def __init__(self, *answers: str) -> None:
        self.answers = [bytes.fromhex(answer) for answer in answers]
        self.sent: list[bytes] = []
        self.waiting = b""

    def read(self, at_most: int, timeout: float) -> bytes:
        came, self.waiting = self.waiting, b""
        return came

    def write(self, data: bytes, timeout: float) -> None:
        self.sent.append(data)
        if self.answers:
            answer = self.answers.pop(0)
            self.waiting = answer + checksum(answer)

    def drain(self) -> None:
        self.waiting = b""

    def close(self) -> None:
        pass


@pytest.mark.parametrize("code", ["0A", "0B"])
def test_a_gateway_that_misses_its_board_is_no_board(code: str) -> None:
    board = RelayBoard(Canned(f"01 85 {code}", f"01 82 {code}", f"01 85 {code}"), 1, 8)
    assert not board.all_off()
    assert board.inputs() is None
    assert not board.flash(0, 4)


def test_a_board_that_refuses_to_switch_off_is_not_safe() -> None:
    assert not RelayBoard(Canned("01 85 04"), 1, 8).all_off()


def test_a_board_without_modes_or_inputs_is_used_as_it_is() -> None:
    board = RelayBoard(Canned("01 05 00 FF 00 00", "01 83 02", "01 82 02", "01 01 01 04"), 1, 8)
    assert board.all_off()
    assert board.inputs() == ()
    assert board.relays() == (False, False, True, *[False] * 5)


def test_only_relays_in_another_mode_are_set_right() -> None:
    line = Canned("01 05 00 FF 00 00", "01 03 04 00 00 00 01", "01 06 10 01 00 00")
    assert RelayBoard(line, 1, 2).all_off()
    assert line.sent[-1][:6] == bytes.fromhex("01 06 10 01 00 00")


def test_a_line_that_never_falls_silent_keeps_nobody_waiting() -> None:
    asked = played(ask(EIGHT_INPUTS, 100.0, 2), [b"\xff"] * 2000)
    assert asked[0] is None
    assert len(asked[1]) == 2
    assert ANSWER_WITHIN * 2 < 0.5
