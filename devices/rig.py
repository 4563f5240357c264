"""This machine's set of devices: which driver fills which role, at which address. Read once from a TOML file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from devices.roles import Device, Role

D_co = TypeVar("D_co", bound="Device", covariant=True)

Row = Mapping[str, str | int | float | bool]
"""One line of a list in the rig file, such as a wall's compartment: `{ number = 1, … }`."""

Options = Mapping[str, str | int | float | bool | tuple[Row, ...]]
"""A role's table in the rig file, without `driver`."""


class RigError(ValueError):
    """The rig file is wrong; the text names the table, the key and the nearest known one, for a technician."""


def anything_goes(options: Options) -> None:
    """Accept every value: for drivers whose keys cannot be wrong."""


@dataclass(frozen=True)
class Driver(Generic[D_co]):
    """Who speaks to one kind of device: a value, listed by hand in `devices.drivers.DRIVERS`.

    `open` connects or raises `TransportError`; `options` names every key the driver understands with a sentence of
    help; `check` raises `RigError` for values that can never work, so that a wrong rig file is found when it is read.
    `rows` names those keys that hold a list of rows, with the keys of a row and their help.
    """

    name: str
    role: Role[D_co]
    open: Callable[[Options], D_co]
    options: Mapping[str, str]
    check: Callable[[Options], object] = anything_goes
    rows: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Fitted:
    """One device of a rig: the driver, and the options that say where it is."""

    driver: Driver[Device]
    options: Options


@dataclass(frozen=True)
class Rig:
    """This machine's devices, one for each role it has."""

    devices: tuple[Fitted, ...]

    def has(self, role: str) -> bool:
        """Whether a device of this role is fitted, working or not."""
        return any(fitted.driver.role.name == role for fitted in self.devices)
