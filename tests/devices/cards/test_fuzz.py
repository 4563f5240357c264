"""Whatever a card, a list or a print may hold: the parsers end with a value or a declared error, never otherwise."""

from __future__ import annotations

import contextlib
import secrets
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.cards import (
    belgian,
    certificates,
    certified,
    emrtd,
    files,
    italian,
    mrz,
    passive,
    public_keys,
    security_infos,
    tlv,
)
from devices.cards.anchors import laid_down
from devices.cards.apdu import CommandApdu, ResponseApdu
from devices.cards.ciphers import Suite, pad, unpad
from devices.cards.errors import CardError, Malformed
from devices.cards.links import channel_to
from devices.cards.passive import Trust
from devices.cards.profiles import ITALIAN
from devices.cards.secure_messaging import SecureChannel, SessionKeys
from devices.drivers.pcsc_reader.duties import Card
from devices.drivers.pcsc_reader.identity_duties import read_holder, recognise
from devices.drivers.pcsc_reader.trust_folder import TrustFolder
from devices.identity_cards import AskHolder, CardKind, Print, Recognise
from tests.devices.cards import issuing, national
from tests.devices.cards.issuing import EF_SOD, MF_ACCESS, MF_SECURITY, NOW, Country, card

if TYPE_CHECKING:
    from collections.abc import Callable

COUNTRY = Country.new()
IMAGE = card(COUNTRY, active="ecdsa")
TRUST = Trust([certificates.Certificate.parse(COUNTRY.authority_certificate)])
REGISTER = national.Register.new("BE", issuing.Hand.ECDSA)
BELGIAN = next(iter(national.belgian(REGISTER).applications.values()))
PERSON = REGISTER.of_person("JÕEORG", "JAAK-KRISTJAN", "PNOEE-38001085718")
ESTONIAN = {
    "surname": "JÕEORG".encode(),
    "given names": b"JAAK-KRISTJAN",
    "birth": b"08 01 1980 EST",
    "code": b"38001085718",
    "expiry": b"01 02 2030",
    "certificate": PERSON,
}
ITALIAN_FILES = national.italian(COUNTRY).applications[ITALIAN]
ITALIAN_NAMED = {"number": ITALIAN_FILES["1001"], "key": ITALIAN_FILES["1005"]}
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SEEDS: list[tuple[bytes, Callable[[bytes], object]]] = [
    (IMAGE.files[EF_SOD], lambda raw: passive.authenticate(raw, {1: IMAGE.files[0x0101]}, TRUST, NOW)),
    (IMAGE.files[MF_SECURITY], lambda raw: passive.card_security(raw, TRUST, NOW)),
    (IMAGE.files[MF_ACCESS], security_infos.parse),
    (IMAGE.files[0x010E], security_infos.of_dg14),
    (IMAGE.files[0x010F], lambda raw: public_keys.parse(tlv.only(raw, 0x6F, "EF.DG15"))),
    (IMAGE.files[0x0101], mrz.of_dg1),
    (COUNTRY.authority_certificate, certificates.Certificate.parse),
    (COUNTRY.revocation_list(1, 2), certificates.RevocationList.parse),
    (COUNTRY.master_list(COUNTRY.authority_certificate), passive.MasterList.parse),
    (Country.new(hand=issuing.Hand.RSA_PSS).authority_certificate, certificates.Certificate.parse),
    (national.belgian_identity(), belgian.identity),
    (national.BELGIAN_ADDRESS, belgian.address),
    (
        BELGIAN["DF014032"],
        lambda raw: belgian.verdict(BELGIAN["DF014031"], raw, BELGIAN["DF00503C"], TRUST, NOW),
    ),
    (
        BELGIAN["DF00503C"],
        lambda raw: belgian.verdict(BELGIAN["DF014031"], BELGIAN["DF014032"], raw, TRUST, NOW),
    ),
    (PERSON, lambda raw: certified.judged({"certificate": raw}, TRUST, NOW)),
    (ITALIAN_FILES["1001"], italian.number),
    (ITALIAN_FILES["1005"], italian.key),
    (ITALIAN_FILES["1006"], lambda raw: italian.judged({**ITALIAN_NAMED, "signed": raw}, TRUST, NOW)),
    *(
        (text, lambda raw, name=name: certified.judged_estonian({**ESTONIAN, name: raw}, TRUST, NOW))
        for name, text in ESTONIAN.items()
    ),
    (COUNTRY.authority_certificate, lambda raw: laid_down([("a.crt", raw)], NOW)),
    (COUNTRY.revocation_list(1), lambda raw: laid_down([("a.crl", raw)], NOW)),
    (COUNTRY.master_list(COUNTRY.authority_certificate), lambda raw: laid_down([("a.ml", raw)], NOW)),
    (tlv.encode(0x7F66, b"\x02\x02\x01\x00\x02\x02\x01\x00"), files.extended_limits),
]


@st.composite
def spoiled(draw: st.DrawFn, seed: bytes) -> bytes:
    """The seed with bytes changed, cut out or put in."""
    raw = bytearray(seed)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(raw) - 1)))
        match draw(st.integers(0, 3)):
            case 0 if raw:
                raw[at] = draw(st.integers(0, 255))
            case 1:
                del raw[at : at + draw(st.integers(1, 40))]
            case 2:
                raw[at:at] = draw(st.binary(max_size=8))
            case _:
                del raw[at:]
    return bytes(raw)


@pytest.mark.parametrize("number", range(len(SEEDS)))
@QUICK
@given(data=st.data())
def test_spoiled_files_are_refused_by_name(number: int, data: st.DataObject) -> None:
    seed, read = SEEDS[number]
    with contextlib.suppress(CardError):
        read(data.draw(spoiled(seed)))


@QUICK
@given(raw=st.binary(max_size=200))
def test_noise_is_refused_by_name(raw: bytes) -> None:
    for _, read in SEEDS:
        with contextlib.suppress(CardError):
            read(raw)
    for decode in (tlv.parse, CommandApdu.decode, ResponseApdu.decode, tlv.oid_text, unpad):
        with contextlib.suppress(CardError):
            decode(raw)


@QUICK
@given(tag=st.sampled_from([0x30, 0x5F1F, 0x7F49, 0x81]), value=st.binary(max_size=70_000 // 100))
def test_an_element_comes_back_as_it_went(tag: int, value: bytes) -> None:
    assert tlv.parse(tlv.encode(tag, value)) == (tlv.Tlv(tag, value),)


@QUICK
@given(
    header=st.tuples(*[st.integers(0, 255)] * 4),
    data=st.binary(max_size=300),
    le=st.none() | st.integers(1, 65_536),
)
def test_a_command_comes_back_as_it_went(header: tuple[int, int, int, int], data: bytes, le: int | None) -> None:
    command = CommandApdu(*header, data=data, le=le)
    assert CommandApdu.decode(command.encode()) == command


@QUICK
@given(text=st.text(max_size=100) | st.text(alphabet="0123456789ABCXYZ<", min_size=72, max_size=90))
def test_any_print_is_a_zone_or_refused(text: str) -> None:
    with contextlib.suppress(Malformed):
        mrz.parse(text)


@QUICK
@given(suite=st.sampled_from(Suite), answers=st.lists(st.binary(min_size=2, max_size=120), min_size=1, max_size=4))
def test_noise_inside_the_session_ends_it(suite: Suite, answers: list[bytes]) -> None:
    class Noise:
        def exchange(self, command: CommandApdu) -> ResponseApdu:
            return ResponseApdu.decode(answers.pop(0) if answers else b"\x90\x00")

    channel = SecureChannel(Noise(), SessionKeys.derived(suite, b"secret"))
    with pytest.raises(CardError):
        channel.exchange(CommandApdu(0, 0xB0, 0, 0, le=16))
    with pytest.raises(CardError, match="over"):
        channel.exchange(CommandApdu(0, 0xB0, 0, 0, le=16))


@QUICK
@given(answers=st.lists(st.binary(min_size=2, max_size=80), max_size=12))
def test_a_card_that_answers_noise_is_refused_by_name(answers: list[bytes]) -> None:
    class Noise:
        def exchange(self, command: CommandApdu) -> ResponseApdu:
            return ResponseApdu.decode(answers.pop(0) if answers else b"\x6f\x00")

    with pytest.raises(CardError):
        emrtd.open_card(channel_to(Noise(), extended=True), issuing.ZONE, secrets.token_bytes)


@QUICK
@given(plain=st.binary(max_size=64), block=st.sampled_from([8, 16]))
def test_padding_comes_off_as_it_went_on(plain: bytes, block: int) -> None:
    assert unpad(pad(plain, block)) == plain
    assert len(pad(plain, block)) % block == 0


@QUICK
@given(answers=st.lists(st.binary(min_size=2, max_size=80), max_size=12), kind=st.sampled_from(CardKind))
def test_a_card_of_any_kind_that_answers_noise_is_refused_by_name(answers: list[bytes], kind: CardKind) -> None:
    class Noise:
        def exchange(self, command: CommandApdu) -> ResponseApdu:
            return ResponseApdu.decode(answers.pop(0) if answers else b"\x6f\x00")

    noisy = Card(Noise(), b"", TrustFolder("", lambda: NOW), lambda: NOW, secrets.token_bytes)
    with contextlib.suppress(CardError):
        read_holder(noisy, AskHolder(kind, Print(can="500540")), lambda _step: None)
    with contextlib.suppress(CardError):
        recognise(noisy, Recognise(), lambda _step: None)
