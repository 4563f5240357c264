"""Scans on a real pseudo-terminal, and the framer fed by the byte."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.serial_scanner.frames import AGAIN, GAP, MAX_CODE, CodeFramer
from devices.errors import Disconnected, Unavailable
from devices.roles import CODE_SCANNER
from devices.wires.serial_line import SerialLine

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from devices.simulators.bench import Bench
    from devices.supervisor import Supervisor

LETTER = b"BT1:09999999:ABCDEFGHIJKLMNOPQRSTUVWXYZ:AB"


def test_a_code_is_scanned(bench: Bench, supervisor: Supervisor, cancel: Event) -> None:
    with supervisor.lease(CODE_SCANNER) as scanner:
        bench.scanner.send(LETTER)
        assert scanner.scan(5, cancel) == LETTER
        assert scanner.scan(0.1, cancel) is None


@pytest.mark.parametrize("terminator", [b"\r", b"\n", b"\r\n", b""], ids=["CR", "LF", "CRLF", "silence"])
def test_a_code_ends_as_the_scanner_was_set_to_end_it(
    bench: Bench, supervisor: Supervisor, cancel: Event, terminator: bytes
) -> None:
    with supervisor.lease(CODE_SCANNER) as scanner:
        bench.scanner.send(LETTER, terminator=terminator)
        assert scanner.scan(5, cancel) == LETTER


def test_a_code_that_comes_byte_by_byte_is_one_code(bench: Bench, supervisor: Supervisor, cancel: Event) -> None:
    with supervisor.lease(CODE_SCANNER) as scanner:
        hand = threading.Thread(target=bench.scanner.send, args=(LETTER,), kwargs={"one_by_one": True})
        hand.start()
        assert scanner.scan(10, cancel) == LETTER
        hand.join()


def test_the_letter_of_whoever_stood_here_before_is_forgotten(
    bench: Bench, supervisor: Supervisor, cancel: Event
) -> None:
    bench.scanner.send(b"SOMEBODY ELSE'S")
    time.sleep(0.05)
    with supervisor.lease(CODE_SCANNER) as scanner:
        assert scanner.scan(0.15, cancel) is None
        bench.scanner.send(LETTER)
        assert scanner.scan(5, cancel) == LETTER
    # The next citizen may hold the same letter, at once.
    with supervisor.lease(CODE_SCANNER) as scanner:
        bench.scanner.send(LETTER)
        assert scanner.scan(5, cancel) == LETTER


def test_scanner_unplugged_in_a_read(bench: Bench, supervisor: Supervisor, cancel: Event) -> None:
    pull = threading.Timer(0.1, bench.scanner.unplug)
    pull.start()
    with pytest.raises(Unavailable) as caught, supervisor.lease(CODE_SCANNER) as scanner:
        scanner.scan(10, cancel)
    pull.join()
    assert isinstance(caught.value.__cause__, Disconnected)


def test_a_line_has_one_owner(bench: Bench, supervisor: Supervisor) -> None:
    with supervisor.lease(CODE_SCANNER), pytest.raises(Disconnected):
        SerialLine(str(bench.scanner.state()["path"]), 9600)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        pytest.param(b"\xff\xfe\x80", b"\xff\xfe\x80", id="not UTF-8"),
        pytest.param(b"BT1\x00:x", b"BT1\x00:x", id="a NUL"),
        pytest.param(b"A" * 4000, b"A" * MAX_CODE, id="four kilobytes"),
        pytest.param(b"]Q1" + LETTER, LETTER, id="with its AIM identifier"),
        pytest.param(b"\x02]Q3" + LETTER + b"\x03", LETTER, id="wrapped in STX and ETX"),
    ],
)
def test_a_strange_code_comes_through_bounded_and_as_bytes(
    bench: Bench, supervisor: Supervisor, cancel: Event, sent: bytes, code: bytes
) -> None:
    with supervisor.lease(CODE_SCANNER) as scanner:
        hand = threading.Thread(target=bench.scanner.send, args=(sent,))
        hand.start()
        assert scanner.scan(10, cancel) == code
        hand.join()


def test_a_letter_left_lying_under_the_scanner_counts_once() -> None:
    framer = CodeFramer()
    codes = [framer.feed(LETTER + b"\r", 10 + 0.3 * again) for again in range(20)]
    assert [list(each) for each in codes] == [[LETTER]] + [[]] * 19
    assert framer.feed(LETTER + b"\r", 16 + AGAIN) == [LETTER]


def test_another_letter_in_between_counts_again() -> None:
    framer = CodeFramer()
    assert framer.feed(b"one\rtwo\rone\r", 1) == [b"one", b"two", b"one"]


def test_a_code_that_lost_a_byte_is_another_code_and_the_next_one_is_whole() -> None:
    framer = CodeFramer()
    lost = LETTER[:10] + LETTER[11:]
    assert framer.feed(lost + b"\r" + LETTER + b"\r", 1) == [lost, LETTER]


def test_a_lost_terminator_is_made_up_for_by_the_pause() -> None:
    framer = CodeFramer()
    assert framer.feed(b"one", 1) == []
    assert framer.feed(b"", 1 + GAP) == [b"one"]
    assert framer.feed(b"two\r", 2) == [b"two"]


@given(st.lists(st.binary(min_size=1, max_size=MAX_CODE), max_size=6), st.data())
def test_codes_are_the_same_however_the_line_cuts_them(codes: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(code + b"\r" for code in codes)
    whole = CodeFramer().feed(stream, 1.0)
    framer, start = CodeFramer(), 0
    pieces: list[bytes] = []
    while start < len(stream):
        end = start + data.draw(st.integers(1, 64))
        pieces += framer.feed(stream[start:end], 1.0)
        start = end
    assert pieces == whole


@given(st.lists(st.tuples(st.binary(max_size=3000), st.floats(0, 3)), max_size=30))
def test_no_stream_makes_the_framer_fail_or_grow(pieces: list[tuple[bytes, float]]) -> None:
    framer, now = CodeFramer(), 0.0
    for received, later in pieces:
        now += later
        for code in framer.feed(received, now):
            assert 0 < len(code) <= MAX_CODE
            assert b"\r" not in code
            assert b"\n" not in code
        assert len(framer._kept) <= MAX_CODE + 8


def test_a_kiosk_that_looks_with_its_camera_asks_the_scanner_without_waiting(
    bench: Bench, supervisor: Supervisor, cancel: Event, until: Callable[[Callable[[], bool]], None]
) -> None:
    codes: list[bytes | None] = []

    def asked() -> bool:
        codes.append(scanner.scan(0, cancel))
        return codes[-1] is not None

    with supervisor.lease(CODE_SCANNER) as scanner:
        assert scanner.scan(0, cancel) is None
        bench.scanner.send(LETTER, terminator=b"")
        until(asked)
    assert codes[-1] == LETTER


def test_waiting_for_a_code_ends_when_its_time_is_up(
    supervisor: Supervisor, cancel: Event, until: Callable[[Callable[[], bool]], None]
) -> None:
    with supervisor.lease(CODE_SCANNER) as scanner:
        assert scanner.scan(0.05, cancel) is None
