"""Who says what when, written down without I/O: scripts that yield what to send and how long to listen.

An exchange is a script. Whoever runs it (`run`, on a wire; a test, with a clock of its own) sends each `Send`, and
answers each `Listen` with what came and the time it is.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.wires.byte_wire import ByteWire


@dataclass(frozen=True)
class Send:
    """Send these bytes."""

    data: bytes


@dataclass(frozen=True)
class Listen:
    """Hand over what comes within so many seconds; as soon as something comes."""

    timeout: float


@dataclass(frozen=True)
class Heard:
    """What came, maybe nothing, and the time it is, in seconds of a steady clock."""

    received: bytes
    now: float


T = TypeVar("T")
Script = Generator[Send | Listen, Heard, T]


def run(script: Script[T], wire: ByteWire, clock: Callable[[], float], write_within: float) -> T:
    """Act a script out on a wire; what it returned. Each `Send` has `write_within` seconds.

    Raises:
        TransportError: the wire failed.
    """
    try:
        action = next(script)
        while True:
            match action:
                case Send(data):
                    wire.write(data, write_within)
                    action = next(script)
                case Listen(timeout):
                    received = wire.read(256, timeout)
                    action = script.send(Heard(received, clock()))
    except StopIteration as ended:
        result: T = ended.value
        return result
