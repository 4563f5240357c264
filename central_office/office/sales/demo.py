"""Vouchers for free bags of the demonstration town."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from central_office.office import escrow
from central_office.office.models import BagPass
from central_office.office.sales import bag_passes

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

    from central_office.contract.tariff import Tariff
    from central_office.office.models import Town

_EACH = 3
_PIECES = 5


def load(town: Town, tariff: Tariff, random: Random, now: datetime) -> int:
    """Give out some of each free product, unless there are vouchers already; how many were made."""
    if BagPass.objects.exists():
        return 0
    until = escrow.today(town, now) + timedelta(days=365)
    free = [one for one in tariff.product if one.free]
    return sum(
        len(bag_passes.issue(_EACH, one.key, _PIECES, until, "Demonstration", "Weber", now, random.randbytes))
        for one in free
    )
