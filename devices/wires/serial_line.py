"""A serial line (USB-CDC, RS-232, or a pseudo-terminal), opened for us alone.

pyserial answers an unplugged line with SerialException from `read`, but with OSError from the operating system's calls
it makes elsewhere: both become `Disconnected` here. The modem lines (RTS, DTR) are never touched, because a
pseudo-terminal has none and answers ENOTTY.
"""

from __future__ import annotations

import contextlib
import select
import termios
from typing import TYPE_CHECKING

import serial

from devices.errors import Disconnected, Timeout

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except serial.SerialTimeoutException as error:
        raise Timeout from error
    except (OSError, termios.error) as error:
        # SerialException is an OSError; termios.error, which a flush of a vanished line raises, is not.
        raise Disconnected from error


class SerialLine:
    """One serial port, locked against every other process that also locks it."""

    def __init__(self, port: str, baud: int, stop_bits: int = 1) -> None:
        with _translated():
            # 8 data bits, no parity, and 1 stop bit unless the device asks for 2: so they leave the factory.
            self._port = serial.Serial(port, baud, stopbits=stop_bits, timeout=0, write_timeout=1.0, exclusive=True)

    def read(self, at_most: int, timeout: float) -> bytes:
        """Whatever arrives first; pyserial by itself would wait until `at_most` bytes are there."""
        with _translated():
            readable, _, _ = select.select([self._port.fileno()], [], [], timeout)
            return bytes(self._port.read(at_most)) if readable else b""

    def write(self, data: bytes, timeout: float) -> None:
        """Hand over all of `data`."""
        with _translated():
            self._port.write_timeout = timeout
            self._port.write(data)

    def drain(self) -> None:
        """Throw away what has arrived and was not read."""
        with _translated():
            self._port.reset_input_buffer()
        # The flush above says nothing about a line that is gone; a read does.
        while self.read(4096, 0):
            pass

    def close(self) -> None:
        """Let go of the port."""
        with contextlib.suppress(OSError):
            self._port.close()
