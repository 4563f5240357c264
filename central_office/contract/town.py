"""The town's file: who the town is, where citizens are helped and when, its streets. Both ends read the same one."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from central_office.contract.document_number import ALPHABET
from central_office.contract.letter_code import TownKey  # noqa: TC001 - `read_table` evaluates the hints
from central_office.contract.tables import read_file, read_table
from central_office.contract.values import value

if TYPE_CHECKING:
    from pathlib import Path

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LIMITS = {"key": 40, "name": 80, "name_en": 80, "way": 120, "way_en": 120, "office": 80, "street": 80, "postcode": 10}


@value
class PlaceTable:
    """`[[place]]`: where citizens are helped; `box`: where documents wait in compartments.

    `open` holds a line a day, such as "mon 08:00-12:00 14:00-16:00".
    """

    key: str
    name: str
    way: str = ""
    open: tuple[str, ...] = ()
    box: bool = False
    name_en: str = ""
    way_en: str = ""

    def __post_init__(self) -> None:
        _bound(self, "key", "name")
        for line in self.open:
            _spans(line)

    def open_until(self, now: datetime) -> time | None:
        """When it closes today, if it is open now or later today; `now` is the town's clock."""
        today = _DAYS[now.weekday()]
        ends = [end for line in self.open if line.split()[0] == today for _, end in _spans(line) if end > now.time()]
        return max(ends, default=None)


@value
class StreetTable:
    """`[[street]]`: a street and its district; `numbers` limits it to some house numbers.

    `part` is the part of town, where two streets have one name.
    """

    name: str
    district: str
    numbers: str = ""
    part: str = ""

    def __post_init__(self) -> None:
        _bound(self, "name")


@value
class TownTable:
    """`[town]`: who the town is, as it stands on letters and pages."""

    key: TownKey
    name: str
    short: str
    main_place: str
    office: str
    street: str
    postcode: str
    phone: str
    website: str
    authority: str
    time_zone: str = "Europe/Berlin"
    languages: tuple[str, ...] = ("de", "en")

    def __post_init__(self) -> None:
        _bound(self, "name", "office", "street", "postcode", "phone", "website")
        if len(self.key) != 8 or not (self.key.isascii() and self.key.isdigit()):
            raise ValueError("key must be the eight digits of the AGS")
        if not 2 <= len(self.short) <= 4 or not (self.short.isascii() and self.short.isalpha()):
            raise ValueError("short must be two to four letters")
        if len(self.authority) != 4 or not set(self.authority) <= set(ALPHABET):
            raise ValueError(f"authority must be four characters of {ALPHABET}")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, OSError, ValueError):
            raise ValueError("time_zone is not known; an example is Europe/Berlin") from None


class SecondFactor(StrEnum):
    """What a pickup code needs besides itself."""

    BIRTH_DATE = "birth_date"
    NONE = "none"


@value
class CollectTable:
    """`[collect]`: how documents are collected from compartments.

    `second_factor` is what is asked besides the code, `days` how long a document waits, `pin_letter` whether holders of
    identity cards are asked for their PIN letter, `four_eyes` whether a second employee has to confirm what was laid
    into a compartment at the kiosk before its code is given out.
    """

    second_factor: SecondFactor = SecondFactor.BIRTH_DATE
    days: int = 10
    pin_letter: bool = True
    four_eyes: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.days <= 90:
            raise ValueError("days must be from 1 to 90")


@value
class IdentifyTable:
    """`[identify]`: by what citizens may say who they are, besides letter and number.

    `card`: a holder's identity card finds her documents. Rows are then open to whoever has a kiosk's disk, its pepper,
    and somebody's name and birth date (docs/security.md).
    """

    card: bool = False


@value
class Town:
    """One town's file."""

    town: TownTable
    place: tuple[PlaceTable, ...]
    street: tuple[StreetTable, ...] = ()
    collect: CollectTable = field(default_factory=CollectTable)
    identify: IdentifyTable = field(default_factory=IdentifyTable)

    def __post_init__(self) -> None:
        if self.town.main_place not in {place.key for place in self.place}:
            raise ValueError(f'main_place "{self.town.main_place}" names no [[place]]')

    @property
    def key(self) -> TownKey:
        """The town's official key."""
        return self.town.key

    @property
    def zone(self) -> ZoneInfo:
        """The town's clock."""
        return ZoneInfo(self.town.time_zone)

    def place_named(self, key: str) -> PlaceTable | None:
        """The place with this key."""
        return next((place for place in self.place if place.key == key), None)

    @property
    def counter(self) -> PlaceTable:
        """The place named when nothing nearer is known."""
        return next(place for place in self.place if place.key == self.town.main_place)


def read_town(path: Path) -> Town:
    """Read a town's file.

    Raises:
        BadSettings: it is missing, is no TOML, or says something that cannot be used; the text says where.
    """
    return read_table(Town, read_file(path), str(path))


def _bound(table: object, *needed: str) -> None:
    for name, limit in _LIMITS.items():
        value = getattr(table, name, "")
        if len(value) > limit:
            raise ValueError(f"{name} is longer than {limit} characters")
        if name in needed and not value:
            raise ValueError(f"{name} is empty")


def _spans(line: str) -> list[tuple[time, time]]:
    day, *spans = line.split() or [""]
    if day not in _DAYS or not spans:
        raise ValueError(f'"{line}" is not a day and its hours, such as "mon 08:00-12:00"')
    try:
        pairs = [span.split("-") for span in spans]
        return [(time.fromisoformat(start), time.fromisoformat(end)) for start, end in pairs]
    except ValueError:
        raise ValueError(f'"{line}" is not a day and its hours, such as "mon 08:00-12:00"') from None
