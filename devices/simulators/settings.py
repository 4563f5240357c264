"""Where the simulated devices stand: ports, directories, and the office behind the line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

LOOPBACK: Final = "127.0.0.1"


class Boards(StrEnum):
    """What boards are in the locker wall; the word is the driver's in the rig file."""

    MODBUS = "modbus_wall"
    KERONG = "kerong_wall"


@dataclass(frozen=True)
class Settings:
    """What `run` needs; a port of 0 takes any free one.

    `run_directory` gets the rig file, the scanner's link and `simulators.json` with the addresses. `letters_directory`
    holds `letters.json` and the pictures; without one, only own pictures can be shown. `office` is the host and port
    behind the line that can be cut; without one there is no line. `print_speed` is in millimetres a second. `wall` says
    what boards release the lockers' locks, `chance` is the seed of the noise on their line. `terminal_tempo` multiplies
    the times that the card terminal takes; it hangs on a serial line if `terminal_on_serial`, else on `terminal_port`.
    With `german_card` there is an AusweisApp with an identity card as well, on `ausweis_port`.
    `dispenser_turn` is how many seconds a full turn takes of a bag dispenser's motor takes.
    """

    run_directory: Path
    letters_directory: Path | None = None
    office: tuple[str, int] | None = None
    dock_port: int = 0
    camera_port: int = 0
    printer_port: int = 0
    line_port: int = 0
    print_speed: float = 150.0
    wall: Boards = Boards.MODBUS
    chance: int = 1
    terminal_port: int = 0
    terminal_on_serial: bool = False
    terminal_tempo: float = 1.0
    dispenser_turn: float = 3.0
    ups_port: int = 0
    german_card: bool = False
    ausweis_port: int = 0
