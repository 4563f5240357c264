"""Cards that this project did not write, read through a real PC/SC: PACE by OpenPACE, BAC by vsmartcard."""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from devices.card_reading import LOOK, CardIn, CardReader, Looked, Lookup, NoCard
from devices.cards.apdu import CommandApdu
from devices.cards.certificates import Certificate
from devices.cards.emrtd import Checks, Reading, Secret, open_card, read
from devices.cards.errors import LinkFailed, PasswordRefused
from devices.cards.links import channel_to
from devices.cards.pace import Password, PasswordKind
from devices.cards.passive import Trust
from devices.cards.proof import Level, Way
from devices.drivers.pcsc_reader import PCSC_READER
from devices.drivers.pcsc_reader.connection import Connection
from devices.errors import Timeout
from tests.cards.readers import FIRST_READER, SECOND_READER, Readers
from tests.devices.cards.issuing import EF_SOD, NOW, ZONE, CardImage, Country, card, td3_zone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 20.0
COUNTRY = Country.new()
CAN = "500540"
GERMAN_EID = bytes.fromhex("E80704007F00070302")


@pytest.fixture(scope="module")
def only_readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    """One pcscd for all tests here: a process that has found pcscd once never looks elsewhere."""
    with Readers(tmp_path_factory.mktemp("cards") / "pcscd") as running, pytest.MonkeyPatch.context() as environment:
        environment.setenv("PCSCLITE_CSOCK_NAME", str(running.socket))
        yield running


@pytest.fixture
def readers(only_readers: Readers) -> Iterator[Readers]:
    yield only_readers
    only_readers.empty()


def digits(can: str) -> Password:
    return Password.of_digits(PasswordKind.CAN, can)


def written(image: CardImage, folder: Path) -> Path:
    """Write the passport's files as the emulator wants them."""
    folder.mkdir()
    for identifier, content in image.files.items():
        if identifier == EF_SOD:
            (folder / "SOD").write_bytes(content)
        elif 0x0101 <= identifier <= 0x0110:
            (folder / f"DG{identifier - 0x0100}").write_bytes(content)
    return folder


def connected() -> Connection:
    """Connect as soon as the card is seen."""
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            return Connection(FIRST_READER, time.monotonic, time.sleep)
        except LinkFailed:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.05)


def opened(readers: Readers, name: str) -> CardReader:
    """Open the device, again if a loaded machine is too slow to start its process."""
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            return PCSC_READER.open({"reader": name, "socket": str(readers.socket)})
        except Timeout:
            if time.monotonic() > give_up:
                raise


def visit(secret: Secret) -> Reading:
    with connected() as wire:
        link = channel_to(wire, extended=False)
        inside = open_card(link, secret, secrets.token_bytes)
        trust = Trust([Certificate.parse(COUNTRY.authority_certificate)], [])
        return read(inside, (2,), Checks(trust, NOW, secrets.token_bytes))


# generic mapping: the only one that OpenPACE's emulated card and Debian's package speak to its end
SUITES = [("2.2", 13), ("2.3", 15), ("2.4", 16), ("2.4", 17)]


@pytest.mark.parametrize(("suite", "group"), SUITES)
def test_a_card_opened_by_its_six_digits_is_read_and_its_data_is_signed(
    readers: Readers, tmp_path: Path, suite: str, group: int
) -> None:
    image = card(COUNTRY, pace=(f"0.4.0.127.0.7.2.2.4.{suite}", group), chip=None)
    folder = written(image, tmp_path / "image")
    readers.insert("nPA", "--can", CAN, "--pace", f"{suite}:{group}", "--passport", str(folder))
    reading = visit(digits(CAN))
    assert reading.zone.surname == "ERIKSSON"
    assert reading.proof.way is Way.PACE
    assert reading.proof.level is Level.DATA_SIGNED
    assert reading.files[2] == image.files[0x0102]


def test_a_card_with_other_digits_is_not_opened_and_opens_with_its_own_afterwards(
    readers: Readers, tmp_path: Path
) -> None:
    folder = written(card(COUNTRY, chip=None), tmp_path / "image")
    readers.insert("nPA", "--can", CAN, "--pace", "2.2:13", "--passport", str(folder))
    with pytest.raises(PasswordRefused):
        visit(digits("500541"))
    assert visit(digits(CAN)).zone.surname == "ERIKSSON"


def test_an_old_passport_is_opened_by_its_printed_zone(readers: Readers, tmp_path: Path) -> None:
    image = card(COUNTRY, pace=None, chip=None)
    folder = written(image, tmp_path / "image")
    readers.insert("ePass", "--mrz", td3_zone(), "--passport", str(folder))
    reading = visit(ZONE)
    assert reading.proof.way is Way.BAC
    assert reading.proof.level is Level.DATA_SIGNED


def test_a_card_that_lost_its_session_answers_nobody_in_plain(readers: Readers, tmp_path: Path) -> None:
    folder = written(card(COUNTRY, chip=None), tmp_path / "image")
    readers.insert("nPA", "--can", CAN, "--pace", "2.2:13", "--passport", str(folder))
    visit(digits(CAN))
    with connected() as wire:
        assert wire.exchange(CommandApdu(0x00, 0xA4, 0x04, 0x0C, bytes.fromhex("A0000002471001"))).ok
        assert wire.exchange(CommandApdu(0x00, 0xB0, 0x81, 0x00, le=256)).sw == 0x6982


def test_files_of_a_card_without_locks_are_read_by_their_path(readers: Readers, tmp_path: Path) -> None:
    folder = tmp_path / "image"
    folder.mkdir()
    (folder / "DF01-4031").write_bytes(b"somebody")
    (folder / "ATR").write_bytes(bytes.fromhex("3B9813400AA503010101AD1311"))
    readers.insert("iso7816", "--files", str(folder))
    with connected() as wire:
        assert wire.exchange(CommandApdu(0x00, 0xA4, 0x08, 0x0C, bytes.fromhex("3F00DF014031"))).ok
        assert wire.exchange(CommandApdu(0x00, 0xB0, 0x00, 0x00, le=8)).data == b"somebody"


def test_a_card_that_is_elsewhere_looks_like_one_that_is_here(readers: Readers) -> None:
    """A relay can't be told by software: what a chip says is worth no more than the person who holds it."""
    never = threading.Event()
    readers.insert("nPA")
    with closing(opened(readers, FIRST_READER)) as there:
        assert isinstance(there.next_presence(NoCard(), PATIENCE, never), CardIn)
        give_up = time.monotonic() + PATIENCE
        while not isinstance(
            there.work(LOOK, Lookup(), never), Looked
        ):  # the last test's card may not be told gone yet
            assert time.monotonic() < give_up
            there.next_presence(NoCard(), PATIENCE, never)
    readers.insert("relay", "--reader", "0", reader=SECOND_READER)
    with closing(opened(readers, SECOND_READER)) as here:
        assert isinstance(here.next_presence(NoCard(), PATIENCE, never), CardIn)
        found = here.work(LOOK, Lookup((GERMAN_EID,)), never)
    assert isinstance(found, Looked)
    assert found.applications == (GERMAN_EID,)
