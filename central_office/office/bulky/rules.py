"""The town's rules of bulky waste in the office's books, and the days on which they can be ordered."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db import connection, transaction

from central_office.contract.bulky import OrderKind, WasteRules, resource
from central_office.contract.bulky_days import collection_days
from central_office.contract.capacity import MAX_OUTLOOK_DAYS, MAX_OUTLOOKS, Outlook
from central_office.contract.tables import BadSettings, read_table
from central_office.office import escrow
from central_office.office.models import Resource, WasteFile

if TYPE_CHECKING:
    from datetime import datetime

    from central_office.contract.bulky import District
    from central_office.office.models import Town

_KEYS = tuple(f"{kind}." for kind in OrderKind)
_AHEAD = 3
"""Days are opened so much longer than they can be ordered: the window moves on while nobody looks."""


def take_in(town: Town, text: str, office_key: bytes, at: datetime, where: str = "waste") -> WasteRules:
    """Take the text of the file `where` into the books and open the days that it lets citizens order.

    Raises:
        BadSettings: it cannot be used; the books stay as they were.
    """
    rules = _read(text, where)
    with transaction.atomic():
        WasteFile.objects.update_or_create(
            town=town, defaults={"text": text, "office_key": office_key.hex(), "taken_at": at}
        )
        open_days(town, rules, at)
    return rules


def rules_of(town: Town) -> WasteRules | None:
    """The rules in the books; None for a town that has none."""
    text = WasteFile.objects.filter(town=town).values_list("text", flat=True).first()
    return None if text is None else _read(text)


def open_days(town: Town, rules: WasteRules, at: datetime) -> int:
    """Offer the capacity of every collection day that can be ordered soon; how many days are new.

    Days that are known keep the capacity that a colleague gave them.
    """
    today = escrow.today(town, at)
    last = today + timedelta(days=rules.timing.window_days + _AHEAD)
    known = set(Resource.objects.filter(day__gte=today).values_list("key", "day"))
    made = []
    for district in rules.district:
        days = collection_days(rules, district, today, last)
        for kind in OrderKind:
            units = district.capacity(kind) // rules.lending.unit_litres
            keys = [resource(kind, district, day) for day in days] if units else []
            spare = spare_units(rules, district, kind)
            made += [
                Resource(key=one.key, day=one.day, capacity=units, spare=spare)
                for one in keys
                if (one.key, one.day) not in known
            ]
    Resource.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def spare_units(rules: WasteRules, district: District, kind: OrderKind) -> int:
    """What each kiosk holds unasked: what the town says, but never more than a quarter of a small lorry."""
    lending = rules.lending
    return min(lending.spare_litres // lending.unit_litres, district.capacity(kind) // lending.unit_litres // 4)


def open_new_days(town: Town, at: datetime) -> int:
    """Open what has come into reach since; the office does it every night."""
    rules = rules_of(town)
    return 0 if rules is None else open_days(town, rules, at)


def voucher_key(town: Town) -> str:
    """The public key that kiosks check vouchers with; empty in a town without bulky waste and without bags."""
    # Written out: every request of every kiosk asks this.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT office_key FROM office_wastefile WHERE town_id = %s"
            " UNION ALL SELECT office_key FROM office_tarifffile WHERE town_id = %s LIMIT 1",
            [town.pk, town.pk],
        )
        found = cursor.fetchone()
    return "" if found is None else str(found[0])


def outlook(town: Town, at: datetime) -> tuple[Outlook, ...]:
    """What a kiosk is told of days besides its leases."""
    today = escrow.today(town, at)
    free: dict[str, dict[int, int]] = {}
    rows = Resource.objects.filter(day__gte=today).order_by("key", "day")
    for name, day, capacity, promised, leased in rows.values_list("key", "day", "capacity", "promised", "leased"):
        ahead = (day - today).days
        if name.startswith(_KEYS) and ahead < MAX_OUTLOOK_DAYS:
            free.setdefault(name, {})[ahead] = capacity - promised - leased
    return tuple(
        Outlook(key=name, first=today, free=tuple(days.get(ahead, 0) for ahead in range(max(days) + 1)))
        for name, days in list(free.items())[:MAX_OUTLOOKS]
    )


@lru_cache(maxsize=4)
def _read(text: str, where: str = "waste") -> WasteRules:
    try:
        return read_table(WasteRules, tomllib.loads(text), where)
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{where}: is not TOML: {error}") from error
