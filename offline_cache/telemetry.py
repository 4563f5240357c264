"""How the machine is: gathered by the courier, lossy, the latest wins; conditions of devices come from the kiosk.

The kiosk's process pins the conditions to a small file, without waiting for the disk: what a power cut takes is old
anyway. Nothing here may ever hold up a command.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from central_office.contract.messages import Telemetry
from offline_cache.migrations.ledger import LEDGER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from offline_cache.clocks import Clock, RunningClock
    from offline_cache.round_trip import ClockQuality
    from offline_cache.store import Ledger

CONDITIONS_FILE: Final = "conditions.json"
EVERY: Final = 60.0
"""Seconds between two reports."""


def pin_conditions(data_dir: Path, conditions: Mapping[str, str]) -> None:
    """Let the courier know how the devices are: one word for each role.

    Raises:
        OSError: the disk is full or refuses.
    """
    draft = data_dir / f".{CONDITIONS_FILE}.draft"
    draft.write_text(json.dumps(dict(conditions)), encoding="ascii")
    draft.replace(data_dir / CONDITIONS_FILE)


def pinned_conditions(data_dir: Path) -> dict[str, str]:
    """What was pinned last; empty if nothing was, or if it cannot be read."""
    try:
        found = json.loads((data_dir / CONDITIONS_FILE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return {}
    return {str(role): str(word) for role, word in found.items()} if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Machine:
    """Where telemetry looks."""

    data_dir: Path
    ledger: Ledger
    clock: Clock
    uptime: RunningClock
    quality: ClockQuality


def gather(machine: Machine) -> Telemetry:
    """How the machine is now.

    Raises:
        StoreError: the ledger cannot be read.
        OSError: the disk cannot be asked.
    """
    line = machine.ledger.outbox.line()
    told = Telemetry(
        at=machine.clock(),
        clock=machine.quality,
        version=own_version(),
        uptime=int(machine.uptime().seconds),
        waiting=line.last - line.acked,
        unsettled=len(machine.ledger.journal.unfinished()),
        free_mib=shutil.disk_usage(machine.data_dir).free // 1024 // 1024,
        ledger=len(LEDGER),
        conditions={},
    )
    try:
        return Telemetry.model_validate(told.model_dump() | {"conditions": pinned_conditions(machine.data_dir)})
    except ValidationError:
        return told


def own_version() -> str:
    """The version of this program."""
    try:
        return version("citizen-kiosk")
    except PackageNotFoundError:
        return "unknown"
