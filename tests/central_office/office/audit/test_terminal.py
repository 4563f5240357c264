"""`office audit` as a technician uses it: sentences, exit status, files."""

from __future__ import annotations

import argparse
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from central_office.office import desk, here
from central_office.office.audit import terminal
from central_office.office.audit.digest import public, read
from central_office.office.audit.signing import signing_key
from central_office.office.models import DailyDigest, DeskEntry, ReceivedCommand
from tests.central_office.conftest import DATABASE, ROOT
from tests.central_office.office.test_command import office as office_in_a_process
from tests.central_office.office.test_command import serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from central_office.office.audit.digest import Signed
    from tests.central_office.conftest import HandClock
    from tests.central_office.kiosk_end import KioskEnd


def audit(*words: object) -> int:
    """One subcommand, in this process."""
    parser = argparse.ArgumentParser()
    terminal.add(parser.add_subparsers(), argparse.ArgumentParser(add_help=False))
    chosen = parser.parse_args(["audit", *map(str, words)])
    chosen.office = here.this_office()
    status: int = chosen.run(chosen)
    return status


def test_all_is_well(kiosk: KioskEnd, next_day: Callable[[], list[Signed]], capsys: pytest.CaptureFixture[str]) -> None:
    kiosk.sync(kiosk.commands(2))
    next_day()
    assert audit("verify") == 0
    assert capsys.readouterr().out.splitlines() == [
        "1 daily digest, 2026-06-16 to 2026-06-16, signed by the office.",
        "MS-01: commands 1 to 2 follow one another and are as they came.",
        "Nothing is missing and nothing was changed.",
    ]


def test_a_finding_says_where_what_and_what_to_do_until_it_is_settled(
    kiosk: KioskEnd, clock: HandClock, capsys: pytest.CaptureFixture[str]
) -> None:
    kiosk.sync(kiosk.commands(3))
    ReceivedCommand.objects.filter(seq=2).delete()
    assert audit("verify") == 1
    said = capsys.readouterr().out
    assert "FINDING: MS-01, command 2: it is missing at the office. Find out who deleted rows" in said
    clock.forward(days=1)
    assert audit("sign") == 1
    assert "Run: office audit verify" in capsys.readouterr().err
    desk.close(DeskEntry.objects.get(), "Demir", "lost with the old disk", clock())
    assert audit("verify") == 0
    said = capsys.readouterr().out
    assert "settled: MS-01, command 2: it is missing at the office. 2026-06-17 Demir: lost with the old" in said
    assert "No new finding, 1 settled before." in said


def test_digests_are_exported_and_verified_elsewhere(
    office: Path, kiosk: KioskEnd, clock: HandClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "digests.txt"
    assert audit("export", "-o", file) == 1
    kiosk.sync(kiosk.commands(2))
    clock.forward(days=3)
    assert audit("sign") == 0
    clock.forward(days=1)
    assert audit("sign") == 0
    assert audit("sign") == 0
    assert "Every day that is over has its digest." in capsys.readouterr().out
    assert audit("export", "--since", "2026-06-19", "-o", file) == 0
    assert len(read(file.read_text())) == 1
    assert audit("export", "-o", file) == 0
    assert len(read(file.read_text())) == 2
    assert audit("verify", file) == 0
    assert "2 of 2 digests of the file fit what the office has." in capsys.readouterr().out
    file.write_text(file.read_text().replace('"seq":2', '"seq":1', 1))
    assert audit("verify", file) == 1
    assert "The digest in the file of 2026-06-18 does not fit its signature" in capsys.readouterr().out
    file.write_text("what?")
    assert audit("verify", file) == 1
    assert audit("verify", tmp_path / "nowhere") == 1
    assert audit("export", "-o", tmp_path / "no" / "where") == 1


def test_a_key_that_was_lost_is_given_by_hand(
    office: Path, kiosk: KioskEnd, next_day: Callable[[], list[Signed]], capsys: pytest.CaptureFixture[str]
) -> None:
    kiosk.sync(kiosk.commands(1))
    (signed,) = next_day()
    (office / "audit_key").unlink()
    assert audit("verify") == 0
    assert "no key to compare signatures with" in capsys.readouterr().out
    assert audit("key") == 0
    assert capsys.readouterr().out.strip() == public(signing_key(office)) != signed.key
    assert audit("verify") == 1
    assert "give it with --key" in capsys.readouterr().out
    assert audit("verify", "--key", signed.key) == 0
    with pytest.raises(SystemExit):
        audit("verify", "--key", "what")
    (office / "audit_key").write_text("broken")
    assert [audit("verify"), audit("key"), audit("sign")] == [1, 1, 1]
    (office / "audit_key").unlink()


def test_a_clock_that_ran_away_wants_a_person(
    kiosk: KioskEnd, next_day: Callable[[], list[Signed]], clock: HandClock, capsys: pytest.CaptureFixture[str]
) -> None:
    kiosk.sync(kiosk.commands(1))
    next_day()
    clock.forward(days=93)
    assert audit("sign") == 1
    assert "office audit sign --all" in capsys.readouterr().err
    assert audit("sign", "--all") == 0
    assert "93 digests signed." in capsys.readouterr().out


def test_a_log_is_compared(kiosk: KioskEnd, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kiosk.sync([kiosk.command({"log": "run", "lines": 3, "head": "a" * 64}, type_="log.head")])
    file = tmp_path / "run.log"
    assert audit("log", "MS-01", file) == 1
    file.write_text("")
    assert audit("log", "MS-01", file) == 1
    assert "FINDING: on 2026-06-16 the kiosk told of line 3, and the file ends at 0" in capsys.readouterr().out
    file.write_text("a free sentence\n")
    assert audit("log", "MS-01", file) == 1
    assert audit("log", "MS-99", file) == 1
    (tmp_path / "courier.log").write_text("")
    assert audit("log", "MS-01", tmp_path / "courier.log") == 0


def test_an_office_without_a_town_says_so(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit("verify") == 1
    assert "There is no town yet" in capsys.readouterr().err


def _insert(asked: sqlite3.Connection, table: str, **values: str | int | bytes) -> None:
    """A row; every other column that must hold something holds the least of its kind."""
    least: dict[str, str | int | bytes] = {"integer": 0, "smallint": 0, "bigint": 0, "bool": 0, "BLOB": b"\0"}
    least["datetime"] = "2026-06-16"
    for _, name, kind, required, _, key in asked.execute(f"PRAGMA table_info({table})"):
        if required and name not in values and not key:
            values[name] = next((one for sort, one in least.items() if kind.startswith(sort)), "")
    marks = ", ".join("?" * len(values))
    asked.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", list(values.values()))


@pytest.mark.skipif(bool(DATABASE), reason="puts a row into the file of SQLite")
def test_the_server_signs_by_itself_and_the_command_finds_it(tmp_path: Path) -> None:
    assert office_in_a_process("town", ROOT / "town" / "musterstadt.toml", data=tmp_path).returncode == 0
    zeros = "0" * 64
    with closing(sqlite3.connect(tmp_path / "office.db", isolation_level=None)) as asked:
        _insert(asked, "office_kiosk", id="MS-01", site="Foyer", state="active", last_seq=1, head=zeros)
        _insert(asked, "office_receivedcommand", kiosk_id="MS-01", seq=1, hash=zeros, type="x.y", prev=zeros, body="{}")
        with serving(tmp_path):
            until = time.monotonic() + 60
            while not (made := asked.execute("SELECT count(*) FROM office_dailydigest").fetchone()[0]):
                assert time.monotonic() < until
                time.sleep(0.1)
        assert made == 1
        assert asked.execute("SELECT kind, seq FROM office_deskentry").fetchall() == [("altered", 1)]
    found = office_in_a_process("audit", "verify", "--data", tmp_path, data=tmp_path / "nowhere")
    assert (found.returncode, "FINDING: MS-01, command 1: what is stored is not" in found.stdout) == (1, True)


def test_a_digest_once_signed_stays_what_it_was(kiosk: KioskEnd, next_day: Callable[[], list[Signed]]) -> None:
    kiosk.sync(kiosk.commands(1))
    (signed,) = next_day()
    assert str(DailyDigest.objects.get()) == "digest of 2026-06-16"
    assert DailyDigest.objects.get().covers == (1, 1)
    assert read(signed.file) == [signed]
