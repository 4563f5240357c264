"""The line to the office: a TCP proxy that a person can cut and mend."""

from __future__ import annotations

import contextlib
import socket
import threading
from enum import StrEnum
from typing import TYPE_CHECKING

from devices.simulators.listener import Listener

if TYPE_CHECKING:
    from collections.abc import Mapping


class Cut(StrEnum):
    """How a cut line behaves towards new callers."""

    REFUSED = "refused"
    """As with the cable pulled at this end: refused at once."""

    HUNG = "hung"
    """As with the cable pulled far away: accepted, and then nothing, ever."""


class Line:
    """Carries bytes both ways between its own port and the office."""

    def __init__(self, port: int, office: tuple[str, int]) -> None:
        self._office = office
        self._cut: Cut | None = None
        self._mended = threading.Event()
        self._mended.set()
        self._ending = threading.Event()
        self._listener = Listener(port, self._carry)
        self.port = self._listener.port

    def cut(self, manner: Cut) -> None:
        """Break every connection; new ones are refused or left hanging."""
        self._cut = manner
        if manner is Cut.REFUSED:
            self._listener.close()
        else:
            self._listener.open()
            self._listener.reset()

    def mend(self) -> None:
        """Carry again; callers that hang are broken off first, so that they call anew."""
        self._cut = None
        self._listener.reset()
        self._listener.open()

    def state(self) -> Mapping[str, object]:
        """What the dock shows."""
        return {
            "cut": self._cut is not None,
            "manner": self._cut.value if self._cut else None,
            "port": self.port,
            "connections": self._listener.callers,
        }

    def close(self) -> None:
        """End every connection."""
        self._cut = Cut.REFUSED
        self._listener.close()

    def _carry(self, caller: socket.socket) -> None:
        if self._cut is not None:
            while caller.recv(65536):
                pass
            return
        with socket.create_connection(self._office, 5) as office:
            office.settimeout(None)
            back = threading.Thread(target=_pump, args=(office, caller), name="line", daemon=True)
            back.start()
            _pump(caller, office)
            if self._cut is not None:
                # The office, too, sees the line break.
                with contextlib.suppress(OSError):
                    office.shutdown(socket.SHUT_RDWR)
            back.join(5)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
