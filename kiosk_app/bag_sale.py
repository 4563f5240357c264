"""The sale of bags as this kiosk offers it: its tariff, and what of it can be had now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk_app.conductor import Programme
from kiosk_app.sale import card_sales
from kiosk_app.services.bags import AtHome, bags, bags_hindrance, can_read_vouchers
from kiosk_app.tariff import TariffInUse, tariff_of
from screens.steps import Reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from central_office.contract.tariff import Tariff
    from central_office.contract.town import Town
    from devices.dispensing import DispenserLayout
    from devices.noticeboard import Noticeboard
    from kiosk_app.conductor import Memory


@dataclass(frozen=True)
class BagSale:
    """The town's tariff, asked for whenever it is needed, and this kiosk's columns."""

    tariff: Callable[[], Tariff]
    town: Town
    noticeboard: Noticeboard
    columns: DispenserLayout
    now: Callable[[], datetime]

    def programme(self, memory: Callable[[], Memory | None]) -> Programme:
        """The service; without cards it is there for free bags alone, and the home page says so."""
        return Programme(
            lambda desk: bags(self.tariff(), desk), lambda: self._hindrance(memory()), lambda: self._limited(memory())
        )

    def _hindrance(self, memory: Memory | None) -> Reason | None:
        if memory is None:
            return Reason.NO_BAGS
        counter = AtHome(self.noticeboard, memory.sales, self.columns)
        day = self.now().astimezone(self.town.zone).date()
        vouchers = can_read_vouchers(self.noticeboard, memory.orders)
        return bags_hindrance(self.tariff(), counter, day, vouchers=vouchers)

    def _limited(self, memory: Memory | None) -> Reason | None:
        if memory is None or card_sales(AtHome(self.noticeboard, memory.sales, self.columns)) is None:
            return None
        return Reason.NO_CARD


def bag_sale_of(  # noqa: PLR0913, PLR0917  # the ports of the house
    data: Path,
    town_file: Path,
    town: Town,
    noticeboard: Noticeboard,
    columns: DispenserLayout | None,
    now: Callable[[], datetime],
) -> BagSale | None:
    """What is sold here; None without a dispenser or a tariff."""
    tariff = tariff_of(data, town_file) if columns is not None else None
    if tariff is None or columns is None:
        return None
    return BagSale(TariffInUse(data, town_file, tariff), town, noticeboard, columns, now)
