from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from central_office.office.settings import BadSettings, OfficeSettings, django, journal_mode, read, secret

MUSTERSTADT = Path(__file__).parents[3] / "town" / "musterstadt.toml"


def test_without_a_file_the_office_runs_on_sqlite_and_loopback(tmp_path: Path) -> None:
    office = read(tmp_path, None)
    assert office == OfficeSettings(data=tmp_path)
    database = django(office)["DATABASES"]["default"]
    assert database["NAME"] == str(tmp_path / "office.db")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    for needed in (f"journal_mode={journal_mode(sqlite3.sqlite_version_info)}", "synchronous=FULL", "foreign_keys=ON"):
        assert needed in database["OPTIONS"]["init_command"]


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "TRUNCATE"),
        ((3, 44, 5), "TRUNCATE"),
        ((3, 44, 6), "WAL"),
        ((3, 50, 6), "TRUNCATE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 2), "TRUNCATE"),
        ((3, 51, 3), "WAL"),
        ((3, 53, 0), "WAL"),
        ((4, 0, 0), "WAL"),
    ],
)
def test_a_sqlite_that_may_damage_a_log_keeps_a_rollback_journal(version: tuple[int, ...], mode: str) -> None:
    assert journal_mode(version) == mode


@pytest.mark.parametrize(("before", "after"), [("WAL", "TRUNCATE"), ("TRUNCATE", "WAL")])
def test_a_database_of_a_python_with_another_sqlite_is_taken_over_whole(
    tmp_path: Path, before: str, after: str
) -> None:
    # The old office was killed: its connection is still open, its log full.
    old = (
        "import os, sqlite3\n"
        f"c = sqlite3.connect({str(tmp_path / 'office.db')!r}, isolation_level=None)\n"
        f"c.execute('PRAGMA journal_mode={before}')\n"
        "c.execute('CREATE TABLE words (word TEXT)')\n"
        "c.execute('INSERT INTO words VALUES (1), (2)')\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", old], check=True)
    with closing(sqlite3.connect(tmp_path / "office.db")) as new:
        assert new.execute(f"PRAGMA journal_mode={after}").fetchone()[0] == after.lower()
        assert new.execute("SELECT count(*) FROM words").fetchone()[0] == 2


def test_one_line_moves_the_office_to_postgresql(tmp_path: Path) -> None:
    (tmp_path / "office.toml").write_text('database = "postgresql://office:p%40ss@db.example:5433/office"\n')
    database = django(read(tmp_path, None))["DATABASES"]["default"]
    assert database["ENGINE"].endswith("postgresql")
    assert (database["USER"], database["PASSWORD"], database["HOST"]) == ("office", "p@ss", "db.example")
    assert (database["PORT"], database["NAME"]) == ("5433", "office")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('databse = "x"', "Did you mean 'database'?"),
        ("frobnicate = 1", "Known are"),
        ('threads = "eight"', "threads must be a int"),
        ("threads = 0", "between 1 and 64"),
        ('language = "tlh"', "language must be"),
        ('database = "mysql://x/y"', "postgresql://"),
        ('database = "postgresql://h/n?sslmode=off"', "no option 'sslmode'"),
        ("= nonsense", "office.toml"),
        ("behind_proxy = 1", "behind_proxy must be a bool"),
    ],
)
def test_a_mistake_in_the_settings_is_told_with_its_cure(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "office.toml").write_text(text)
    with pytest.raises(BadSettings, match=words.replace("?", r"\?").replace("(", r"\(")):
        read(tmp_path, None)


def test_a_settings_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="cannot be read"):
        read(tmp_path, tmp_path / "missing.toml")


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secret_key"
    first = secret(path)
    assert secret(path) == first
    assert len(first) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_behind_a_proxy_cookies_travel_by_tls_alone(tmp_path: Path) -> None:
    told = django(OfficeSettings(data=tmp_path, behind_proxy=True))
    assert told["SESSION_COOKIE_SECURE"]
    assert told["CSRF_COOKIE_SECURE"]
    assert told["SECURE_HSTS_SECONDS"] > 0
    assert not told["DEBUG"]
