from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pypdfium2
import pytest
import zxingcpp

from central_office.contract.document_number import parse_typed
from central_office.contract.letter_code import parse
from central_office.contract.stages import DocumentKind
from central_office.office import letters

if TYPE_CHECKING:
    from PIL.Image import Image

    from central_office.office.models import Document, Town

A_DAY = date(2026, 6, 16)


def _picture(pdf: bytes, dots_per_inch: int) -> Image:
    paper = pypdfium2.PdfDocument(pdf)
    try:
        picture: Image = paper[0].render(scale=dots_per_inch / 72).to_pil().convert("L")
    finally:
        paper.close()
    return picture


def _words(pdf: bytes) -> str:
    paper = pypdfium2.PdfDocument(pdf)
    try:
        assert len(paper) == 1
        page = paper[0]
        text: str = page.get_textpage().get_text_bounded()
    finally:
        paper.close()
    return text


@pytest.mark.parametrize("dots_per_inch", [75, 150, 300])
def test_a_reader_finds_the_code_on_the_printed_letter(passport: Document, town: Town, dots_per_inch: int) -> None:
    found = zxingcpp.read_barcodes(_picture(letters.write(passport, town, A_DAY), dots_per_inch))
    assert [one.format for one in found] == [zxingcpp.BarcodeFormat.QRCode]
    assert parse(found[0].bytes, town.town_key) == passport.letter_code(town.town_key)


def test_the_code_is_at_least_three_centimetres_wide(passport: Document, town: Town) -> None:
    dots_per_inch = 150
    (found,) = zxingcpp.read_barcodes(_picture(letters.write(passport, town, A_DAY), dots_per_inch))
    wide = found.position.top_right.x - found.position.top_left.x
    assert wide / dots_per_inch * 25.4 >= 30


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_the_letter_says_what_to_do_and_holds_no_birth_date(passport: Document, town: Town, kind: DocumentKind) -> None:
    passport.kind = kind
    words = _words(letters.write(passport, town, A_DAY))
    for needed in (
        "Kemal Aydin",
        passport.reference,
        "L01X CF7GH",
        "Geburtsdatum",
        "English",
        "16.06.2026",
        "Musterstadt",
    ):
        assert needed in words
    assert "1980" not in words


def test_the_number_on_the_letter_can_be_typed(passport: Document, town: Town) -> None:
    assert parse_typed(str(passport.document_number)) == passport.document_number


def test_the_same_letter_twice_is_the_same_file(passport: Document, town: Town) -> None:
    assert letters.write(passport, town, A_DAY) == letters.write(passport, town, A_DAY)


def test_a_very_long_name_still_makes_a_letter(passport: Document, town: Town) -> None:
    passport.holder = "von und zu " * 10 + "Ş, Ł"
    assert "English" in _words(letters.write(passport, town, A_DAY))
