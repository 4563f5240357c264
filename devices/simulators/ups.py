"""An uninterruptible power supply behind an `upsd` of its own: answers as that does (RFC 9271)."""

from __future__ import annotations

import threading
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from devices.simulators import wishes
from devices.simulators.listener import Listener

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from devices.simulators.wishes import Wish

NAME: Final = "kiosk"
_LONGEST: Final = 256
_FULL: Final = 1800
"""Seconds for which a full battery lasts."""


class Mains(StrEnum):
    """What the wall socket gives."""

    ON = "on"
    OFF = "off"
    """It runs on its battery."""
    ENDING = "ending"
    """The battery is nearly empty."""


class Ups:
    """All methods may be called from any thread."""

    def __init__(self, port: int) -> None:
        self._lock = threading.Lock()
        self._mains = Mains.ON
        self._stale = False
        self._old = False
        self._listener = Listener(port, self._serve)
        self.port = self._listener.port

    def set_mains(self, mains: Mains) -> None:
        """Pull the plug, or let the battery run down."""
        with self._lock:
            self._mains = mains

    def set_stale(self, *, stale: bool) -> None:
        """Loosen the cable between the UPS and the machine on which upsd runs."""
        with self._lock:
            self._stale = stale

    def set_old(self, *, old: bool) -> None:
        """Let the battery age."""
        with self._lock:
            self._old = old

    def plug(self) -> None:
        """Start upsd."""
        self._listener.open()

    def unplug(self) -> None:
        """End upsd."""
        self._listener.close()

    def state(self) -> Mapping[str, object]:
        """What the dock shows."""
        with self._lock:
            return {
                "plugged": self._listener.listening,
                "mains": self._mains,
                "stale": self._stale,
                "old": self._old,
            }

    def rig(self) -> str:
        """Its table in a rig file."""
        return f"""[ups]
driver = "nut_ups"
address = "tcp://127.0.0.1:{self.port}"
name = "{NAME}"
"""

    def grant(self, wish: Wish) -> Mapping[str, object]:
        """Do what is wished on the dock; the new state.

        Raises:
            Refused: it cannot be done.
        """
        wishes.known(wish, "mains", "stale", "old", "plugged")
        if "mains" in wish:
            self.set_mains(Mains(wishes.one_of(wish, "mains", *Mains)))
        if (stale := wishes.flag(wish, "stale")) is not None:
            self.set_stale(stale=stale)
        if (old := wishes.flag(wish, "old")) is not None:
            self.set_old(old=old)
        match wishes.flag(wish, "plugged"):
            case True:
                self.plug()
            case False:
                self.unplug()
        return self.state()

    def close(self) -> None:
        """End."""
        self._listener.close()

    def _serve(self, connection: socket.socket) -> None:
        with connection.makefile("rwb") as line:
            while (asked := line.readline(_LONGEST)).endswith(b"\n"):
                line.write(self._answer(asked.decode("ascii", "replace").split()).encode("ascii") + b"\n")
                line.flush()
                if asked.strip() == b"LOGOUT":
                    return

    def _answer(self, words: list[str]) -> str:
        match words:
            case ["LIST", "UPS"]:
                return f'BEGIN LIST UPS\nUPS {NAME} "Simulated"\nEND LIST UPS'
            case ["GET", "VAR", name, _] if name != NAME:
                return "ERR UNKNOWN-UPS"
            case ["GET", "VAR", _, variable]:
                return self._variable(variable)
            case ["LIST", "VAR", name] if name == NAME:
                said = "\n".join(self._variable(each) for each in ("battery.charge", "battery.runtime", "ups.status"))
                return f"BEGIN LIST VAR {NAME}\n{said}\nEND LIST VAR {NAME}"
            case ["LOGOUT"]:
                return "OK Goodbye"
        return "ERR UNKNOWN-COMMAND"

    def _variable(self, name: str) -> str:
        with self._lock:
            mains, stale, old = self._mains, self._stale, self._old
        if stale:
            return "ERR DATA-STALE"
        charge = {Mains.ON: 100, Mains.OFF: 60, Mains.ENDING: 5}[mains]
        status = {Mains.ON: "OL", Mains.OFF: "OB", Mains.ENDING: "OB LB"}[mains]
        known = {
            "ups.status": f"{status} RB" if old else status,
            "battery.charge": str(charge),
            "battery.runtime": str(_FULL * charge // 100),
        }
        return f'VAR {NAME} {name} "{known[name]}"' if name in known else "ERR VAR-NOT-SUPPORTED"
