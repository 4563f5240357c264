"""An office of an earlier release is brought up to date and keeps what it knew."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from central_office.contract.chain import command_hash
from central_office.contract.messages import Command, CommandId
from tests.central_office.conftest import DATABASE

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(bool(DATABASE), reason="earlier releases are played with files of SQLite")

OFFICE = (sys.executable, "-c", "import sys; from central_office.cli import main; sys.exit(main())", "manage", "--data")
NOON = "2026-06-16 12:00:00"


def migrate(place: Path, *to: str) -> None:
    subprocess.run([*OFFICE, str(place), "migrate", *to], check=True, capture_output=True, timeout=60)


def test_an_office_that_knew_no_capacity_and_no_desk(tmp_path: Path) -> None:
    migrate(tmp_path, "office", "0003")
    with closing(sqlite3.connect(tmp_path / "office.db", isolation_level=None)) as old:
        _put(old, "office_town", key="09999999", name="Musterstadt", short="MS", epoch="e7")
        _put(old, "office_kiosk", id="MS-01", site="Foyer", key_print="f", enrolled_at=NOON, last_seq=2, head="0" * 64)
        for seq, result, code in ((1, "ok", ""), (2, "rejected", "unknown_type")):
            _put(old, "office_receivedcommand", kiosk_id="MS-01", seq=seq, result=result, code=code, received_at=NOON)
    migrate(tmp_path)
    with closing(sqlite3.connect(tmp_path / "office.db")) as new:
        kiosk = new.execute("SELECT confirmed, durable_seq, key_since, key_wanted FROM office_kiosk").fetchone()
        assert kiosk == ("e7", 0, NOON, 0)
        entries = new.execute("SELECT kind, seq, code, role, done_at FROM office_deskentry").fetchall()
        assert entries == [("rejected", 2, "unknown_type", "technician", None)]


def test_an_office_that_kept_no_evidence_and_had_forgotten_its_first_commands(tmp_path: Path) -> None:
    migrate(tmp_path, "office", "0004")
    hashes = {}
    with closing(sqlite3.connect(tmp_path / "office.db", isolation_level=None)) as old:
        _put(old, "office_town", key="09999999", name="Musterstadt", short="MS", epoch="e7")
        prev = "0" * 64
        for seq in range(1, 5):
            command = Command(
                seq=seq, id=CommandId(f"c{seq}"), type="x.y", tv=1, at=datetime(2026, 6, 16, 12, tzinfo=UTC), body={},
                prev=prev,
            )  # fmt: skip
            hashes[seq] = prev = command_hash(command)
        _put(
            old,
            "office_kiosk",
            id="MS-01",
            site="Foyer",
            key_print="f",
            state="active",
            enrolled_at=NOON,
            last_seq=4,
            head=prev,
        )
        for seq in (3, 4):
            values = {
                "kiosk_id": "MS-01",
                "seq": seq,
                "command": f"c{seq}",
                "hash": hashes[seq],
                "type": "x.y",
                "tv": 1,
            }
            _put(old, "office_receivedcommand", **values, at=NOON, received_at=NOON, result="ok", body="{}")
    migrate(tmp_path)
    for words in (("verify",), ("sign",), ("verify",)):
        done = subprocess.run(
            [*OFFICE[:-2], "audit", *words, "--data", str(tmp_path)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert "MS-01: commands 3 to 4 follow one another and are as they came." in done.stdout
    with closing(sqlite3.connect(tmp_path / "office.db")) as new:
        assert new.execute("SELECT prev, extra FROM office_receivedcommand").fetchall() == [("", ""), ("", "")]
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            new.execute("UPDATE office_dailydigest SET text = ''")


def test_an_office_that_knew_no_bulky_waste_keeps_its_promises(tmp_path: Path) -> None:
    migrate(tmp_path, "office", "0005")
    with closing(sqlite3.connect(tmp_path / "office.db", isolation_level=None)) as old:
        _put(old, "office_town", key="09999999", name="Musterstadt", short="MS", epoch="e7")
        _put(old, "office_kiosk", id="MS-01", site="Foyer", key_print="f", enrolled_at=NOON, head="0" * 64)
        _put(old, "office_resource", id=7, key="slots", day="2026-06-16", capacity=4, promised=2)
        _put(old, "office_reservation", id="r", kiosk_id="MS-01", resource_id=7, units=2, state="held", made_at=NOON)
    migrate(tmp_path)
    with closing(sqlite3.connect(tmp_path / "office.db")) as new:
        assert new.execute("SELECT kiosk_id, units, state FROM office_reservation").fetchall() == [("MS-01", 2, "held")]
        assert new.execute("SELECT count(*) FROM office_bulkyorder").fetchone() == (0,)


def test_an_office_that_asked_nobody_whether_cards_may_find_documents(tmp_path: Path) -> None:
    migrate(tmp_path, "office", "0012")
    secret = b"number\0" + b"s" * 32
    with closing(sqlite3.connect(tmp_path / "office.db", isolation_level=None)) as old:
        _put(old, "office_town", key="09999999", name="Musterstadt", short="MS", epoch="e7", collect="{}")
        _put(old, "office_document", id="d", holder="Nowak, Jan", birth_date="1990-12-31", number_secret=secret)
        _put(old, "office_historyentry", document_id="d", stage="applied", at=NOON, by="Weber")
    migrate(tmp_path)
    with closing(sqlite3.connect(tmp_path / "office.db")) as new:
        kept = new.execute(
            "SELECT holder, number_secret, card_key, card_place, card_due FROM office_document"
        ).fetchall()
        assert kept == [("Nowak, Jan", secret, None, None, 1)], "it is looked at once its town wishes that"
        assert new.execute("SELECT identify FROM office_town").fetchall() == [("{}",)]
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            new.execute("UPDATE office_historyentry SET stage = 'ready_counter'")


def _put(connection: sqlite3.Connection, table: str, **given: object) -> None:
    """A row with these values; whatever else must not be empty is empty text or nought."""
    values = dict(given)
    for _, name, kind, needed, default, key in connection.execute(f"PRAGMA table_info({table})"):
        if needed and not key and default is None and name not in values:
            values[name] = 0 if kind.startswith(("integer", "bigint", "smallint", "bool")) else ""
            if kind == "datetime":
                values[name] = NOON
            elif kind == "BLOB":
                values[name] = b"\0" * 32
    marks = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", list(values.values()))
