"""The zones of the specimens in ICAO 9303-4, -5 and -6, and zones misread."""

from __future__ import annotations

import pytest

from devices.cards import mrz
from devices.cards.errors import Malformed
from devices.cards.mrz import MrzKey, Size

TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F1204159<<<<<<<6"
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"


@pytest.mark.parametrize(("text", "size"), [(TD1, Size.TD1), (TD2, Size.TD2), (TD3, Size.TD3)])
def test_the_specimens(text: str, size: Size) -> None:
    zone = mrz.parse(text)
    assert zone.size is size
    assert (zone.surname, zone.given, zone.issuer, zone.sex) == ("ERIKSSON", "ANNA MARIA", "UTO", "F")
    assert zone.key == MrzKey("L898902C3" if size is Size.TD3 else "D23145890", "740812", "120415")


def test_a_number_too_long_for_its_field_runs_on() -> None:
    text = "I<UTOD23145890<7349<<<<<<<<<<<3407127M9507122UTO<<<<<<<<<<<2STEVENSON<<PETER<JOHN<<<<<<<<<"
    zone = mrz.parse(text)
    assert zone.number == "D23145890734"
    assert zone.key.information() == b"D23145890734934071279507122"


def test_line_breaks_do_not_matter() -> None:
    assert mrz.parse(TD3[:44] + "\r\n" + TD3[44:]) == mrz.parse(TD3)


@pytest.mark.parametrize("at", [50, 58, 66])
def test_a_misread_letter_shows_in_a_check_digit(at: int) -> None:
    spoiled = TD3[:at] + ("1" if TD3[at] != "1" else "2") + TD3[at + 1 :]
    with pytest.raises(Malformed, match="check digit"):
        mrz.parse(spoiled)


@pytest.mark.parametrize("text", ["", "P<UTO", TD3.lower(), TD3 + "<", TD3.replace("U", "Ü")])
def test_what_is_no_zone_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        mrz.parse(text)


@pytest.mark.parametrize(
    "fields",
    [("", "740812", "120415"), ("L1", "74081", "120415"), ("L1", "740812", "121315"), ("l1", "740812", "120415")],
)
def test_fields_typed_wrong_are_refused_without_repeating_them(fields: tuple[str, str, str]) -> None:
    with pytest.raises(Malformed) as refused:
        MrzKey(*fields)
    assert "740812" not in str(refused.value)
