"""A TCP port on loopback that can be unplugged and plugged in again, with one thread for each caller."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import TYPE_CHECKING

from devices.simulators.settings import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Callable


class Listener:
    """Serves each connection with `serve(connection)` in a thread of its own; keeps its port number while unplugged."""

    def __init__(self, port: int, serve: Callable[[socket.socket], None]) -> None:
        self._serve = serve
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._threads: set[threading.Thread] = set()
        self._listening: socket.socket | None = None
        self.port = port
        self.open()

    @property
    def listening(self) -> bool:
        """Whether a caller gets through."""
        return self._listening is not None

    @property
    def callers(self) -> int:
        """How many connections there are."""
        with self._lock:
            return len(self._connections)

    def open(self) -> None:
        """Plug in: listen on the port."""
        if self._listening is not None:
            return
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((LOOPBACK, self.port))
            listening.listen(16)
        except OSError:
            listening.close()
            raise
        self.port = listening.getsockname()[1]
        self._listening = listening
        self._start(self._accept, listening)

    def reset(self) -> None:
        """Break every connection as a pulled cable and a reboot would: with a reset, not with a farewell."""
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RD)

    def close(self) -> None:
        """Unplug: nobody listens, and every connection is broken; returns when their threads have ended."""
        listening, self._listening = self._listening, None
        if listening is not None:
            # Only a shutdown wakes a thread that waits in accept.
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()
        self.reset()
        for thread in list(self._threads):
            if thread is not threading.current_thread():
                thread.join(2)

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            if self._listening is not listening:
                connection.close()
                return
            with self._lock:
                self._connections.add(connection)
            self._start(self._serve_one, connection)

    def _serve_one(self, connection: socket.socket) -> None:
        try:
            with contextlib.suppress(OSError):
                self._serve(connection)
        finally:
            with self._lock:
                self._connections.discard(connection)
            connection.close()

    def _start(self, work: Callable[[socket.socket], None], subject: socket.socket) -> None:
        def life() -> None:
            try:
                work(subject)
            finally:
                with self._lock:
                    self._threads.discard(thread)

        thread = threading.Thread(target=life, name="simulator", daemon=True)
        with self._lock:
            self._threads.add(thread)
            thread.start()
