"""What every wire of bytes can do, be it a serial line or a TCP connection."""

from __future__ import annotations

from typing import Protocol


class ByteWire(Protocol):
    """Bytes in and out, each call with its own deadline; a wire that failed once stays failed."""

    def read(self, at_most: int, timeout: float) -> bytes:
        """Whatever arrives first, up to `at_most` bytes; empty when nothing came within `timeout` seconds.

        Raises:
            Disconnected: the wire is gone.
        """
        ...

    def write(self, data: bytes, timeout: float) -> None:
        """Hand over all of `data`.

        Raises:
            Timeout: the other end did not take it within `timeout` seconds; some of it may have gone out.
            Disconnected: the wire is gone.
        """
        ...

    def drain(self) -> None:
        """Throw away what has arrived and was not read.

        Raises:
            Disconnected: the wire is gone.
        """
        ...

    def close(self) -> None:
        """Let go; never raises, may be called twice."""
        ...
