"""What devices raise when the unexpected happens; expected outcomes are return values.

    DeviceError
    ├── Unavailable(condition)   the lease cannot be had, or was lost while in use
    ├── Cancelled                the visit ended while the device was at work
    ├── TransportError           the wire failed; the supervisor reopens it
    │   ├── Timeout              the other end did not answer in time
    │   └── Disconnected         the wire is gone
    └── ProtocolError            the other end answered nonsense

Exceptions hold fields, never sentences; sentences live in the wording catalogue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devices.conditions import Condition


class DeviceError(Exception):
    """Something a device or its wire did."""


class Unavailable(DeviceError):
    """The device cannot serve now; `condition` says why."""

    def __init__(self, role: str, condition: Condition) -> None:
        super().__init__(role, condition)
        self.role = role
        self.condition = condition


class Cancelled(DeviceError):
    """The caller's `cancel` was set; nothing more is done."""


class TransportError(DeviceError):
    """The wire failed."""


class Timeout(TransportError):
    """The other end did not answer in time."""


class Disconnected(TransportError):
    """The wire is gone: unplugged, refused, reset."""


class ProtocolError(DeviceError):
    """The other end answered with something its protocol does not know."""
