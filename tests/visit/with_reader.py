"""A kiosk of the town hall with two card readers, of a pcscd of its own, which believes one country."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.cards.readers import Readers
from tests.visit.town_hall import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.devices.cards.issuing import Country
    from tests.visit.town_hall import TownHall


@contextmanager
def card_readers_at(hall: TownHall, folder: Path, believed: Country) -> Iterator[Readers]:
    """Start the kiosk anew with the readers, and in the end without them."""
    trust = folder / "trust" / "icao"
    trust.mkdir(parents=True)
    (trust / "root.crt").write_bytes(believed.authority_certificate)
    rig = hall.folder / "devices" / "rig.toml"
    without = rig.read_text(encoding="utf-8")
    with Readers(folder / "pcscd") as readers:
        table = f'[card_reader]\ndriver = "pcsc_reader"\nsocket = "{readers.socket}"\ntrust = "{trust.parent}"\n'
        rig.write_text(f"{without}\n{table}", encoding="utf-8")
        _start_anew(hall)
        said = hall.running["kiosk"].said
        wait_until("the reader is ready", lambda: "role=card_reader condition=Ready" in said()[hall.clicks_after :])
        yield readers
    rig.write_text(without, encoding="utf-8")
    _start_anew(hall)


def _start_anew(hall: TownHall) -> None:
    hall.running["kiosk"].end()
    hall.clicks_after = len(hall.running["kiosk"].said())
    hall.start_kiosk()
