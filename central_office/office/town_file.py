"""A town's file: its name and key, the places where documents wait, its streets.

The kiosk reads the same file with a reader of its own; what stands here is what the office needs.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from central_office.contract.document_number import ALPHABET
from central_office.contract.letter_code import TownKey

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_TOWN_KEYS = {
    "key", "name", "office", "street", "postcode", "phone", "website", "time_zone", "languages", "main_place",
    "authority", "short",
}  # fmt: skip
_PLACE_KEYS = {"key", "name", "name_en", "way", "way_en", "open", "box"}
_STREET_KEYS = {"name", "district", "numbers"}


class BadTownFile(ValueError):
    """The town's file cannot be used; the sentence says where and what to do."""


@dataclass(frozen=True)
class PlaceEntry:
    """A place of the town, as its file has it; `open` is one line per day."""

    key: str
    name: str
    way: str
    open: tuple[str, ...]
    box: bool = False


@dataclass(frozen=True)
class TownFile:
    """What the office needs of a town's file."""

    key: TownKey
    name: str
    short: str
    office: str
    street: str
    postcode: str
    phone: str
    website: str
    time_zone: ZoneInfo
    main_place: str
    authority: str
    places: tuple[PlaceEntry, ...]
    streets: tuple[str, ...]


def read(path: Path) -> TownFile:
    """Read a town's file.

    Raises:
        BadTownFile: no such file, no TOML, a key that nobody knows, a value that cannot be.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadTownFile(f"{path}: cannot be read ({error.strerror}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadTownFile(f"{path}: {error}") from error
    refuse_unknown(tables, {"town", "place", "street"}, str(path), allow_tables=True)
    town = tables.get("town", {})
    refuse_unknown(town, _TOWN_KEYS, f"{path} [town]")
    for table, known in (("place", _PLACE_KEYS), ("street", _STREET_KEYS)):
        for count, entry in enumerate(tables.get(table, []), start=1):
            refuse_unknown(entry, known, f"{path} [[{table}]] number {count}")
    where = f"{path} [town]"
    try:
        zone = ZoneInfo(_text(town, "time_zone", 40, where))
    except (ZoneInfoNotFoundError, OSError, ValueError) as error:
        if isinstance(error, BadTownFile):
            raise
        raise BadTownFile(f"{where}: time_zone is not known; an example is Europe/Berlin.") from error
    result = TownFile(
        key=TownKey(_text(town, "key", 8, where)),
        name=_text(town, "name", 80, where),
        short=_text(town, "short", 4, where),
        office=_text(town, "office", 80, where),
        street=_text(town, "street", 80, where),
        postcode=_text(town, "postcode", 10, where),
        phone=_text(town, "phone", 40, where),
        website=_text(town, "website", 120, where),
        time_zone=zone,
        main_place=_text(town, "main_place", 40, where),
        authority=_text(town, "authority", 4, where),
        places=tuple(
            _place(place, f"{path} [[place]] number {count}") for count, place in enumerate(tables.get("place", []), 1)
        ),
        streets=tuple(
            dict.fromkeys(
                _text(street, "name", 80, f"{path} [[street]] number {count}")
                for count, street in enumerate(tables.get("street", []), 1)
            )
        ),
    )
    if len(result.key) != 8 or not result.key.isdigit():
        raise BadTownFile(f"{path}: [town] key must be the eight digits of the AGS.")
    if not 2 <= len(result.short) <= 4 or not (result.short.isascii() and result.short.isalpha()):
        raise BadTownFile(f"{path}: [town] short must be two to four letters.")
    if len(result.authority) != 4 or not set(result.authority) <= set(ALPHABET):
        raise BadTownFile(f"{path}: [town] authority must be four characters of {ALPHABET}.")
    if result.main_place not in {place.key for place in result.places}:
        raise BadTownFile(f"{path}: [town] main_place names no [[place]].")
    return result


def _place(place: Mapping[str, Any], where: str) -> PlaceEntry:
    opening, box = place.get("open", []), place.get("box", False)
    if not isinstance(opening, list) or not all(isinstance(line, str) for line in opening):
        raise BadTownFile(f'{where}: open must be a list of lines such as "mon 08:00-16:00".')
    if not isinstance(box, bool):
        raise BadTownFile(f"{where}: box must be true or false.")
    way = _text(place, "way", 120, where) if "way" in place else ""
    return PlaceEntry(_text(place, "key", 40, where), _text(place, "name", 80, where), way, tuple(opening), box)


def _text(table: Mapping[str, Any], key: str, limit: int, where: str) -> str:
    value = table.get(key)
    if value is None:
        raise BadTownFile(f"{where}: the key {key!r} is missing.")
    if not isinstance(value, str) or not 0 < len(value) <= limit:
        raise BadTownFile(f"{where}: {key} must be a text of 1 to {limit} characters.")
    return value


def refuse_unknown(table: Mapping[str, Any], known: set[str], where: str, *, allow_tables: bool = False) -> None:
    """Refuse a key that nobody knows, naming the nearest one.

    Raises:
        BadTownFile: such a key.
    """
    for key, value in table.items():
        if key in known:
            continue
        if allow_tables and isinstance(value, dict | list):
            continue  # other readers' tables: the kiosk has its own
        near = difflib.get_close_matches(key, known, n=1, cutoff=0.4)
        hint = f" Did you mean {near[0]!r}?" if near else f" Known are {', '.join(sorted(known))}."
        raise BadTownFile(f"{where}: unknown key {key!r}.{hint}")
