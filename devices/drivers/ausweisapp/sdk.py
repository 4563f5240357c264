"""The messages of AusweisApp's SDK, level 2 and 3, as frozen values (its documentation: messages.rst, commands.rst).

What it says is read strictly where it matters and ignored where it is new: it promises to add messages and fields
without a new level.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from devices.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST: Final = 65_536
"""Bytes of a message; the longest holds a certificate's terms of usage."""
LEVELS: Final = (3, 2)
"""Levels of the interface that are understood here, the best first."""

_WORD = 200
_TEXT = 16_384
_MANY = 64
_OK = "http://www.bsi.bund.de/ecard/api/1.1/resultmajor#ok"
_CODE = re.compile(r"[A-Za-z0-9_#/.-]{1,80}")


@dataclass(frozen=True)
class CardState:
    """A card that has an online function, or had one."""

    deactivated: bool
    inoperative: bool
    tries_left: int


@dataclass(frozen=True)
class OtherCard:
    """A card of another kind (level 3)."""


@dataclass(frozen=True)
class ReaderState:
    """A reader, and what lies in it. `virtual`: the client's own simulator."""

    name: str
    attached: bool
    keypad: bool
    virtual: bool
    card: CardState | OtherCard | None


@dataclass(frozen=True)
class ApiLevel:
    """Which levels of the interface there are; empty if it only says which one is set."""

    available: tuple[int, ...]
    current: int | None


@dataclass(frozen=True)
class AccessRights:
    """What the service wants to read: of all rights (`effective`) some can be switched off."""

    effective: tuple[str, ...]
    optional: tuple[str, ...]
    required: tuple[str, ...]


@dataclass(frozen=True)
class Certificate:
    """Who the service is."""

    subject: str
    subject_url: str
    issuer: str
    purpose: str
    until: date | None


@dataclass(frozen=True)
class InsertCard:
    """A card is needed to go on."""


@dataclass(frozen=True)
class Reader:
    """A reader or what lies in it has changed."""

    reader: ReaderState


@dataclass(frozen=True)
class ReaderList:
    """All readers."""

    readers: tuple[ReaderState, ...]


@dataclass(frozen=True)
class EnterPin:
    """The PIN is needed."""

    reader: ReaderState


@dataclass(frozen=True)
class EnterCan:
    """The CAN is needed."""

    reader: ReaderState


@dataclass(frozen=True)
class EnterNewPin:
    """The new PIN is needed."""

    reader: ReaderState


@dataclass(frozen=True)
class EnterPuk:
    """The PIN is blocked."""

    reader: ReaderState


@dataclass(frozen=True)
class AuthStarted:
    """An authentication begins."""


@dataclass(frozen=True)
class AuthEnded:
    """An authentication has ended; `code` says why it was not `well`, `url` is where the service waits."""

    well: bool
    code: str
    url: str = field(repr=False)


@dataclass(frozen=True)
class PinChangeStarted:
    """A change of the PIN begins."""


@dataclass(frozen=True)
class PinChangeEnded:
    """A change of the PIN has ended."""

    well: bool
    code: str


@dataclass(frozen=True)
class Pause:
    """It waits for a card that lies better (level 3)."""


@dataclass(frozen=True)
class BadState:
    """A command came at the wrong moment."""

    command: str


@dataclass(frozen=True)
class Unwell:
    """It found a fault in itself or did not understand what it was told; `message` names which."""

    message: str


Message = (
    ApiLevel
    | AccessRights
    | Certificate
    | InsertCard
    | Reader
    | ReaderList
    | EnterPin
    | EnterCan
    | EnterNewPin
    | EnterPuk
    | AuthStarted
    | AuthEnded
    | PinChangeStarted
    | PinChangeEnded
    | Pause
    | BadState
    | Unwell
)


def read(text: str) -> Message | None:
    """A message; None for one that is not known here.

    Raises:
        ProtocolError: not a message, too long, or one of those that are known without what belongs into it.
    """
    if len(text) > LONGEST:
        raise ProtocolError
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise ProtocolError from None
    if not isinstance(said, dict):
        raise ProtocolError
    match _word(said, "msg"):
        case "ENTER_PIN":
            return EnterPin(_reader(_part(said, "reader")))
        case "ENTER_CAN":
            return EnterCan(_reader(_part(said, "reader")))
        case "ENTER_NEW_PIN":
            return EnterNewPin(_reader(_part(said, "reader")))
        case "ENTER_PUK":
            return EnterPuk(_reader(_part(said, "reader")))
        case "READER":
            return Reader(_reader(said))
        case "READER_LIST":
            readers = said.get("readers")
            if not isinstance(readers, list) or len(readers) > _MANY:
                raise ProtocolError
            return ReaderList(tuple(_reader(each) for each in readers))
        case "INSERT_CARD":
            return InsertCard()
        case "PAUSE":
            return Pause()
        case "BAD_STATE":
            return BadState(_word(said, "error"))
        case "INTERNAL_ERROR" | "INVALID" | "UNKNOWN_COMMAND" as name:
            return Unwell(name)
        case name:
            return _of_flow(name, said)


def _of_flow(name: str, said: Mapping[str, Any]) -> Message | None:
    match name:
        case "API_LEVEL":
            return ApiLevel(_levels(said.get("available", [])), _level(said.get("current")))
        case "AUTH":
            return _auth(said)
        case "CHANGE_PIN":
            if "success" not in said:
                return PinChangeStarted()
            return PinChangeEnded(_truth(said, "success"), _code(said.get("reason")))
        case "ACCESS_RIGHTS":
            rights = _part(said, "chat")
            return AccessRights(_names(rights, "effective"), _names(rights, "optional"), _names(rights, "required"))
        case "CERTIFICATE":
            return _certificate(said)
    return None


def _auth(said: Mapping[str, Any]) -> Message:
    if "result" not in said:
        # with an error, and without a result, it has not begun at all
        return AuthEnded(well=False, code="not_started", url="") if "error" in said else AuthStarted()
    result = _part(said, "result")
    well = _word(result, "major") == _OK
    code = _code(result.get("reason")) or _code(result.get("minor"))
    return AuthEnded(well, code, _text(said, "url") if "url" in said else "")


def _certificate(said: Mapping[str, Any]) -> Message:
    described, validity = _part(said, "description"), _part(said, "validity")
    return Certificate(
        subject=_text(described, "subjectName"),
        subject_url=_text(described, "subjectUrl"),
        issuer=_text(described, "issuerName"),
        purpose=_text(described, "purpose"),
        until=_day(validity.get("expirationDate")),
    )


def _reader(said: object) -> ReaderState:
    if not isinstance(said, dict):
        raise ProtocolError
    name = _text(said, "name")
    attached = _truth(said, "attached")
    # an unplugged reader has only a name
    keypad = _truth(said, "keypad") if "keypad" in said else False
    virtual = name == "Simulator" or (_truth(said, "insertable") if "insertable" in said else False)
    return ReaderState(name, attached, keypad, virtual, _card(said.get("card")))


def _card(said: object) -> CardState | OtherCard | None:
    if said is None:
        return None
    if not isinstance(said, dict):
        raise ProtocolError
    if not said:
        return OtherCard()
    tries = said.get("retryCounter")
    if not isinstance(tries, int) or isinstance(tries, bool):
        raise ProtocolError
    if tries < 0:  # it does not know: its word for a card that it could not ask
        return OtherCard()
    return CardState(_truth(said, "deactivated"), _truth(said, "inoperative"), min(tries, 3))


def _part(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = said.get(name)
    if not isinstance(part, dict):
        raise ProtocolError
    return part


def _text(said: Mapping[str, Any], name: str, longest: int = _TEXT) -> str:
    text = said.get(name)
    if not isinstance(text, str) or len(text) > longest:
        raise ProtocolError
    return text


def _word(said: Mapping[str, Any], name: str) -> str:
    return _text(said, name, _WORD)


def _truth(said: Mapping[str, Any], name: str) -> bool:
    truth = said.get(name)
    if not isinstance(truth, bool):
        raise ProtocolError
    return truth


def _names(said: Mapping[str, Any], name: str) -> tuple[str, ...]:
    names = said.get(name)
    if not isinstance(names, list) or len(names) > _MANY:
        raise ProtocolError
    if not all(isinstance(each, str) and len(each) <= _WORD for each in names):
        raise ProtocolError
    return tuple(names)


def _levels(said: object) -> tuple[int, ...]:
    if not isinstance(said, list) or len(said) > _MANY:
        raise ProtocolError
    return tuple(level for each in said if (level := _level(each)) is not None)


def _level(said: object) -> int | None:
    return said if isinstance(said, int) and not isinstance(said, bool) else None


def _day(said: object) -> date | None:
    if not isinstance(said, str):
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def _code(said: object) -> str:
    """The end of a code, which is what tells it apart; nothing if it is not one."""
    if not isinstance(said, str):
        return ""
    found = _CODE.fullmatch(said.rpartition("resultminor/")[2])
    return found[0] if found else ""


@dataclass(frozen=True)
class Command:
    """What the client is told; `value` is a secret of the card, of its holder, or neither."""

    name: str
    more: tuple[tuple[str, object], ...] = ()
    value: str | None = field(default=None, repr=False)

    def text(self) -> str:
        """As it goes over the wire."""
        said: dict[str, object] = {"cmd": self.name, **dict(self.more)}
        if self.value is not None:
            said["value"] = self.value
        return json.dumps(said)


GET_API_LEVEL: Final = Command("GET_API_LEVEL")
GET_READER_LIST: Final = Command("GET_READER_LIST")
GET_CERTIFICATE: Final = Command("GET_CERTIFICATE")
ACCEPT: Final = Command("ACCEPT")
CANCEL: Final = Command("CANCEL")
RUN_CHANGE_PIN: Final = Command("RUN_CHANGE_PIN", (("status", False),))


def set_api_level(level: int) -> Command:
    """Speak this level from now on."""
    return Command("SET_API_LEVEL", (("level", level),))


def run_auth(tc_token: str, *, developer: bool) -> Command:
    """Begin an authentication; `developer` allows test services, and never a real card's data to be trusted."""
    return Command("RUN_AUTH", (("tcTokenURL", tc_token), ("developerMode", developer), ("status", False)))


def set_access_rights(optional: tuple[str, ...]) -> Command:
    """Leave these of the optional rights switched on."""
    return Command("SET_ACCESS_RIGHTS", (("chat", list(optional)),))


def set_pin(value: str | None) -> Command:
    """The PIN, or none if it is typed on the reader."""
    return Command("SET_PIN", value=value)


def set_can(value: str | None) -> Command:
    """The CAN, likewise."""
    return Command("SET_CAN", value=value)


def set_new_pin(value: str | None) -> Command:
    """The new PIN, likewise."""
    return Command("SET_NEW_PIN", value=value)
