"""The tariff of bags as this kiosk has it: what the office published, else what lies beside the town's own file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from central_office.contract.tables import BadSettings
from central_office.contract.tariff import FILE_NAME, read_tariff, tariff_beside
from kiosk_app.events import TownFileUnusable
from logbook import say
from offline_cache.configuration import configured, in_use

if TYPE_CHECKING:
    from pathlib import Path

    from central_office.contract.tariff import Tariff


class TariffInUse:
    """The tariff as it is now: prices that the office published while the kiosk runs count without a new start.

    Of a configuration without a sound tariff nothing is taken; what was known last stays until the next start.
    """

    def __init__(self, data: Path, town_file: Path, first: Tariff) -> None:
        self._data = data
        self._town_file = town_file
        self._known = first
        self._seen: str | None = in_use(data)

    def __call__(self) -> Tariff:
        """The tariff; reads a pointer of 64 characters, and more only if it has changed."""
        digest = in_use(self._data)
        if digest is not None and digest != self._seen:
            self._known = tariff_of(self._data, self._town_file) or self._known
            self._seen = digest
        return self._known


def tariff_of(data: Path, town_file: Path) -> Tariff | None:
    """The tariff; None where no bags are sold, or its file cannot be used (which is said in the log)."""
    path = configured(data).get(FILE_NAME, tariff_beside(town_file))
    if not path.exists():
        return None
    try:
        return read_tariff(path)
    except BadSettings as error:
        say(TownFileUnusable(error))
    return None
