"""Where the watch thread pins what each device is able to do, and everyone else reads it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from devices.conditions import Absent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devices.conditions import Condition
    from devices.roles import Device, Role


class Noticeboard:
    """The latest condition of each role: one frozen snapshot, replaced whole, so that readers need no lock."""

    def __init__(self) -> None:
        self._latest: Mapping[str, Condition] = MappingProxyType({})

    def pin(self, conditions: Mapping[str, Condition]) -> None:
        """Replace the snapshot."""
        self._latest = MappingProxyType(dict(conditions))

    def latest(self) -> Mapping[str, Condition]:
        """The snapshot: role name to condition."""
        return self._latest

    def of(self, role: Role[Device]) -> Condition:
        """The condition of one role; `Absent` if this kiosk has none."""
        return self._latest.get(role.name, Absent())
