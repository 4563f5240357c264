"""Whose card it is, as the card process finds out; here without PC/SC, the card at the other end of a function."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from devices.cards.errors import Refused, Unsupported
from devices.cards.mrz import MrzKey
from devices.cards.profiles import IDEMIA, ITALIAN, PROFILES, Atr, profile
from devices.drivers.pcsc_reader.duties import Card
from devices.drivers.pcsc_reader.identity_duties import read_holder, recognise
from devices.drivers.pcsc_reader.trust_folder import ISSUERS, TrustFolder
from devices.identity_cards import (
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
from tests.devices.cards import national
from tests.devices.cards.chips import Chip, Twist
from tests.devices.cards.file_cards import FileCard
from tests.devices.cards.issuing import MF_ACCESS, NOW, YEAR, ZONE, Country, Hand, card
from tests.devices.cards.national import Register

if TYPE_CHECKING:
    from pathlib import Path

    from devices.cards.apdu import Link

COUNTRY = Country.new()
BELGIUM, ESTONIA, LATVIA, FINLAND = (Register.new(code, Hand.ECDSA) for code in ("BE", "EE", "LV", "FI"))
CAN = Print(can="500540")
FROM_PRINT = Print(number="l898902c", birth_date=date(1974, 8, 12), expiry=(NOW + 5 * YEAR).date())
ROOTS = {
    "icao": COUNTRY.authority_certificate,
    "be": BELGIUM.root_certificate,
    "ee": ESTONIA.root_certificate,
    "lv": LATVIA.root_certificate,
    "fi": FINLAND.root_certificate,
}


@dataclass(frozen=True)
class Town:
    """A folder of issuers, and the jobs done with it."""

    folder: Path

    def card(self, link: Link, atr: bytes = b"") -> Card:
        return Card(link, atr, TrustFolder(str(self.folder), lambda: NOW), lambda: NOW, secrets.token_bytes)

    def recognised(self, link: Link, atr: bytes = b"") -> Recognised | NotAnIdentityCard:
        return recognise(self.card(link, atr), Recognise(), lambda _step: None)

    def read(
        self, link: Link, kind: CardKind, printed: Print = CAN
    ) -> Holder | Pseudonym | PrintRefused | CardExpired | CardRefused:
        return read_holder(self.card(link), AskHolder(kind, printed), lambda _step: None)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    for issuers, certificate in ROOTS.items():
        (tmp_path / issuers).mkdir()
        (tmp_path / issuers / "root.cer").write_bytes(certificate)
    return Town(tmp_path)


def test_every_kind_has_one_profile_and_every_profile_one_kind() -> None:
    assert sorted(one.kind for one in PROFILES) == sorted(CardKind)
    assert [profile(kind).kind for kind in CardKind] == list(CardKind)
    assert set(ISSUERS) == set(ROOTS)


def test_nobody_reads_fingerprints_or_faces() -> None:
    for one in PROFILES:
        assert not {2, 3, 4} & set(one.groups)
        assert not any(file.select.data.endswith(b"\x40\x35") for file in one.files)  # the Belgian photo


def test_an_answer_to_reset_fits_where_its_mask_says() -> None:
    fits = Atr(bytes.fromhex("3B7F96"), bytes.fromhex("FFFF00")).fits
    assert fits(bytes.fromhex("3B7F1800"))
    assert not fits(bytes.fromhex("3B7E9600"))
    assert not fits(b"\x3b")


def test_any_card_made_by_the_book_is_not_finnish(town: Town) -> None:
    image = national.finnish(FINLAND)
    assert town.recognised(FileCard(image), image.atr) == Recognised(CardKind.FI_EID, (OpensWith.NOTHING,))
    assert town.recognised(FileCard(image), bytes.fromhex("3B80800101")) == NotAnIdentityCard()


def test_an_old_passport_opens_with_its_printed_zone_alone(town: Town) -> None:
    old = card(COUNTRY, pace=None)
    assert town.recognised(Chip(old)) == Recognised(CardKind.ICAO_EMRTD, (OpensWith.MRZ,))
    assert isinstance(town.read(Chip(old), CardKind.ICAO_EMRTD, FROM_PRINT), Holder)
    with pytest.raises(Unsupported):
        town.read(Chip(old), CardKind.ICAO_EMRTD)


def test_what_stands_on_no_card_opens_none(town: Town) -> None:
    for printed in (Print(can="12"), Print(can="abcdef"), replace(FROM_PRINT, number="L8989!")):
        assert town.read(Chip(card(COUNTRY)), CardKind.ICAO_EMRTD, printed) == PrintRefused()
    with pytest.raises(Unsupported):
        town.read(Chip(card(COUNTRY)), CardKind.ICAO_EMRTD, Print())


def test_somebody_born_a_hundred_years_ago_is_not_unborn(town: Town) -> None:
    cases = {
        f"{NOW - YEAR:%y%m%d}": (NOW - YEAR).date(),
        f"{NOW + YEAR:%y%m%d}": date((NOW + YEAR).year - 100, (NOW + YEAR).month, (NOW + YEAR).day),
        "74<<<<": None,
    }
    for birth, expected in cases.items():
        key = MrzKey("L898902C", birth, ZONE.expiry)
        holder = town.read(Chip(card(COUNTRY, key=key)), CardKind.ICAO_EMRTD)
        assert isinstance(holder, Holder)
        assert holder.birth_date == expected


def test_a_chip_that_cheats_on_the_way_in_is_refused(town: Town) -> None:
    for twist in (Twist.REFLECTS_KEY, Twist.FLIPS_TOKEN, Twist.FLIPS_MAC, Twist.ANSWERS_PLAINLY):
        assert town.read(Chip(card(COUNTRY), twist), CardKind.ICAO_EMRTD) == CardRefused()


def test_a_chip_whose_stronger_way_in_was_hidden_proves_its_print_alone(town: Town) -> None:
    holder = town.read(Chip(card(COUNTRY).without(MF_ACCESS)), CardKind.ICAO_EMRTD, FROM_PRINT)
    assert isinstance(holder, Holder)
    assert holder.proven is Proven.PRINT_HELD


def test_a_passport_of_a_country_that_nobody_vouches_for_proves_its_print_alone(town: Town) -> None:
    holder = town.read(Chip(card(Country.new())), CardKind.ICAO_EMRTD)
    assert isinstance(holder, Holder)
    assert holder.proven is Proven.PRINT_HELD


def test_one_country_does_not_vouch_for_anothers_passport(town: Town) -> None:
    france = Country.new("FR")
    (town.folder / "icao" / "france.crt").write_bytes(france.authority_certificate)
    for issuer, proven in {"FRA": Proven.CHIP_GENUINE, "D": Proven.PRINT_HELD}.items():
        holder = town.read(Chip(card(france, issuer=issuer)), CardKind.ICAO_EMRTD)
        assert isinstance(holder, Holder)
        assert holder.proven is proven


def test_a_passport_that_proves_no_chip_has_signed_data(town: Town) -> None:
    holder = town.read(Chip(card(COUNTRY, chip=None)), CardKind.ICAO_EMRTD)
    assert isinstance(holder, Holder)
    assert holder.proven is Proven.DATA_SIGNED


def test_one_state_does_not_vouch_for_another_states_cards(town: Town) -> None:
    (town.folder / "be" / "root.cer").write_bytes(ROOTS["ee"])
    (town.folder / "ee" / "root.cer").write_bytes(ROOTS["be"])
    for kind, image in {
        CardKind.BE_EID: national.belgian(BELGIUM),
        CardKind.EE_EID_IDEMIA: national.estonian(ESTONIA),
    }.items():
        holder = town.read(FileCard(image), kind)
        assert isinstance(holder, Holder)
        assert holder.proven is Proven.NOTHING


@pytest.mark.parametrize("file", ["DF014031", "DF014032"])
def test_a_belgian_card_with_another_name_or_signature_is_refused(town: Town, file: str) -> None:
    image, other = (national.belgian(BELGIUM, national.belgian_identity(birth=birth)) for birth in BIRTHS)
    (name,) = image.applications
    forged = image.with_file(name, file, other.applications[name][file])
    assert town.read(FileCard(forged), CardKind.BE_EID) == CardRefused()


BIRTHS = ("01 JANV 1971", "02 JANV 1971")


def test_a_belgian_card_signed_by_somebody_else_proves_nothing(town: Town) -> None:
    holder = town.read(FileCard(national.belgian(Register.new("BE", Hand.ECDSA))), CardKind.BE_EID)
    assert isinstance(holder, Holder)
    assert holder.proven is Proven.NOTHING


def test_a_belgian_identity_signed_by_another_authority_of_the_same_root_proves_nothing(town: Town) -> None:
    holder = town.read(FileCard(national.belgian(replace(BELGIUM, common="Citizen CA"))), CardKind.BE_EID)
    assert isinstance(holder, Holder)
    assert holder.proven is Proven.NOTHING


def test_a_belgian_card_whose_register_key_was_revoked_is_refused(town: Town) -> None:
    (town.folder / "be" / "lost.crl").write_bytes(BELGIUM.revocation_list(7))
    assert town.read(FileCard(national.belgian(BELGIUM)), CardKind.BE_EID) == CardRefused()


def test_cards_past_their_last_day_have_expired(town: Town) -> None:
    yesterday = (NOW - YEAR / 365).date()
    said = national.belgian_identity(expiry=yesterday)
    assert town.read(FileCard(national.belgian(BELGIUM, said)), CardKind.BE_EID) == CardExpired()
    assert town.read(FileCard(national.estonian(ESTONIA, expiry=yesterday)), CardKind.EE_EID_IDEMIA) == CardExpired()


@pytest.mark.parametrize("file", ["5001", "5002", "5005", "5006"])
def test_an_estonian_text_that_its_certificate_does_not_bear_out_is_refused(town: Town, file: str) -> None:
    other = {"5001": b"TAMM", "5002": b"MATI", "5005": b"09 01 1980 EST", "5006": b"38001085719"}[file]
    image = national.estonian(ESTONIA).with_file(IDEMIA, "5000" + file, other)
    assert town.read(FileCard(image), CardKind.EE_EID_IDEMIA) == CardRefused()


@pytest.mark.parametrize(
    ("code", "born"),
    [("PNOLV-210860-10528", date(1960, 8, 21)), ("PNOLV-010203-20001", date(2003, 2, 1)), ("PNOLV-320000-00001", None)],
)
def test_a_latvian_code_tells_a_birth_date_or_none(town: Town, code: str, born: date | None) -> None:
    holder = town.read(FileCard(national.latvian(LATVIA, code)), CardKind.LV_EID)
    assert isinstance(holder, Holder)
    assert holder.birth_date == born


def test_an_italian_number_that_the_state_did_not_sign_is_refused(town: Town) -> None:
    image = national.italian(COUNTRY).with_file(ITALIAN, "1001", b"210987654321")
    assert town.read(FileCard(image), CardKind.CIE_NIS) == CardRefused()


def test_an_italian_card_of_an_unknown_state_proves_nothing(town: Town) -> None:
    said = town.read(FileCard(national.italian(Country.new())), CardKind.CIE_NIS)
    assert isinstance(said, Pseudonym)
    assert said.proven is Proven.NOTHING


def test_a_card_asked_for_as_another_kind_is_not_understood(town: Town) -> None:
    with pytest.raises(Refused):
        town.read(FileCard(national.latvian(LATVIA)), CardKind.BE_EID)
    with pytest.raises(Unsupported):
        town.read(Chip(card(COUNTRY)), CardKind.DE_ONLINE_AUSWEIS)


def test_nothing_personal_is_shown_by_what_travels(town: Town) -> None:
    holder = town.read(Chip(card(COUNTRY)), CardKind.ICAO_EMRTD)
    for shown in (repr(holder), repr(AskHolder(CardKind.ICAO_EMRTD, FROM_PRINT)), repr(CAN)):
        for secret in ("ERIKSSON", "1974", "L898902", "500540"):
            assert secret not in shown
