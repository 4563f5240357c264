"""An AusweisApp with a German card of its own, and the municipality's eID service beside it, on one port.

What it says and when is what AusweisApp 1.26.2 says; `tests/cards/test_online_ausweis.py` has the real one say it.
"""

from __future__ import annotations

import json
import secrets
import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from devices.simulators import wishes
from devices.simulators.ausweisapp_lines import answer, heard, request, said, welcome
from devices.simulators.listener import Listener

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from devices.simulators.wishes import Wish

    Message = Mapping[str, Any]

READER: Final = "Simulated reader 00 00"
_MINOR: Final = "http://www.bsi.bund.de/ecard/api/1.1/resultminor/"
_MAJOR: Final = "http://www.bsi.bund.de/ecard/api/1.1/resultmajor#"
_NEEDED: Final = ("FamilyName", "GivenNames", "DateOfBirth")


class Fault(StrEnum):
    """What the client or the service does wrong."""

    NONE = "none"
    HANGS = "hangs"
    """It takes messages and says nothing any more."""
    NO_SERVICE = "no_service"
    ASKS_TOO_MUCH = "asks_too_much"
    """The service wants to write an address onto the card."""
    RESULT_LOST = "result_lost"
    """The service has read the card and does not tell the kiosk."""


class Laid(StrEnum):
    """Which card lies on the reader."""

    HERS = "hers"
    FRESH = "fresh"
    """As it came by post: it has the letter's PIN."""
    PIN_BLOCKED = "pin_blocked"
    SWITCHED_OFF = "switched_off"
    OTHER_KIND = "other_kind"
    """No identity card: a bank card, a library card."""


LETTER_PIN: Final = "12345"
_NONE: Final = "none"


@dataclass
class GermanCard:
    """An identity card: its numbers, its counter, and whose it is, as printed specimens have it."""

    pin: str = "123456"
    can: str = "500540"
    tries: int = 3
    can_said: bool = False
    deactivated: bool = False
    other_kind: bool = False
    family_name: str = "Mustermann"
    given_names: str = "Erika"
    birth_date: str = "1964-08-12"

    def told(self) -> Message:
        """What the client tells of it."""
        if self.other_kind:  # its word for a card that it could not ask
            return {"deactivated": False, "inoperative": False, "retryCounter": -1}
        return {"deactivated": self.deactivated, "inoperative": False, "retryCounter": self.tries}


def _cards() -> dict[Laid, GermanCard]:
    """One card of each kind, as they are at first."""
    return {
        Laid.HERS: GermanCard(),
        Laid.FRESH: GermanCard(pin=LETTER_PIN),
        Laid.PIN_BLOCKED: GermanCard(tries=0),
        Laid.SWITCHED_OFF: GermanCard(deactivated=True),
        Laid.OTHER_KIND: GermanCard(other_kind=True),
    }


class AusweisAppEnd:
    """The client's end of the wire; all methods may be called from any thread."""

    def __init__(self, port: int = 0, *, keypad: bool = False) -> None:
        self._lock = threading.RLock()
        self._keypad = keypad
        self._fault = Fault.NONE
        self._in: GermanCard | None = None
        self._results: dict[str, bytes] = {}
        self._talking: _Talking | None = None
        self._cards = _cards()
        self.card = self._cards[Laid.HERS]
        self._listener = Listener(port, self._serve)
        self.port = self._listener.port

    def insert(self) -> None:
        """Lay `card` in."""
        with self._lock:
            self._in = self.card
            self._seen()

    def pull(self) -> None:
        """Take it out."""
        with self._lock:
            self._in = None
            self._seen()

    def fail(self, fault: Fault) -> None:
        """Do something wrong from now on."""
        with self._lock:
            self._fault = fault

    def plug(self) -> None:
        """Start the client."""
        self._listener.open()

    def unplug(self) -> None:
        """End the client, whatever it does."""
        self._listener.close()

    def close(self) -> None:
        """End."""
        self._listener.close()

    def state(self) -> Mapping[str, object]:
        """What the dock shows."""
        with self._lock:
            return {
                "plugged": self._listener.listening,
                "card": next((kind for kind, card in self._cards.items() if card is self._in), _NONE),
                "tries": self.card.tries,
                "pin": self.card.pin,
                "can": self.card.can,
                "born": self.card.birth_date,
                "holder": f"{self.card.given_names} {self.card.family_name}",
                "fault": self._fault,
            }

    def grant(self, wish: Wish) -> Mapping[str, object]:
        """Do what is wished on the dock; the new state.

        Raises:
            Refused: it cannot be done.
        """
        wishes.known(wish, "card", "anew", "fault", "plugged")
        if wishes.flag(wish, "anew"):
            self.pull()
            with self._lock:
                self._cards = _cards()
                self.card = self._cards[Laid.HERS]
        if "fault" in wish:
            self.fail(Fault(wishes.one_of(wish, "fault", *Fault)))
        if "card" in wish:
            self._lay(wishes.one_of(wish, "card", *Laid, _NONE))
        match wishes.flag(wish, "plugged"):
            case True:
                self.plug()
            case False:
                self.unplug()
        return self.state()

    def _lay(self, kind: str) -> None:
        """Take away what lies there, and lay a card of this kind down."""
        self.pull()
        if kind != _NONE:
            with self._lock:
                self.card = self._cards[Laid(kind)]
            self.insert()

    def rig(self) -> str:
        """Its table in a rig file."""
        return f"""[online_ausweis]
driver = "ausweisapp"
address = "ws://127.0.0.1:{self.port}/eID-Kernel"
tc_token = "http://127.0.0.1:{self.port}/tc-token"
developer = true
"""

    def _serve(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            asked = request(stream)
            if asked is None:
                return
            if asked.headers.get("upgrade", "").lower() != "websocket":
                connection.sendall(self._web(asked.path))
                return
            talking = _Talking(connection)
            with self._lock:
                if self._talking is not None:  # one client at a time
                    connection.sendall(answer("429 Too Many Requests"))
                    return
                self._talking = talking
            try:
                connection.sendall(welcome(asked.headers.get("sec-websocket-key", "")))
                with self._lock:
                    self._say(self._reader_message())
                for command in heard(connection, stream):
                    with self._lock:
                        if self._fault is not Fault.HANGS:
                            self._obey(talking, command)
            finally:
                with self._lock:
                    self._talking = None

    def _web(self, path: str) -> bytes:
        with self._lock:
            body = self._results.pop(path, None)
        return answer("200 OK", body) if body is not None else answer("404 Not Found")

    def _obey(self, talking: _Talking, command: Message) -> None:
        match command.get("cmd"):
            case "GET_API_LEVEL":
                self._say({"msg": "API_LEVEL", "available": [1, 2], "current": talking.level})
            case "SET_API_LEVEL":
                talking.level = int(command["level"])
                self._say({"msg": "API_LEVEL", "current": talking.level})
            case "GET_READER_LIST":
                own = {"name": "Simulator", "attached": True, "insertable": True, "keypad": True, "card": None}
                self._say({"msg": "READER_LIST", "readers": [own, self._reader()]})
            case "RUN_AUTH" if talking.flow is None:
                self._begin_auth(talking)
            case "RUN_CHANGE_PIN" if talking.flow is None:
                talking.begin("CHANGE_PIN")
                self._say({"msg": "CHANGE_PIN"})
                self._want_card(talking)
            case "CANCEL" if talking.flow is not None:
                self._end(talking, well=False, minor="sal#cancellationByUser")
            case name if name == talking.awaited or (talking.awaited == "ACCEPT" and name in _WHILE_ASKING):
                self._answered(talking, command)
            case name:
                self._say({"msg": "BAD_STATE", "error": str(name)})

    def _begin_auth(self, talking: _Talking) -> None:
        talking.begin("AUTH")
        self._say({"msg": "AUTH"})
        if self._fault is Fault.NO_SERVICE:
            self._end(talking, well=False, minor="dp#trustedChannelEstablishmentFailed")
            return
        talking.optional = ("GivenNames", "Address")
        talking.awaited = "ACCEPT"
        self._access_rights(talking, talking.optional)

    def _access_rights(self, talking: _Talking, kept: tuple[str, ...]) -> None:
        required = ["FamilyName", "DateOfBirth"]
        if self._fault is Fault.ASKS_TOO_MUCH:
            required.append("WriteAddress")
        chat = {"effective": [*required, *kept], "optional": list(talking.optional), "required": required}
        self._say({"msg": "ACCESS_RIGHTS", "chat": chat})

    def _answered(self, talking: _Talking, command: Message) -> None:
        match command["cmd"]:
            case "SET_ACCESS_RIGHTS":
                self._access_rights(talking, tuple(command["chat"]))
            case "GET_CERTIFICATE":
                self._say(_CERTIFICATE)
            case "ACCEPT":
                self._want_card(talking)
            case "SET_PIN":
                self._pin_said(talking, self._typed(command, self.card.pin))
            case "SET_CAN":
                self.card.can_said = self._typed(command, self.card.can) == self.card.can
                self._want_number(talking)
            case "SET_NEW_PIN":
                if self._in is None:
                    self._want_card(talking)
                    return
                self.card.pin = self._typed(command, "654321")
                self._end(talking, well=True)

    def _typed(self, command: Message, on_pad: str) -> str:
        """What was said, or what the person at the pad of the reader types."""
        return on_pad if self._keypad else str(command["value"])

    def _pin_said(self, talking: _Talking, pin: str) -> None:
        if self._in is None:
            self._want_card(talking)
            return
        if pin != self.card.pin:
            self.card.tries = max(self.card.tries - 1, 0)
            self.card.can_said = False
            self._want_number(talking)
            return
        self.card.tries = 3
        if talking.flow == "CHANGE_PIN":
            talking.awaited = "SET_NEW_PIN"
            self._say({"msg": "ENTER_NEW_PIN", "reader": self._reader()})
            return
        path = f"/result/{secrets.token_urlsafe(16)}"
        if self._fault is not Fault.RESULT_LOST:
            card = self.card
            holder = {name: getattr(card, name) for name in ("family_name", "given_names", "birth_date")}
            self._results[path] = json.dumps(holder).encode("utf-8")
        self._end(talking, well=True, url=f"http://127.0.0.1:{self.port}{path}")

    def _want_card(self, talking: _Talking) -> None:
        if not self._usable():
            talking.awaited = "card"
            self._say({"msg": "INSERT_CARD"})
        else:
            self._want_number(talking)

    def _want_number(self, talking: _Talking) -> None:
        reader = self._reader()
        if self.card.tries == 0:
            talking.awaited = "SET_PUK"
            self._say({"msg": "ENTER_PUK", "reader": reader})
        elif self.card.tries == 1 and not self.card.can_said:
            talking.awaited = "SET_CAN"
            self._say({"msg": "ENTER_CAN", "reader": reader})
        else:
            talking.awaited = "SET_PIN"
            self._say({"msg": "ENTER_PIN", "reader": reader})

    def _end(self, talking: _Talking, *, well: bool, minor: str = "", url: str = "") -> None:
        flow, talking.flow, talking.awaited = talking.flow, None, None
        if flow == "CHANGE_PIN":
            self._say({"msg": "CHANGE_PIN", "success": well})
            return
        result = {"major": _MAJOR + ("ok" if well else "error")}
        if minor:
            result["minor"] = _MINOR + minor
        self._say({"msg": "AUTH", "result": result, "url": url})

    def _seen(self) -> None:
        """Tell what lies in the reader now, and go on if that was waited for."""
        self._say(self._reader_message())
        talking = self._talking
        if talking is not None and talking.awaited == "card" and self._usable():
            self._want_number(talking)

    def _usable(self) -> bool:
        return self._in is not None and not self._in.deactivated and not self._in.other_kind

    def _reader_message(self) -> Message:
        return {"msg": "READER", **self._reader()}

    def _reader(self) -> Message:
        card = None if self._in is None else self._in.told()
        return {"name": READER, "attached": True, "insertable": False, "keypad": self._keypad, "card": card}

    def _say(self, message: Message) -> None:
        if self._talking is not None and self._fault is not Fault.HANGS:
            self._talking.say(message)


_WHILE_ASKING: Final = frozenset({"ACCEPT", "SET_ACCESS_RIGHTS", "GET_CERTIFICATE"})
_CERTIFICATE: Final[Mapping[str, Any]] = {
    "msg": "CERTIFICATE",
    "description": {
        "issuerName": "Simulated issuer of certificates",
        "issuerUrl": "https://issuer.invalid",
        "subjectName": "Stadt Musterstadt",
        "subjectUrl": "https://eid.invalid",
        "termsOfUsage": "For trials.",
        "purpose": "Anmeldung am Bürgerterminal",
    },
    "validity": {"effectiveDate": "2026-01-01", "expirationDate": "2036-01-01"},
}


class _Talking:
    """One connected client and how far its workflow is; what is `awaited` is a command, or "card"."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.level = 2
        self.flow: str | None = None
        self.awaited: str | None = None
        self.optional: tuple[str, ...] = ()

    def begin(self, flow: str) -> None:
        self.flow, self.awaited = flow, None

    def say(self, message: Message) -> None:
        try:
            self._connection.sendall(said(message))
        except OSError:  # it has gone; its thread ends by itself
            return
