"""What `./run` can be told, and nothing more; the words are in help.txt."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence

HELP = Path(__file__).with_name("help.txt")
PORTS_IN_USE = 5
LOWEST_PORT, HIGHEST_PORT = 1024, 65535


class Format(Enum):
    """A kind of panel, with its pixels across and down."""

    PORTRAIT = (1080, 1920)
    LANDSCAPE = (1920, 1080)
    SMALL = (720, 1280)


class Screen(Enum):
    """Where the kiosk's screen is shown."""

    WINDOW = "window"
    BROWSER = "browser"
    AUTO = "auto"


@dataclass(frozen=True)
class Options:
    """One call of `./run`; `format` is None where it follows from the screen."""

    format: Format | None
    language: str
    screen: Screen
    port_base: int
    reset: bool
    german_card: bool


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in a sentence, and where the help is, without repeating the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"./run: {message}\n./run --help lists the options.\n")


def _port_base(words: str) -> int:
    port = int(words) if words.isascii() and words.isdigit() else 0
    if not LOWEST_PORT <= port <= HIGHEST_PORT - PORTS_IN_USE + 1:
        raise argparse.ArgumentTypeError(
            f"{words!r} is not a port from {LOWEST_PORT} to {HIGHEST_PORT - PORTS_IN_USE + 1}",
        )
    return port


def make_parser() -> argparse.ArgumentParser:
    """Name every option; the help itself is help.txt."""
    parser = _Parser(prog="./run", add_help=False, allow_abbrev=False)
    parser.add_argument("--help", "-h", action="store_true")
    parser.add_argument("--format", choices=[kind.name.lower() for kind in Format])
    parser.add_argument("--language", choices=["de", "en"], default="de")
    parser.add_argument("--screen", choices=[screen.value for screen in Screen], default=Screen.AUTO.value)
    parser.add_argument("--port-base", type=_port_base, default=8700)
    parser.add_argument("--german-card", action=argparse.BooleanOptionalAction, default=True)
    data = parser.add_mutually_exclusive_group()
    data.add_argument("--keep", action="store_true")
    data.add_argument("--reset", action="store_true")
    parser.add_argument("--no-install", action="store_true")
    return parser


def parse(arguments: Sequence[str]) -> Options:
    """Read the command line; leaves the process with a sentence if it makes no sense, or after the help."""
    read = make_parser().parse_args(arguments)
    if read.help:
        sys.stdout.write(HELP.read_text(encoding="utf-8"))
        sys.exit(0)
    return Options(
        format=Format[read.format.upper()] if read.format else None,
        language=read.language,
        screen=Screen(read.screen),
        port_base=read.port_base,
        reset=read.reset,
        german_card=read.german_card,
    )
