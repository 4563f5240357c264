"""The town's tariff in the office's books: the file it came from, and the prices that staff set since.

A price whose day has come is never changed, neither by staff nor by a new file. Kiosks get file and prices as one text.
"""

from __future__ import annotations

import dataclasses
import tomllib
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db import transaction

from central_office.contract.tables import BadSettings, read_table
from central_office.contract.tariff import Price, Tariff
from central_office.office import escrow
from central_office.office.models import TariffFile, TariffPrice

if TYPE_CHECKING:
    from datetime import date, datetime

    from central_office.office.models import Town


class PriceRefused(ValueError):
    """This price cannot be set; `code` says why: `too_late`, `not_sold`, `no_such_price`, `no_price`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def take_in(town: Town, text: str, office_key: bytes, at: datetime, where: str = "tariff") -> Tariff:
    """Take the text of the file `where` into the books; prices that staff set stay.

    Raises:
        BadSettings: it cannot be used, or would change a price that has begun; the books stay as they were.
    """
    tariff = _read(text, where)
    today = escrow.today(town, at)
    with transaction.atomic():
        known = {(one.product, one.valid_from): one for one in TariffPrice.objects.select_for_update()}
        priced = {product for product, _ in known}
        for one in tariff.price:
            row = known.get((one.product, one.valid_from))
            if row is not None and row.cents == one.cents:
                continue
            begun = one.valid_from <= today
            if row is not None and (begun or row.set_by):
                raise BadSettings(
                    f'{where}: by the books "{one.product}" costs {row.cents} cents from {one.valid_from} on, '
                    f"not {one.cents}; {'a price that has begun' if begun else 'a price that staff set'} stays"
                )
            if row is None and begun and one.product in priced:
                raise BadSettings(
                    f'{where}: "{one.product}" had another price on {one.valid_from}; a new price needs a later day'
                )
            TariffPrice.objects.update_or_create(
                product=one.product, valid_from=one.valid_from, defaults={"cents": one.cents, "set_at": at}
            )
        TariffFile.objects.update_or_create(
            town=town, defaults={"text": text, "office_key": office_key.hex(), "taken_at": at}
        )
    return tariff


def forget(town: Town) -> None:
    """The town has no tariff any more; its prices stay in the books."""
    TariffFile.objects.filter(town=town).delete()


def tariff_of(town: Town) -> Tariff | None:
    """File and prices as kiosks get them; None for a town that sells nothing."""
    text = TariffFile.objects.filter(town=town).values_list("text", flat=True).first()
    if text is None:
        return None
    tariff = _read(text)
    sold = {one.key for one in tariff.product if not one.free}
    rows = TariffPrice.objects.filter(product__in=sold).order_by("product", "valid_from")
    prices = tuple(Price(one.product, one.valid_from, one.cents) for one in rows)
    return dataclasses.replace(tariff, price=prices)


def set_price(town: Town, product: str, valid_from: date, cents: int, by: str, at: datetime) -> None:  # noqa: PLR0913, PLR0917 - what a price is made of
    """A product costs so much from a later day on; a price that was set for that very day gives way.

    Raises:
        PriceRefused: the day has come already, no such product is sold, or it is no price, or one too many.
    """
    if valid_from <= escrow.today(town, at):
        raise PriceRefused("too_late")
    tariff = tariff_of(town)
    named = tariff.named(product) if tariff is not None else None
    if tariff is None or named is None or named.free:
        raise PriceRefused("not_sold")
    others = tuple(one for one in tariff.price if (one.product, one.valid_from) != (product, valid_from))
    try:
        dataclasses.replace(tariff, price=(*others, Price(product, valid_from, cents)))
    except ValueError as error:
        raise PriceRefused("no_price") from error
    TariffPrice.objects.update_or_create(
        product=product, valid_from=valid_from, defaults={"cents": cents, "set_at": at, "set_by": by}
    )


def withdraw_price(town: Town, price: int, at: datetime) -> TariffPrice:
    """A price that has not begun is taken back; what it was.

    Raises:
        PriceRefused: it has begun, or there is none.
    """
    with transaction.atomic():
        row = TariffPrice.objects.select_for_update().filter(pk=price).first()
        if row is None:
            raise PriceRefused("no_such_price")
        if row.valid_from <= escrow.today(town, at):
            raise PriceRefused("too_late")
        row.delete()
    return row


@lru_cache(maxsize=4)
def _read(text: str, where: str = "tariff") -> Tariff:
    try:
        return read_table(Tariff, tomllib.loads(text), where)
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{where}: is not TOML: {error}") from error
