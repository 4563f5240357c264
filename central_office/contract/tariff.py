"""The town's tariff of bags: what is sold, what is free against a voucher, and what costs how much from which day on.

Read from one file that lies beside the town's own (`town/NAME.toml` has `town/NAME-tariff.toml`); the office adds the
prices that staff set and publishes all of it, kiosks get it as `tariff.toml` of their configuration. Money is whole
cents. Bags of the municipal waste collection are paid for with a fee, without value added tax. A price that has begun
is never changed: a new one gets a later day.
"""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from central_office.contract.sale_words import MAX_CENTS, MAX_PIECES
from central_office.contract.tables import read_file, read_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FILE_NAME: Final = "tariff.toml"
"""What it is called in a kiosk's configuration."""
MAX_PRODUCTS: Final = 12
MAX_PRICES: Final = 400
_KEY = re.compile(r"[a-z][a-z0-9_]{0,23}")
MAX_PACKS: Final = 20
MAX_PACK: Final = 999
_ARTICLE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_PACK = re.compile(r"[0-9A-Za-z.-]{4,40}")
_NOTE = 240


class Picture(StrEnum):
    """How a bag is drawn."""

    GREY = "grey"
    BROWN = "brown"
    YELLOW = "yellow"


@dataclass(frozen=True)
class Pack:
    """A pack of bags as it is bought: the code that is printed on it, an EAN most often, and its pieces."""

    code: str
    pieces: int

    def __post_init__(self) -> None:
        if not _PACK.fullmatch(self.code):
            raise ValueError(f'"{self.code}" is no code of a pack: 4 to 40 letters, digits, dots and hyphens')
        if not 1 <= self.pieces <= MAX_PACK:
            raise ValueError(f'pack "{self.code}": pieces is 1 to {MAX_PACK}')


@dataclass(frozen=True)
class Product:
    """`[[product]]`: what a citizen chooses; `article` is what lies in the dispenser's columns.

    `size` says more than `litres` can, such as "roll of 5". `free`: given out against a voucher alone, for nothing.
    `dated`: a bag is good in the year that is printed on it alone; else a column of any year will do. `low`: fewer
    pieces in one kiosk call for a refill. `most`: pieces in one sale. `packs`: what staff may scan when refilling.
    """

    key: str
    name: str
    article: str
    litres: int
    name_en: str = ""
    size: str = ""
    size_en: str = ""
    picture: Picture = Picture.GREY
    free: bool = False
    dated: bool = True
    low: int = 5
    most: int = 10
    packs: tuple[Pack, ...] = ()

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise ValueError(f'"{self.key}" is no key: small letters, digits and underscores, at most 24')
        if not _ARTICLE.fullmatch(self.article):
            raise ValueError(f'product "{self.key}": article is a short key such as residual-60')
        _bound(f'product "{self.key}"', 60, self.name, self.name_en, self.size, self.size_en)
        if not self.name:
            raise ValueError(f'product "{self.key}" needs a name')
        if len(self.packs) > MAX_PACKS:
            raise ValueError(f'product "{self.key}": at most {MAX_PACKS} packs')
        if not 1 <= self.litres <= 1100 or not 0 <= self.low <= 999 or not 1 <= self.most <= MAX_PIECES:
            raise ValueError(f'product "{self.key}": litres is 1 to 1100, low 0 to 999, most 1 to {MAX_PIECES}')

    def called(self, language: str) -> str:
        """The name in that language; every language but German reads the English one."""
        return self.name if language == "de" else self.name_en or self.name

    def sized(self, language: str) -> str:
        """What is said of the size besides litres, "" for nothing."""
        return self.size if language == "de" else self.size_en or self.size


@dataclass(frozen=True)
class Price:
    """`[[price]]`: cents for a piece of a product from a day on."""

    product: str
    valid_from: date
    cents: int

    def __post_init__(self) -> None:
        if not 1 <= self.cents <= MAX_CENTS:
            raise ValueError(f'price of "{self.product}": cents is 1 to {MAX_CENTS}')
        if not 2000 <= self.valid_from.year < 2200:
            raise ValueError(f'price of "{self.product}": valid_from is no day from 2000 on')


@dataclass(frozen=True)
class FeeNote:
    """`[fee_note]`: what stands on a receipt; `text` says by which statute, and why there is no tax.

    `on_page` is the sentence above the bags, such as what the price includes.
    """

    title: str = "Gebührenquittung"
    title_en: str = "Receipt for a fee"
    text: str = "Gebühr nach Satzung, ohne Umsatzsteuer."
    text_en: str = "Municipal fee, no value added tax."
    on_page: str = ""
    on_page_en: str = ""

    def __post_init__(self) -> None:
        _bound("fee_note", _NOTE, *(getattr(self, one.name) for one in dataclasses.fields(self)))

    def titled(self, language: str) -> str:
        """The receipt's title in that language."""
        return self.title if language == "de" else self.title_en or self.title

    def says(self, language: str) -> str:
        """The note in that language."""
        return self.text if language == "de" else self.text_en or self.text

    def page(self, language: str) -> str:
        """The sentence above the bags in that language, "" for none."""
        return self.on_page if language == "de" else self.on_page_en or self.on_page


@dataclass(frozen=True)
class Tariff:
    """All of one town's tariff."""

    product: tuple[Product, ...]
    price: tuple[Price, ...] = ()
    fee_note: FeeNote = field(default_factory=FeeNote)

    def __post_init__(self) -> None:
        keys = [one.key for one in self.product]
        if not 1 <= len(keys) <= MAX_PRODUCTS or len(self.price) > MAX_PRICES:
            raise ValueError(f"there are 1 to {MAX_PRODUCTS} products and at most {MAX_PRICES} prices")
        if (twice := next((key for key in keys if keys.count(key) > 1), None)) is not None:
            raise ValueError(f'[[product]] "{twice}" is there twice')
        articles = [one.article for one in self.product]
        if (twice := next((key for key in articles if articles.count(key) > 1), None)) is not None:
            raise ValueError(f'two products have the article "{twice}": a column would not know what it sells')
        codes = [pack.code for one in self.product for pack in one.packs]
        if (twice := next((code for code in codes if codes.count(code) > 1), None)) is not None:
            raise ValueError(f'the pack "{twice}" is there twice: nobody would know which bags are in it')
        days: set[tuple[str, date]] = set()
        for one in self.price:
            sold = self.named(one.product)
            if sold is None or sold.free:
                raise ValueError(f'[[price]] of "{one.product}": no such product is sold')
            if (one.product, one.valid_from) in days:
                raise ValueError(f'[[price]] of "{one.product}" is there twice for {one.valid_from}')
            days.add((one.product, one.valid_from))

    def named(self, key: str) -> Product | None:
        """The product with this key."""
        return next((one for one in self.product if one.key == key), None)

    def packed(self, code: str) -> tuple[Product, Pack] | None:
        """Whose pack has this code, and how many are in it."""
        found = ((one, pack) for one in self.product for pack in one.packs if pack.code == code)
        return next(found, None)

    def holding(self, article: str) -> Product | None:
        """The product whose bags these are."""
        return next((one for one in self.product if one.article == article), None)


def price(tariff: Tariff, product: Product, day: date) -> int | None:
    """Cents for a piece on that day of the town; 0 for what is free, None if it is not sold yet."""
    if product.free:
        return 0
    begun = [one for one in tariff.price if one.product == product.key and one.valid_from <= day]
    return max(begun, key=lambda one: one.valid_from).cents if begun else None


def sold_on(tariff: Tariff, day: date) -> tuple[Product, ...]:
    """The products that can be had on that day, free ones among them, in the order of the file."""
    return tuple(one for one in tariff.product if price(tariff, one, day) is not None)


def tariff_year(day: date) -> int:
    """The year that is printed on a bag that is sold on that day: tariffs change at New Year."""
    return day.year


def years_of(product: Product, day: date, lying: Iterable[int]) -> tuple[int, ...]:
    """Which of the years that lie in columns may be given out on that day, the one to be emptied first."""
    return tuple(sorted({year for year in lying if not product.dated or year == tariff_year(day)}))


def written(tariff: Tariff) -> str:
    """The text of a file that reads as this tariff."""
    lines = ["[fee_note]", *_lines(tariff.fee_note)]
    for product in tariff.product:
        lines += ["", "[[product]]", *_lines(product)]
    for one in tariff.price:
        lines += ["", "[[price]]", *_lines(one)]
    return "\n".join(lines) + "\n"


def read_tariff(path: Path) -> Tariff:
    """Read a town's tariff.

    Raises:
        BadSettings: it is missing, is no TOML, or says something that cannot be used; the text says where.
    """
    return read_table(Tariff, read_file(path), str(path))


def tariff_beside(town: Path) -> Path:
    """Where the tariff lies, seen from the town's file; a town without bags has none."""
    return town.with_name(f"{town.stem}-tariff.toml")


def _lines(row: Product | Price | FeeNote) -> list[str]:
    said = ((one.name, getattr(row, one.name)) for one in dataclasses.fields(row))
    # Kiosks of an earlier release know no packs: a tariff without any must stay one that they can read.
    return [f"{name} = {_toml(value)}" for name, value in said if value != ()]


def _toml(value: object) -> str:
    # JSON's strings, numbers and booleans are TOML's too, as long as no control character is among them (see `_bound`).
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(one) for one in value)}]"
    if isinstance(value, Pack):
        return f"{{ code = {_toml(value.code)}, pieces = {value.pieces} }}"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def _bound(where: str, limit: int, *texts: str) -> None:
    for text in texts:
        if len(text) > limit or not all(character.isprintable() for character in text):
            raise ValueError(f"{where}: a text is longer than {limit} characters, or not of one line")
