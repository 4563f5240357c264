"""This machine's settings: `kiosk.toml`, read once into frozen values. Paths in it are relative to the file."""

from __future__ import annotations

from dataclasses import field, replace
from pathlib import Path  # noqa: TC003 - `read_table` evaluates the hints

from central_office.contract.tables import read_file, read_table
from central_office.contract.values import value
from screens.look import Format

LONGEST_PAUSE = 240.0
"""Seconds; as `offline_cache.courier.Pace`, which loads too much to be asked before the first frame."""


@value
class ScreenTable:
    """`[screen]`: which panel this is, and how it hangs: `rotation` is 0, 90, 180 or 270 degrees."""

    format: Format = Format.PORTRAIT
    fullscreen: bool = False
    rotation: int = 0

    def __post_init__(self) -> None:
        if self.rotation not in {0, 90, 180, 270}:
            raise ValueError(f"rotation is 0, 90, 180 or 270, not {self.rotation}")


@value
class SessionTable:
    """`[session]`: after how many silent seconds the citizen is asked, and how long she has to answer (at least 20).

    `dim_seconds`: so long after the last touch the inviting page is dimmed. `ends_with_card = true`, for readers that a
    card is put into: a visit signed in with a card ends when the card is taken out. On a reader that cards are laid on,
    the card is given back before the answer is shown, and the answer stays until she ends the session.
    """

    idle_seconds: float = 90.0
    warning_seconds: float = 30.0
    dim_seconds: float = 600.0
    stale_hours: float = 24.0
    ends_with_card: bool = False

    def __post_init__(self) -> None:
        if self.warning_seconds < 20:
            raise ValueError("warning_seconds is at least 20: a citizen needs that long to answer")
        if self.idle_seconds < 10:
            raise ValueError("idle_seconds is at least 10")
        if self.dim_seconds < 30:
            raise ValueError("dim_seconds is at least 30: a citizen reads the first page before she touches it")


@value
class OfficeTable:
    """`[office]`: where the central office is, and the certificate authority it is checked against (PEM file).

    `longest_pause`: so many seconds at most the courier rests after the line failed, 1 to 240. A fleet keeps the 240;
    who shows one kiosk with its cable cut and put back does not want to wait.
    """

    address: str = ""
    ca: Path | None = None
    longest_pause: float = LONGEST_PAUSE

    def __post_init__(self) -> None:
        if not 1 <= self.longest_pause <= LONGEST_PAUSE:
            raise ValueError(f"longest_pause is 1 to {LONGEST_PAUSE:.0f} seconds: then all has arrived in five minutes")


@value
class DiskTable:
    """`[disk]`: how the files below `data` are kept from whoever takes the disk.

    `key` is the file with the key that closes them (made at the first start; `disk.key` below `data` if not given).
    `encrypted_partition = true` says that the whole partition is encrypted: then no key file is used.
    """

    key: Path | None = None
    encrypted_partition: bool = False

    def __post_init__(self) -> None:
        if self.encrypted_partition and self.key is not None:
            raise ValueError("either key or encrypted_partition: an encrypted partition needs no key file")


@value
class PowerTable:
    """`[power]`: `off` is the command that switches this machine off when the UPS's battery ends, a word for each part.

    Without one the kiosk stays out of service until the mains are back.
    """

    off: tuple[str, ...] = ()


@value
class Settings:
    """One kiosk: its name on the machine, where its data lies, its town, its rig, its panel."""

    terminal: str
    data: Path
    town: Path
    rig: Path
    language: str = "de"
    screen: ScreenTable = field(default_factory=ScreenTable)
    session: SessionTable = field(default_factory=SessionTable)
    office: OfficeTable = field(default_factory=OfficeTable)
    disk: DiskTable = field(default_factory=DiskTable)
    power: PowerTable = field(default_factory=PowerTable)


def read_settings(path: Path) -> Settings:
    """Read a kiosk's settings; relative paths count from the file's folder.

    Raises:
        BadSettings: the file is missing, is no TOML, or says something that cannot be used.
    """
    settings = read_table(Settings, read_file(path), str(path))
    here = path.resolve().parent
    ca, key = settings.office.ca, settings.disk.key
    return replace(
        settings,
        data=here / settings.data,
        town=here / settings.town,
        rig=here / settings.rig,
        office=replace(settings.office, ca=None if ca is None else here / ca),
        disk=replace(settings.disk, key=None if key is None else here / key),
    )
