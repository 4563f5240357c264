"""Plays a card of our own making in a virtual reader; started by `tests.cards.readers`, in a process of its own.

`python -m tests.cards.player --port 35963 chip|files < image.json`: speaks the wire of vsmartcard's reader (vpcd): two
bytes of length, then a command for the card, or one byte that is meant for the chip's power. Says READY when the card
lies in the reader, and ends with the reader, or when the card is pulled.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import sys
import time
from typing import Protocol

from devices.cards.apdu import CommandApdu, ResponseApdu
from devices.cards.errors import CardError
from tests.devices.cards.chips import Chip, Twist
from tests.devices.cards.file_cards import FileCard, FileImage
from tests.devices.cards.issuing import CardImage

OFF, ON, RESET, ATR = 0, 1, 2, 4
NO_ATR = bytes(40)
"""Longer than any: the reader can't take it, and the card counts as one that says nothing."""
CHIP_ATR = bytes.fromhex("3B80800101")


class Played(Protocol):
    """A card that answers and can be switched off."""

    def reset(self) -> None: ...

    def exchange(self, command: CommandApdu) -> ResponseApdu: ...


def options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.cards.player")
    parser.add_argument("kind", choices=("chip", "files"))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--twist", choices=[one.name for one in Twist], help="what a dishonest chip does")
    parser.add_argument("--silent", action="store_true", help="gives no ATR: the wrong way round, or no chip at all")
    parser.add_argument("--delay-ms", type=float, default=0.0, help="taken for every command")
    parser.add_argument("--die-after", type=int, default=0, help="the command during which the card is pulled")
    parser.add_argument("--mute-after", type=int, default=0, help="the command that is never answered")
    return parser.parse_args(words)


def exactly(line: socket.socket, size: int) -> bytes:
    """So many bytes, or none when the reader is gone."""
    received = line.recv(size, socket.MSG_WAITALL) if size else b""
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)  # the reader sends length and command apart
    return received if len(received) == size else b""


def play(line: socket.socket, card: Played, atr: bytes, chosen: argparse.Namespace) -> None:
    """Answer until the reader is gone."""
    heard = 0
    while head := exactly(line, 2):
        message = exactly(line, int.from_bytes(head, "big"))
        if len(message) == 1:
            if message[0] in (OFF, ON, RESET):
                card.reset()
            elif message[0] == ATR:
                line.sendall(len(atr).to_bytes(2, "big") + atr)
            continue
        heard += 1
        if heard == chosen.die_after:
            os._exit(0)
        if heard == chosen.mute_after:
            signal.pause()
        if chosen.delay_ms:
            time.sleep(chosen.delay_ms / 1000)
        try:
            answer = card.exchange(CommandApdu.decode(message))
        except CardError:
            answer = ResponseApdu(b"", 0x6F00)
        line.sendall((len(answer.data) + 2).to_bytes(2, "big") + answer.encode())


def main() -> None:
    chosen = options(sys.argv[1:])
    packed = json.load(sys.stdin)
    card: Played
    if chosen.kind == "chip":
        card, atr = Chip(CardImage.unpacked(packed), Twist[chosen.twist] if chosen.twist else None), CHIP_ATR
    else:
        image = FileImage.unpacked(packed)
        card, atr = FileCard(image), image.atr
    with socket.create_connection(("127.0.0.1", chosen.port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        print("READY", flush=True)  # noqa: T201 - to whoever started it
        play(line, card, NO_ATR if chosen.silent else atr, chosen)


if __name__ == "__main__":
    main()
