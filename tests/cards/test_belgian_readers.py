"""One Belgian card, in a third party's emulator, read by three: the kiosk, OpenSC's `eidenv`, and `pythonbeid`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from devices.card_reading import CardIn, NoCard
from devices.cards import belgian
from devices.cards.certificates import Certificate
from devices.cards.passive import Trust
from devices.cards.profiles import BELGIAN
from devices.drivers.pcsc_reader import PCSC_READER
from devices.errors import TransportError
from devices.identity_cards import READ_HOLDER, AskHolder, CardKind, Holder, Proven
from tests.cards.readers import ROOT, Readers
from tests.devices.cards import national
from tests.devices.cards.issuing import NOW, Hand
from tests.devices.cards.national import Register

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from devices.card_reading import CardReader

PATIENCE = 20.0
NEVER = threading.Event()
REGISTER = Register.new("BE", Hand.RSA)
# serial number of the chip and versions, among them that of the applet: 1.7
CARD_DATA = bytes.fromhex("534C494E0123456789ABCDEF012345671722A50221010117FF00" + "0F01")

PYTHONBEID = """
import json, sys
from pythonbeid import CardReader
with CardReader() as reader:
    json.dump(reader.read_informations(), sys.stdout, default=lambda day: day.date().isoformat())
"""
OUR_FILES = """
import json, sys, time
from devices.cards.files import FileReader
from devices.cards.links import channel_to
from devices.cards.profiles import by_path
from devices.drivers.pcsc_reader.connection import Connection
with Connection("Virtual PCD 00 00", time.monotonic, time.sleep) as wire:
    link, files = channel_to(wire, extended=False), {}
    for path in ("DF014032", "DF014033", "DF014034", "DF00503C"):
        assert link.exchange(by_path("3F00" + path)).ok
        files[path[4:]] = FileReader(link).read_current().hex()
    json.dump(files, sys.stdout)
"""


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    with Readers(tmp_path_factory.mktemp("cards") / "pcscd") as running:
        yield running


def written(folder: Path) -> Path:
    """Our card, as the emulator wants its files."""
    folder.mkdir()
    for path, content in national.belgian(REGISTER).applications[BELGIAN].items():
        (folder / f"{path[:4]}-{path[4:]}").write_bytes(content)
    (folder / "DF01.name").write_bytes(bytes.fromhex(BELGIAN))
    (folder / "ATR").write_bytes(national.BELGIAN_ATR)
    (folder / "card.data").write_bytes(CARD_DATA)
    return folder


def opened(readers: Readers, trust: Path) -> CardReader:
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            return PCSC_READER.open({"socket": str(readers.socket), "trust": str(trust)})
        except TransportError:
            if time.monotonic() > give_up:
                raise


def said_by(readers: Readers, *command: str) -> str:
    """What a program says that looks at the card by itself."""
    return subprocess.run(
        command, env=dict(readers.environment), cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    ).stdout


def by_eidenv(readers: Readers) -> Mapping[str, str]:
    command = shutil.which("eidenv")
    assert command is not None, "install opensc (./test does)"
    return dict(line.split(": ", 1) for line in said_by(readers, command).splitlines() if ": " in line)


def by_pythonbeid(readers: Readers) -> Mapping[str, str]:
    found = json.loads(said_by(readers, sys.executable, "-c", PYTHONBEID))
    assert isinstance(found, dict)
    return found


def our_files(readers: Readers) -> Mapping[str, bytes]:
    found = json.loads(said_by(readers, sys.executable, "-c", OUR_FILES))
    return {path: bytes.fromhex(content) for path, content in found.items()}


def test_three_readers_agree_on_whose_card_it_is_and_where_they_live(readers: Readers, tmp_path: Path) -> None:
    (tmp_path / "trust" / "be").mkdir(parents=True)
    (tmp_path / "trust" / "be" / "root.crt").write_bytes(REGISTER.root_certificate)
    image = written(tmp_path / "image")
    readers.insert("iso7816", "--files", str(image), "--card-data", str(image / "card.data"))
    with closing(opened(readers, tmp_path / "trust")) as device:
        assert isinstance(device.next_presence(NoCard(), PATIENCE, NEVER), CardIn)
        ours = device.work(replace(READ_HOLDER, seconds=60.0), AskHolder(CardKind.BE_EID), NEVER)
    assert isinstance(ours, Holder), ours
    assert ours.proven is Proven.DATA_SIGNED
    opensc, beid, files = by_eidenv(readers), by_pythonbeid(readers), our_files(readers)
    assert ours.birth_date is not None
    assert ours.expiry is not None
    assert ours.number == opensc["BELPIC_CARDNUMBER"] == beid["card_number"]
    assert ours.family_name == opensc["BELPIC_NAME"] == beid["last_name"]
    assert ours.given_names == " ".join((opensc["BELPIC_FIRSTNAMES"], opensc["BELPIC_INITIAL"]))
    assert ours.given_names == " ".join((beid["first_names"], beid["suffix"]))
    assert f"{ours.expiry:%d.%m.%Y}" == opensc["BELPIC_VALIDTILL"]
    assert ours.expiry.isoformat() == beid["validity_end"]
    assert ours.birth_date.isoformat() == beid["birth_date"]
    assert opensc["BELPIC_BIRTHDATE"] == "01 JANV 1971"
    address = belgian.address(files["4033"])
    assert address.street == beid["address"]  # eidenv 0.23 prints no street of anybody's
    assert address.postcode == opensc["BELPIC_ZIPCODE"] == beid["postal_code"]
    assert address.town == opensc["BELPIC_MUNICIPALITY"] == beid["city"]
    trust = Trust([Certificate.parse(REGISTER.root_certificate)])
    signed = belgian.signed_address(files["4033"], files["4032"])
    assert belgian.verdict(signed, files["4034"], files["503C"], trust, NOW).signed
