"""Readers of chip cards by PC/SC: whatever pcscd knows, by contact or by air.

All that touches a card runs in a process of its own (`__main__`), because a card that falls silent blocks PC/SC for
ever and because what was learnt from a card has to go with it. There, `watching` tells what lies in the readers,
`connection` is the way to a card, `duties` are the jobs (`identity_duties` those that read whose card it is), and
`trust_folder` says whose signatures count. Here, `process` holds that process and `verbs` is the device; `messages`
and `frames` are what the two say to one another. pyscard is imported in that process alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.rig import Driver, Options, RigError
from devices.roles import CARD_READER

if TYPE_CHECKING:
    from devices.card_reading import CardReader


def _settings(options: Options) -> tuple[str, str, str]:
    reader, socket, trust = (options.get(key, "") for key in ("reader", "socket", "trust"))
    if not isinstance(reader, str):
        raise RigError('card_reader: reader must be a part of its name, such as "Identiv", as pcsc_scan shows it')
    if not isinstance(socket, str) or (socket and not socket.startswith("/")):
        raise RigError("card_reader: socket must be a path such as /run/pcscd/pcscd.comm")
    if not isinstance(trust, str) or (trust and not trust.startswith("/")):
        raise RigError("card_reader: trust must be a path such as /etc/kiosk-csca")
    return reader, socket, trust


def _open(options: Options) -> CardReader:
    from devices.drivers.pcsc_reader.verbs import PcscReader  # noqa: PLC0415 - with the rig, not with the program

    return PcscReader(*_settings(options))


PCSC_READER: Driver[CardReader] = Driver(
    name="pcsc_reader",
    role=CARD_READER,
    open=_open,
    options={
        "reader": "A part of the reader's name, if pcscd has several and not all of them are for citizens.",
        "socket": "Where pcscd listens, if not at its usual place.",
        "trust": "The folder with those who sign cards (icao, be, ee, lv, fi); without it no card proves anything.",
    },
    check=_settings,
)
