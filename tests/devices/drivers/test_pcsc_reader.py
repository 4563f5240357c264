"""Cards that come, go, fall silent and are slow, in a real pcscd with a third party's emulated cards."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from devices.card_reading import (
    LOOK,
    CardIn,
    CardReader,
    CardTrouble,
    CardUnreadable,
    Looked,
    Lookup,
    NoCard,
    NotDone,
    Presence,
)
from devices.conditions import Condition, Need, NeedsStaff, Ready
from devices.drivers.pcsc_reader import PCSC_READER
from devices.errors import Cancelled, Disconnected, TransportError
from devices.identity_cards import READ_HOLDER, AskHolder, CardKind, Holder, Print
from devices.rig import RigError
from tests.cards.readers import FIRST_READER, ROOT, SECOND_READER, Readers
from tests.devices.cards.issuing import EF_SOD, Country, card

if TYPE_CHECKING:
    from collections.abc import Iterator

CAN = "500540"
PASSPORT = bytes.fromhex("A0000002471001")
GERMAN_EID = bytes.fromhex("E80704007F00070302")
LONG = Lookup((b"nobody",) * 200)
"""A job of two hundred commands."""
PATIENCE = 20.0
"""Seconds that a loaded machine may take for what takes a tenth of one."""

NEVER = threading.Event()


@pytest.fixture
def readers(tmp_path: Path) -> Iterator[Readers]:
    with Readers(tmp_path / "cards") as running:
        yield running


@pytest.fixture
def device(readers: Readers) -> Iterator[CardReader]:
    with closing(opened(readers)) as device:
        yield device


def opened(readers: Readers, name: str = "Virtual") -> CardReader:
    """Open it as often as a supervisor would: a loaded machine may not start its process in time."""
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            return PCSC_READER.open({"reader": name, "socket": str(readers.socket)})
        except Disconnected:
            raise
        except TransportError:
            if time.monotonic() > give_up:
                raise


def inserted(device: CardReader) -> Presence:
    """Wait for whatever is put into an empty reader, and for what it says of itself, which comes a moment later."""
    there = device.next_presence(NoCard(), PATIENCE, NEVER)
    return device.next_presence(there, PATIENCE, NEVER) if isinstance(there, CardUnreadable) else there


def removed(device: CardReader, known: Presence) -> None:
    assert device.next_presence(known, PATIENCE, NEVER) == NoCard()


def process_of(device: CardReader) -> int:
    """The card process of this device, found as a technician would: the child with its name."""
    (number,) = card_processes()
    return number


def card_processes() -> list[int]:
    """All card processes that this test run has started."""
    mine = []
    for task in Path(f"/proc/{os.getpid()}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            command = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"devices.drivers.pcsc_reader" in command:
                mine.append(int(child))
    return mine


def test_a_card_put_in_and_taken_out_is_told(readers: Readers, device: CardReader) -> None:
    assert device.condition() == Ready()
    assert device.presence() == NoCard()
    card = readers.insert("nPA")
    first = inserted(device)
    assert isinstance(first, CardIn)
    assert first.atr.hex() == "3b8a80018031f873f741e082900075"
    card.pull()
    removed(device, first)
    readers.insert("nPA")
    second = inserted(device)
    assert isinstance(second, CardIn)
    assert second.insertion != first.insertion


def test_a_card_is_looked_at_and_each_step_is_told(readers: Readers, device: CardReader) -> None:
    readers.insert("nPA")
    there = inserted(device)
    steps: list[str] = []
    found = device.work(LOOK, Lookup((PASSPORT, GERMAN_EID)), NEVER, steps.append)
    assert isinstance(there, CardIn)
    assert found == Looked(there.atr, (GERMAN_EID,))
    assert steps == ["card_found", "looking"]
    assert device.presence() == there
    assert device.work(LOOK, Lookup((GERMAN_EID,)), NEVER) == Looked(there.atr, (GERMAN_EID,))


def test_a_card_in_the_second_reader_is_found_there_and_no_other_reader_is_touched(readers: Readers) -> None:
    readers.insert("iso7816", reader=SECOND_READER)
    with closing(opened(readers, SECOND_READER)) as second, closing(opened(readers, FIRST_READER)) as first:
        assert isinstance(inserted(second), CardIn)
        assert isinstance(second.work(LOOK, Lookup(), NEVER), Looked)
        assert first.presence() == NoCard()
        assert first.work(LOOK, Lookup(), NEVER) == NotDone(CardTrouble.LEFT)
    with closing(opened(readers)) as either:
        inserted(either)
        assert isinstance(either.work(LOOK, Lookup(), NEVER), Looked)


@pytest.mark.parametrize("number", [1, 2, 7])
def test_a_card_pulled_at_any_command_has_left(readers: Readers, device: CardReader, number: int) -> None:
    card = readers.insert("iso7816", "--die-after", str(number))
    there = inserted(device)
    outcome = device.work(LOOK, LONG, NEVER)
    assert isinstance(outcome, NotDone)
    assert outcome.trouble is CardTrouble.LEFT
    card.wait_until_gone()
    removed(device, there)


def test_a_visit_that_ends_stops_a_card_that_never_answers(readers: Readers, device: CardReader) -> None:
    card = readers.insert("iso7816", "--mute-after", "3")
    there = inserted(device)
    cancel, ended = threading.Event(), threading.Event()
    steps: list[str] = []

    def work() -> None:
        with pytest.raises(Cancelled):
            device.work(LOOK, LONG, cancel, steps.append)
        ended.set()

    thread = threading.Thread(target=work)
    thread.start()
    give_up = time.monotonic() + PATIENCE
    while "looking" not in steps:
        assert time.monotonic() < give_up
        time.sleep(0.01)
    assert not ended.wait(0.3)  # it blocks, as PC/SC does
    cancel.set()
    assert ended.wait(PATIENCE)
    thread.join()
    assert len(card_processes()) == 1
    card.pull()
    removed(device, there)
    readers.insert("iso7816")
    inserted(device)
    assert isinstance(device.work(LOOK, Lookup(), NEVER), Looked)


def test_a_mute_card_that_is_pulled_has_left(readers: Readers, device: CardReader) -> None:
    card = readers.insert("iso7816", "--mute-after", "2")
    there = inserted(device)
    threading.Timer(0.3, card.pull).start()
    outcome = device.work(LOOK, LONG, NEVER)
    assert isinstance(outcome, NotDone)
    assert outcome.trouble is CardTrouble.LEFT
    removed(device, there)


def test_a_mute_card_that_nobody_takes_away_is_given_up(readers: Readers, device: CardReader) -> None:
    readers.insert("iso7816", "--mute-after", "2")
    inserted(device)
    assert device.work(replace(LOOK, seconds=0.4), LONG, NEVER) == NotDone(CardTrouble.MUTE, "out of time")


def test_a_slow_card_is_waited_for(readers: Readers, device: CardReader) -> None:
    readers.insert("nPA", "--delay-ms", "120")
    inserted(device)
    outcome = device.work(LOOK, Lookup((b"nobody", b"nobody", GERMAN_EID)), NEVER)
    assert isinstance(outcome, Looked)
    assert outcome.applications == (GERMAN_EID,)


ANOTHER = """
import sys
from smartcard import scard
_, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
share = scard.SCARD_SHARE_EXCLUSIVE if sys.argv[1] == "keep" else scard.SCARD_SHARE_SHARED
code, card, _ = scard.SCardConnect(context, "Virtual PCD 00 00", share, scard.SCARD_PROTOCOL_T1)
print(f"{code & 0xFFFFFFFF:08X}", flush=True)
if sys.argv[1] == "keep":
    sys.stdin.read()
scard.SCardReleaseContext(context)
"""


def another_program(readers: Readers, how: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", ANOTHER, how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=dict(readers.environment),
    )


def test_a_card_that_another_program_has_is_busy_until_it_lets_go(readers: Readers, device: CardReader) -> None:
    readers.insert("iso7816")
    inserted(device)
    with another_program(readers, "keep") as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "00000000"
        outcome = device.work(LOOK, Lookup(), NEVER)
        assert isinstance(outcome, NotDone)
        assert outcome.trouble is CardTrouble.BUSY
        other.communicate("")
    assert isinstance(device.work(LOOK, Lookup(), NEVER), Looked)


def test_nobody_else_gets_at_a_card_while_it_is_worked_with(readers: Readers, device: CardReader) -> None:
    readers.insert("iso7816", "--delay-ms", "50")
    inserted(device)
    cancel, began = threading.Event(), threading.Event()

    def work() -> None:
        with pytest.raises(Cancelled):
            device.work(LOOK, LONG, cancel, lambda _step: began.set())

    thread = threading.Thread(target=work)
    thread.start()
    assert began.wait(PATIENCE)
    with another_program(readers, "look") as other:
        said = other.communicate("")[0].strip()
    cancel.set()
    thread.join()
    assert said == "8010000B"  # SCARD_E_SHARING_VIOLATION


def test_pcscd_ends_and_comes_back(readers: Readers, device: CardReader) -> None:
    def becomes(condition: Condition) -> None:
        give_up = time.monotonic() + PATIENCE
        while device.condition() != condition:
            assert time.monotonic() < give_up
            time.sleep(0.02)

    readers.insert("iso7816")
    there = inserted(device)
    readers.stop()
    becomes(NeedsStaff(Need.START_CARD_SERVICE))
    removed(device, there)
    assert device.work(LOOK, Lookup(), NEVER) == NotDone(CardTrouble.LEFT)
    readers.start()
    becomes(Ready())
    readers.insert("iso7816")
    inserted(device)
    assert isinstance(device.work(LOOK, Lookup(), NEVER), Looked)


def test_pcscd_ends_in_the_middle_of_a_job(readers: Readers, device: CardReader) -> None:
    readers.insert("iso7816", "--delay-ms", "50")
    inserted(device)
    threading.Timer(0.3, readers.stop).start()
    outcome = device.work(LOOK, LONG, NEVER)
    assert isinstance(outcome, NotDone)
    assert outcome.trouble in (CardTrouble.LEFT, CardTrouble.MUTE)


def test_a_reader_plugged_in_later_is_found(readers: Readers) -> None:
    readers.stop()
    readers.unplug()
    readers.start()
    with pytest.raises(Disconnected):
        opened(readers)
    readers.stop()
    readers.plug()
    readers.start()
    with closing(opened(readers)) as device:
        assert device.condition() == Ready()


def test_a_reader_of_another_name_is_not_ours(readers: Readers) -> None:
    with pytest.raises(Disconnected):
        opened(readers, "Identiv")


def test_without_pcscd_staff_are_told_what_to_start(tmp_path: Path) -> None:
    with closing(PCSC_READER.open({"socket": str(tmp_path / "nobody.comm")})) as device:
        assert device.condition() == NeedsStaff(Need.START_CARD_SERVICE)
        assert device.presence() == NoCard()


def test_a_card_process_that_dies_takes_the_device_with_it_and_a_new_one_is_opened(readers: Readers) -> None:
    with closing(opened(readers)) as device:
        os.kill(process_of(device), 9)
        with pytest.raises(TransportError):
            device.next_presence(NoCard(), PATIENCE, NEVER)
    with closing(opened(readers)) as device:
        assert device.condition() == Ready()


def test_a_card_process_killed_at_work_is_a_lost_device(readers: Readers, device: CardReader) -> None:
    readers.insert("iso7816", "--delay-ms", "50")
    inserted(device)
    with pytest.raises(TransportError):
        device.work(LOOK, LONG, NEVER, lambda step: os.kill(process_of(device), 9) if step == "looking" else None)


KIOSK = """
import sys, time
from devices.drivers.pcsc_reader.process import CardProcess
child = CardProcess("", sys.argv[1], "")
while child.hear(0.1) is None:
    pass
print(child.number, flush=True)
time.sleep(600)
"""


def test_the_card_process_ends_when_the_kiosk_is_killed(readers: Readers) -> None:
    kiosk = subprocess.Popen(
        [sys.executable, "-c", KIOSK, str(readers.socket)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert kiosk.stdout is not None
    child = Path("/proc") / kiosk.stdout.readline().strip() / "cmdline"
    assert child.read_bytes()
    kiosk.kill()
    kiosk.communicate()
    give_up = time.monotonic() + PATIENCE
    while child.exists() and child.read_bytes():  # one that nobody has buried yet has no command line
        assert time.monotonic() < give_up
        time.sleep(0.02)


def test_nobody_may_look_into_the_memory_of_the_card_process(device: CardReader) -> None:
    number = process_of(device)
    limits = Path(f"/proc/{number}/limits").read_text(encoding="ascii")
    (core,) = (line for line in limits.splitlines() if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]
    # a process that is not dumpable belongs to root in /proc, whoever runs it (proc(5)); as root nothing else shows it
    assert Path(f"/proc/{number}/mem").stat().st_uid == 0


def cycles(readers: Readers, device: CardReader, times: int, image: Path) -> None:
    """Put a passport in, open and read it, take it out, again and again; nothing may be left of it."""
    handles, memory = open_handles(), 0
    for turn in range(times):
        card = readers.insert("nPA", "--can", CAN, "--pace", "2.2:13", "--passport", str(image))
        there = inserted(device)
        holder = device.work(replace(READ_HOLDER, seconds=60.0), AskHolder(CardKind.ICAO_EMRTD, Print(can=CAN)), NEVER)
        assert isinstance(holder, Holder), holder
        card.pull()
        removed(device, there)
        assert len(card_processes()) == 1
        assert open_handles() == handles
        if turn == times // 2:
            memory = resident()
    assert resident() - memory < 8 * 1024 * 1024


def open_handles() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def resident() -> int:
    """Bytes of memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE")


def test_cards_that_come_and_go_leave_nothing_behind(readers: Readers, device: CardReader, tmp_path: Path) -> None:
    cycles(readers, device, 8, passport_files(tmp_path / "image"))  # a hundred: tests/bench/bench_cards.py


def passport_files(folder: Path) -> Path:
    """A passport's files, as the emulator wants them."""
    folder.mkdir()
    for identifier, content in card(Country.new(), chip=None).files.items():
        if identifier == EF_SOD:
            (folder / "SOD").write_bytes(content)
        elif 0x0101 <= identifier <= 0x0110:
            (folder / f"DG{identifier - 0x0100}").write_bytes(content)
    return folder


@pytest.mark.parametrize("options", [{"reader": 4}, {"socket": "pcscd.comm"}, {"socket": True}])
def test_a_rig_file_that_can_never_work_is_refused(options: dict[str, str | int | float | bool]) -> None:
    with pytest.raises(RigError):
        PCSC_READER.check(options)
