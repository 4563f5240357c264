"""A card terminal that speaks ZVT, over the network or a serial line, with the kiosk as its cash register.

`frames` are packets and serial blocks, `bitmaps` their fields, `codes` what the numbers mean; `links` carries packets
over either wire, `exchange` knows who says what when, `outcomes` what may be believed afterwards, `verbs` is the
terminal. All but `verbs` are without I/O. Nothing here is logged, and a card's number or track is never kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from devices.payments import Capabilities, ReversalReach
from devices.rig import Driver, Options, RigError
from devices.roles import CARD_TERMINAL
from devices.walls import whole
from devices.wires.address import Address, TcpAddress, open_wire, parse_address

if TYPE_CHECKING:
    from devices.payments import CardTerminal

PORT: Final = 20007
"""Where terminals listen, unless their operator chose otherwise."""

GOODS_WITHIN: Final = 60
"""Seconds for which a terminal has to wait for the goods: a column that jams, and the next one for every bag."""

_ROLE: Final = "card_terminal"
_STOP_BITS: Final = 2
_PASSWORD_DIGITS: Final = 6


class TerminalSettings(NamedTuple):
    """What the rig file says about the terminal."""

    address: Address
    capabilities: Capabilities
    password: str
    repeats: int
    interval: int


def _settings(options: Options) -> TerminalSettings:
    address, password = options.get("address", ""), options.get("password", "0" * _PASSWORD_DIGITS)
    if not isinstance(address, str):
        raise RigError(f"{_ROLE}: address must be text such as tcp://host:{PORT}")
    if not isinstance(password, str) or not (
        len(password) == _PASSWORD_DIGITS and password.isascii() and password.isdecimal()
    ):
        raise RigError(f'{_ROLE}: password must be six digits in quotes, such as "000000"')
    reach = options.get("reversal", ReversalReach.ANY.value)
    if reach not in list(ReversalReach):
        raise RigError(f"{_ROLE}: reversal must be one of {', '.join(ReversalReach)}, not {reach!r}")
    known = Capabilities()
    goods_issue = _flag(options, "goods_issue", known.goods_issue)
    repeats = whole(options, "goods_repeats", (1, 250), _ROLE, 20)
    interval = whole(options, "goods_interval", (1, 60), _ROLE, 3)
    if goods_issue and repeats * interval < GOODS_WITHIN:
        raise RigError(
            f"{_ROLE}: goods_repeats times goods_interval is how long the terminal waits for the goods: at least "
            f"{GOODS_WITHIN} seconds, not {repeats * interval}, or it takes the money back while bags still fall"
        )
    return TerminalSettings(
        address=parse_address(address, PORT, _STOP_BITS),
        capabilities=Capabilities(
            goods_issue=goods_issue,
            part_issue=_flag(options, "part_issue", known.part_issue),
            preauthorisation=_flag(options, "preauthorisation", known.preauthorisation),
            reversal=ReversalReach(str(reach)),
            refund=_flag(options, "refund", known.refund),
            repeat_receipt=_flag(options, "repeat_receipt", known.repeat_receipt),
            end_of_day=_flag(options, "end_of_day", known.end_of_day),
            abort=_flag(options, "abort", known.abort),
            text_blocks=_flag(options, "text_blocks", known.text_blocks),
        ),
        password=password,
        repeats=repeats,
        interval=interval,
    )


def _flag(options: Options, key: str, default: bool) -> bool:  # noqa: FBT001  a rig file's own words
    value = options.get(key, default)
    if not isinstance(value, bool):
        raise RigError(f"{_ROLE}: {key} must be true or false, not {value!r}")
    return value


def _open(options: Options) -> CardTerminal:
    from devices.drivers.zvt_terminal.links import SerialLink, TcpLink  # noqa: PLC0415  as the others do
    from devices.drivers.zvt_terminal.verbs import Habits, ZvtTerminal  # noqa: PLC0415

    settings = _settings(options)
    link = TcpLink() if isinstance(settings.address, TcpAddress) else SerialLink()
    habits = Habits(settings.capabilities, settings.password, settings.repeats, settings.interval)
    return ZvtTerminal(open_wire(settings.address), link, habits)


ZVT_TERMINAL: Driver[CardTerminal] = Driver(
    name="zvt_terminal",
    role=CARD_TERMINAL,
    open=_open,
    options={
        "address": "Where it is: tcp://host:20007 or serial:///dev/serial/by-id/NAME?baud=9600 (8N2).",
        "password": "The six digits of its cash register password, as its operator says; 000000 unless given.",
        "goods_issue": "Whether it asks for the goods before it books (vending mode); true unless given.",
        "part_issue": "Whether it then books a smaller amount for a part of the goods; true unless given.",
        "preauthorisation": "Whether it can reserve first and book later, for terminals without goods issue.",
        "reversal": "What it gives back without the card: any payment since the end of day, the last, or none.",
        "refund": "Whether it pays out to a card that is presented; true unless given.",
        "repeat_receipt": "Whether it tells its last payment again; true unless given.",
        "end_of_day": "Whether the kiosk may ask for totals and close its day; true unless given.",
        "abort": "Whether it can be told to stop waiting for a card; true unless given.",
        "text_blocks": "Whether it may send its receipts as whole texts; true unless given.",
        "goods_repeats": "How often it asks at most whether the goods were issued; 20 unless given.",
        "goods_interval": "Seconds between two such questions; 3 unless given. The product of both is 60 at least.",
    },
    check=_settings,
)
