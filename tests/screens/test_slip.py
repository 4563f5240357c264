from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central_office.contract.documents import Place
from central_office.contract.stages import DocumentKind, Stage
from screens.slip import PHONE_BYTES, phone_text, slip_words
from screens.wording import Words, languages
from tests.screens.samples import document, surroundings

_NOTHING_EXPECTED = {
    Stage.ARRIVED,
    Stage.HANDED_OVER,
    Stage.DELIVERED,
    Stage.RETURNED_TO_OFFICE,
    Stage.CANCELLED,
    Stage.DESTROYED,
    Stage.LOST_IN_TRANSIT,
}

AS_OF = datetime(2026, 6, 16, 8, 20, tzinfo=UTC)


def test_the_phones_text_is_one_glance() -> None:
    assert (
        phone_text(document(Stage.READY_COUNTER), Words("de"), surroundings("de"))
        == "Musterstadt: Personalausweis 4711-0815 liegt bereit. Schalter 3, bis 24. Juni 2026."
    )
    assert (
        phone_text(document(Stage.IN_PRODUCTION, DocumentKind.PASSPORT), Words("en"), surroundings("en"))
        == "Musterstadt: Passport 4711-0815 is not here yet. Expected 24 June 2026."
    )


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("kind", list(DocumentKind))
@pytest.mark.parametrize("language", languages())
def test_the_phones_text_stays_a_small_code(stage: Stage, kind: DocumentKind, language: str) -> None:
    text = phone_text(document(stage, kind), Words(language), surroundings(language))
    assert "4711-0815" in text
    assert ("24" in text) is (stage not in _NOTHING_EXPECTED)
    assert len(text.encode()) <= PHONE_BYTES


@given(st.text(min_size=1, max_size=60), st.text(max_size=80), st.sampled_from(Stage))
def test_long_names_never_make_the_code_grow(town: str, place: str, stage: Stage) -> None:
    around = replace(surroundings("de"), town=town)
    far = document(stage).model_copy(update={"place": Place(key="elsewhere", name=place)})
    assert len(phone_text(far, Words("de"), around).encode()) <= PHONE_BYTES


def test_a_long_place_gives_way_to_the_last_day() -> None:
    far = document(Stage.READY_COUNTER).model_copy(update={"place": Place(key="elsewhere", name="Amt " * 15)})
    assert phone_text(far, Words("en"), surroundings("en")).endswith("is ready. Until 24 June 2026.")


def test_the_receipt_says_what_to_bring_where_and_until_when() -> None:
    words = slip_words(document(Stage.READY_COUNTER), AS_OF, "de", surroundings("de"))
    assert words.town == "Musterstadt"
    assert words.title == "Ihr Personalausweis liegt bereit"
    assert words.when == "16. Juni 2026, 10:24 Uhr"
    assert "- Ihren alten Personalausweis, falls noch vorhanden" in words.paragraphs
    assert dict(words.pairs) == {
        "Dokument": "Personalausweis",
        "Auftrag": "4711-0815",
        "Wo": "Schalter 3",
        "Weg": "im Erdgeschoss",
        "Abholen bis": "24. Juni 2026",
        "Stand": "16. Juni 2026, 10:20 Uhr",
    }
    assert words.code == phone_text(document(Stage.READY_COUNTER), Words("de"), surroundings("de"))


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("language", languages())
def test_every_stage_fits_on_a_receipt(stage: Stage, language: str) -> None:
    words = slip_words(document(stage), AS_OF, language, surroundings(language))
    assert all((words.town, words.when, words.title, words.code, words.code_caption, words.closing, *words.paragraphs))
    assert all(label and value for label, value in words.pairs)


def test_a_receipts_words_do_not_slip_into_a_log() -> None:
    assert repr(slip_words(document(Stage.ARRIVED), AS_OF, "en", surroundings("en"))) == "SlipWords(…)"
