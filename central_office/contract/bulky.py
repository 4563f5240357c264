"""The town's rules for bulky waste, read from one file that office and kiosk share.

What is collected, how much of it, when, and at what price. The file lies beside the town's own (`town/NAME.toml` has
`town/NAME-waste.toml`); kiosks get it as `waste.toml` of their configuration. Volumes are whole litres (1000 to a
cubic metre), weights kilograms, lengths centimetres, money cents. What follows from the rules: `bulky_days` (when, at
what price), `bulky_orders` (what is said up and down the line), `bulky_codes` (numbers, codes, vouchers).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from central_office.contract.capacity import Resource
from central_office.contract.tables import read_file, read_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
GAUGE_BLOCKS: Final = 10
_KEY = re.compile(r"[a-z][a-z0-9_]{0,23}")


class OrderKind(StrEnum):
    """Two lorries, two orders: electrical goods never travel with bulky waste. The value begins a resource's key."""

    BULKY = "bulky"
    ELECTRICAL = "electrical"


class FeeKind(StrEnum):
    """What may cost something."""

    EXTRA = "extra"
    EXPRESS = "express"


@dataclass(frozen=True)
class Named:
    """Words of the town: German always, English where it has them."""

    key: str
    name: str
    name_en: str = ""

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise ValueError(f'"{self.key}" is no key: small letters, digits and underscores, at most 24')
        if not self.name or len(self.name) > 60 or len(self.name_en) > 60:
            raise ValueError(f'"{self.key}" needs a name of at most 60 characters')

    def called(self, language: str) -> str:
        """The name in that language; every language but German reads the English one."""
        return self.name if language == "de" else self.name_en or self.name


@dataclass(frozen=True)
class Item(Named):
    """`[[item]]`: a piece that can be ordered; `litres`, `kg` and `cm` (longest side) are those of one usual piece.

    `icon` is a Material Symbols name; `most` the pieces of it in one order, 0 for no limit of its own.
    """

    many: str = ""
    many_en: str = ""
    icon: str = "recycling"
    litres: int = 0
    kg: int = 0
    cm: int = 0
    most: int = 0
    order: OrderKind = OrderKind.BULKY

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.litres <= 20_000 or self.kg < 0 or self.cm < 0 or not 0 <= self.most <= 99:
            raise ValueError(f'item "{self.key}": litres is 1 to 20000, most 0 to 99, kg and cm are not negative')

    def counted(self, count: int, language: str) -> str:
        """Such as "2 mattresses"."""
        several = self.many if language == "de" else self.many_en or self.many
        word = self.called(language) if count == 1 or not several else several
        # On a tile a word stands alone and is written large; in a list only German does so.
        return f"{count} {word if language == 'de' else word[:1].lower() + word[1:]}"


@dataclass(frozen=True)
class Never(Named):
    """`[[never]]`: what is never bulky waste, why, and where it goes."""

    why: str = ""
    why_en: str = ""

    def because(self, language: str) -> str:
        """The reason and the way, in that language."""
        return self.why if language == "de" else self.why_en or self.why


@dataclass(frozen=True)
class District(Named):
    """`[[district]]`: on which weekdays it is collected, and how many litres a day fit into its lorry.

    `name` is what the streets' file calls it. `electrical_litres = 0`: electrical goods are not collected there.
    """

    days: tuple[str, ...] = WEEK[:5]
    litres: int = 40_000
    electrical_litres: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.days or not set(self.days) <= set(WEEK):
            raise ValueError(f'district "{self.key}": days are some of {", ".join(WEEK)}')

    def capacity(self, kind: OrderKind) -> int:
        """Litres a day."""
        return self.litres if kind is OrderKind.BULKY else self.electrical_litres


@dataclass(frozen=True)
class Limits:
    """`[limits]`: of one order, and of one piece; 0 means that there is none."""

    order_litres: int = 5000
    order_kg: int = 0
    order_pieces: int = 20
    piece_kg: int = 70
    piece_cm: int = 200

    def __post_init__(self) -> None:
        if self.order_litres < 1 or not 1 <= self.order_pieces <= 99:
            raise ValueError("order_litres is at least 1, order_pieces 1 to 99")


@dataclass(frozen=True)
class Quota:
    """`[quota]`: free pickups of one household in one calendar year, of both kinds together."""

    free_orders: int = 2


@dataclass(frozen=True)
class Fee:
    """`[[fee]]`: what a pickup beyond the quota (`extra`) or an early one (`express`) costs from a day on."""

    kind: FeeKind
    since: date
    cents: int

    def __post_init__(self) -> None:
        if not 0 <= self.cents <= 1_000_000:
            raise ValueError("cents is 0 to 1000000")


@dataclass(frozen=True)
class Closed:
    """`[[closed]]`: nobody works that day, such as a public holiday."""

    day: date
    reason: str = ""
    reason_en: str = ""


@dataclass(frozen=True)
class Moved:
    """`[[moved]]`: what would be collected on `day` is collected on `to`; all districts, or the one named."""

    day: date
    to: date
    reason: str = ""
    reason_en: str = ""
    district: str = ""

    def because(self, language: str) -> str:
        """Why, in that language."""
        return self.reason if language == "de" else self.reason_en or self.reason


@dataclass(frozen=True)
class Timing:
    """`[timing]`: working days before a pickup, how far ahead, when things go out, until when all can be changed.

    `express_days = 0`: no express. `put_out_from` is the evening before, `put_out_until` the morning itself.
    A pickup can be changed until `change_time` on the working day `change_days` before it.
    """

    lead_days: int = 5
    express_days: int = 0
    window_days: int = 60
    put_out_from: time = time(18)
    put_out_until: time = time(6)
    collected_by: time = time(18)
    change_days: int = 2
    change_time: time = time(12)

    def __post_init__(self) -> None:
        if not 1 <= self.window_days <= 366 or not 0 <= self.express_days <= self.lead_days or self.change_days < 0:
            raise ValueError("window_days is 1 to 366, express_days at most lead_days, change_days not negative")


@dataclass(frozen=True)
class Lending:
    """`[lending]`: capacity is counted in units of `unit_litres`; each kiosk holds `spare_litres` a day unasked.

    `few`: as many pickups of the citizen's size, or fewer, are called "few left".
    """

    unit_litres: int = 500
    spare_litres: int = 2500
    few: int = 3

    def __post_init__(self) -> None:
        if self.unit_litres < 1 or self.spare_litres < 0 or self.few < 1:
            raise ValueError("unit_litres and few are at least 1, spare_litres is not negative")


@dataclass(frozen=True)
class Consent:
    """`[consent]`: the sentence that the citizen agrees to; a new wording gets a new key."""

    key: str
    text: str
    text_en: str = ""

    def says(self, language: str) -> str:
        """The sentence in that language."""
        return self.text if language == "de" else self.text_en or self.text


@dataclass(frozen=True)
class WasteRules:
    """All of one town's file of bulky waste; `keep_days` after its pickup an order's address and name are deleted."""

    consent: Consent
    item: tuple[Item, ...]
    district: tuple[District, ...]
    never: tuple[Never, ...] = ()
    limits: Limits = Limits()
    quota: Quota = Quota()
    timing: Timing = Timing()
    lending: Lending = Lending()
    fee: tuple[Fee, ...] = ()
    closed: tuple[Closed, ...] = ()
    moved: tuple[Moved, ...] = ()
    keep_days: int = 30

    def __post_init__(self) -> None:
        for table, keys in (("item", self.item), ("district", self.district), ("never", self.never)):
            names = [one.key for one in keys]
            twice = next((name for name in names if names.count(name) > 1), None)
            if twice is not None:
                raise ValueError(f'[[{table}]] "{twice}" is there twice')
        for one in self.item:
            limit = self.limits
            if one.litres > limit.order_litres or (limit.piece_kg and one.kg > limit.piece_kg):
                raise ValueError(f'item "{one.key}" is more than [limits] allow')
            if limit.piece_cm and one.cm > limit.piece_cm:
                raise ValueError(f'item "{one.key}" is longer than [limits] allow')
        unknown = next((one for one in self.moved if one.district and self.district_of(one.district) is None), None)
        if unknown is not None:
            raise ValueError(f'[[moved]] names the district "{unknown.district}", which there is not')

    def of_kind(self, kind: OrderKind) -> tuple[Item, ...]:
        """The items of one kind of order, in the file's order."""
        return tuple(one for one in self.item if one.order is kind)

    def item_of(self, key: str) -> Item | None:
        """The item with this key."""
        return next((one for one in self.item if one.key == key), None)

    def district_of(self, name: str) -> District | None:
        """The district with this key, or with this name in the streets' file."""
        return next((one for one in self.district if name in {one.key, one.name}), None)

    def fee_on(self, kind: FeeKind, day: date) -> int | None:
        """Cents on that day; None if the town does not offer it then."""
        known = [one for one in self.fee if one.kind is kind and one.since <= day]
        return max(known, key=lambda one: one.since).cents if known else None

    def units(self, litres: int) -> int:
        """How many units of capacity so much takes."""
        return max(1, -(-litres // self.lending.unit_litres))


class Problem(StrEnum):
    """Why an order cannot be like this."""

    NOTHING = "nothing"
    UNKNOWN_ITEM = "unknown_item"
    MIXED = "mixed"
    TOO_MANY_OF_ONE = "too_many_of_one"
    TOO_MANY_PIECES = "too_many_pieces"
    TOO_BIG = "too_big"
    TOO_HEAVY = "too_heavy"


@dataclass(frozen=True)
class Gauge:
    """What the volume gauge shows: `filled` of `blocks`; `full` when the last block is."""

    litres: int
    limit: int
    kg: int
    pieces: int
    filled: int
    blocks: int = GAUGE_BLOCKS

    @property
    def full(self) -> bool:
        """Whether the last block is filled."""
        return self.filled >= self.blocks


def litres(rules: WasteRules, items: Mapping[str, int]) -> int:
    """The volume of all pieces; what the town does not know counts nothing (see `problem`)."""
    return sum(one.litres * items.get(one.key, 0) for one in rules.item)


def gauge(rules: WasteRules, items: Mapping[str, int]) -> Gauge:
    """Where the gauge stands; a piece always fills at least one block."""
    volume, limit = litres(rules, items), rules.limits.order_litres
    return Gauge(
        litres=volume,
        limit=limit,
        kg=sum(one.kg * items.get(one.key, 0) for one in rules.item),
        pieces=sum(items.values()),
        filled=min(GAUGE_BLOCKS, -(-volume * GAUGE_BLOCKS // limit)),
    )


def problem(rules: WasteRules, items: Mapping[str, int]) -> Problem | None:
    """What hinders these items from being one order; None if nothing does."""
    chosen = {key: count for key, count in items.items() if count > 0}
    if not chosen:
        return Problem.NOTHING
    found = [rules.item_of(key) for key in chosen]
    known = [one for one in found if one is not None]
    if len(known) < len(found):
        return Problem.UNKNOWN_ITEM
    if len({one.order for one in known}) > 1:
        return Problem.MIXED
    stand, limits = gauge(rules, chosen), rules.limits
    if any(one.most and chosen[one.key] > one.most for one in known):
        return Problem.TOO_MANY_OF_ONE
    if stand.pieces > limits.order_pieces:
        return Problem.TOO_MANY_PIECES
    if stand.litres > limits.order_litres:
        return Problem.TOO_BIG
    if limits.order_kg and stand.kg > limits.order_kg:
        return Problem.TOO_HEAVY
    return None


def one_more(rules: WasteRules, items: Mapping[str, int], key: str) -> Problem | None:
    """Why the plus key of an item is off; None if one more of it can be ordered."""
    return problem(rules, {**items, key: items.get(key, 0) + 1})


def resource(kind: OrderKind, district: District, day: date) -> Resource:
    """The capacity that a pickup of this kind takes from."""
    return Resource(key=f"{kind}.{district.key}", day=day)


def read_waste(path: Path) -> WasteRules:
    """Read a town's file of bulky waste.

    Raises:
        BadSettings: it is missing, is no TOML, or says something that cannot be used; the text says where.
    """
    return read_table(WasteRules, read_file(path), str(path))


def beside(town: Path) -> Path:
    """Where the file of bulky waste lies, seen from the town's file."""
    return town.with_name(f"{town.stem}-waste.toml")


def streets_beside(town: Path) -> Path:
    """Where the file of streets lies, seen from the town's file; a small town has none and names its streets there."""
    return town.with_name(f"{town.stem}-streets.csv")
