"""What the municipality's eID service read from the card, collected at the address that only this conversation knows.

The answer is small and declared (docs/eid.md): status 200, JSON, three names and nothing else.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from urllib.parse import SplitResult, urlsplit

import requests

from devices.identity_cards import CardKind, Holder, Proven
from devices.online_ausweis import Refusal, ServiceRefused
from devices.rig import RigError

LONGEST: Final = 4096
"""Bytes of an answer."""
_NAMES: Final = frozenset({"family_name", "given_names", "birth_date"})
_LONGEST_NAME: Final = 200
_CONNECT_WITHIN: Final = 3.0
_READ_WITHIN: Final = 5.0
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True)
class ServiceAddress:
    """Where the municipality's eID service begins an identification (TcToken), and whether it is one for trials."""

    url: str
    host: str
    developer: bool

    def admits(self, url: str) -> bool:
        """Whether a result may be collected there: from the same host, and no less safely."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        return parts.hostname == self.host and _safe(parts, developer=self.developer)


def parse_service(text: object, *, developer: bool) -> ServiceAddress:
    """Read the address of the rig file.

    Raises:
        RigError: no address, or one over which an identity must not travel.
    """
    try:
        parts = urlsplit(text) if isinstance(text, str) else None
    except ValueError:
        parts = None
    if parts is None or not isinstance(text, str) or not parts.hostname or parts.username or parts.fragment:
        raise RigError('online_ausweis: tc_token must be the address of the eID service, such as "https://eid.town/tc"')
    if not _safe(parts, developer=developer):
        raise RigError("online_ausweis: tc_token must be https (http to this machine with developer = true)")
    return ServiceAddress(text, parts.hostname, developer)


def _safe(parts: SplitResult, *, developer: bool) -> bool:
    return parts.scheme == "https" or (developer and parts.scheme == "http" and parts.hostname in _LOOPBACK)


def holder_in(body: bytes) -> Holder | None:
    """Whose card it was, by the service's answer; None if it is not what was agreed on."""
    try:
        said = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.keys() != _NAMES:
        return None
    family, given, birth = said["family_name"], said["given_names"], said["birth_date"]
    if not _name(family) or not _name(given) or not isinstance(birth, str):
        return None
    try:
        born = date.fromisoformat(birth)
    except ValueError:
        return None
    return Holder(CardKind.DE_ONLINE_AUSWEIS, Proven.CHIP_GENUINE, family, given, born)


def _name(said: object) -> bool:
    return isinstance(said, str) and 0 < len(said.strip()) <= _LONGEST_NAME and said.isprintable()


@dataclass
class Collection:
    """One answer being collected in a thread of its own, so that nobody has to wait for it who does not want to."""

    _done: threading.Event = field(default_factory=threading.Event)
    _outcome: Holder | ServiceRefused | None = field(default=None, repr=False)

    @classmethod
    def begun(cls, url: str) -> Collection:
        """Ask; the thread ends by itself, whether anybody waits for it or not."""
        collection = cls()
        # not joined by anybody: it holds nothing but an address, and its waits are bounded
        threading.Thread(target=collection._collect, args=(url,), name="eid-result", daemon=True).start()
        return collection

    @property
    def done(self) -> bool:
        """Whether there is an outcome."""
        return self._done.is_set()

    @property
    def outcome(self) -> Holder | ServiceRefused:
        """Whose card it was, once `done`."""
        assert self._outcome is not None
        return self._outcome

    def _collect(self, url: str) -> None:
        try:
            self._outcome = _collected(url)
        except (requests.RequestException, OSError):
            # the address is in the exception's text; it opens the result
            self._outcome = ServiceRefused(Refusal.NO_SERVICE, "result")
        finally:
            self._outcome = self._outcome or ServiceRefused(Refusal.ANSWER, "result")
            self._done.set()


def _collected(url: str) -> Holder | ServiceRefused:
    with (
        requests.Session() as session,
        session.get(
            url,
            headers={"Accept": "application/json", "User-Agent": "citizen-kiosk"},
            timeout=(_CONNECT_WITHIN, _READ_WITHIN),
            allow_redirects=False,
            stream=True,
        ) as answer,
    ):
        if answer.status_code != requests.codes.ok:
            return ServiceRefused(Refusal.ANSWER, f"status_{answer.status_code}")
        body = b""
        for piece in answer.iter_content(LONGEST):
            body += piece
            if len(body) > LONGEST:
                return ServiceRefused(Refusal.ANSWER, "too_long")
    return holder_in(body) or ServiceRefused(Refusal.ANSWER, "content")
