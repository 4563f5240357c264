"""Cards of our own country read from end to end, honest ones and all the others."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest

from devices.cards import tlv
from devices.cards.certificates import Certificate, RevocationList
from devices.cards.emrtd import Checks, Reading, Secret, open_card, read
from devices.cards.errors import CardError, CardLeft, Deceived, Malformed, PasswordRefused, Unsupported
from devices.cards.links import channel_to
from devices.cards.mrz import MrzKey
from devices.cards.pace import Password, PasswordKind
from devices.cards.passive import Finding, MasterList, Revocation, Trust
from devices.cards.proof import ChipProof, Level, Way
from devices.cards.security_infos import standardised
from tests.devices.cards import issuing
from tests.devices.cards.chips import Chip, Twist
from tests.devices.cards.issuing import EF_SOD, MF_ACCESS, MF_SECURITY, NOW, YEAR, ZONE, CardImage, Country, Hand, card

COUNTRY = Country.new()
CAN = Password.of_digits(PasswordKind.CAN, "500540")


def trust_in(country: Country, *lists: bytes) -> Trust:
    anchors = [Certificate.parse(country.authority_certificate)]
    return Trust(anchors, [RevocationList.parse(one) for one in lists])


def visit(chip: Chip, secret: Secret = CAN, trust: Trust | None = None, chunk: int = 0xDF) -> Reading:
    link = channel_to(chip, extended=True)
    opened = open_card(link, secret, secrets.token_bytes, chunk)
    return read(opened, (2,), Checks(trust or trust_in(COUNTRY), NOW, secrets.token_bytes), chunk)


PACE_SUITES = [(2, 2, 13), (2, 1, 13), (2, 3, 16), (2, 4, 17), (4, 2, 12), (4, 4, 13), (1, 2, 0), (1, 4, 2), (3, 2, 0)]


@pytest.mark.parametrize(("kind", "suite", "group"), PACE_SUITES)
def test_every_way_in_leads_to_the_same_signed_person(kind: int, suite: int, group: int) -> None:
    image = card(COUNTRY, pace=(f"0.4.0.127.0.7.2.2.4.{kind}.{suite}", group))
    reading = visit(Chip(image))
    assert reading.zone.surname == "ERIKSSON"
    assert reading.proof.way is Way.PACE
    assert reading.proof.level is Level.CHIP_GENUINE
    assert reading.proof.chip is ChipProof.CHIP_AUTHENTICATION
    assert reading.proof.data.proven == (1, 2, 14)


def test_a_card_that_wakes_up_inside_an_application_is_still_opened_by_pace() -> None:
    chip = Chip(card(COUNTRY))
    chip.in_application = True
    assert visit(chip).proof.way is Way.PACE


def test_an_old_passport_is_opened_by_bac() -> None:
    reading = visit(Chip(card(COUNTRY, pace=None, chip=issuing.CHIP_TDES)), ZONE)
    assert reading.proof.way is Way.BAC
    assert reading.proof.level is Level.CHIP_GENUINE


@pytest.mark.parametrize(
    ("family", "suite", "group"), [(2, 1, 13), (2, 2, 12), (2, 3, 18), (2, 4, 17), (1, 1, 1), (1, 2, 0), (1, 4, 2)]
)
def test_every_suite_of_chip_authentication(family: int, suite: int, group: int) -> None:
    image = card(COUNTRY, chip=f"0.4.0.127.0.7.2.2.3.{family}.{suite}", chip_group=standardised(group))
    assert visit(Chip(image)).proof.chip is ChipProof.CHIP_AUTHENTICATION
    assert visit(Chip(image, Twist.CLONED)).proof.chip is ChipProof.FAILED


def test_chip_authentication_mapping_proves_the_chip_on_the_way_in() -> None:
    image = card(COUNTRY, pace=("0.4.0.127.0.7.2.2.4.6.2", 13))
    assert visit(Chip(image)).proof.chip is ChipProof.MAPPING
    assert visit(Chip(image, Twist.CLONED)).proof.chip is ChipProof.FAILED
    assert visit(Chip(image.without(MF_SECURITY))).proof.chip is ChipProof.FAILED
    by_a_stranger = image.with_file(MF_SECURITY, card(Country.new(), pace=image.pace).files[MF_SECURITY])
    assert visit(Chip(by_a_stranger)).proof.chip is ChipProof.FAILED


@pytest.mark.parametrize("active", ["rsa", "ecdsa"])
def test_a_chip_that_answers_actively(active: str) -> None:
    image = card(COUNTRY, chip=None, active=active)
    assert visit(Chip(image)).proof.chip is ChipProof.ACTIVE_AUTHENTICATION
    copied = visit(Chip(image, Twist.CLONED)).proof
    assert copied.chip is ChipProof.FAILED
    assert copied.level is Level.DATA_SIGNED


def test_a_copied_chip_proves_no_more_than_its_data() -> None:
    proof = visit(Chip(card(COUNTRY), Twist.CLONED)).proof
    assert (proof.chip, proof.level) == (ChipProof.FAILED, Level.DATA_SIGNED)


def test_a_copy_that_hides_its_key_is_no_better() -> None:
    proof = visit(Chip(card(COUNTRY).without(0x010E))).proof
    assert proof.chip is ChipProof.FAILED


@pytest.mark.parametrize("hand", [Hand.ECDSA, Hand.ECDSA_EXPLICIT, Hand.RSA, Hand.RSA_PSS])
def test_every_hand_an_issuer_signs_with(hand: Hand) -> None:
    country = Country.new(hand=hand)
    assert visit(Chip(card(country)), trust=trust_in(country)).proof.data.finding is Finding.SIGNED


def test_a_curve_with_a_generator_of_its_own_is_no_named_curve() -> None:
    country = Country.new(hand=Hand.ECDSA, signer_hand=Hand.ECDSA_INVENTED)
    assert visit(Chip(card(country)), trust=trust_in(country)).proof.data.finding is Finding.UNSUPPORTED


def test_what_is_wrong_with_a_document_is_told() -> None:
    image = card(COUNTRY)
    sod = image.files[EF_SOD]
    flipped = sod[:-1] + bytes((sod[-1] ^ 1,))
    stranger = Country.new()
    forged = replace(COUNTRY, authority=stranger.authority)  # the right names, the wrong key
    cases: list[tuple[CardImage, Trust, Finding]] = [
        (image.with_file(0x0102, tlv.encode(0x75, b"another face")), trust_in(COUNTRY), Finding.HASH_WRONG),
        (image.with_file(0x010F, tlv.encode(0x6F, b"another key")), trust_in(COUNTRY), Finding.FILE_UNLISTED),
        (image.with_file(EF_SOD, flipped), trust_in(COUNTRY), Finding.SIGNATURE_WRONG),
        (image.with_file(EF_SOD, tlv.encode(0x77, b"\x30\x03\x02\x01\x00")), trust_in(COUNTRY), Finding.MALFORMED),
        (image.without(EF_SOD), trust_in(COUNTRY), Finding.MISSING),
        (image, trust_in(stranger), Finding.SIGNER_UNKNOWN),
        (card(forged), trust_in(COUNTRY), Finding.SIGNER_UNKNOWN),
        (card(COUNTRY.expired()), trust_in(COUNTRY), Finding.SIGNER_EXPIRED),
        (image, trust_in(COUNTRY, COUNTRY.revocation_list(7)), Finding.SIGNER_REVOKED),
    ]
    for shown, trust, finding in cases:
        proof = visit(Chip(shown), trust=trust).proof
        assert proof.data.finding is finding
        assert proof.level is Level.PRINT_HELD
        assert proof.chip is ChipProof.NOT_TRIED


def test_revocation_lists_count_only_when_they_are_the_countrys_own() -> None:
    image = Chip
    stranger = Country.new()
    stale = COUNTRY.revocation_list(next_issue=NOW - YEAR / 2)
    for given, expected in [
        ((), Revocation.UNKNOWN),
        ((COUNTRY.revocation_list(1, 2),), Revocation.NOT_REVOKED),
        ((stranger.revocation_list(7),), Revocation.UNKNOWN),
        ((stale,), Revocation.STALE),
        ((stale, COUNTRY.revocation_list()), Revocation.NOT_REVOKED),
    ]:
        assert visit(image(card(COUNTRY)), trust=trust_in(COUNTRY, *given)).proof.data.revocation is expected


def test_a_stronger_way_taken_off_the_open_list_is_noticed() -> None:
    strong = card(COUNTRY)
    weaker = issuing.set_of(issuing.security_info("0.4.0.127.0.7.2.2.4.2.1", issuing.integer(2), issuing.integer(13)))
    shown = replace(strong.with_file(MF_ACCESS, weaker), pace=("0.4.0.127.0.7.2.2.4.2.1", 13))
    proof = visit(Chip(shown)).proof
    assert proof.downgraded
    assert proof.level is Level.PRINT_HELD
    assert visit(Chip(strong.without(MF_ACCESS)), ZONE).proof.downgraded  # taken away altogether, down to BAC


def test_a_suite_nobody_knows_is_no_reason_to_fall_back() -> None:
    unknown = issuing.set_of(issuing.security_info("0.4.0.127.0.7.2.2.4.9.9", issuing.integer(2), issuing.integer(13)))
    with pytest.raises(Unsupported):
        visit(Chip(card(COUNTRY).with_file(MF_ACCESS, unknown)), ZONE)


def test_wrong_digits_and_wrong_zone_are_told_as_such() -> None:
    with pytest.raises(PasswordRefused):
        visit(Chip(card(COUNTRY)), Password.of_digits(PasswordKind.CAN, "123456"))
    with pytest.raises(PasswordRefused):
        visit(Chip(card(COUNTRY, pace=None)), MrzKey("X1234567", "800101", "300101"))


@pytest.mark.parametrize(
    ("twist", "why"),
    [
        (Twist.REFLECTS_KEY, "reflected key"),
        (Twist.REFLECTS_MAPPING, "reflected key"),
        (Twist.OFF_CURVE, "point off the curve"),
        (Twist.FLIPS_TOKEN, "wrong token"),
        (Twist.ANSWERS_PLAINLY, "plain or broken|elements missing|plain answer"),
        (Twist.SLIPS_COUNTER, "wrong MAC"),
        (Twist.FLIPS_MAC, "wrong MAC"),
        (Twist.LEAVES_OUT_STATUS, "elements missing"),
    ],
)
def test_a_chip_that_cheats_on_the_way_in_is_shut_out(twist: Twist, why: str) -> None:
    with pytest.raises(Deceived, match=why):
        visit(Chip(card(COUNTRY), twist))


def test_a_reflected_key_is_noticed_in_bac_too() -> None:
    with pytest.raises(Deceived, match="reflected"):
        visit(Chip(card(COUNTRY, pace=None), Twist.REFLECTS_KEY), ZONE)


def test_a_card_pulled_at_any_command_ends_with_a_pulled_card() -> None:
    image = card(COUNTRY, photo_size=300)
    whole = Chip(image)
    visit(whole)
    for number in range(1, whole.count + 1):
        with pytest.raises(CardLeft):
            visit(Chip(image, leaves_at=number))


@pytest.mark.parametrize("chunk", [0xDF, 0xFFF])
def test_a_photo_beyond_thirty_two_kilobytes_is_read_whole(chunk: int) -> None:
    chip = Chip(card(COUNTRY, photo_size=40_000))
    reading = visit(chip, chunk=chunk)
    assert len(reading.files[2]) == 40_004
    assert reading.proof.level is Level.CHIP_GENUINE


def test_a_card_that_takes_no_long_commands_is_read_in_short_ones() -> None:
    reading = visit(Chip(card(COUNTRY, photo_size=5000), extended=False), chunk=0xFFF)
    assert reading.proof.level is Level.CHIP_GENUINE


def test_a_photo_without_end_is_refused() -> None:
    image = card(COUNTRY).with_file(0x0102, b"\x75\x83\xff\xff\xff" + bytes(100))
    with pytest.raises(Malformed):
        visit(Chip(image))


def test_a_master_list_is_taken_apart_and_checked() -> None:
    other, strange = Country.new("ZZ"), Country.new(hand=Hand.ECDSA_EXPLICIT)
    raw = COUNTRY.master_list(other.authority_certificate, strange.authority_certificate, b"\x30\x03\x02\x01\x00")
    listed = MasterList.parse(raw)
    assert len(listed.certificates) == 2
    assert listed.skipped == 1
    assert listed.vouched(trust_in(COUNTRY), NOW).signed
    assert listed.vouched(trust_in(other), NOW).finding is Finding.SIGNER_UNKNOWN
    assert visit(Chip(card(strange)), trust=Trust(listed.certificates)).proof.data.signed


def test_nothing_personal_is_ever_shown() -> None:
    reading = visit(Chip(card(COUNTRY)))
    for shown in (repr(reading), repr(reading.zone), repr(CAN), repr(ZONE)):
        assert "ERIKSSON" not in shown
        assert "500540" not in shown
        assert "L898902C" not in shown


def test_errors_form_one_tree() -> None:
    for kind in (CardLeft, Deceived, Malformed, PasswordRefused, Unsupported):
        assert issubclass(kind, CardError)
