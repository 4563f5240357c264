"""The German card through AusweisApp, the eID client of the federal state, and the municipality's eID service.

The kiosk never reads this card itself: only a service with a certificate may, and docs/decisions/025 tells why nothing
of that is here. `sdk` are the client's messages, `exchange` is one conversation with it, `wire` the websocket,
`collecting` gets what the service has read, `verbs` is the device. websocket-client and requests are imported in `wire`
and `collecting` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.rig import Driver, Options, RigError
from devices.roles import ONLINE_AUSWEIS

if TYPE_CHECKING:
    from devices.drivers.ausweisapp.collecting import ServiceAddress
    from devices.drivers.ausweisapp.wire import ClientAddress
    from devices.online_ausweis import OnlineAusweis

_ADDRESS = "ws://127.0.0.1:24727/eID-Kernel"


def _settings(options: Options) -> tuple[ClientAddress, ServiceAddress]:
    from devices.drivers.ausweisapp.collecting import parse_service  # noqa: PLC0415 - with the rig, not with the program
    from devices.drivers.ausweisapp.wire import parse_client  # noqa: PLC0415 - as above

    developer = options.get("developer", False)
    if not isinstance(developer, bool):
        raise RigError("online_ausweis: developer must be true or false")
    return parse_client(options.get("address", _ADDRESS)), parse_service(options.get("tc_token"), developer=developer)


def _open(options: Options) -> OnlineAusweis:
    from devices.drivers.ausweisapp.verbs import AusweisApp  # noqa: PLC0415 - as above

    return AusweisApp(*_settings(options))


AUSWEISAPP: Driver[OnlineAusweis] = Driver(
    name="ausweisapp",
    role=ONLINE_AUSWEIS,
    open=_open,
    options={
        "address": f"Where AusweisApp listens: {_ADDRESS} unless it was started with another port.",
        "tc_token": "The address at which the municipality's eID service begins an identification.",
        "developer": "True for a test service with test cards; then nothing that is read proves anything.",
    },
    check=_settings,
)
