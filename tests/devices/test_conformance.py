"""What every driver promises, tried on each against the simulator at the other end of its wire."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from devices.conditions import Absent, Ready
from devices.drivers import DRIVERS
from devices.errors import Cancelled, TransportError, Unavailable
from devices.receipts import Receipt, Text
from devices.roles import CODE_CAMERA, CODE_SCANNER, RECEIPT_PRINTER, ROLES, CodeCamera, CodeScanner, ReceiptPrinter
from devices.supervisor import load_rig

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from devices.noticeboard import Noticeboard
    from devices.roles import Device, Role
    from devices.simulators.bench import Bench
    from devices.supervisor import Supervisor


@dataclass(frozen=True)
class Subject:
    """A role, how to keep its device busy for long, and how to pull its plug."""

    role: Role[Device]
    work: Callable[[Device, Event], object]
    plug: Callable[[Bench], None]
    unplug: Callable[[Bench], None]


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


SUBJECTS = (
    Subject(CODE_CAMERA, look, lambda bench: bench.camera.plug(), lambda bench: bench.camera.unplug()),
    Subject(CODE_SCANNER, scan, lambda bench: bench.scanner.plug(), lambda bench: bench.scanner.unplug()),
    Subject(RECEIPT_PRINTER, print_before, lambda bench: bench.printer.plug(), lambda bench: bench.printer.unplug()),
)

each_role = pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.role.name)


def opened(subject: Subject, bench: Bench) -> Device:
    fitted = next(each for each in load_rig(bench.rig_file).devices if each.driver.role == subject.role)
    return fitted.driver.open(fitted.options)


def test_every_role_has_a_driver_and_every_driver_a_conformance_run() -> None:
    assert {driver.role for driver in DRIVERS} == set(ROLES) == {subject.role for subject in SUBJECTS}


@each_role
def test_a_visit_that_ends_stops_the_device_within_half_a_second(subject: Subject, bench: Bench, cancel: Event) -> None:
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


@each_role
def test_a_device_unplugged_says_so_at_its_next_look(subject: Subject, bench: Bench) -> None:
    device = opened(subject, bench)
    assert device.condition() == Ready()
    subject.unplug(bench)
    with pytest.raises(TransportError):
        device.condition()
    device.close()
    device.close()


@each_role
def test_a_device_that_is_not_there_cannot_be_opened(subject: Subject, bench: Bench) -> None:
    subject.unplug(bench)
    with pytest.raises(TransportError):
        opened(subject, bench)


@each_role
def test_a_device_unplugged_and_plugged_in_again_is_lent_again(
    subject: Subject,
    bench: Bench,
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


@each_role
def test_a_driver_explains_each_of_its_options(subject: Subject) -> None:
    for driver in DRIVERS:
        if driver.role == subject.role:
            assert all(text.endswith((".", "?")) for text in driver.options.values())
