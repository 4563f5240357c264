from __future__ import annotations

import stat
from pathlib import Path

import pytest

from central_office.office.settings import BadSettings, OfficeSettings, django, read, secret

MUSTERSTADT = Path(__file__).parents[3] / "town" / "musterstadt.toml"


def test_without_a_file_the_office_runs_on_sqlite_and_loopback(tmp_path: Path) -> None:
    office = read(tmp_path, None)
    assert office == OfficeSettings(data=tmp_path)
    database = django(office)["DATABASES"]["default"]
    assert database["NAME"] == str(tmp_path / "office.db")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    for needed in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        assert needed in database["OPTIONS"]["init_command"]


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
