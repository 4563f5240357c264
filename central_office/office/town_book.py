"""Loading a town's file into the office's books."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import TYPE_CHECKING

from django.db import transaction

from central_office.office import card_holders
from central_office.office.lifecycle import republish
from central_office.office.models import Document, Place, Town

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from central_office.contract.town import Town as TownFile


class OtherTown(ValueError):
    """This office belongs to another town already."""


def load(file: TownFile, at: datetime, random: Callable[[int], bytes] = secrets.token_bytes) -> Town:
    """Take the town and its places into the books, or bring them up to date; kiosks hear of renamed places.

    Raises:
        OtherTown: the office belongs to another town already.
    """
    with transaction.atomic():
        town = Town.objects.select_for_update().first()
        if town is not None and town.key != file.key:
            raise OtherTown(f"This office belongs to {town.name} ({town.key}); another town needs another database.")
        town = town or Town(key=file.key, epoch=f"e{random(4).hex()}")
        for name in ("name", "short", "office", "street", "postcode", "phone", "website", "authority", "main_place"):
            setattr(town, name, getattr(file.town, name))
        town.time_zone = file.town.time_zone
        town.collect = asdict(file.collect)
        if card_holders.found_by_card(town) and not file.identify.card:
            card_holders.close_all(at)
        town.identify = asdict(file.identify)
        town.save()
        before = {place.key: (place.name, place.way) for place in Place.objects.all()}
        for position, place in enumerate(file.place):
            Place.objects.update_or_create(
                key=place.key,
                defaults={
                    "name": place.name,
                    "way": place.way,
                    "opening": list(place.open),
                    "position": position,
                    "box": place.box,
                },
            )
        renamed = [one.key for one in file.place if before.get(one.key, (one.name, one.way)) != (one.name, one.way)]
        republish(Document.objects.filter(place__in=renamed).select_related("place"), at)
    return town
