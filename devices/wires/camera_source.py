"""A stream of pictures by OpenCV: a camera's number or device path, a URL (MJPEG, RTSP) or a film.

OpenCV blocks while it waits for a picture, so each source has a thread that keeps the newest picture and nothing else.
The camera runs only while someone looks: after `LINGER` seconds without a look it is let go, so that its light is
off and no picture is taken of people who merely walk past.
"""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import cv2
import numpy as np
import numpy.typing as npt

from devices.errors import Disconnected

if TYPE_CHECKING:
    from collections.abc import Callable

Pixels = npt.NDArray[np.uint8]
"""Rows, columns and, for colour, three channels in the order blue, green, red (OpenCV's)."""

LINGER = 3.0
"""Seconds the camera runs on after the last look."""

_OPEN_TIMEOUT_MS = 1500
_READ_TIMEOUT_MS = 1500
_PROBE_TIMEOUT = 0.3
_JOIN_TIMEOUT = 0.3
_DEFAULT_PORTS = {"http": 80, "https": 443, "rtsp": 554}


class CameraSource:
    """The newest picture of one source; `source` is a number ("0"), a path ("/dev/video0") or a URL."""

    def __init__(self, source: str, width: int, height: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._size = (width, height)
        self._clock = clock
        self._news = threading.Condition()
        self._newest: Pixels | None = None
        self._taken = 0
        self._seen = 0
        self._last_look = 0.0
        self._running: threading.Thread | None = None
        self._failed = False
        self._closed = False
        # The kiosk has few cores and a screen to draw; OpenCV would start one thread per core.
        cv2.setNumThreads(1)
        self.probe()

    def probe(self) -> None:
        """Make sure that the camera is there, without taking a picture.

        Raises:
            Disconnected: no such device, nobody listens at the URL, or the running stream ended.
        """
        with self._news:
            if self._failed or self._closed:
                raise Disconnected
            if self._running is not None:
                return
        parts = urlsplit(self._source)
        try:
            if parts.scheme in _DEFAULT_PORTS and parts.hostname:
                port = parts.port or _DEFAULT_PORTS[parts.scheme]
                socket.create_connection((parts.hostname, port), _PROBE_TIMEOUT).close()
            else:
                Path(f"/dev/video{self._source}" if self._source.isdigit() else self._source).stat()
        except OSError as error:
            raise Disconnected from error

    def begin(self) -> None:
        """Start taking pictures and drop the newest one: the next one handed out is taken after this call."""
        with self._news:
            self._newest = None
            self._seen = self._taken
            self._want()

    def newest(self, timeout: float) -> Pixels | None:
        """The newest picture not handed out yet; None when there was none within `timeout` seconds.

        Raises:
            Disconnected: the stream ended or never began.
        """
        deadline = self._clock() + timeout
        with self._news:
            self._want()
            while self._taken == self._seen and not (self._failed or self._closed):
                left = deadline - self._clock()
                if left <= 0:
                    return None
                self._news.wait(left)
            if self._failed or self._closed:
                raise Disconnected
            self._seen = self._taken
            return self._newest

    def close(self) -> None:
        """Let go of the camera; a read that hangs in OpenCV ends by its own timeout."""
        with self._news:
            self._closed = True
            self._newest = None
            running = self._running
            self._news.notify_all()
        if running is not None:
            running.join(_JOIN_TIMEOUT)

    def _want(self) -> None:
        self._last_look = self._clock()
        if self._running is None and not (self._failed or self._closed):
            self._running = threading.Thread(target=self._take, name="camera", daemon=True)
            self._running.start()

    def _take(self) -> None:
        """Take pictures as long as somebody looks: the body of the thread."""
        while True:
            alive = self._stream()
            with self._news:
                self._newest = None
                # Somebody may have begun to look again while the camera was being let go.
                if alive and not self._unwanted():
                    continue
                self._failed = self._failed or not alive
                self._running = None
                self._news.notify_all()
                return

    def _stream(self) -> bool:
        """Take pictures until nobody looks; False when the stream ended by itself."""
        capture = self._capture()
        try:
            alive = bool(capture.isOpened())
            while alive:
                alive, picture = capture.read()
                with self._news:
                    if self._unwanted():
                        return True
                    if alive:
                        self._newest = picture
                        self._taken += 1
                        self._news.notify_all()
            return False
        finally:
            capture.release()

    def _unwanted(self) -> bool:
        return self._closed or self._clock() - self._last_look > LINGER

    def _capture(self) -> Any:  # noqa: ANN401  OpenCV carries no types for its capture
        timeouts = [
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
            _OPEN_TIMEOUT_MS,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC,
            _READ_TIMEOUT_MS,
        ]
        if "://" in self._source:
            return cv2.VideoCapture(self._source, cv2.CAP_FFMPEG, timeouts)
        device = int(self._source) if self._source.isdigit() else self._source
        if isinstance(device, str) and not device.startswith("/dev/"):
            return cv2.VideoCapture(device, cv2.CAP_FFMPEG, timeouts)
        capture = cv2.VideoCapture(device, cv2.CAP_V4L2)
        # Uncompressed pictures of this size do not fit through USB 2 at 15 a second.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        return capture
