from __future__ import annotations

import stat
from pathlib import Path

import pytest

from central_office.office import town_file
from central_office.office.settings import BadSettings, OfficeSettings, django, read, secret
from central_office.office.town_file import BadTownFile

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


def test_musterstadt_can_be_read() -> None:
    town = town_file.read(MUSTERSTADT)
    assert (town.key, town.name, town.short) == ("08999001", "Musterstadt", "MS")
    assert [place.key for place in town.places if place.box] == ["box-foyer"]
    assert len(town.streets) > 10


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('main_place = "counter-3"', 'main_plase = "counter-3"', "Did you mean 'main_place'"),
        ('main_place = "counter-3"', 'main_place = "counter-9"', "names no"),
        ('key = "08999001"', 'key = "8999001"', "eight digits"),
        ('authority = "L01X"', 'authority = "AEIO"', "four characters"),
        ('time_zone = "Europe/Berlin"', 'time_zone = "Mars/Crater"', "time_zone"),
        ('short = "MS"', 'short = "M1"', "two to four letters"),
        ('phone = "09999 115-0"', "", "'phone' is missing"),
        ("[town]", "[town", "Expected"),
        ('name = "Musterstadt"', "name = 7", "name must be a text"),
        ('name = "Schalter 3"', f'name = "{"x" * 81}"', r"number 1: name must be a text of 1 to 80"),
        ("\nbox = true", "\nbox = 1", "number 3: box must be true or false"),
        ('open = ["mon 08:00-12:00", "wed', 'open = [1, "wed', "number 4: open must be a list"),
    ],
)
def test_a_mistake_in_the_towns_file_is_told_with_its_place(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tmp_path / "town.toml"
    path.write_text(MUSTERSTADT.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadTownFile, match=words):
        town_file.read(path)
