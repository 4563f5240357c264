"""A camera on an HTTP port: motion JPEG, 15 pictures a second of whatever is held before it.

A hand and a sensor never give the same picture twice, but encoding fifteen a second would cost the small machine that
also runs the kiosk; so each scene is exposed `_TAKES` times and those pictures go round.
"""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from devices.simulators.listener import Listener
from devices.simulators.scene import Pixels, Subject, View, compose, exposure

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

PATH: Final = "/camera.mjpg"
_PICTURES_A_SECOND: Final = 15
_TAKES: Final = 5
_AT_ONCE: Final = 12
_JPEG_QUALITY: Final = 85


class Camera:
    """Streams to every caller; all methods may be called from any thread."""

    def __init__(self, port: int) -> None:
        self._lock = threading.Lock()
        self._shown: Subject | None = None
        self._title: str | None = None
        self._view = View()
        self._still: Pixels | None = None
        self._takes: list[bytes] = []
        self._turn = 0
        self._scene = 0
        self._listener = Listener(port, self._stream)
        self.port = self._listener.port

    @property
    def url(self) -> str:
        """Where the pictures are."""
        return f"http://127.0.0.1:{self.port}{PATH}"

    @property
    def view(self) -> View:
        """How the subject is held and lit."""
        return self._view

    def show(self, shown: Subject | None, title: str | None) -> None:
        """Hold something up, or take it away."""
        with self._lock:
            self._shown, self._title = shown, title
            self._expose_anew()

    def look_through(self, view: View) -> None:
        """Hold and light it differently."""
        with self._lock:
            self._view = view
            self._expose_anew()

    def plug(self) -> None:
        """Put the cable in."""
        self._listener.open()

    def unplug(self) -> None:
        """Pull the cable."""
        self._listener.close()

    def jpeg(self) -> bytes:
        """The next picture."""
        with self._lock:
            if self._still is None:
                self._still = compose(self._shown, self._view)
            if len(self._takes) < _TAKES:
                rng = np.random.default_rng(self._scene * _TAKES + len(self._takes))
                frame = exposure(self._still, self._view, rng)
                _, encoded = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
                self._takes.append(encoded.tobytes())
                return self._takes[-1]
            self._turn = (self._turn + 1) % _TAKES
            return self._takes[self._turn]

    def state(self) -> Mapping[str, object]:
        """What the dock shows."""
        return {
            "plugged": self._listener.listening,
            "port": self.port,
            "url": self.url,
            "showing": self._title,
            "watched_by": self._listener.callers,
            "view": vars(self._view),
        }

    def close(self) -> None:
        """End."""
        self._listener.close()

    def _expose_anew(self) -> None:
        self._still, self._takes, self._turn = None, [], 0
        self._scene += 1

    def _stream(self, caller: socket.socket) -> None:
        caller.settimeout(2)
        head = b""
        while b"\r\n\r\n" not in head:
            received = caller.recv(2048)
            if not received or len(head) > 8192:
                return
            head += received
        if not head.startswith(f"GET {PATH} ".encode()):
            caller.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        caller.sendall(
            b"HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nConnection: close\r\n"
            b"Content-Type: multipart/x-mixed-replace; boundary=picture\r\n\r\n"
        )
        # Readers estimate the rate from the first dozen pictures before they show one: send those at once.
        due = time.monotonic() - _AT_ONCE / _PICTURES_A_SECOND
        with contextlib.suppress(TimeoutError):
            while self._listener.listening:
                picture = self.jpeg()
                caller.sendall(
                    b"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%b\r\n"
                    % (len(picture), picture)
                )
                due += 1 / _PICTURES_A_SECOND
                # A reader that was slow for a moment is not flooded afterwards.
                due = max(due, time.monotonic() - _AT_ONCE / _PICTURES_A_SECOND)
                time.sleep(max(0.0, due - time.monotonic()))
