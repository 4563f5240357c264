"""The town as the kiosk knows it: name, key, places and when they are open. Read once from `town/*.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from central_office.contract.letter_code import TownKey
from kiosk_app.tables import read_file, read_table
from screens.surroundings import OtherPlace

if TYPE_CHECKING:
    from pathlib import Path

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class PlaceTable:
    """`[[place]]` of the town file: where citizens are helped.

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
        for line in self.open:
            _spans(line)

    def open_until(self, now: datetime) -> time | None:
        """When it closes today, if it is open now or later today."""
        today = _DAYS[now.weekday()]
        ends = [end for line in self.open if line.split()[0] == today for _, end in _spans(line) if end > now.time()]
        return max(ends, default=None)

    def seen_from(self, now: datetime, language: str) -> OtherPlace:
        """The place as a page names it."""
        german = language == "de"
        return OtherPlace(
            name=self.name if german else self.name_en or self.name,
            way=self.way if german else self.way_en or self.way,
            open_until=self.open_until(now),
        )


@dataclass(frozen=True)
class StreetTable:
    """`[[street]]` of the town file: a street and its district; `numbers` limits it to some house numbers."""

    name: str
    district: str
    numbers: str = ""


@dataclass(frozen=True)
class TownTable:
    """`[town]` of the town file."""

    key: str
    name: str
    main_place: str
    short: str = ""
    office: str = ""
    street: str = ""
    postcode: str = ""
    phone: str = ""
    website: str = ""
    time_zone: str = "Europe/Berlin"
    languages: tuple[str, ...] = ("de", "en")
    authority: str = ""


@dataclass(frozen=True)
class Town:
    """One town: who it is, where else citizens are helped, and its clock."""

    town: TownTable
    place: tuple[PlaceTable, ...]
    street: tuple[StreetTable, ...] = ()

    def __post_init__(self) -> None:
        if len(self.town.key) != 8 or not self.town.key.isdigit():
            raise ValueError(f'the town\'s key has eight digits, not "{self.town.key}"')
        if self.town.main_place not in {place.key for place in self.place}:
            raise ValueError(f'main_place "{self.town.main_place}" is not the key of any [[place]]')
        try:
            ZoneInfo(self.town.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f'time_zone "{self.town.time_zone}" is not known') from None

    @property
    def key(self) -> TownKey:
        """The town's official key."""
        return TownKey(self.town.key)

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
    """Read a town file.

    Raises:
        BadSettings: it is missing, is no TOML, or says something that cannot be used.
    """
    return read_table(Town, read_file(path), str(path))


def _spans(line: str) -> list[tuple[time, time]]:
    day, *spans = line.split()
    if day not in _DAYS or not spans:
        raise ValueError(f'"{line}" is not a day and its hours, such as "mon 08:00-12:00"')
    try:
        pairs = [span.split("-") for span in spans]
        return [(time.fromisoformat(start), time.fromisoformat(end)) for start, end in pairs]
    except ValueError:
        raise ValueError(f'"{line}" is not a day and its hours, such as "mon 08:00-12:00"') from None
