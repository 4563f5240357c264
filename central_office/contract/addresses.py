"""Finding an address of the town: a street as a citizen types it, typos and all, and the district of a house number.

Nothing is guessed. A street is one that the citizen chose from what was found; a house number lies in a range of the
town's file, or it does not and that is said; if it lies in two districts, the citizen is asked.

A street counts once per part of town, because villages that joined a town brought their own Bahnhofstraße.
"""

from __future__ import annotations

import csv
import heapq
import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from central_office.contract.tables import BadSettings
from central_office.contract.town import StreetTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from central_office.contract.town import Town

LONGEST: Final = 80
"""Characters of a search that are looked at."""

_SAME: Final = (("ß", "ss"), ("ä", "a"), ("ö", "o"), ("ü", "u"), ("ae", "a"), ("oe", "o"), ("ue", "u"))
_NOT_LETTERS: Final = re.compile(r"[\W_]+")
_HOUSE: Final = re.compile(r"(\d{1,4})\s*([a-z]?)(?:\s*/\s*\w{1,4}|\s*[-\u2013+]\s*(\d{1,4})\s*([a-z]?))?")
_RANGE: Final = re.compile(r"(?:(odd|even)\s+)?(\d{1,4})\s*([a-z]?)(?:\s*-\s*(\d{1,4})\s*([a-z]?))?")
_HALF_A_STREET: Final = re.compile("stras{0,2}$")
_LAST_LETTER: Final = "{"  # behind z: a range that ends in a bare number holds that number with every letter


def folded(text: str) -> str:
    """A text without what people write in different ways: capitals, accents, umlauts, spaces, punctuation."""
    text = text.casefold()
    for written, same in _SAME:
        text = text.replace(written, same)
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return _NOT_LETTERS.sub("", plain)


def _street_key(text: str) -> str:
    return folded(text).replace("strasse", "str")


@dataclass(frozen=True, order=True)
class Street:
    """A street in a part of town; `part` is empty where the name alone is enough."""

    name: str
    part: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.part})" if self.part else self.name


@dataclass(frozen=True)
class Suggestions:
    """Streets that fit what was typed, best first; `more`: others fit as well; `sure`: no typo was assumed."""

    streets: tuple[Street, ...]
    more: bool = False
    sure: bool = True


@dataclass(frozen=True)
class Located:
    """An address and the district it lies in, as the town's file calls it; `checked` if the file knows its numbers."""

    street: Street
    house: str
    district: str
    checked: bool


@dataclass(frozen=True)
class Ambiguous:
    """The number lies in several districts by the town's file: ask which."""

    street: Street
    house: str
    districts: tuple[str, ...]


@dataclass(frozen=True)
class NoSuchHouse:
    """The street has no such number, or what was typed is none; `known` are the street's numbers as in the file."""

    street: Street
    known: tuple[str, ...]
    readable: bool


@dataclass(frozen=True)
class _Range:
    """Some house numbers of one street; `None` as `parity` means both sides."""

    first: tuple[int, str]
    last: tuple[int, str]
    parity: int | None

    def holds(self, house: tuple[int, str]) -> bool:
        return self.first <= house <= self.last and self.parity in {None, house[0] % 2}


@dataclass(frozen=True)
class _Stretch:
    """A street's entry: its numbers (None: all) and their district."""

    ranges: tuple[_Range, ...] | None
    district: str
    text: str


class AddressBook:
    """The town's streets, made ready for searching; it never changes."""

    def __init__(self, streets: Iterable[StreetTable]) -> None:
        """Make the index.

        Raises:
            BadSettings: an entry's house numbers cannot be understood.
        """
        self._stretches: dict[Street, list[_Stretch]] = {}
        for entry in streets:
            self._stretches.setdefault(Street(entry.name, entry.part), []).append(
                _Stretch(_ranges(entry), entry.district, entry.numbers)
            )
        named = sorted((_street_key(street.name), street) for street in self._stretches)
        self._streets = [street for _, street in named]
        self._lengths = [len(key) for key, _ in named]
        self._whole = _Keys([(key, place) for place, (key, _) in enumerate(named)])
        self._inner = _Keys([(key, place) for place, (_, street) in enumerate(named) for key in _inner_keys(street)])

    @property
    def streets(self) -> tuple[Street, ...]:
        """All streets, by name."""
        return tuple(self._streets)

    def __len__(self) -> int:
        return len(self._streets)

    def search(self, text: str, limit: int = 6) -> Suggestions:
        """The streets that begin like `text`, or have a word that does; with a typo or two if none does."""
        # "Talstraß" is on its way to "Talstraße", whose key ends in "str".
        wanted = _HALF_A_STREET.sub("str", _street_key(text[:LONGEST]))
        if not wanted:
            return Suggestions((), more=bool(self._streets))
        found = self._beginning(wanted, limit + 1)
        if found:
            return Suggestions(tuple(found[:limit]), more=len(found) > limit)
        found = self._like(wanted, limit + 1)
        return Suggestions(tuple(found[:limit]), more=len(found) > limit, sure=False)

    def locate(self, street: Street, house: str) -> Located | Ambiguous | NoSuchHouse:
        """The district of a house number, "14", "14 a" or "14-16"; an unknown street has no houses."""
        stretches = self._stretches.get(street, [])
        known = tuple(one.text for one in stretches if one.text)
        read = _HOUSE.fullmatch(house.strip().casefold())
        if read is None:
            return NoSuchHouse(street, known, readable=False)
        number, letter, to, to_letter = read.groups()
        ends = [(int(number), letter)] + ([(int(to), to_letter or "")] if to else [])
        spoken = _spoken(house)
        found: dict[str, bool] = {}
        for end in ends:
            fitting = [
                one for one in stretches if one.ranges is not None and any(single.holds(end) for single in one.ranges)
            ] or [one for one in stretches if one.ranges is None]
            if not fitting:
                return NoSuchHouse(street, known, readable=True)
            found.update({one.district: one.ranges is not None for one in fitting})
        if len(found) > 1:
            return Ambiguous(street, spoken, tuple(sorted(found)))
        ((district, checked),) = found.items()
        return Located(street, spoken, district, checked)

    def _beginning(self, wanted: str, limit: int) -> list[Street]:
        """Streets of exactly that name first, then those that begin so, then those with a word that does."""
        found = dict.fromkeys(self._whole.beginning(wanted, limit))
        if len(found) < limit:
            found.update(dict.fromkeys(self._inner.beginning(wanted, 2 * limit)))
        return [self._streets[place] for place in list(found)[:limit]]

    def _like(self, wanted: str, limit: int) -> list[Street]:
        """Streets of which a beginning of about that length, or a word's, is at most some typos away."""
        most = 0 if len(wanted) < 3 else 1 if len(wanted) < 6 else 2 if len(wanted) < 10 else 3
        best: dict[int, tuple[int, int]] = {}
        for keys in (self._whole, self._inner) if most else ():
            for typos, place in keys.like(wanted, most):
                rank = (typos, abs(self._lengths[place] - len(wanted)))
                best[place] = min(best.get(place, rank), rank)
        nearest = heapq.nsmallest(limit, ((rank, place) for place, rank in best.items()))
        return [self._streets[place] for _, place in nearest]


class _Keys:
    """Sorted keys and whose they are; those that begin alike lie together."""

    def __init__(self, pairs: list[tuple[str, int]]) -> None:
        pairs.sort()
        self._keys = [key for key, _ in pairs]
        self._places = [place for _, place in pairs]
        self._begun: dict[int, tuple[list[str], list[int]]] = {}

    def beginning(self, wanted: str, limit: int) -> Iterator[int]:
        """The places of at most `limit` keys that begin so, in their order."""
        start = bisect_left(self._keys, wanted)
        for at in range(start, min(start + limit, len(self._keys))):
            if not self._keys[at].startswith(wanted):
                break
            yield self._places[at]

    def like(self, wanted: str, most: int) -> Iterator[tuple[int, int]]:
        """How many typos away, and the place, of each key that begins with something like `wanted`."""
        for length in (len(wanted), len(wanted) + 1, len(wanted) - 1):
            beginnings, starts = self._beginnings(length)
            hits = process.extract(
                wanted, beginnings, scorer=OSA.distance, processor=None, limit=None, score_cutoff=most
            )
            for _, typos, at in hits:
                for place in self._places[starts[at] : starts[at + 1]]:
                    yield int(typos), place

    def _beginnings(self, length: int) -> tuple[list[str], list[int]]:
        """The first `length` characters of the keys, each once, and where they start; made when first asked for."""
        made = self._begun.get(length)
        if made is None:
            beginnings: list[str] = []
            starts: list[int] = []
            last = None
            for at, key in enumerate(self._keys):
                begun = key[:length]
                if begun != last:
                    beginnings.append(begun)
                    starts.append(at)
                    last = begun
            made = self._begun[length] = (beginnings, [*starts, len(self._keys)])
        return made


def address_book(town: Town, file: Path | None) -> AddressBook:
    """The streets that the town's own file names, and those of its file of streets, if there is one.

    Raises:
        BadSettings: one of the files cannot be used.
    """
    more = read_streets(file) if file is not None and file.exists() else ()
    return AddressBook((*town.street, *more))


def read_streets(path: Path) -> tuple[StreetTable, ...]:
    """The streets of a CSV file: `street`, `district`, and if there are any `numbers` and `part`; `;` between them.

    Raises:
        BadSettings: it is missing or cannot be used; the text says where.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, delimiter=";")
            lacking = {"street", "district"} - set(rows.fieldnames or ())
            if lacking:
                raise BadSettings(f'{path}: the column "{min(lacking)}" is missing')
            found = []
            for row in rows:
                try:
                    found.append(
                        StreetTable(
                            (row["street"] or "").strip(),
                            (row["district"] or "").strip(),
                            (row.get("numbers") or "").strip(),
                            (row.get("part") or "").strip(),
                        )
                    )
                except ValueError as error:
                    raise BadSettings(f"{path}, line {rows.line_num}: {error}") from error
            return tuple(found)
    except FileNotFoundError:
        raise BadSettings(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadSettings(f"{path}: cannot be read: {error}") from error


def _inner_keys(street: Street) -> Iterator[str]:
    """A street's name from each later word on: people look for "Hafen" and mean "Am Hafen"."""
    words = street.name.split()
    for first in range(1, len(words)):
        rest = _street_key(" ".join(words[first:]))
        if len(rest) >= 3:
            yield rest


def _ranges(entry: StreetTable) -> tuple[_Range, ...] | None:
    if not entry.numbers:
        return None
    made = []
    for part in entry.numbers.casefold().split(","):
        read = _RANGE.fullmatch(part.strip())
        if read is None:
            raise BadSettings(f'{entry.name}: "{part.strip()}" is no house numbers such as "1-40", "odd 1-39" or "12a"')
        side, first, first_letter, last, last_letter = read.groups()
        start = (int(first), first_letter)
        end = (int(last), last_letter or _LAST_LETTER) if last else (int(first), first_letter or _LAST_LETTER)
        made.append(_Range(start, end, None if side is None else int(side == "odd")))
    return tuple(made)


def _spoken(house: str) -> str:
    """A house number as it is written: 14a, 14-16."""
    return re.sub(r"\s+", "", house.casefold()).replace("\u2013", "-")
