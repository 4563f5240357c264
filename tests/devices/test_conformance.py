"""What every driver promises, tried on each against the simulator at the other end of its wire."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import pytest

from devices.card_reading import NoCard
from devices.conditions import Absent, Ready
from devices.drivers import DRIVERS
from devices.errors import Cancelled, TransportError, Unavailable
from devices.receipts import Receipt, Text
from devices.roles import (
    CARD_READER,
    CARD_TERMINAL,
    CODE_CAMERA,
    CODE_SCANNER,
    DISPENSER,
    LOCKER_WALL,
    ONLINE_AUSWEIS,
    RECEIPT_PRINTER,
    ROLES,
    UPS,
    CodeCamera,
    CodeScanner,
    LockerWall,
    ReceiptPrinter,
)
from devices.simulators.ausweisapp import AusweisAppEnd
from devices.simulators.bench import Bench
from devices.simulators.settings import Boards, Settings
from devices.supervisor import load_rig
from tests.cards.readers import Readers
from tests.devices.drivers.talks import Citizen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from threading import Event

    from devices.card_reading import CardReader
    from devices.dispensing import Dispenser
    from devices.noticeboard import Noticeboard
    from devices.online_ausweis import OnlineAusweis
    from devices.payments import CardTerminal
    from devices.roles import Device, Role
    from devices.supervisor import Supervisor


@dataclass(frozen=True)
class Subject:
    """A driver and its role, how to keep its device busy for long, and how to pull its plug."""

    driver: str
    role: Role[Device]
    work: Callable[[Device, Event], object]
    plug: Callable[[Any], None]
    unplug: Callable[[Any], None]
    boards: Boards = Boards.MODBUS


def look(device: Device, cancel: Event) -> object:
    camera: CodeCamera = device  # type: ignore[assignment]
    while True:
        camera.look(cancel)


def scan(device: Device, cancel: Event) -> object:
    scanner: CodeScanner = device  # type: ignore[assignment]
    return scanner.scan(60, cancel)


def print_before(device: Device, cancel: Event) -> object:
    printer: ReceiptPrinter = device  # type: ignore[assignment]
    cancel.wait()
    return printer.print_receipt(Receipt((Text("never"),)), cancel)


def watch_doors(device: Device, cancel: Event) -> object:
    wall: LockerWall = device  # type: ignore[assignment]
    while True:
        wall.doors(cancel)


def ask_how_it_is(device: Device, cancel: Event) -> object:
    terminal: CardTerminal = device  # type: ignore[assignment]
    while True:
        terminal.status(cancel)


def watch_columns(device: Device, cancel: Event) -> object:
    dispenser: Dispenser = device  # type: ignore[assignment]
    while True:
        dispenser.look(cancel)


def watch_power(_device: Device, cancel: Event) -> object:
    """There is nothing to wait for: it is only ever looked at."""
    cancel.wait()
    raise Cancelled


def wait_for_cards(device: Device, cancel: Event) -> object:
    reader: CardReader = device  # type: ignore[assignment]
    return reader.next_presence(NoCard(), 60, cancel)


def wait_for_german_card(device: Device, cancel: Event) -> object:
    ausweis: OnlineAusweis = device  # type: ignore[assignment]
    return ausweis.change_pin(Citizen(), cancel)


class AusweisBench:
    """The simulated client alone, in a rig that has nothing else."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._end = AusweisAppEnd()
        self.rig_file = folder / "rig.toml"
        self.rig_file.write_text(self._end.rig(), encoding="utf-8")

    def plug(self) -> None:
        self._end.plug()

    def unplug(self) -> None:
        self._end.unplug()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end.close()


class CardBench:
    """A pcscd with a virtual reader, and a rig that has nothing else: it is not one of our simulators."""

    def __init__(self, folder: Path) -> None:
        self._readers = Readers(folder)
        self._readers.start()
        self.rig_file = folder / "rig.toml"
        rig = f'[card_reader]\ndriver = "pcsc_reader"\nsocket = "{self._readers.socket}"\n'
        self.rig_file.write_text(rig, encoding="utf-8")

    def plug(self) -> None:
        self._again(self._readers.plug)

    def unplug(self) -> None:
        self._again(self._readers.unplug)

    def _again(self, change: Callable[[], None]) -> None:
        """Start pcscd anew: a virtual reader can't be plugged while it runs."""
        self._readers.stop()
        change()
        self._readers.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._readers.stop()


def plug_wall(bench: Bench) -> None:
    bench.wall.plug()


def unplug_wall(bench: Bench) -> None:
    bench.wall.unplug()


SUBJECTS = (
    Subject("opencv_camera", CODE_CAMERA, look, lambda bench: bench.camera.plug(), lambda bench: bench.camera.unplug()),
    Subject(
        "serial_scanner", CODE_SCANNER, scan, lambda bench: bench.scanner.plug(), lambda bench: bench.scanner.unplug()
    ),
    Subject(
        "escpos_printer",
        RECEIPT_PRINTER,
        print_before,
        lambda bench: bench.printer.plug(),
        lambda bench: bench.printer.unplug(),
    ),
    *(Subject(boards.value, LOCKER_WALL, watch_doors, plug_wall, unplug_wall, boards) for boards in Boards),
    Subject(
        "zvt_terminal",
        CARD_TERMINAL,
        ask_how_it_is,
        lambda bench: bench.terminal.plug(),
        lambda bench: bench.terminal.unplug(),
    ),
    Subject(
        "vending_columns",
        DISPENSER,
        watch_columns,
        lambda bench: bench.dispenser.plug(),
        lambda bench: bench.dispenser.unplug(),
    ),
    Subject("nut_ups", UPS, watch_power, lambda bench: bench.ups.plug(), lambda bench: bench.ups.unplug()),
    Subject("pcsc_reader", CARD_READER, wait_for_cards, CardBench.plug, CardBench.unplug),
    Subject("ausweisapp", ONLINE_AUSWEIS, wait_for_german_card, AusweisBench.plug, AusweisBench.unplug),
)

AnyBench = Bench | CardBench | AusweisBench

each_driver = pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.driver)


@pytest.fixture
def bench(tmp_path: Path, subject: Subject) -> Iterator[AnyBench]:
    if subject.role == CARD_READER:
        with CardBench(tmp_path / "cards") as cards:
            yield cards
        return
    if subject.role == ONLINE_AUSWEIS:
        with AusweisBench(tmp_path / "ausweis") as ausweis:
            yield ausweis
        return
    with Bench(Settings(tmp_path / "run", wall=subject.boards)) as bench:
        yield bench


def opened(subject: Subject, bench: AnyBench) -> Device:
    fitted = next(each for each in load_rig(bench.rig_file).devices if each.driver.name == subject.driver)
    return fitted.driver.open(fitted.options)


def test_every_role_has_a_driver_and_every_driver_a_conformance_run() -> None:
    assert {driver.role for driver in DRIVERS} == set(ROLES)
    assert [driver.name for driver in DRIVERS] == [subject.driver for subject in SUBJECTS]


@each_driver
def test_a_visit_that_ends_stops_the_device_within_half_a_second(
    subject: Subject, bench: AnyBench, cancel: Event
) -> None:
    device = opened(subject, bench)
    ended: list[BaseException] = []

    def work() -> None:
        try:
            subject.work(device, cancel)
        except Cancelled as error:
            ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(0.2)
    assert thread.is_alive()
    cancel.set()
    thread.join(0.5)
    assert not thread.is_alive()
    device.close()
    assert [type(error) for error in ended] == [Cancelled]


@each_driver
def test_a_device_unplugged_says_so_at_its_next_look(subject: Subject, bench: AnyBench) -> None:
    device = opened(subject, bench)
    assert device.condition() == Ready()
    subject.unplug(bench)
    with pytest.raises(TransportError):
        device.condition()
    device.close()
    device.close()


@each_driver
def test_a_device_that_is_not_there_cannot_be_opened(subject: Subject, bench: AnyBench) -> None:
    subject.unplug(bench)
    with pytest.raises(TransportError):
        opened(subject, bench)


@each_driver
def test_a_device_unplugged_and_plugged_in_again_is_lent_again(
    subject: Subject,
    bench: AnyBench,
    board: Noticeboard,
    supervisor: Supervisor,
    until: Callable[[Callable[[], bool]], None],
) -> None:
    def seen(condition: object) -> Callable[[], bool]:
        def look_again() -> bool:
            supervisor.round()
            return board.of(subject.role) == condition

        return look_again

    subject.unplug(bench)
    until(seen(Absent()))
    with pytest.raises(Unavailable) as caught, supervisor.lease(subject.role):
        pass
    assert caught.value.condition == Absent()
    subject.plug(bench)
    until(seen(Ready()))
    with supervisor.lease(subject.role) as device:
        assert device.condition() == Ready()


@each_driver
def test_a_driver_explains_each_of_its_options(subject: Subject) -> None:
    for driver in DRIVERS:
        if driver.name == subject.driver:
            assert all(text.endswith((".", "?")) for text in driver.options.values())
            assert set(driver.rows) <= set(driver.options)
            assert all(text.endswith(".") for keys in driver.rows.values() for text in keys.values())
