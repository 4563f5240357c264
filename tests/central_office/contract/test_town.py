"""The town's file is read strictly, by office and kiosk alike: a slip of the pen is told with its place."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from central_office.contract.tables import BadSettings
from central_office.contract.town import read_town

MUSTERSTADT = Path(__file__).resolve().parents[3] / "town" / "musterstadt.toml"


def test_musterstadt_can_be_read() -> None:
    town = read_town(MUSTERSTADT)
    assert (town.key, town.town.name, town.town.short) == ("08999001", "Musterstadt", "MS")
    assert [place.key for place in town.place if place.box] == ["box-foyer"]
    assert len(town.street) > 10


def test_no_card_finds_anything_in_a_town_that_says_nothing_of_it(tmp_path: Path) -> None:
    assert read_town(MUSTERSTADT).identify.card
    silent = tmp_path / "town.toml"
    text = MUSTERSTADT.read_text(encoding="utf-8")
    silent.write_text(text.replace("[identify]\ncard = true\n", ""), encoding="utf-8")
    assert not read_town(silent).identify.card


def test_musterstadt_knows_when_its_counter_closes() -> None:
    town = read_town(MUSTERSTADT)
    tuesday = datetime(2026, 6, 16, 10, 24, tzinfo=town.zone)
    assert str(town.counter.open_until(tuesday)) == "16:00:00"
    assert town.counter.open_until(tuesday.replace(hour=16)) is None
    assert town.counter.open_until(tuesday.replace(day=14)) is None
    counter_5 = town.place_named("counter-5")
    assert counter_5 is not None
    assert str(counter_5.open_until(tuesday.replace(hour=13))) == "16:00:00"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('main_place = "counter-3"', 'main_plase = "counter-3"', 'did you mean "main_place"'),
        ('main_place = "counter-3"', 'main_place = "counter-9"', "names no"),
        ('key = "08999001"', 'key = "8999001"', "eight digits"),
        ('authority = "L01X"', 'authority = "AEIO"', "four characters"),
        ('time_zone = "Europe/Berlin"', 'time_zone = "Mars/Crater"', "time_zone"),
        ('short = "MS"', 'short = "M1"', "two to four letters"),
        ("\ncard = true", '\ncard = "yes"', "identify.card: bool is expected"),
        ("\ncard = true", "\ncards = true", 'did you mean "card"'),
        ('phone = "09999 115-0"', "", '"phone" is missing'),
        ("[town]", "[town", "is not TOML"),
        ('name = "Musterstadt"', "name = 7", "town.name: str is expected"),
        ('name = "Schalter 3"', f'name = "{"x" * 81}"', "place[0]: name is longer than 80"),
        ('name = "Schalter 3"', 'name = ""', "place[0]: name is empty"),
        ("\nbox = true", "\nbox = 1", "place[2].box: bool is expected"),
        ('open = ["mon 08:00-12:00", "wed', 'open = [1, "wed', "place[3].open[0]: str is expected"),
        ("mon 08:00-16:00", "mo 08:00-16:00", "not a day and its hours"),
        ("mon 08:00-16:00", "mon 8-16", "not a day and its hours"),
        ("mon 08:00-16:00", "", "not a day and its hours"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = MUSTERSTADT.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "town.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadSettings) as caught:
        read_town(path)
    assert said in str(caught.value)
