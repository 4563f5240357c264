"""Chip cards, a third party's, through a real pcscd: `python -m tests.bench.bench_cards` prints table rows.

How soon a card's coming and going is told, how long a passport takes with everything proven (DG1, DG2 of 18 KB, EF.SOD,
DG14; this process speaks to PC/SC itself, so that only cards are measured), how long the kiosk's own job takes for each
kind of card, how long a master list of six hundred certificates, and a hundred passports one after the other that leave
no process, handle or memory. pcscd looks at a virtual reader every 400 ms; real readers tell it themselves.
"""

from __future__ import annotations

import os
import resource
import secrets
import statistics
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from devices.card_reading import LOOK, Lookup, NoCard
from devices.cards.certificates import Certificate
from devices.cards.emrtd import Checks, open_card, read
from devices.cards.links import channel_to
from devices.cards.pace import Password, PasswordKind
from devices.cards.passive import Trust
from devices.cards.proof import Level
from devices.drivers.pcsc_reader.trust_folder import TrustFolder
from devices.errors import Cancelled
from devices.identity_cards import READ_HOLDER, AskHolder, CardKind, Holder, Print, Pseudonym
from tests.cards.readers import Readers
from tests.cards.test_emulated_cards import CAN, COUNTRY, connected, written
from tests.devices.cards import national
from tests.devices.cards.issuing import NOW, Hand, Signer, card
from tests.devices.cards.national import Register
from tests.devices.drivers.test_pcsc_reader import LONG, NEVER, PATIENCE, cycles, inserted, opened, removed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devices.card_reading import CardReader
    from tests.devices.cards.file_cards import FileImage
    from tests.devices.cards.issuing import CardImage

TIMES = 10
CYCLES = 100
PHOTO = 18_000
SHORT, EXTENDED = 0xDF, 4000
LISTED = 600
KINDS: dict[CardKind, CardImage | FileImage] = {
    CardKind.ICAO_EMRTD: card(COUNTRY),
    CardKind.BE_EID: national.belgian(Register.new("BE")),
    CardKind.EE_EID_IDEMIA: national.estonian(Register.new("EE")),
    CardKind.EE_EID_THALES: national.estonian(Register.new("EE"), thales=True),
    CardKind.LV_EID: national.latvian(Register.new("LV")),
    CardKind.FI_EID: national.finnish(Register.new("FI")),
    CardKind.CIE_NIS: national.italian(COUNTRY),
}


def main() -> None:
    """Measure and print; `python -m tests.bench.bench_cards 20` puts only twenty cards in."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else CYCLES
    print("| chip cards | median ms | most ms | target |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, Readers(Path(folder) / "cards") as readers:
        os.environ["PCSCLITE_CSOCK_NAME"] = str(readers.socket)
        with closing(opened(readers)) as device:
            came, went = _told(readers, device)
            _row("card in, until it is told", came, "500")
            _row("card out, until it is told", went, "500")
            _row("first word of a job", _first_word(readers, device), "300")
            _row("a mute card, until `cancel` has ended it", _cancelled(readers, device), "500")
        image = written(card(COUNTRY, chip=None, photo_size=PHOTO), Path(folder) / "image")
        for name, chunk, target in (("short", SHORT, "150"), ("extended", EXTENDED, "120")):
            wall, own = _passports(readers, image, chunk)
            _row(f"PACE and a passport with an 18 KB face, {name} APDUs", wall, target)
            _row(f"… of that on this process's CPU, {name} APDUs", own, "25")
        _row("600 certificates of a master list read", _master_list(Path(folder) / "trust"), "300")
        for kind, played in KINDS.items():
            _row(f"whose card it is, the whole job: {kind}", _whole_jobs(readers, kind, played), "-")
        with closing(opened(readers)) as device:
            while device.presence() != NoCard():  # the last passport's going has to be told first
                time.sleep(0.01)
            began = time.monotonic()
            cycles(readers, device, many, image)
            took = (time.monotonic() - began) / many * 1000
            print(
                f"| {many} passports in, opened, read, out: no process, handle or memory left | {took:.0f} each | | |"
            )


def _row(name: str, seconds: Sequence[float], target: str) -> None:
    print(f"| {name} | {statistics.median(seconds) * 1000:.0f} | {max(seconds) * 1000:.0f} | {target} |", flush=True)


def _told(readers: Readers, device: CardReader) -> tuple[list[float], list[float]]:
    came, went = [], []
    for _ in range(TIMES):
        laid = readers.insert("iso7816")
        began = time.monotonic()
        there = inserted(device)
        came.append(time.monotonic() - began)
        began = time.monotonic()
        laid.pull()
        removed(device, there)
        went.append(time.monotonic() - began)
    return came, went


def _first_word(readers: Readers, device: CardReader) -> list[float]:
    laid = readers.insert("iso7816")
    there = inserted(device)
    times = []
    for _ in range(TIMES):
        time.sleep(0.7)  # the next process has started: as between two people
        said: list[float] = []
        began = time.monotonic()
        device.work(LOOK, Lookup(), NEVER, lambda _step, said=said: said.append(time.monotonic()))  # type: ignore[misc]
        times.append(said[0] - began)
    laid.pull()
    removed(device, there)
    return times


def _cancelled(readers: Readers, device: CardReader) -> list[float]:
    times = []
    for _ in range(3):
        laid = readers.insert("iso7816", "--mute-after", "2")
        there = inserted(device)
        cancel, at = threading.Event(), [0.0]

        def stop(cancel: threading.Event = cancel, at: list[float] = at) -> None:
            at[0] = time.monotonic()
            cancel.set()

        threading.Timer(0.5, stop).start()
        try:
            device.work(LOOK, LONG, cancel)
        except Cancelled:
            times.append(time.monotonic() - at[0])
        laid.pull()
        removed(device, there)
    assert len(times) == 3, f"not cancelled within {PATIENCE} s"
    return times


def _passports(readers: Readers, image: Path, chunk: int) -> tuple[list[float], list[float]]:
    readers.insert("nPA", "--can", CAN, "--pace", "2.2:13", "--passport", str(image))
    wall, own = [], []
    trust = Trust([Certificate.parse(COUNTRY.authority_certificate)], [])
    for _ in range(TIMES):
        with connected() as wire:
            began, cpu = time.monotonic(), _cpu()
            link = channel_to(wire, extended=chunk == EXTENDED)
            inside = open_card(link, Password.of_digits(PasswordKind.CAN, CAN), secrets.token_bytes, chunk)
            reading = read(inside, (2,), Checks(trust, NOW, secrets.token_bytes), chunk)
            wall.append(time.monotonic() - began)
            own.append(_cpu() - cpu)
            assert len(reading.files[2]) > PHOTO
            assert reading.proof.level is Level.DATA_SIGNED
    readers.empty()
    return wall, own


def _whole_jobs(readers: Readers, kind: CardKind, played: CardImage | FileImage) -> list[float]:
    """The job as the kiosk does it, the process that waits for it included."""
    times = []
    with closing(opened(readers)) as device:
        laid = readers.play(played)
        there = inserted(device)
        for _ in range(TIMES):
            time.sleep(0.7)  # as above
            began = time.monotonic()
            said = device.work(READ_HOLDER, AskHolder(kind, Print(can=CAN)), NEVER)
            times.append(time.monotonic() - began)
            assert isinstance(said, Holder | Pseudonym), said
        laid.pull()
        removed(device, there)
    return times


def _master_list(folder: Path) -> list[float]:
    """Certificates of three hands, a fifth of them with curves spelled out, as in a real list."""
    (folder / "icao").mkdir(parents=True)
    hands = (Hand.ECDSA, Hand.RSA, Hand.ECDSA, Hand.RSA_PSS, Hand.ECDSA_EXPLICIT)
    signers = [Signer.new(hand, 30) for hand in hands]
    listed = [
        replace(COUNTRY, code=f"{65 + at // 26:c}{65 + at % 26:c}", authority=signers[at % 5]).authority_certificate
        for at in range(LISTED)
    ]
    (folder / "icao" / "own.crt").write_bytes(COUNTRY.authority_certificate)
    (folder / "icao" / "list.ml").write_bytes(COUNTRY.master_list(*listed))
    times = []
    for _ in range(TIMES):
        began = time.monotonic()
        found = TrustFolder(str(folder), lambda: NOW).of("icao")
        times.append(time.monotonic() - began)
        assert (found.certificates, found.problems) == (LISTED + 1, ())
    return times


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
