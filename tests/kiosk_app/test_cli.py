"""The command `kiosk`, as a technician types it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from devices.simulators.ausweisapp import AusweisAppEnd
from devices.simulators.ausweisapp import Fault as ClientFault
from devices.simulators.columns import Reads
from devices.simulators.dispenser import Dispenser
from devices.simulators.terminal import Terminal
from devices.simulators.terminal_commands import Fault
from offline_cache.at_rest import open_disk
from offline_cache.store import open_ledger
from tests.cards.readers import Readers
from tests.offline_cache.kiosk_at_work import enrolled_at
from tests.offline_cache.office_double import OfficeDouble

ROOT = Path(__file__).resolve().parents[2]
TOWN = ROOT / "town" / "musterstadt.toml"
COMMANDS = ("run", "courier", "enrol", "doctor", "fill", "simulate")


def kiosk(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kiosk_app.cli", *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_help_names_every_command_and_the_first_steps() -> None:
    said = kiosk("--help").stdout
    assert all(command in said for command in COMMANDS)
    assert "first steps" in said


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_page_of_help(command: str) -> None:
    done = kiosk(command, "--help")
    assert done.returncode == 0
    assert len(done.stdout) > 200


def test_without_settings_the_file_is_named(tmp_path: Path) -> None:
    done = kiosk("courier", "--config", str(tmp_path / "kiosk.toml"))
    assert done.returncode == 2
    assert done.stderr.strip().endswith("kiosk.toml: there is no such file")


def test_a_courier_without_enrolment_says_what_to_do(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text('terminal = "MS-01"\ndata = "d"\ntown = "t"\nrig = "r"\n')
    done = kiosk("courier", "--config", str(config))
    assert done.returncode == 1
    assert "kiosk enrol" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_lost_key_of_the_disk_is_said_by_courier_and_doctor_alike(tmp_path: Path) -> None:
    config, data = tmp_path / "kiosk.toml", tmp_path / "data"
    with OfficeDouble().open() as office:
        enrolled_at(office, data)
    config.write_text(f'terminal = "MS-01"\ndata = "data"\ntown = "{TOWN}"\nrig = "r"\n')
    open_ledger(data / "ledger.db", disk=open_disk(data)).close()
    (data / "disk.key").unlink()
    for command in ("courier", "doctor"):
        done = kiosk(command, "--config", str(config))
        assert done.returncode == 1
        assert "Put the key file back" in done.stderr + done.stdout
        assert "Traceback" not in done.stderr
    assert not (data / "disk.key").exists()


@pytest.mark.parametrize(
    ("ticket", "said"),
    [
        ("BTE1 nonsense", ""),
        ("BTE1 http://127.0.0.1:9 0123456789ABCDEF", "127.0.0.1:9"),
        ("KX7M", ""),
        ("BTE1 http://town.example 0123456789ABCDEF", "town.example"),
    ],
)
def test_a_ticket_that_cannot_be_is_said_in_one_line(tmp_path: Path, ticket: str, said: str) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text('terminal = "MS-01"\ndata = "d"\ntown = "t"\nrig = "r"\n')
    done = kiosk("enrol", "--config", str(config), "--ticket", ticket)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert said in done.stderr


def test_the_doctor_finds_a_machine_that_is_not_enrolled(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    (tmp_path / "rig.toml").write_text("")
    config.write_text('terminal = "MS-01"\ndata = "d"\ntown = "town.toml"\nrig = "rig.toml"\n')
    done = kiosk("doctor", "--config", str(config))
    assert done.returncode == 1
    assert "not enrolled" in done.stdout
    assert "there is no such file" in done.stdout


def test_the_doctor_tells_which_column_of_the_dispenser_is_not_at_home(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text('terminal = "MS-01"\ndata = "d"\ntown = "town.toml"\nrig = "rig.toml"\n')
    with closing(Dispenser(tmp_path / "line", baud=115200)) as dispenser:
        dispenser.columns.break_home(2, Reads.OFF)
        (tmp_path / "rig.toml").write_text(dispenser.rig())
        done = kiosk("doctor", "--config", str(config))
        assert [dispenser.columns.starts(number) for number in dispenser.columns.numbers] == [0, 0, 0, 0]
    assert "LOOK  bag columns  2 (residual-60 2026) is away" in done.stdout
    assert "Traceback" not in done.stderr


def test_the_doctor_tells_what_lies_in_the_card_reader_and_what_hinders_it(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text('terminal = "MS-01"\ndata = "d"\ntown = "town.toml"\nrig = "rig.toml"\n')
    with Readers(tmp_path / "cards") as readers:
        rig = f'[card_reader]\ndriver = "pcsc_reader"\nsocket = "{readers.socket}"\n'
        (tmp_path / "rig.toml").write_text(rig)
        empty = kiosk("doctor", "--config", str(config))
        readers.insert("nPA")
        with_card = kiosk("doctor", "--config", str(config))
        readers.stop()
        stopped = kiosk("doctor", "--config", str(config))
    assert "the reader is empty: lay a card in and look again" in empty.stdout
    assert "a card answers: 3b 8a 80 01 80 31 f8 73" in with_card.stdout
    assert "LOOK  card_reader  needs a hand: start_card_service (pcsc_reader)" in stopped.stdout
    assert "Traceback" not in empty.stderr + with_card.stderr + stopped.stderr


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            ClientFault.NONE,
            "Stadt Musterstadt would read DateOfBirth, FamilyName, GivenNames, certificate until 2036-01-01",
        ),
        (
            ClientFault.NO_SERVICE,
            "no_service (dp#trustedChannelEstablishmentFailed): look at tc_token in the rig file",
        ),
        (ClientFault.HANGS, "not there: look at cable, power and the address in the rig file (ausweisapp)"),
    ],
)
def test_the_doctor_asks_the_eid_service_what_it_would_read(tmp_path: Path, fault: ClientFault, said: str) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text('terminal = "MS-01"\ndata = "d"\ntown = "town.toml"\nrig = "rig.toml"\n')
    with closing(AusweisAppEnd()) as client:
        client.fail(fault)
        (tmp_path / "rig.toml").write_text(client.rig())
        done = kiosk("doctor", "--config", str(config))
    assert said in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            Fault.NONE,
            "ok    card payments  the terminal reached its host; the rig says that it has no ",
        ),
        (Fault.NO_HOST, "LOOK  card payments  its diagnosis failed: no_connection (A0); check its network"),
        (Fault.OUT_OF_ORDER, "LOOK  card_terminal  needs a hand: look_at_it (zvt_terminal)"),
    ],
)
def test_the_doctor_lets_the_card_terminal_call_its_host(tmp_path: Path, fault: Fault, said: str) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text('terminal = "MS-01"\ndata = "d"\ntown = "town.toml"\nrig = "rig.toml"\n')
    with closing(Terminal(tempo=0.01)) as terminal:
        terminal.fail(fault)
        (tmp_path / "rig.toml").write_text(terminal.rig())
        done = kiosk("doctor", "--config", str(config))
    assert said in done.stdout
    assert "Traceback" not in done.stderr


RIG = ROOT / "rigs" / "example.toml"


def settled(place: Path) -> Path:
    config = place / "kiosk.toml"
    config.write_text(f'terminal = "MS-01"\ndata = "data"\ntown = "{TOWN}"\nrig = "{RIG}"\n')
    return config


@pytest.mark.parametrize(
    ("employee", "said"), [("12", "staff number of four digits"), ("2362", "not enrolled yet: run `kiosk enrol`")]
)
def test_columns_that_nobody_may_fill_say_what_to_do(tmp_path: Path, employee: str, said: str) -> None:
    done = kiosk("fill", "--config", str(settled(tmp_path)), "--employee", employee)
    assert done.returncode == 1
    assert said in done.stderr


def test_a_technician_says_that_every_column_is_full_and_the_office_hears_of_it(tmp_path: Path) -> None:
    with OfficeDouble().open() as office:
        enrolled_at(office, tmp_path / "data")
    done = kiosk("fill", "--config", str(settled(tmp_path)), "--employee", "2362")
    assert (done.returncode, done.stdout) == (0, "3 columns are full.\n"), done.stderr
    with closing(open_ledger(tmp_path / "data" / "ledger.db", disk=open_disk(tmp_path / "data"))) as ledger:
        assert [(one.column, one.pieces) for one in ledger.sales.stock()] == [(1, 20), (2, 20), (3, 15)]
        told = [one.body for one in ledger.outbox.take(limit=9, room=9999).commands if one.type == "bags.refilled"]
    assert [(one["column"], one["pieces"], one["employee"]) for one in told] == [
        (1, 20, "2362"), (2, 20, "2362"), (3, 15, "2362"),
    ]  # fmt: skip
