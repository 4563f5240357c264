"""The first filling of a dispenser: a technician sets it up, fills every column to the top, and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.dispensing import layout_in
from devices.supervisor import load_rig
from offline_cache.at_rest import open_disk
from offline_cache.identity import load
from offline_cache.sales import Ware
from offline_cache.store import LEDGER_FILE, open_ledger

if TYPE_CHECKING:
    from central_office.contract.staff_card import EmployeeNumber
    from kiosk_app.settings import Settings


def fill_columns(settings: Settings, employee: EmployeeNumber) -> int:
    """Write down that every column holds as much as fits in, and tell the office who filled it; how many columns.

    Raises:
        RigError, OSError: the rig file cannot be used.
        NotEnrolled, IdentityBroken, StoreError: there is no kiosk's disk to write it on.
    """
    layout = layout_in(load_rig(settings.rig))
    columns = () if layout is None else layout.columns
    load(settings.data)  # a kiosk that the office does not know has nobody to tell
    table = settings.disk
    disk = open_disk(settings.data, key_file=table.key, encrypted_partition=table.encrypted_partition)
    sales = open_ledger(settings.data / LEDGER_FILE, disk=disk).sales
    for each in columns:
        sales.refill(each.number, Ware(each.article, each.year), each.capacity, counted=True, employee=employee)
    sales.let_go()
    return len(columns)
