"""How long the parts of a sale may take, and by whose clock."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Pace:
    """How long things may take.

    `issue_within`: seconds after the card was accepted in which a motor may still start; the terminal asks for a minute
    (see docs/devices.md), and a column may need a quarter of one. `clears_within`: seconds for which the drop sensor is
    waited for after a bag. `looks`: how often a terminal that fell silent is asked before the citizen is told that it
    is unclear. `clock` counts seconds, `pause` waits for some.
    """

    issue_within: float = 45.0
    clears_within: float = 10.0
    looks: int = 20
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], object] = time.sleep


PACE: Final = Pace()
