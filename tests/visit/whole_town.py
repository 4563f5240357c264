"""The one town hall that all stories of a run share: it has all that a town has, and starting it takes longest."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

from central_office.contract.bulky import beside, streets_beside
from central_office.contract.tariff import tariff_beside
from screens.steps import Home, Offer, Reason, ServiceKey
from tests.visit.named_keys import HallOfNamedKeys
from tests.visit.town_hall import TOWN

if TYPE_CHECKING:
    from pathlib import Path


SERVICES = (ServiceKey.DOCUMENT_STATUS, ServiceKey.COLLECT, ServiceKey.BULKY_WASTE, ServiceKey.BAGS, ServiceKey.OWN_PIN)
GERMAN = (288, 1246)


class WholeTown(HallOfNamedKeys):
    """Bulky waste is picked up, and the demonstration's documents wait in the wall; `codes` opens them.

    Each code is its compartment, its digits, and its citizen's birthday as it is typed.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.codes: list[tuple[int, str, str]] = []

    def load_town(self) -> None:
        for lies in (beside, streets_beside, tariff_beside):
            shutil.copy(lies(TOWN), lies(self.town))
        super().load_town()

    def enrol(self) -> None:
        """The codes are given out then: the courier's first word brings them along."""
        super().enrol()
        said = self.command("office", "manage", *self._office_data(), "deposit", "--demonstration")
        found = re.findall(r"^ *(\d+) .*Abholcode: ([\d ]+)\..*\((\d\d)\.(\d\d)\.(\d{4})\)$", said, re.MULTILINE)
        self.codes = [
            (int(place), code.replace(" ", ""), day + month + year) for place, code, day, month, year in found
        ]

    def enter(self, service: ServiceKey) -> None:
        """Touch the first page's German, and the tile of that service."""
        self.tap(*GERMAN)
        self.chooses(service)

    def chooses(self, service: ServiceKey) -> None:
        """Touch the tile of that service as soon as there are tiles."""
        self.asked("Home")
        # Whether there are bags today, which a line above the tiles says, moves them by less than their height.
        offers = tuple(Offer(one) for one in SERVICES)
        spots = [self.spot(Home(offers, notice), service.value) for notice in (None, Reason.NO_BAGS)]
        self.tap(*(sum(way) // len(spots) for way in zip(*spots, strict=True)))

    # What the office knows

    def orders(self) -> list[dict[str, Any]]:
        """Orders that a kiosk took."""
        return [row | {"items": json.loads(row["items"])} for row in self.books("bulkyorder") if row["name"] == "A"]

    def promised(self) -> dict[str, int]:
        """How many units of the south are promised, by day."""
        return {row["day"]: row["promised"] for row in self.books("resource") if row["key"] == "bulky.sued"}

    def steps(self) -> list[str]:
        """What happened to the orders of kiosks, in the office's order."""
        return [row["what"] for row in self.books("orderstep ORDER BY id") if row["by"] == "MS-01"]

    def pickups(self) -> dict[int, str]:
        """How each compartment stands."""
        return {row["compartment"]: row["state"] for row in self.books("pickup")}

    def told_of(self, pickup: str) -> list[str]:
        """What the kiosk told of one pickup and of staff, in its order."""
        commands = self.books("receivedcommand ORDER BY seq")
        assert all(row["result"] == "ok" for row in commands), commands
        return [row["type"] for row in commands if row["type"].startswith("staff.") or pickup in row["body"]]

    def all_is_heard(self) -> bool:
        """Whether the kiosk has said that it knows its pickups."""
        (kiosk,) = self.books("kiosk")
        return bool(kiosk["pickups_heard"] == kiosk["pickups_version"])

    # What the dock knows

    def open_doors(self) -> list[int]:
        """The compartments that stand open."""
        return [one["number"] for one in self.dock("/state")["wall"]["compartments"] if one["door"] == "open"]
