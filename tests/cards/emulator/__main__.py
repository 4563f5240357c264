"""Plays a card in a virtual reader with Debian's emulator; started by `tests.cards.readers`, in a process of its own.

The emulator (vsmartcard, GPL-3) and this launcher run on the system's Python and see nothing of the project's packages.
Says READY when the card lies in the reader, and ends with the reader, or when the card is pulled.
"""

from __future__ import annotations

import argparse
import builtins
import logging
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.cards.emulator import contents, repairs

if TYPE_CHECKING:
    from collections.abc import Callable

ERIKSSON = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"


def options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.cards.emulator")
    parser.add_argument("kind", choices=("nPA", "ePass", "iso7816", "relay"))
    parser.add_argument("--port", type=int, default=35963)
    parser.add_argument("--can")
    parser.add_argument("--pin")
    parser.add_argument("--puk")
    parser.add_argument("--mrz", help="lines joined; of a German card the part that opens it")
    parser.add_argument("--pace", help="X.Y:P, the last parts of the suite's OID and its parameter, such as 2.4:13")
    parser.add_argument("--passport", type=Path, help="a folder with COM, SOD, DG1 …")
    parser.add_argument("--files", type=Path, help="a folder with files named by path, such as DF01-4031, and ATR")
    parser.add_argument("--card-data", type=Path, help="a file with what a Belgian card says of its chip")
    parser.add_argument("--card-access", type=Path)
    parser.add_argument("--card-security", type=Path)
    parser.add_argument("--ca-key", type=Path)
    parser.add_argument("--cvca", type=Path)
    parser.add_argument("--trust-any-terminal", action="store_true")
    parser.add_argument("--no-guard", action="store_true")
    parser.add_argument("--reader", type=int, default=0, help="the reader whose card a relay relays")
    parser.add_argument("--delay-ms", type=float, default=0.0, help="taken for every command")
    parser.add_argument("--die-after", type=int, default=0, help="the command during which the card is pulled")
    parser.add_argument("--mute-after", type=int, default=0, help="the command that is never answered")
    parser.add_argument("--talk", action="store_true", help="log to stderr")
    return parser.parse_args(words)


class PromptSocket:
    """The line to the reader without its pauses: it sends length and command apart, and waits to be acknowledged."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._line = socket.create_connection(address)
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._quick()

    def recv(self, size: int) -> bytes:
        received = self._line.recv(size, socket.MSG_WAITALL)
        self._quick()
        return received

    def _quick(self) -> None:
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def sendall(self, octets: bytes) -> None:
        self._line.sendall(octets)

    def settimeout(self, seconds: float | None) -> None:
        self._line.settimeout(seconds)

    def close(self) -> None:
        self._line.close()


def card_access(pace: str) -> bytes:
    """An EF.CardAccess with one PACEInfo (TR-03110-3, A.1.1.1), and what the emulated chip is able to besides."""
    suite, parameter = pace.split(":")
    mapping, cipher = (int(part) for part in suite.split("."))
    terminal = bytes.fromhex("300d060804007f0007020202020102")
    chip = bytes.fromhex("3012060a04007f00070202030202020102020141")
    domain = bytes.fromhex("301c060904007f000702020302300c060704007f0007010202010d020141")
    info = bytes.fromhex("3012060a04007f0007020204") + bytes((mapping, cipher, 2, 1, 2, 2, 1, int(parameter)))
    body = terminal + chip + info + domain
    return bytes((0x31, len(body))) + body


def furnished(chosen: argparse.Namespace) -> Callable[..., Any]:
    """How the package makes a card, with what was chosen on it."""
    from virtualsmartcard import CardGenerator  # noqa: PLC0415
    from virtualsmartcard.cards import ePass, nPA  # noqa: PLC0415

    make, directory, file = (
        CardGenerator.CardGenerator.getCard,
        CardGenerator.DF,
        CardGenerator.TransparentStructureEF,
    )
    # the package forgets DO'99', the status word inside of the secured answer
    ePass.ePass_SE.protect_response = nPA.nPA_SE.protect_response

    def card(generator: Any) -> Any:  # noqa: ANN401 - the package's types
        root, access = make(generator)
        if chosen.kind == "nPA":
            secrets = {"can": chosen.can, "eid_pin": chosen.pin, "puk": chosen.puk, "mrz": chosen.mrz}
            for name, secret in secrets.items():
                if secret is not None:
                    setattr(access, name, secret.encode())
        if chosen.passport is not None:
            if chosen.kind == "ePass":
                root.remove(root.content[-1])
            contents.add_passport(root, chosen.passport, directory, file)
        if chosen.files is not None:
            contents.add_files(root, chosen.files, directory, file)
        return root, access

    return card


def forgetful(system: Any) -> Callable[[], None]:  # noqa: ANN401 - the package's types
    """A reset that ends the secured channel: the package's card remembers it."""
    reset: Callable[[], None] = system.reset
    access = system.SAM

    def anew() -> None:
        old = access.current_SE
        fresh = type(old)(system.mf, access)
        for kept in ("cvca", "ca_key", "disable_checks"):
            if hasattr(old, kept):
                setattr(fresh, kept, getattr(old, kept))
        access.current_SE = fresh
        reset()

    return anew


def spoilt(execute: Callable[[bytes], bytes], chosen: argparse.Namespace) -> Callable[[bytes], bytes]:
    """The card's answers, late or never."""
    heard = 0

    def answer(command: bytes) -> bytes:
        nonlocal heard
        heard += 1
        if heard == chosen.die_after:
            os._exit(0)
        if heard == chosen.mute_after:
            while True:
                signal.pause()
        if chosen.delay_ms:
            time.sleep(chosen.delay_ms / 1000)
        return execute(command)

    return answer


def content(path: Path | None) -> bytes | None:
    return None if path is None else path.read_bytes()


def main() -> None:
    chosen = options(sys.argv[1:])
    repairs.install()
    from virtualsmartcard import CardGenerator, VirtualSmartcard  # noqa: PLC0415

    prompts = iter((chosen.mrz or ERIKSSON, "/nonexistent"))
    builtins.raw_input = lambda _prompt="": next(prompts)  # type: ignore[attr-defined]
    CardGenerator.CardGenerator.getCard = furnished(chosen)
    VirtualSmartcard.VirtualICC.connectToPort = staticmethod(lambda host, port: PromptSocket((host, port)))
    access = content(chosen.card_access)
    if chosen.pace is not None:
        from tests.cards.emulator import openpace  # noqa: PLC0415

        access = card_access(chosen.pace)
        only = access

        # the chip takes its suite from here too, instead of from its EF.CardSecurity
        def from_card_access(octets: bytes, context: int) -> int:
            return openpace.EAC_CTX_init_ef_cardaccess(only if octets else b"", context)

        openpace.EAC_CTX_init_ef_cardsecurity = from_card_access
    card = VirtualSmartcard.VirtualICC(
        None,
        chosen.kind,
        "127.0.0.1",
        chosen.port,
        readernum=chosen.reader,
        ef_cardaccess=access,
        ef_cardsecurity=content(chosen.card_security),
        ca_key=content(chosen.ca_key),
        cvca=content(chosen.cvca),
        disable_checks=chosen.trust_any_terminal,
        logginglevel=logging.DEBUG if chosen.talk else logging.CRITICAL,
    )
    if chosen.kind in ("nPA", "ePass"):
        card.os.reset = card.os.powerDown = forgetful(card.os)
        if not chosen.no_guard:
            card.os.execute = contents.locked(card.os)
    if chosen.files is not None:
        card.os.atr = (chosen.files / "ATR").read_bytes()
        card.os.execute = contents.selected_by_path(card.os, content(chosen.card_data))
    card.os.execute = spoilt(card.os.execute, chosen)
    print("READY", flush=True)  # noqa: T201 - to whoever started it
    card.run()


if __name__ == "__main__":
    main()
