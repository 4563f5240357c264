"""A small town's bulky waste, and citizens who order it: for tests on both ends of the line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from central_office.contract.bulky import OrderKind, beside, resource, streets_beside
from central_office.contract.bulky_codes import Household as HouseholdWords
from central_office.contract.bulky_codes import OrderCode, OrderNumber, household_key, kiosk_of, order_key
from central_office.contract.bulky_orders import (
    BulkyCancelled,
    BulkyChanged,
    BulkyOrdered,
    OrderedItem,
    PickupAddress,
)
from central_office.contract.claims import Cost
from central_office.office.bulky import rules as rule_book
from central_office.office.bulky.voucher_key import voucher_key
from central_office.office.models import Town
from offline_cache.leases import NoneLeft, Promised
from tests.central_office.conftest import HOME, MORNING

if TYPE_CHECKING:
    from datetime import date

    from central_office.contract.bulky import WasteRules
    from central_office.contract.capacity import ReservationId
    from tests.central_office.together.in_process import Machine

CHEAP = Cost(kib=8, passes=1)
SMALL_TOWN = """
[limits]
order_litres = 5000
order_kg = 300
[timing]
lead_days = 2
express_days = 1
window_days = 10
[lending]
unit_litres = 500
spare_litres = 1500
[consent]
key = "put_out"
text = "Ich stelle alles bis 6:00 Uhr hinaus."
[[fee]]
kind = "extra"
since = 2026-01-01
cents = 3500
[[item]]
key = "sofa"
name = "Sofa"
many = "Sofas"
name_en = "Sofa"
many_en = "sofas"
litres = 1500
kg = 60
[[item]]
key = "chair"
name = "Stuhl"
many = "Stühle"
litres = 200
kg = 6
[[item]]
key = "fridge"
name = "Kühlschrank"
litres = 800
order = "electrical"
[[district]]
key = "mitte"
name = "Mitte"
litres = 6000
[[closed]]
day = 2026-06-22
[[moved]]
day = 2026-06-22
to = 2026-06-27
reason = "wegen des Stadtfests"
"""


def take_in(text: str = SMALL_TOWN) -> WasteRules:
    """The small town's rules are in the books, its days are open."""
    return rule_book.take_in(Town.objects.get(), text, voucher_key(HOME).public_key().public_bytes_raw(), MORNING)


def small_town(folder: Path) -> Path:
    """The files of a small town with three streets, as an operator has them; the path of the town's own."""
    file = folder / "kleinstadt.toml"
    text = (Path(__file__).parents[2] / "town" / "musterstadt.toml").read_text(encoding="utf-8")
    file.write_text(re.sub(r"\[\[street\]\]\n(?:.+\n)*", "", text), encoding="utf-8")
    beside(file).write_text(SMALL_TOWN, encoding="utf-8")
    streets = "street;numbers;district\nLindenstraße;1-88;Mitte\nLindenweg;;Mitte\nWaldweg;;Wald\n"
    streets_beside(file).write_text(streets, encoding="utf-8")
    return file


@dataclass
class Slip:
    """What a citizen took home."""

    code: OrderCode
    order: BulkyOrdered

    @property
    def key(self) -> bytes:
        return bytes.fromhex(self.order.key)


@dataclass
class Citizens:
    """Who stands at one kiosk and orders."""

    machine: Machine
    rules: WasteRules
    counted: int = 0
    slips: list[Slip] = field(default_factory=list)

    def orders(
        self,
        day: date,
        name: str = "Kaya",
        items: dict[str, int] | None = None,
        **told: Any,  # noqa: ANN401 - fields of the order that are to be others
    ) -> Slip | None:
        """Order a pickup as the kiosk does: promise and order at once; None if there is no room."""
        wanted = items or {"sofa": 1}
        self.counted += 1
        code = OrderCode(OrderNumber(kiosk_of(self.machine.device), self.counted), "471108")
        litres = sum((self.rules.item_of(key) or self.rules.item[0]).litres * n for key, n in wanted.items())
        units = self.rules.units(litres)
        home = HouseholdWords(name, "Lindenstraße", "14")
        made: list[BulkyOrdered] = []

        def order(reservation: ReservationId) -> BulkyOrdered:
            words: dict[str, Any] = {
                "number": code.number.characters,
                "reservation": reservation,
                "kind": OrderKind.BULKY,
                "day": day,
                "at": PickupAddress(street=home.street, house=home.number, district="mitte", name=name),
                "items": tuple(OrderedItem(key=key, count=count) for key, count in wanted.items()),
                "litres": litres,
                "units": units,
                "key": order_key(code, CHEAP).hex(),
                "household": household_key(home, CHEAP).hex(),
                "consent": "put_out",
                "pickup": 1,
            }
            made.append(BulkyOrdered(**words | told))
            return made[0]

        district = self.rules.district[0]
        found = self.machine.ledger.leases.promise(resource(OrderKind.BULKY, district, day), units, also=order)
        if isinstance(found, NoneLeft):
            return None
        assert isinstance(found, Promised)
        slip = Slip(code, made[0])
        self.slips.append(slip)
        return slip

    def changes(self, slip: Slip, day: date, revision: int = 1, cents: int = 0) -> bool:
        """Move the pickup to another day, where it costs so much; False if there is no room."""

        def change(reservation: ReservationId) -> BulkyChanged:
            order = slip.order
            return BulkyChanged(
                number=order.number,
                revision=revision,
                reservation=reservation,
                day=day,
                items=order.items,
                litres=order.litres,
                units=order.units,
                cents=cents,
            )

        place = resource(OrderKind.BULKY, self.rules.district[0], day)
        return isinstance(self.machine.ledger.leases.promise(place, slip.order.units, also=change), Promised)

    def cancels(self, slip: Slip, revision: int = 1) -> None:
        """Call the pickup off."""
        self.machine.ledger.outbox.put(BulkyCancelled(number=slip.order.number, revision=revision))


def anybody(name: str) -> str:
    """The key of some household, without the work of making it."""
    return sha256(name.encode()).hexdigest()
