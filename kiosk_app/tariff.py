"""The tariff of bags as this kiosk has it: what the office published, else what lies beside the town's own file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from central_office.contract.tables import BadSettings
from central_office.contract.tariff import FILE_NAME, read_tariff, tariff_beside
from kiosk_app.events import TownFileUnusable
from logbook import say
from offline_cache.configuration import configured

if TYPE_CHECKING:
    from pathlib import Path

    from central_office.contract.tariff import Tariff


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
