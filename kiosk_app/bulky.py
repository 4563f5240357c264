"""What this kiosk knows of bulky waste: the town's rules and streets."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from central_office.contract.addresses import address_book
from central_office.contract.bulky import beside, read_waste, streets_beside
from central_office.contract.claims import COST
from central_office.contract.tables import BadSettings
from central_office.contract.tariff import FeeNote
from kiosk_app.events import TownFileUnusable
from kiosk_app.tariff import tariff_of
from logbook import say
from offline_cache.configuration import configured

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from central_office.contract.addresses import AddressBook
    from central_office.contract.bulky import WasteRules
    from central_office.contract.claims import Cost
    from central_office.contract.town import Town
    from kiosk_app.pace import Pace


@dataclass(frozen=True)
class BulkyWaste:
    """The town's rules and addresses; `random` makes change codes, `fee_note` stands on the receipt of a fee."""

    rules: WasteRules
    addresses: AddressBook
    random: Callable[[int], bytes] = secrets.token_bytes
    cost: Cost = COST
    fee_note: FeeNote = field(default_factory=FeeNote)
    pace: Pace | None = None


def bulky_waste_of(data: Path, town_file: Path, town: Town) -> BulkyWaste | None:
    """What the office published, else what lies beside the town's own file; None where bulky waste is not ordered."""
    published = configured(data)
    rules, streets = published.get("waste.toml", beside(town_file)), published.get("streets.csv")
    if not rules.exists():
        return None
    try:
        tariff = tariff_of(data, town_file)
        return BulkyWaste(
            read_waste(rules),
            address_book(town, streets or streets_beside(town_file)),
            fee_note=tariff.fee_note if tariff is not None else FeeNote(),
        )
    except BadSettings as error:
        say(TownFileUnusable(error))
    return None
