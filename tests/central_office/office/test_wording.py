from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from central_office.contract.messages import COMMANDS, VisitReported
from central_office.contract.sale_words import Ending
from central_office.contract.sales import MACHINE_TROUBLES
from central_office.contract.staff import Right
from central_office.contract.stages import DocumentKind, Stage
from central_office.office import desk, words
from central_office.office.models import DeskEntry
from central_office.office.pages import forms
from central_office.office.sales.clearing import Reason
from central_office.office.sales.days import Goods, Payment

OFFICE = Path(__file__).parents[3] / "central_office" / "office"
IN_PYTHON = re.compile(r'\b_\(\s*"((?:[^"\\]|\\.)*)"\s*\)')
IN_TEMPLATES = re.compile(r'\{% translate "([^"]*)"')


def _said() -> set[str]:
    found = {text for path in OFFICE.rglob("*.py") for text in IN_PYTHON.findall(path.read_text(encoding="utf-8"))}
    return found | {
        text for path in OFFICE.rglob("*.html") for text in IN_TEMPLATES.findall(path.read_text(encoding="utf-8"))
    }


def test_every_german_word_of_the_console_has_an_english_one() -> None:
    with (OFFICE / "locale" / "en" / "LC_MESSAGES" / "django.po").open("rb") as file:
        catalogue = read_po(file, locale="en", abort_invalid=True)
    english = {message.id: message.string for message in catalogue if message.id}
    said = _said()
    assert len(said) > 200
    assert {text for text in said if not english.get(text)} == set()
    for german, words_ in english.items():
        if isinstance(german, str):
            assert sorted(re.findall(r"%\(\w+\)s|%[sd]", german)) == sorted(re.findall(r"%\(\w+\)s|%[sd]", str(words_)))


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_has_a_name_and_a_button(stage: Stage) -> None:
    assert words.STAGES[stage]
    assert words.MOVES[stage]


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_every_kind_has_a_name(kind: DocumentKind) -> None:
    assert words.KINDS[kind]


def test_every_outcome_of_a_visit_has_a_word() -> None:
    assert ("visit.reported", 2) in COMMANDS
    for name, book in (("outcome", words.OUTCOMES), ("claim", words.CLAIMS)):
        allowed = VisitReported.model_fields[name].annotation
        assert set(book) == set(allowed.__args__)  # type: ignore[union-attr]


def test_every_field_of_every_form_has_a_label() -> None:
    for form in (forms.SignInForm, forms.SearchForm, forms.NewDocumentForm, forms.UploadForm, forms.TicketForm):
        for name, field in form.base_fields.items():
            assert field.label, name


def test_every_word_of_a_sale_is_said() -> None:
    assert set(words.PAYMENTS) == set(words.PAYMENT_TONES) == set(Payment)
    assert set(words.GOODS) == set(words.GOODS_TONES) == set(Goods)
    assert set(words.REASONS) == set(Reason)
    assert set(Ending) <= set(words.SALES)
    assert words.SALES.keys() >= {"bags", "bulky_fee", "permit"} | MACHINE_TROUBLES
    assert words.CODES.keys() >= {f"machine_{trouble}" for trouble in MACHINE_TROUBLES}
    assert set(DeskEntry.Kind) == set(words.MATTERS) == set(desk.WHO)
    assert set(Right) == set(words.RIGHTS)
