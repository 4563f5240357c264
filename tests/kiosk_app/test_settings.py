"""Settings are read strictly: a slip of the pen is an error that says what was meant."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from kiosk_app.settings import read_settings
from kiosk_app.tables import BadSettings
from kiosk_app.town import read_town
from screens.look import Format

ROOT = Path(__file__).resolve().parents[2]
SOUND = 'terminal = "MS-01"\ndata = "data"\ntown = "town.toml"\nrig = "rig.toml"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "kiosk.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_paths_count_from_the_file(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, SOUND + '[screen]\nformat = "small"\n[office]\nca = "ca.pem"\n'))
    assert settings.data == tmp_path / "data"
    assert settings.office.ca == tmp_path / "ca.pem"
    assert settings.screen.format is Format.SMALL
    assert settings.session.idle_seconds == 90


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SOUND + "[session]\nidle_second = 60\n", 'unknown key "idle_second"; did you mean "idle_seconds"?'),
        (SOUND + "[sesion]\n", 'unknown key "sesion"; did you mean "session"?'),
        ('data = "d"\ntown = "t"\nrig = "r"\n', 'the key "terminal" is missing'),
        (SOUND + "[session]\nidle_seconds = true\n", "float is expected"),
        (SOUND + '[session]\nidle_seconds = "90"\n', "float is expected"),
        (SOUND + "[session]\nwarning_seconds = 5\n", "at least 20"),
        (SOUND + '[screen]\nformat = "cinema"\n', "cinema"),
        (SOUND + "[screen]\nrotation = 45\n", "0, 90, 180 or 270"),
        (SOUND + "screen = 3\n", "a table is expected"),
        ("terminal = \n", "is not TOML"),
        ("terminal = 'MS\n", "is not TOML"),
    ],
)
def test_a_slip_of_the_pen_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadSettings, match=r"kiosk\.toml") as caught:
        read_settings(written(tmp_path, text))
    assert said in str(caught.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="there is no such file"):
        read_settings(tmp_path / "kiosk.toml")


def test_the_demonstration_town_knows_when_its_counter_closes() -> None:
    town = read_town(ROOT / "town" / "musterstadt.toml")
    tuesday = datetime(2026, 6, 16, 10, 24, tzinfo=town.zone)
    assert str(town.counter.open_until(tuesday)) == "16:00:00"
    assert town.counter.open_until(tuesday.replace(hour=16)) is None
    sunday = tuesday.replace(day=14)
    assert town.counter.open_until(sunday) is None
    counter_5 = town.place_named("counter-5")
    assert counter_5 is not None
    assert str(counter_5.open_until(tuesday.replace(hour=13))) == "16:00:00"
    assert counter_5.seen_from(tuesday, "en").name == "Counter 5"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('key = "08999001"', 'key = "8999001"'), "eight digits"),
        (('main_place = "counter-3"', 'main_place = "counter-9"'), "not the key of any"),
        (('"Europe/Berlin"', '"Europe/Musterstadt"'), "not known"),
        (("mon 08:00-16:00", "mo 08:00-16:00"), "not a day and its hours"),
        (("mon 08:00-16:00", "mon 8-16"), "not a day and its hours"),
    ],
)
def test_a_town_file_that_cannot_be_is_refused(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    text = (ROOT / "town" / "musterstadt.toml").read_text(encoding="utf-8")
    assert change[0] in text
    path = tmp_path / "town.toml"
    path.write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(BadSettings) as caught:
        read_town(path)
    assert said in str(caught.value)
