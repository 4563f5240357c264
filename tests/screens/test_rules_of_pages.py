from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

import pytest
from PIL import ImageFont

from screens import steps, steps_bags, steps_bulky, steps_bulky_mine, steps_card, steps_collect, steps_pin, steps_staff
from screens.assets import FONTS, PICTURES
from screens.entry import Entry
from screens.look import Look
from screens.pages import (
    Answer,
    Banner,
    Explain,
    FactRow,
    Facts,
    Heading,
    KeyState,
    Options,
    Page,
    Weight,
    Welcome,
    keys_of,
)
from screens.present import present
from screens.presenting.page_of import AnyStep
from screens.steps import (
    Home,
    Searching,
    Step,
)
from screens.wording import NoSuchLanguage, languages
from tests.screens.samples import SAMPLES, surroundings
from tests.screens.saying import all_pages, blocks_of, pages_of, said_in, show

if TYPE_CHECKING:
    from collections.abc import Callable

PAGES = dict(all_pages())


def every_page(rule: Callable[[Page], None]) -> Callable[[], None]:
    """A rule that every page keeps; a broken one names the page."""

    def test() -> None:
        for label, page in PAGES.items():
            try:
                rule(page)
            except AssertionError as broken:
                broken.add_note(f"on the page: {label}")
                raise

    test.__name__ = rule.__name__
    return test


every_language = pytest.mark.parametrize("language", languages())


def test_every_step_has_a_page_and_a_sample() -> None:
    known = {
        kind
        for module in (
            steps,
            steps_bags,
            steps_bulky,
            steps_bulky_mine,
            steps_card,
            steps_collect,
            steps_pin,
            steps_staff,
        )
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Step) and kind is not Step
    }
    assert set(get_args(AnyStep)) == known
    assert {type(step) for step in SAMPLES.values()} == known


@every_page
def test_a_page_has_one_heading(page: Page) -> None:
    for blocks in (page.blocks, page.compact_blocks or page.blocks):
        assert sum(isinstance(block, Heading | Banner | Welcome) for block in blocks) == 1


@every_page
def test_at_most_one_key_is_primary_and_it_is_the_last_action(page: Page) -> None:
    primaries = [key for key in keys_of(page) if key.weight is Weight.PRIMARY]
    assert len(primaries) <= 1
    if primaries:
        assert page.actions[-1] is primaries[0]


@every_page
def test_no_two_keys_have_the_same_name(page: Page) -> None:
    for compact in (False, True):
        names = [key.name for key in keys_of(page, compact=compact)]
        assert len(names) == len(set(names))


@every_page
def test_the_bar_keeps_its_order_and_ends_with_end_session(page: Page) -> None:
    step = next(sample for sample in SAMPLES.values() if type(sample).__name__ == page.step)
    ending = page.bar[-1].name == "end"
    if page.staff and ending:  # who is signed in has the work on the bar, and signs out at its end
        assert page.bar == page.compact_bar
        assert {key.name for key in page.bar[:-1]} <= {tab.value for tab in steps_staff.StaffTab}
        return
    bar, compact = [key.name for key in page.bar], [key.name for key in page.compact_bar]
    assert bar[:6] == ["language", "text_size", "contrast", "listen", "low_reach", "help"]
    assert compact[:4] == ["language", "settings", "listen", "help"]
    assert bar[6:] == compact[4:] == (["end"] if ending else [])
    assert "end" not in [key.name for key in page.actions]
    if not step.in_session:
        assert not ending


@every_page
def test_every_key_says_something(page: Page) -> None:
    assert all(key.words.strip() for key in (*keys_of(page), *page.compact_bar))


@every_page
def test_a_key_that_cannot_be_used_yet_tells_why(page: Page) -> None:
    for key in (*keys_of(page), *page.compact_bar):
        if key.state is KeyState.NOT_YET:
            assert isinstance(key.act, Answer) or (isinstance(key.act, Explain) and key.act.words)


@every_page
def test_a_fact_emphasises_words_it_contains(page: Page) -> None:
    for row in (row for block in blocks_of(page, Facts) for row in block.rows):
        assert isinstance(row, FactRow)
        assert row.strong in row.words


@every_page
def test_at_most_four_facts_stand_in_a_card(page: Page) -> None:
    assert all(1 <= len(block.rows) <= 4 for block in (*page.blocks, *page.compact_blocks) if isinstance(block, Facts))


@every_page
def test_nobody_is_blamed_or_shouted_at(page: Page) -> None:
    banned = (
        r"(?-i:\bCAN\b)|\b(invalid|wrong|error|failed|failure|abort|ok|okay|submit|device|peripheral)\b|"
        r"\b(ungültig\w*|falsch\w*|fehlgeschlagen|abbrechen|abgebrochen|gerät|absenden|unzulässig\w*)\b|!"
    )
    for words in said_in(page):
        assert not re.search(banned, words, re.IGNORECASE), words


@every_page
def test_headings_do_not_beg(page: Page) -> None:
    for block in blocks_of(page, Heading):
        assert not re.search(r"\b(please|bitte)\b", block.words, re.IGNORECASE)


@every_page
def test_pictures_on_a_page_exist(page: Page) -> None:
    art = [block.art for block in page.blocks if hasattr(block, "art") and block.art]
    art += [option.art for block in blocks_of(page, Options) for option in block.options]
    for name in art:
        assert list(PICTURES.glob(f"{name}*.png")), name


def test_german_and_english_say_different_things() -> None:
    alike = re.compile(
        r"[\W\d_]*|[A-ZÄÖÜß]|English|Deutsch|Start here|Hier beginnen|Normal|Musterstadt|MS-02.*|Marktplatz.*|"
        r"Go on in English|Auf Deutsch weiter|Welcome.*|Willkommen.*|Postfiliale.*|"
        r"Stadt Musterstadt|Auskunft über.*|"
        r"(Linden|Am |Haupt|Quarx|Muster-B).*|14a|BW 2A4K 7M3X|2A4.*|[A-Z]-[A-Z]|Sofa|"
        r"(April|August|September|November) \d+|"
        r"Martina Weber|[MR]\. (Weber|Okafor-.*)|Hoffmann, Sabine|HINGE SQUEAKS|MS-26-\d+|garden-120|x"
    )
    for name in SAMPLES:
        for german, english in zip(pages_of(name, "de"), pages_of(name, "en"), strict=True):
            for one, other in zip(said_in(german), said_in(english), strict=True):
                assert one != other or alike.fullmatch(one), f"{name}: {one}"


@pytest.mark.parametrize(("name", "width"), [("bar", 124), ("compact_bar", 108)])
@every_language
def test_labels_of_the_bar_fit_their_keys(name: str, width: int, language: str) -> None:
    font = ImageFont.truetype(str(FONTS / "FiraSans-Medium.ttf"), 26)
    for bar_key in getattr(show(Home(()), language), name):
        if bar_key.name != "end":
            assert font.getlength(bar_key.words) <= width, bar_key.words


def test_an_unknown_language_is_refused_by_name() -> None:
    with pytest.raises(NoSuchLanguage, match='"tlh"'):
        present(Searching(), Look("tlh"), surroundings("de"), Entry())
