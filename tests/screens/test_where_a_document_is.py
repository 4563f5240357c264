from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central_office.contract.documents import DocumentStatus, Place, StageReached
from central_office.contract.stages import NEXT_STAGES, DocumentKind, Stage, ToBring
from screens.entry import Entry
from screens.look import TextSize
from screens.pages import Banner, Dot, Facts, Note, Small, TakeAway, Timeline, Tone
from screens.present import present
from screens.wording import languages
from tests.screens.samples import NOW, document, look, status, surroundings
from tests.screens.saying import said_in

if TYPE_CHECKING:
    from screens.pages import Page
    from screens.steps import ShowStatus

every_stage = pytest.mark.parametrize("stage", list(Stage))


def page_of(step: ShowStatus, language: str = "en", **changes: object) -> Page:
    return present(step, replace(look(language), **changes), surroundings(language), Entry())  # type: ignore[arg-type]


def banner_of(page: Page) -> Banner:
    return next(block for block in page.blocks if isinstance(block, Banner))


def timeline_of(page: Page) -> Timeline:
    return next(block for block in page.blocks if isinstance(block, Timeline))


def rows_of(step: ShowStatus, language: str = "en") -> list[tuple[str, str, str]]:
    return [(row.dot.value, row.words, row.when) for row in timeline_of(page_of(step, language)).rows]


def facts_of(page: Page) -> list[str]:
    return [row.words for block in page.blocks if isinstance(block, Facts) for row in block.rows]


@st.composite
def lives(draw: st.DrawFn) -> tuple[StageReached, ...]:
    """A document's legal life, loops and all."""
    stage, day = Stage.APPLIED, date(2026, 1, 5)
    life = [StageReached(stage=stage, on=day)]
    for _ in range(draw(st.integers(0, 20))):
        following = sorted(NEXT_STAGES[stage])
        if not following:
            break
        stage, day = draw(st.sampled_from(following)), day + timedelta(draw(st.integers(0, 9)))
        life.append(StageReached(stage=stage, on=day))
    return tuple(life)


def odd_lives() -> st.SearchStrategy[tuple[StageReached, ...]]:
    """Whatever an older or newer office may send."""
    reached = st.builds(StageReached, stage=st.sampled_from(Stage), on=st.dates())
    return st.lists(reached, min_size=1, max_size=32).map(tuple)


@given(st.one_of(lives(), odd_lives()), st.sampled_from(DocumentKind), st.sampled_from(languages()))
def test_every_life_is_told_in_at_most_five_lines(
    life: tuple[StageReached, ...], kind: DocumentKind, language: str
) -> None:
    told = document(life[-1].stage, kind).model_copy(update={"history": life})
    page = page_of(status(life[-1].stage, document=told), language)
    dots = [row.dot for row in timeline_of(page).rows]
    assert 1 <= len(dots) <= 5
    ended = life[-1].stage in {Stage.HANDED_OVER, Stage.DELIVERED}
    assert dots.count(Dot.NOW) + dots.count(Dot.STOPPED) == (0 if ended else 1)
    assert dots == sorted(dots, key=[Dot.DONE, Dot.NOW, Dot.STOPPED, Dot.LATER].index)
    assert all(row.words and row.when for row in timeline_of(page).rows)
    assert banner_of(page).words


def test_a_ready_card_is_told_as_on_the_design_board() -> None:
    step = status(Stage.READY_COUNTER)
    banner = banner_of(page_of(step))
    assert (banner.over, banner.words, banner.sentence) == (
        "Identity card · order 4711-0815",
        "Your ID card is ready",
        "You can take it with you today.",
    )
    assert rows_of(step) == [
        ("done", "Applied", "18 May"),
        ("done", "In production", "20 May"),
        ("done", "Arrived in Musterstadt", "12 June"),
        ("now", "Ready to collect", "since 15 June"),
        ("later", "Collected", "not yet"),
    ]
    assert facts_of(page_of(step)) == [
        "The pickup code from your letter",
        "Your old ID card, if you still have it",
        "Counter 3, on this floor, until 24 June",
    ]


def test_a_passport_that_is_not_here_says_when_we_expect_it_and_that_we_write() -> None:
    page = page_of(status(Stage.IN_PRODUCTION, DocumentKind.PASSPORT))
    assert banner_of(page).words == "Your passport is not here yet"
    assert banner_of(page).sentence == "It is being made. We expect it by 24 June. We will write to you."


@pytest.mark.parametrize("stage", [Stage.APPLIED, Stage.SENT_TO_PRODUCER, Stage.IN_PRODUCTION])
def test_the_expected_day_is_the_day_of_arrival(stage: Stage) -> None:
    assert [row for row in rows_of(status(stage)) if "expected" in row[2]] == [
        ("later", "Arrived in Musterstadt", "expected 24 June")
    ]


@every_stage
def test_a_day_that_has_passed_is_not_promised(stage: Stage) -> None:
    late = document(stage).model_copy(update={"expected_on": date(2026, 6, 1)})
    words = " ".join(said_in(page_of(status(stage, document=late))))
    assert " 1 June" not in words
    assert " 1 June" not in phone_of(page_of(status(stage, document=late)))


def phone_of(page: Page) -> str:
    return next((block.code for block in page.blocks if isinstance(block, TakeAway)), "")


def test_on_the_way_to_the_town_hall_is_a_line_of_its_own() -> None:
    assert rows_of(status(Stage.SHIPPED_TO_OFFICE))[2:4] == [
        ("now", "On the way to Musterstadt", "since 10 June"),
        ("later", "Ready to collect", "expected 24 June"),
    ]


def test_a_document_sent_home_is_never_said_to_be_at_the_town_hall() -> None:
    assert rows_of(status(Stage.DIRECT_SHIP))[2:] == [
        ("now", "On the way to you", "since 9 June"),
        ("later", "Delivered to you", "expected 24 June"),
    ]
    assert [row[0] for row in rows_of(status(Stage.DELIVERED))] == ["done"] * 4


def test_a_document_at_the_post_branch_is_told_with_its_branch_and_last_day() -> None:
    assert "Postfiliale Bahnhofstraße, Bahnhofstraße 2, until 24 June" in facts_of(
        page_of(status(Stage.AT_POST_BRANCH))
    )
    assert rows_of(status(Stage.AT_POST_BRANCH))[3] == ("now", "At the post branch", "since 11 June")


def test_a_document_the_post_brought_back_goes_on_at_the_town_hall() -> None:
    assert [row[1] for row in rows_of(status(Stage.RETURNED_TO_OFFICE))] == [
        "Applied",
        "On the way to you",
        "Back in Musterstadt",
        "Ready to collect",
        "Collected",
    ]


@pytest.mark.parametrize(
    ("stage", "line"),
    [
        (Stage.CANCELLED, "Cancelled"),
        (Stage.DESTROYED, "Destroyed for safety"),
        (Stage.LOST_IN_TRANSIT, "Lost on the way"),
    ],
)
def test_where_it_stopped_is_the_last_line_and_help_is_named(stage: Stage, line: str) -> None:
    assert rows_of(status(stage))[-1][:2] == ("stopped", line)
    assert any("Counter 3, today until 16:00" in fact for fact in facts_of(page_of(status(stage))))
    assert banner_of(page_of(status(stage))).tone is Tone.WARN


def test_a_document_moved_back_to_the_counter_is_ready_since_it_first_was() -> None:
    assert rows_of(status(Stage.RETURNED_TO_COUNTER))[3] == ("now", "Ready to collect", "since 13 June")


def test_a_closed_counter_does_not_promise_today() -> None:
    around = surroundings("en")
    closed = replace(around.counter, open_until=None)
    page = present(status(Stage.READY_COUNTER), look("en"), replace(around, places={"counter-3": closed}), Entry())
    assert banner_of(page).sentence == "You can collect it."


def test_a_place_the_terminal_does_not_know_is_named_as_the_office_named_it() -> None:
    elsewhere = document(Stage.READY_COUNTER).model_copy(
        update={"place": Place(key="branch-new", name="Bürgerbüro Süd", way="Südring 1")}
    )
    page = page_of(status(Stage.READY_COUNTER, document=elsewhere))
    assert facts_of(page)[-1] == "Bürgerbüro Süd, Südring 1, until 24 June"
    assert "today" not in banner_of(page).sentence


def test_old_data_is_said_to_be_old_and_help_is_named() -> None:
    step = status(Stage.READY_COUNTER, stale=True, as_of=datetime(2026, 6, 14, 8, 20, tzinfo=UTC))
    note = next(block for block in page_of(step).blocks if isinstance(block, Note) and block.tone is Tone.WARN)
    assert note.strong == "This is what we knew on Sunday, 14 June at 10:20."
    assert "Counter 3" in note.words


def test_fresh_data_says_when_it_was_confirmed_in_local_time() -> None:
    small = next(block for block in page_of(status(Stage.READY_COUNTER), "de").blocks if isinstance(block, Small))
    assert small.words == "Stand: Dienstag, 16. Juni, 10:20 Uhr"


@every_stage
def test_the_page_is_private_and_says_so(stage: Stage) -> None:
    page = page_of(status(stage))
    assert page.private
    assert any("90 seconds" in words for words in said_in(page))


@pytest.mark.parametrize("size", list(TextSize))
def test_all_there_is_to_bring_is_said_whatever_the_text_size(size: TextSize) -> None:
    much = document(Stage.READY_COUNTER).model_copy(update={"bring": tuple(ToBring)})
    step, around = status(Stage.READY_COUNTER, document=much), surroundings("en")
    said: set[str] = set()
    part, parts = 0, 1
    while part < parts:
        page = present(step, look("en", text=size), around, Entry(part=part))
        said.update(facts_of(page))
        part, parts = part + 1, page.parts
    assert len(said) == len(ToBring) + 1


@every_stage
@pytest.mark.parametrize("language", languages())
def test_the_compact_parts_say_all_the_whole_page_says(stage: Stage, language: str) -> None:
    whole = page_of(status(stage), language)
    compact: set[str] = set()
    for part in range(whole.parts):
        page = present(status(stage), look(language), surroundings(language), Entry(part=part))
        compact.update(words for block in page.compact_blocks for words in said_in(block))
    assert isinstance(whole.blocks[0], Banner)
    assert {words for block in whole.blocks for words in said_in(block)} - compact <= {whole.blocks[0].over}


def test_a_part_that_no_longer_exists_shows_the_last_one() -> None:
    page = present(status(Stage.READY_COUNTER), look("en", text=TextSize.LARGE), surroundings("en"), Entry(part=9))
    assert page.part == page.parts - 1


def test_what_is_logged_of_an_answer_names_no_document() -> None:
    assert "4711" not in repr(status(Stage.READY_COUNTER))
    assert "identity_card" not in repr(status(Stage.READY_COUNTER))


def test_the_clock_of_the_samples_is_the_boards() -> None:
    assert isinstance(document(Stage.APPLIED), DocumentStatus)
    assert NOW.strftime("%H:%M") == "10:24"
