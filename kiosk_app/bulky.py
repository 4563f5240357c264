"""What this kiosk knows of bulky waste: the town's rules and streets."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from central_office.contract.addresses import address_book
from central_office.contract.bulky import beside, read_waste, streets_beside
from central_office.contract.claims import COST
from central_office.contract.tables import BadSettings
from kiosk_app.events import TownFileUnusable
from logbook import say
from offline_cache.configuration import configured

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from central_office.contract.addresses import AddressBook
    from central_office.contract.bulky import WasteRules
    from central_office.contract.claims import Cost
    from central_office.contract.town import Town


@dataclass(frozen=True)
class BulkyWaste:
    """The town's rules and addresses; `random` makes change codes."""

    rules: WasteRules
    addresses: AddressBook
    random: Callable[[int], bytes] = secrets.token_bytes
    cost: Cost = COST


def bulky_waste_of(data: Path, town_file: Path, town: Town) -> BulkyWaste | None:
    """What the office published, else what lies beside the town's own file; None where bulky waste is not ordered."""
    published = configured(data)
    rules, streets = published.get("waste.toml", beside(town_file)), published.get("streets.csv")
    if not rules.exists():
        return None
    try:
        return BulkyWaste(read_waste(rules), address_book(town, streets or streets_beside(town_file)))
    except BadSettings as error:
        say(TownFileUnusable(error))
    return None
