"""A name on a passport, an identity card and in the office's books is one name, however each of them writes it."""

from __future__ import annotations

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from central_office.contract.claims import MOST_OF_ONE, CardHolder, Cost, card_secret, secret, stretched_holder
from central_office.contract.letter_code import LetterCode, TownKey
from central_office.contract.mrz_names import (
    LONGEST,
    MOST_TYPED,
    MrzName,
    NoMrzName,
    is_mrz_name,
    mrz_name,
    spelling_aside,
)

CHEAP = Cost(kib=8, passes=1)
BORN = date(1964, 8, 12)
LATIN = [chr(code) for code in (*range(0x20, 0x7F), *range(0xC0, 0x180), *range(0x218, 0x21C), 0x2019, 0x1E9E, 0x301)]
NAMES = some.text(some.sampled_from(LATIN), max_size=50)
ZONE_WORDS = some.lists(some.text(string.ascii_uppercase, min_size=1, max_size=12), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("family", "given", "written"),
    [
        # The examples of 9303-3, 4.6.
        ("van der Muellen", "Susie Margaret", "VAN<DER<MUELLEN<<SUSIE<MARGARE"),
        ("D'Artigues", "Jacques", "DARTIGUES<<JACQUES"),
        ("Papandropoulous", "Marie-Elise", "PAPANDROPOULOUS<<MARIE<ELISE"),
        ("Arkfreith", "", "ARKFREITH"),
        # Its tables, and what people are called in town halls.
        ("Müller-Groß", "Jörg", "MUELLER<GROSS<<JOERG"),
        ("GROẞ", "ÄGIDIUS", "GROSS<<AEGIDIUS"),
        ("Þórðardóttir", "Sæunn", "THORDARDOTTIR<<SAEUNN"),
        ("Sørensen", "Åse", "SOERENSEN<<AASE"),
        ("Öztürk", "Işıl Gülşen", "OEZTUERK<<ISIL<GUELSEN"),  # noqa: RUF001 - hers
        ("Łukaszewicz", "Zdzisław Źdźbło", "LUKASZEWICZ<<ZDZISLAW<ZDZBLO"),
        ("Đặng", "Thị Hường", "DANG<<THI<HUONG"),
        ("Țîrlea", "Ștefan", "TIRLEA<<STEFAN"),
        ("Ĳssel de Schepper", "Œdipe", "IJSSEL<DE<SCHEPPER<<OEDIPE"),
        ("O\u2019Neill", "Seán", "ONEILL<<SEAN"),
        ("  Da   Silva ", "Ana—Lúcia", "DA<SILVA<<ANA<LUCIA"),
        ("Smith, Jones", "J.", "SMITH<JONES<<J"),
        ("MUELLER", "JAN<PAUL<<<<<", "MUELLER<<JAN<PAUL"),
    ],
)
def test_a_name_is_written_as_on_the_document(family: str, given: str, written: str) -> None:
    assert mrz_name(family, given) == written


@given(NAMES, NAMES)
def test_what_is_written_so_already_stays_as_it_is(family: str, given: str) -> None:
    try:
        name = mrz_name(family, given)
    except NoMrzName:
        return
    assert is_mrz_name(name)
    assert len(name) <= LONGEST
    primary, _, secondary = name.partition("<<")
    assert mrz_name(primary, secondary) == mrz_name(primary.lower(), secondary.lower()) == name


@given(ZONE_WORDS, ZONE_WORDS, some.integers(LONGEST, 39))
def test_a_passport_and_a_shorter_card_lead_to_one_name(family: list[str], given: list[str], room: int) -> None:
    """The zone of a passport has 39 characters for the name, that of a card 30."""
    whole = "<".join(family) + "<<" + "<".join(given)
    primary, _, secondary = whole[:room].partition("<<")
    assert mrz_name(primary, secondary) == mrz_name(" ".join(family), " ".join(given))


@given(some.text(max_size=MOST_TYPED + 20), some.text(max_size=20))
def test_whatever_is_typed_is_a_name_or_is_said_to_be_none(family: str, given: str) -> None:
    try:
        name = mrz_name(family, given)
    except NoMrzName:
        return
    assert is_mrz_name(name)


@pytest.mark.parametrize(
    "family", ["", " -'. ", "Иванов", "محمد", "王", "Müller 2", "Muller ☺", "A" * (MOST_TYPED + 1)]
)
def test_what_the_table_cannot_write_is_no_name(family: str) -> None:
    """Letters are never dropped: all who have none but such letters would be one person."""
    with pytest.raises(NoMrzName):
        mrz_name(family, "Anna" if family != "A" else "")


@pytest.mark.parametrize(
    ("one", "other"),
    [("OEZTUERK", "OZTURK"), ("MUNXXOZ", "MUNOZ"), ("MUXXLLER", "MUELLER"), ("AASE", "ASE"), ("JAEGER", "JAGER")],
)
def test_states_that_spell_a_letter_in_two_ways_mean_one_person(one: str, other: str) -> None:
    assert spelling_aside(MrzName(one)) == spelling_aside(MrzName(other))
    assert spelling_aside(MrzName(one)) != spelling_aside(MrzName(one + "A"))


def test_one_stretching_serves_all_documents_of_a_holder_and_no_two_share_a_secret() -> None:
    stretched = stretched_holder(CardHolder(mrz_name("Öztürk", "Ayşe"), BORN), CHEAP)
    assert stretched == stretched_holder(CardHolder(MrzName("OZTURK<<AYSE"), BORN), CHEAP)
    others = [CardHolder(MrzName("OZTURK<<AYSE"), date(1964, 8, 13)), CardHolder(MrzName("OZTURK<<AYLA"), BORN)]
    assert stretched not in {stretched_holder(other, CHEAP) for other in others}
    secrets = {card_secret(stretched, place) for place in range(MOST_OF_ONE)}
    assert len(secrets) == MOST_OF_ONE
    assert secret(LetterCode(TownKey("08999001"), bytes(16))) not in secrets
    for place in (-1, MOST_OF_ONE):
        with pytest.raises(ValueError, match="places 0 to 7"):
            card_secret(stretched, place)


def test_a_holder_has_a_name_in_this_form_and_shows_it_to_no_log() -> None:
    assert repr(CardHolder(mrz_name("Mustermann", "Erika"), BORN)) == "CardHolder(…)"
    for name in ("Mustermann", "MUSTERMANN<<", "<A", "A<<<B", "A" * (LONGEST + 1), ""):
        with pytest.raises(ValueError, match="machine readable") as refused:
            CardHolder(MrzName(name), BORN)
        assert not name or name not in str(refused.value)
