"""Leases, replugging and the noticeboard, with clocks and devices of the test's own where the story needs a time."""

from __future__ import annotations

import logging
import random
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from devices.conditions import Absent, Condition, Need, NeedsStaff, Ready
from devices.errors import Disconnected, ProtocolError, Unavailable
from devices.rig import Driver, Fitted, Options, Rig
from devices.roles import CODE_CAMERA, CODE_SCANNER, RECEIPT_PRINTER, CodeScanner
from devices.supervisor import REOPEN_LAST, Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from devices.noticeboard import Noticeboard
    from devices.simulators.bench import Bench


@dataclass
class Clock:
    """Seconds that pass when the test says so."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Socket:
    """Where a scanner can be plugged in; counts who tries."""

    plugged: bool = True
    condition: Condition = field(default_factory=Ready)
    fault: Exception | None = None
    opened: int = 0
    tried_at: list[float] = field(default_factory=list)
    looked: int = 0
    lent: int = 0

    def pull(self) -> float:
        """Pull the plug; the seconds that somebody then waits for a code."""
        self.plugged = False
        return 1.0


class Plain:
    """A scanner on such a socket."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket

    def condition(self) -> Condition:
        self._socket.looked += 1
        if self._socket.fault is not None:
            raise self._socket.fault
        self._plugged()
        return self._socket.condition

    def lent(self) -> None:
        self._plugged()
        self._socket.lent += 1

    def scan(self, timeout: float, cancel: Event) -> bytes | None:
        self._plugged()
        return b"code"

    def close(self) -> None:
        pass

    def _plugged(self) -> None:
        if not self._socket.plugged:
            raise Disconnected


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def socket() -> Socket:
    return Socket()


@pytest.fixture
def watched(socket: Socket, clock: Clock, board: Noticeboard) -> Supervisor:
    def open_scanner(options: Options) -> CodeScanner:
        socket.tried_at.append(clock.now)
        if not socket.plugged:
            raise Disconnected
        socket.opened += 1
        return Plain(socket)

    driver: Driver[CodeScanner] = Driver("plain", CODE_SCANNER, open_scanner, {})
    return Supervisor(Rig((Fitted(driver, {}),)), board, random.Random(3), clock)


def test_before_the_first_round_nothing_is_promised(watched: Supervisor, board: Noticeboard) -> None:
    assert board.of(CODE_SCANNER) == Absent()
    with pytest.raises(Unavailable), watched.lease(CODE_SCANNER):
        pass


def test_a_role_that_the_rig_lacks_is_absent(watched: Supervisor, board: Noticeboard) -> None:
    watched.round()
    assert board.of(RECEIPT_PRINTER) == Absent()
    with pytest.raises(Unavailable) as caught, watched.lease(RECEIPT_PRINTER):
        pass
    assert (caught.value.role, caught.value.condition) == ("receipt_printer", Absent())


def test_two_leases_at_once_are_refused_and_the_first_goes_on(watched: Supervisor, cancel: Event) -> None:
    watched.round()
    with watched.lease(CODE_SCANNER) as scanner:
        with pytest.raises(Unavailable), watched.lease(CODE_SCANNER):
            pass
        assert scanner.scan(1, cancel) == b"code"
    with watched.lease(CODE_SCANNER):
        pass


def test_a_lent_device_is_not_looked_at(watched: Supervisor, socket: Socket, clock: Clock) -> None:
    watched.round()
    with watched.lease(CODE_SCANNER):
        looked = socket.looked
        for _ in range(5):
            clock.now += 60
            watched.round()
        assert socket.looked == looked
    watched.round()
    assert socket.looked == looked + 1


def test_a_device_hears_that_it_is_lent(watched: Supervisor, socket: Socket) -> None:
    watched.round()
    with watched.lease(CODE_SCANNER):
        assert socket.lent == 1


def test_a_device_lost_in_a_lease_is_unavailable_and_comes_back(
    watched: Supervisor, socket: Socket, clock: Clock, board: Noticeboard, cancel: Event
) -> None:
    watched.round()
    with pytest.raises(Unavailable) as caught, watched.lease(CODE_SCANNER) as scanner:
        scanner.scan(socket.pull(), cancel)
    assert caught.value.condition == Absent()
    assert board.of(CODE_SCANNER) == Absent()
    socket.plugged = True
    clock.now += REOPEN_LAST
    watched.round()
    assert board.of(CODE_SCANNER) == Ready()
    assert socket.opened == 2


def test_of_two_lent_devices_only_the_one_that_is_gone_is_lost(
    bench: Bench, supervisor: Supervisor, board: Noticeboard, cancel: Event
) -> None:
    def scan_unplugged() -> None:
        with supervisor.lease(CODE_CAMERA), supervisor.lease(CODE_SCANNER) as scanner:
            bench.scanner.unplug()
            scanner.scan(5, cancel)

    def ask_unplugged() -> None:
        with supervisor.lease(RECEIPT_PRINTER) as printer, supervisor.lease(CODE_CAMERA):
            bench.printer.unplug()
            printer.condition()

    for work, role in ((scan_unplugged, CODE_SCANNER), (ask_unplugged, RECEIPT_PRINTER)):
        with pytest.raises(Unavailable) as caught:
            work()
        assert caught.value.role == role.name
        assert (board.of(role), board.of(CODE_CAMERA)) == (Absent(), Ready())


def test_a_device_that_needs_a_person_is_not_lent(watched: Supervisor, socket: Socket, board: Noticeboard) -> None:
    watched.round()
    socket.condition = NeedsStaff(Need.PAPER)
    with pytest.raises(Unavailable) as caught, watched.lease(CODE_SCANNER):
        pass
    assert caught.value.condition == NeedsStaff(Need.PAPER)
    assert board.of(CODE_SCANNER) == NeedsStaff(Need.PAPER)


def test_a_device_that_answers_nonsense_is_closed_and_opened_anew(
    watched: Supervisor, socket: Socket, clock: Clock, board: Noticeboard
) -> None:
    socket.fault = ProtocolError()
    watched.round()
    assert board.of(CODE_SCANNER) == Absent()
    socket.fault = None
    clock.now += REOPEN_LAST
    watched.round()
    assert board.of(CODE_SCANNER) == Ready()


def test_a_device_that_was_never_there_is_asked_for_less_and_less_often_but_for_ever(
    watched: Supervisor, socket: Socket, clock: Clock
) -> None:
    socket.plugged = False
    for _ in range(2000):
        watched.round()
        clock.now += 0.05
    pauses = [later - earlier for earlier, later in zip(socket.tried_at, socket.tried_at[1:], strict=False)]
    assert pauses[0] < 1
    assert max(pauses) <= REOPEN_LAST * 1.25 + 0.1
    assert min(pauses[-5:]) >= REOPEN_LAST * 0.75 - 0.1
    # Spread, so that a hub's devices do not all come at once.
    assert len({round(pause, 2) for pause in pauses[-8:]}) > 1


def test_the_log_says_once_that_a_device_is_gone_and_once_that_it_is_back(
    watched: Supervisor, socket: Socket, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "devices.supervisor")

    def pass_time() -> None:
        for _ in range(60):
            watched.round()
            clock.now += 0.5

    pass_time()
    socket.plugged = False
    pass_time()
    socket.plugged = True
    pass_time()
    said = [record.message.split()[0] for record in caplog.records]
    assert (said.count("device_gone"), said.count("device_back")) == (1, 1)
    assert said.index("device_gone") < said.index("device_back")


def test_the_watch_beats_while_it_works(watched: Supervisor, clock: Clock) -> None:
    before = watched.beat()
    clock.now += 7
    assert watched.beat() == before
    watched.round()
    assert watched.beat() == clock.now


def test_a_service_that_fails_gives_the_device_back(watched: Supervisor) -> None:
    watched.round()
    with pytest.raises(ZeroDivisionError), watched.lease(CODE_SCANNER):
        raise ZeroDivisionError
    with watched.lease(CODE_SCANNER):
        pass


def test_the_watch_thread_finds_what_is_plugged_in_and_lets_go_when_stopped(
    bench: Bench, supervisor: Supervisor, board: Noticeboard, until: Callable[[Callable[[], bool]], None]
) -> None:
    bench.camera.unplug()
    stop = threading.Event()
    watch = threading.Thread(target=supervisor.watch, args=(stop,), name="watch")
    watch.start()
    try:
        until(lambda: board.of(CODE_CAMERA) == Absent())
        bench.camera.plug()
        until(lambda: board.of(CODE_CAMERA) == Ready())
    finally:
        stop.set()
        watch.join(5)
    assert not watch.is_alive()
    assert board.of(CODE_CAMERA) == Absent()
