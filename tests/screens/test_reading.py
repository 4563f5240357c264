from __future__ import annotations

import pytest

from central_office.contract.stages import DocumentKind, Stage
from screens.entry import Entry
from screens.present import present
from screens.reading import read_aloud
from screens.steps import EnterDocumentNumber
from screens.wording import languages
from tests.screens.samples import COMPLETE_NUMBER, SAMPLES, look, status, surroundings
from tests.screens.saying import all_pages

PRIVATE = {
    "de": ("Personalausweis", "Reisepass", "Aufenthaltstitel", "eID-Karte", "Kinderreisepass"),
    "en": ("ID card", "Identity card", "passport", "Passport", "permit", "eID card"),
}


def test_heading_then_text_then_keys_in_their_order() -> None:
    page = present(SAMPLES["choose_way"], look("en"), surroundings("en"), Entry())
    spoken = read_aloud(page, aloud_in_hall=True)
    assert spoken[:2] == (
        "How should we find your document?",
        "We only show a document to the person it belongs to. Choose the way that suits you.",
    )
    assert spoken[2:4] == (
        "Nothing you show here is stored on this terminal.",
        "With my letter: Show the QR code in the letter.",
    )
    assert spoken[-8:] == ("Back", "English", "Text size", "Contrast", "Listen", "Low reach", "Help", "End session")


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("kind", list(DocumentKind))
@pytest.mark.parametrize("language", languages())
def test_which_document_it_is_stays_out_of_the_hall(stage: Stage, kind: DocumentKind, language: str) -> None:
    page = present(status(stage, kind), look(language), surroundings(language), Entry())
    spoken = " ".join(read_aloud(page, aloud_in_hall=True))
    assert "4711" not in spoken
    assert not [word for word in PRIVATE[language] if word in spoken]


def test_the_headset_hears_which_document_it_is() -> None:
    page = present(status(Stage.READY_COUNTER), look("en"), surroundings("en"), Entry())
    spoken = read_aloud(page, aloud_in_hall=False)
    assert spoken[:2] == ("Identity card · order 4711-0815", "Your ID card is ready")
    assert read_aloud(page, aloud_in_hall=True)[0] == "Your document is ready"


def test_what_was_typed_is_never_spoken() -> None:
    page = present(EnterDocumentNumber(), look("en"), surroundings("en"), Entry(COMPLETE_NUMBER))
    for in_hall in (True, False):
        assert not any(COMPLETE_NUMBER in spoken for spoken in read_aloud(page, aloud_in_hall=in_hall))


def test_the_phones_text_is_never_spoken() -> None:
    page = present(status(Stage.READY_COUNTER), look("en"), surroundings("en"), Entry())
    assert not any("4711" in spoken for spoken in read_aloud(page, aloud_in_hall=False)[1:])


def test_every_page_can_be_read() -> None:
    for label, page in all_pages():
        spoken = read_aloud(page, aloud_in_hall=True)
        assert len(spoken) > 1, label
        assert all(one.strip() for one in spoken), label
