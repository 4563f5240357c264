"""Every kind of identity card, recognised and read through a real PC/SC by the card process, honest ones and others."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import pytest

from devices.card_reading import CardTrouble, CardUnreadable, NoCard, NotDone, tell_nobody
from devices.cards.mrz import MrzKey
from devices.drivers.pcsc_reader import PCSC_READER
from devices.errors import Timeout, TransportError
from devices.identity_cards import (
    READ_HOLDER,
    RECOGNISE,
    AskHolder,
    CardExpired,
    CardKind,
    CardRefused,
    Holder,
    NotAnIdentityCard,
    OpensWith,
    Print,
    PrintRefused,
    Proven,
    Pseudonym,
    Recognise,
    Recognised,
)
from tests.cards.readers import Readers
from tests.devices.cards import national
from tests.devices.cards.issuing import NOW, YEAR, CardImage, Country, card
from tests.devices.cards.national import Register

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from devices.card_reading import CardReader, Presence


T = TypeVar("T")
PATIENCE = 20.0
NEVER = threading.Event()
COUNTRY = Country.new()
BELGIUM, ESTONIA, LATVIA, FINLAND = (Register.new(code) for code in ("BE", "EE", "LV", "FI"))
CAN = Print(can="500540")
PASSPORT = AskHolder(CardKind.ICAO_EMRTD, CAN)


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    with Readers(tmp_path_factory.mktemp("cards") / "pcscd") as running:
        yield running


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a kiosk that trusts our countries."""
    folder = tmp_path_factory.mktemp("trust")
    for issuers, certificate in {
        "icao": COUNTRY.authority_certificate,
        "be": BELGIUM.root_certificate,
        "ee": ESTONIA.root_certificate,
        "lv": LATVIA.root_certificate,
        "fi": FINLAND.root_certificate,
    }.items():
        (folder / issuers).mkdir()
        (folder / issuers / "root.crt").write_bytes(certificate)
    (folder / "icao" / "revoked.crl").write_bytes(COUNTRY.revocation_list(99))
    return folder


def opened(readers: Readers, trust: str) -> CardReader:
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            return PCSC_READER.open({"socket": str(readers.socket), "trust": trust})
        except TransportError:
            if time.monotonic() > give_up:
                raise


@pytest.fixture(scope="module")
def only_device(readers: Readers, trusted: Path) -> Iterator[CardReader]:
    with closing(opened(readers, str(trusted))) as device:
        yield device


@pytest.fixture
def device(readers: Readers, only_device: CardReader) -> Iterator[CardReader]:
    """The reader of a kiosk, empty before and after."""
    yield only_device
    readers.empty()
    give_up = time.monotonic() + PATIENCE
    while patiently(only_device.presence) != NoCard():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def patiently(ask: Callable[[], T]) -> T:
    """Ask again if a loaded machine is too slow to start the next card process."""
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except Timeout:
            if time.monotonic() > give_up:
                raise


def laid_in(device: CardReader, settles: float = 5.0) -> Presence:
    """Wait for the card that was put in, and for what it says of itself, which comes a moment later."""
    there = patiently(lambda: device.next_presence(NoCard(), PATIENCE, NEVER))
    assert there != NoCard()
    if isinstance(there, CardUnreadable):
        return patiently(lambda: device.next_presence(there, settles, NEVER))
    return there


def recognised(device: CardReader) -> Recognised | NotAnIdentityCard | NotDone:
    job = replace(RECOGNISE, seconds=60.0)
    return patiently(lambda: device.work(job, Recognise(), NEVER))


def read(
    device: CardReader, request: AskHolder, seconds: float = 60.0, tell: Callable[[str], None] = tell_nobody
) -> Holder | Pseudonym | PrintRefused | CardExpired | CardRefused | NotDone:
    job = replace(READ_HOLDER, seconds=seconds)
    return patiently(lambda: device.work(job, request, NEVER, tell))


NATIONAL = {
    CardKind.BE_EID: (national.belgian(BELGIUM), "SPECIMEN", "Alice Geldigekaart A", "591031042315"),
    CardKind.EE_EID_IDEMIA: (national.estonian(ESTONIA), "JÕEORG", "JAAK-KRISTJAN", None),
    CardKind.EE_EID_THALES: (national.estonian(ESTONIA, thales=True), "JÕEORG", "JAAK-KRISTJAN", None),
    CardKind.LV_EID: (national.latvian(LATVIA), "KULIŠS", "SERGEJS", None),
    CardKind.FI_EID: (national.finnish(FINLAND), "MEIKÄLÄINEN", "MATTI", None),
}


@pytest.mark.parametrize("kind", NATIONAL)
def test_a_national_card_is_recognised_and_says_whose_it_is(
    readers: Readers, device: CardReader, kind: CardKind
) -> None:
    image, family_name, given_names, number = NATIONAL[kind]
    readers.play(image)
    laid_in(device)
    assert recognised(device) == Recognised(kind, (OpensWith.NOTHING,))
    steps: list[str] = []
    holder = read(device, AskHolder(kind), tell=steps.append)
    assert isinstance(holder, Holder), holder
    assert (holder.family_name, holder.given_names, holder.number) == (family_name, given_names, number)
    assert holder.proven is (Proven.DATA_SIGNED if kind is CardKind.BE_EID else Proven.PUBLIC)
    assert steps == ["card_found", "reading", "proving"]


def test_an_unopened_italian_card_says_its_number_and_proves_its_chip(readers: Readers, device: CardReader) -> None:
    image = national.italian(COUNTRY)
    readers.play(image)
    laid_in(device)
    assert recognised(device) == Recognised(CardKind.CIE_NIS, (OpensWith.NOTHING,))
    said = read(device, AskHolder(CardKind.CIE_NIS))
    assert isinstance(said, Pseudonym), said
    assert said.number == "123456789012"
    assert said.proven is Proven.CHIP_GENUINE


def test_a_passport_is_recognised_and_proves_itself_and_its_chip(readers: Readers, device: CardReader) -> None:
    readers.play(card(COUNTRY))
    laid_in(device)
    assert recognised(device) == Recognised(CardKind.ICAO_EMRTD, (OpensWith.CAN, OpensWith.MRZ))
    steps: list[str] = []
    holder = read(device, PASSPORT, tell=steps.append)
    assert isinstance(holder, Holder), holder
    assert (holder.family_name, holder.given_names) == ("ERIKSSON", "ANNA MARIA")
    assert holder.number == "L898902C"
    assert holder.proven is Proven.CHIP_GENUINE
    assert steps == ["card_found", "opening", "reading", "proving"]


def test_a_german_card_is_recognised_and_left_to_the_ausweisapp(readers: Readers, device: CardReader) -> None:
    readers.insert("nPA")
    laid_in(device)
    found = recognised(device)
    assert isinstance(found, Recognised)
    assert found == Recognised(CardKind.DE_ONLINE_AUSWEIS, (OpensWith.PIN,), also=(CardKind.ICAO_EMRTD,))
    outcome = read(device, AskHolder(CardKind.DE_ONLINE_AUSWEIS))
    assert isinstance(outcome, NotDone)
    assert outcome.trouble is CardTrouble.NOT_UNDERSTOOD


def test_a_library_card_is_no_identity_card(readers: Readers, device: CardReader) -> None:
    readers.insert("iso7816")
    laid_in(device)
    assert recognised(device) == NotAnIdentityCard()


def test_what_has_no_chip_or_lies_the_wrong_way_round_says_nothing(readers: Readers, device: CardReader) -> None:
    readers.play(national.finnish(FINLAND), "--silent")
    assert isinstance(laid_in(device, 0.3), CardUnreadable)
    outcome = recognised(device)
    assert isinstance(outcome, NotDone)
    assert outcome.trouble is CardTrouble.MUTE


def test_digits_of_another_card_open_nothing_and_its_own_do_afterwards(readers: Readers, device: CardReader) -> None:
    readers.play(card(COUNTRY))
    laid_in(device)
    wrong = replace(PASSPORT, printed=Print(can="500541"))
    assert read(device, wrong) == PrintRefused()
    assert isinstance(read(device, PASSPORT), Holder)


LONG_AGO = MrzKey("L898902C", "740812", f"{NOW - YEAR:%y%m%d}")
HONEST = card(COUNTRY)
REFUSED: dict[str, tuple[CardImage, str | None]] = {
    "its data group was changed": (HONEST.with_file(0x0101, card(COUNTRY, key=LONG_AGO).files[0x0101]), None),
    "its chip is a copy": (HONEST, "CLONED"),
    "its signer was revoked": (card(replace(COUNTRY, signer_serial=99)), None),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_card_is_refused_because(readers: Readers, device: CardReader, why: str) -> None:
    image, twist = REFUSED[why]
    readers.play(image, *(("--twist", twist) if twist else ()))
    laid_in(device)
    assert read(device, PASSPORT) == CardRefused()


def test_a_card_past_its_last_day_has_expired(readers: Readers, device: CardReader) -> None:
    readers.play(card(COUNTRY, key=LONG_AGO))
    laid_in(device)
    assert read(device, PASSPORT) == CardExpired()


def test_nobody_is_believed_without_a_folder_of_issuers(readers: Readers, device: CardReader, tmp_path: Path) -> None:
    readers.play(national.belgian(BELGIUM))
    laid_in(device)
    for folder in ("", str(tmp_path)):
        with closing(opened(readers, folder)) as other:
            laid_in(other)
            holder = read(other, AskHolder(CardKind.BE_EID))
            assert isinstance(holder, Holder), holder
            assert holder.proven is Proven.NOTHING


def test_a_card_pulled_while_it_is_read_has_left(tmp_path: Path) -> None:
    # in a reader of its own: the virtual one sometimes sees no card any more after one that broke off in a command
    with Readers(tmp_path / "pcscd") as own, closing(opened(own, "")) as device:
        own.play(card(COUNTRY), "--die-after", "14")
        laid_in(device)
        outcome = read(device, PASSPORT)
    assert isinstance(outcome, NotDone)
    assert outcome.trouble is CardTrouble.LEFT


def test_a_card_that_falls_silent_while_it_is_read_is_given_up(readers: Readers, device: CardReader) -> None:
    readers.play(card(COUNTRY), "--mute-after", "9")
    laid_in(device)
    outcome = read(device, PASSPORT, 1.0)
    assert isinstance(outcome, NotDone)
    assert outcome.trouble is CardTrouble.MUTE


def test_a_slow_card_is_read_all_the_same(readers: Readers, device: CardReader) -> None:
    readers.play(national.latvian(LATVIA), "--delay-ms", "30")
    laid_in(device)
    assert isinstance(read(device, AskHolder(CardKind.LV_EID)), Holder)
