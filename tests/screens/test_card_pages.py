"""What the pages of signing in with an identity card say, and to whom."""

from __future__ import annotations

import re

import pytest

from screens.entry import Entry
from screens.pages import (
    Answer,
    Cells,
    Checklist,
    Dot,
    Explain,
    Heading,
    Keyboard,
    KeyState,
    Machine,
    Note,
    Options,
    Steps,
    Submit,
    Tone,
    TurnPage,
    Typed,
    Weight,
)
from screens.reading import read_aloud
from screens.steps import BACK, ChooseWay, EnterBirthDate, Farewell, Reason, Retry, ServiceKey, ShowNotFound, Way
from screens.steps_card import (
    AllowReading,
    CardEnd,
    CardEnds,
    CardProblem,
    EnterCan,
    EnterCardExpiry,
    EnterCardNumber,
    EnterNewPin,
    EnterPin,
    OnPad,
    PlaceCard,
    Placed,
    PrintInstead,
    ReadingCard,
    Stage,
    TakeCardBack,
    TypeOnReader,
)
from screens.wording import languages
from tests.screens.samples import SAMPLES, surroundings
from tests.screens.saying import all_pages, blocks_of, key, said_in, show

BLOCKS = "If the next PIN does not fit, the online function is blocked."
WAYS = (Way.CARD, Way.LETTER, Way.NUMBER)


def heading(page: object) -> str:
    (block,) = blocks_of(page, Heading)  # type: ignore[arg-type]
    return str(block.words)


def test_the_card_is_the_first_and_quickest_way() -> None:
    (block,) = blocks_of(show(ChooseWay(WAYS)), Options)
    assert [option.key.name for option in block.options] == ["card", "letter", "number"]
    assert [option.tag for option in block.options] == ["Quickest way", "", ""]


def test_without_a_reader_the_letter_is_quickest_and_the_card_says_why_it_is_not_possible() -> None:
    page = show(ChooseWay(WAYS, ((Way.CARD, Reason.NO_CARD_READER),)))
    (block,) = blocks_of(page, Options)
    assert [option.tag for option in block.options] == ["", "Quickest way", ""]
    assert key(page, "card").act == Explain("We cannot read identity cards at the moment. Choose another way.")


def test_the_place_of_the_reader_is_said_and_shown() -> None:
    page = show(PlaceCard())
    assert heading(page) == "Place your card on the reader"
    assert blocks_of(page, Machine) == [Machine("reader-wait")]
    assert blocks_of(page, Steps)[0].sentences == (
        "Lay the card flat on the reader. Either side works.",
        "Leave it there until we tell you to take it back.",
    )
    assert [one.act for one in page.actions] == [Answer(BACK), Answer(Placed.NOT_WITH_ME)]


def test_a_card_the_wrong_way_round_has_a_picture_and_words_of_its_own() -> None:
    page = show(PlaceCard(problem=CardProblem.UNREADABLE))
    assert heading(page) == "Turn your card over"
    assert blocks_of(page, Machine) == [Machine("reader-turn")]


def test_every_problem_says_what_happened_and_what_to_do_each_in_other_words() -> None:
    notes = [blocks_of(show(PlaceCard(problem=problem)), Note)[0] for problem in CardProblem]
    assert all(note.strong and note.words for note in notes)
    assert len({note.strong for note in notes}) == len(CardProblem)


def test_the_checklist_ticks_off_what_is_done_and_the_bar_only_grows() -> None:
    lists = [blocks_of(show(ReadingCard(stage)), Checklist)[0] for stage in Stage]
    assert [tuple(row.dot for row in one.rows) for one in lists] == [
        (Dot.NOW, Dot.LATER, Dot.LATER),
        (Dot.DONE, Dot.NOW, Dot.LATER),
        (Dot.DONE, Dot.NOW, Dot.LATER),
        (Dot.DONE, Dot.NOW, Dot.LATER),
        (Dot.DONE, Dot.DONE, Dot.NOW),
    ]
    assert [one.done for one in lists] == sorted({one.done for one in lists})
    assert lists[2].rows[1].line == "Nothing else is read from the card"


def test_reading_can_be_stopped_but_not_the_look_for_the_document() -> None:
    assert show(ReadingCard(Stage.READING)).actions[0].act == Answer(BACK)
    assert show(ReadingCard(Stage.LOOKING)).actions == ()


def test_what_is_read_now_is_heard() -> None:
    page = show(ReadingCard(Stage.READING))
    spoken = read_aloud(page, aloud_in_hall=True)
    assert spoken[:3] == (
        "Leave your card on the reader",
        "This takes about 10 seconds.",
        "Reading your name and date of birth. Nothing else is read from the card",
    )


def test_the_six_digits_are_told_from_the_pin_and_shown_where_they_are() -> None:
    page = show(EnterCan(by_print=True), entry=Entry("48"))
    (block,) = blocks_of(page, Heading)
    assert block.art == "eid-card-can"
    assert "This is not your PIN." in block.body
    assert key(page, "no_digits").act == Answer(PrintInstead.NO_DIGITS)
    assert key(page, "continue").act == Explain("4 digits are still missing.")
    assert key(show(EnterCan(), entry=Entry("483920")), "continue").act == Submit()


def test_digits_of_another_card_are_said_without_blame_and_with_the_tries_if_it_counts() -> None:
    told = show(EnterCan(refused=True)).explanation
    assert told is not None
    assert told.strong == "These 6 digits do not belong to the card."
    assert told.words == "Look at the bottom right of the front."
    counted = show(EnterCan(refused=True, tries_left=1)).explanation
    assert counted is not None
    assert counted.words == "1 try left."
    assert show(EnterCan(refused=True), entry=Entry("4")).explanation is None


@pytest.mark.parametrize("step", [EnterPin((6,)), EnterNewPin()])
def test_a_pin_is_never_drawn_nor_spoken(step: EnterPin | EnterNewPin) -> None:
    page = show(step, entry=Entry("471108"))
    (cells,) = blocks_of(page, Cells)
    assert cells.hidden
    assert page.private
    for in_hall in (True, False):
        assert "471108" not in " ".join(read_aloud(page, aloud_in_hall=in_hall))


def test_what_opens_a_card_is_not_kept_for_the_next_page() -> None:
    assert not any(step.keeps_typed for step in (EnterCan, EnterPin, EnterNewPin))


def test_a_pin_may_be_as_long_as_the_card_allows() -> None:
    five = show(EnterPin((5, 6)), entry=Entry("12345"))
    assert key(five, "continue").act == Submit()
    assert key(show(EnterPin((6,)), entry=Entry("12345")), "continue").state is KeyState.NOT_YET


def test_a_passports_number_has_all_letters_and_in_parts_where_there_is_no_room() -> None:
    page = show(EnterCardNumber())
    (all_keys,) = blocks_of(page, Keyboard)
    assert "".join(one.words for one in all_keys.keys) == "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    reached = set()
    for part in range(page.parts):
        compact = show(EnterCardNumber(), entry=Entry(part=part))
        keys = next(block for block in compact.compact_blocks if isinstance(block, Keyboard)).keys
        reached |= {one.words for one in keys if not isinstance(one.act, TurnPage)}
    assert reached == {one.words for one in all_keys.keys}


def test_a_number_may_be_shorter_than_nine_characters() -> None:
    assert key(show(EnterCardNumber(), entry=Entry("C01X")), "continue").state is KeyState.NOT_YET
    page = show(EnterCardNumber(), entry=Entry("C01X00"))
    assert key(page, "continue").act == Submit()
    assert blocks_of(page, Typed)[0].most == 9


def test_the_last_day_of_a_card_may_be_still_to_come() -> None:
    assert key(show(EnterCardExpiry(), entry=Entry("28022031")), "continue").act == Submit()
    assert key(show(EnterCardExpiry(), entry=Entry("31022031")), "continue").state is KeyState.NOT_YET


@pytest.mark.parametrize("why", CardEnd)
@pytest.mark.parametrize("language", languages())
def test_every_end_names_another_way_and_who_helps(why: CardEnd, language: str) -> None:
    page = show(CardEnds(why), language)
    assert [one.act for one in page.actions] == [Answer(Retry.FINISH), Answer(Retry.OTHER_WAY)]
    assert surroundings(language).counter.name in " ".join(said_in(page))


def test_nobody_is_told_that_a_card_is_forged() -> None:
    for language in languages():
        said = " ".join(said_in(show(CardEnds(CardEnd.REFUSED), language))).lower()
        for word in ("forged", "stolen", "copy", "gefälscht", "kopie", "gestohlen", "widerrufen"):
            assert word not in said


def test_nothing_for_her_is_said_without_asking_to_compare_a_letter() -> None:
    page = show(ShowNotFound(Way.CARD))
    assert blocks_of(page, Note) == []
    assert "Nothing is on its way for the holder of this card." in said_in(page)


def test_a_service_that_asks_is_named_with_all_that_it_asks_for() -> None:
    page = show(AllowReading("Stadt Musterstadt", "Auskunft"))
    said = list(said_in(page))
    for words in ("Stadt Musterstadt", "Auskunft", "Your family name and your given names", "Your date of birth"):
        assert words in said
    assert [one.act for one in page.actions] == [Answer(value=False), Answer(value=True)]


def test_the_card_is_asked_back_with_a_way_on_for_who_has_it_already() -> None:
    for last in (False, True):
        page = show(TakeCardBack(last=last))
        assert blocks_of(page, Machine) == [Machine("reader-take")]
        assert page.actions[-1].weight is Weight.PRIMARY


def test_the_birthday_may_come_from_the_card_where_there_is_a_reader() -> None:
    page = show(EnterBirthDate(service=ServiceKey.COLLECT, by_card=True))
    assert key(page, "by_card").act == Answer(Way.CARD)
    assert [one.name for one in show(EnterBirthDate()).actions] == ["back", "continue"]


def test_which_documents_she_has_is_private() -> None:
    pages = [page for name, page in all_pages() if name.startswith("choose_my_document")]
    assert pages
    for page in pages:
        assert page.private
        spoken = " ".join(read_aloud(page, aloud_in_hall=True))
        assert not re.search(r"4711|ready|bereit|ID card|Identity card|Personalausweis|[Pp]ass", spoken)
        assert re.search(r"Document 1|Dokument 1|Document 4|Dokument 4", spoken)
        assert "4711" in " ".join(read_aloud(page, aloud_in_hall=False))


# Setting a PIN of one's own


def test_who_sets_a_pin_is_told_of_no_other_way_to_do_it() -> None:
    assert [one.name for one in show(SAMPLES["card_ends_own_pin_switched_off"]).actions] == ["finish"]
    assert [one.name for one in show(SAMPLES["card_ends_switched_off"]).actions] == ["finish", "other_way"]


def test_setting_a_pin_reads_no_name() -> None:
    (checks,) = blocks_of(show(SAMPLES["reading_card_own_pin"]), Checklist)
    assert [row.words for row in checks.rows] == ["Card recognised", "The card checks what you typed"]


def test_before_the_last_try_of_the_pin_the_page_says_so_and_what_follows() -> None:
    page = show(EnterPin((6,), 1))
    assert page.explanation is not None
    assert (page.explanation.tone, page.explanation.strong) == (Tone.WARN, "This is the last try.")
    assert page.explanation.words == BLOCKS
    assert show(EnterPin((6,), 1), entry=Entry(text="1234")).explanation == page.explanation, "while she types, too"
    assert show(EnterPin((6,), 2)).explanation is None
    refused = show(EnterPin((6,), 1, refused=True)).explanation
    assert refused is not None
    assert (refused.strong, refused.words) == ("This is not the PIN of the card.", BLOCKS)


def test_who_types_on_the_reader_is_warned_before_the_last_try_as_well() -> None:
    (warning,) = blocks_of(show(TypeOnReader(OnPad.PIN, 1)), Note)
    assert (warning.tone, warning.words) == (Tone.WARN, BLOCKS)
    assert blocks_of(show(TypeOnReader(OnPad.PIN, 2)), Note) == []
    (refused,) = blocks_of(show(TypeOnReader(OnPad.PIN, 1, refused=True)), Note)
    assert refused.words == BLOCKS


def test_the_farewell_reminds_of_the_card_where_one_lay_on_the_reader() -> None:
    def words(step: Farewell) -> str:
        return " ".join(said_in(show(step).blocks))

    assert all("your card" in words(Farewell(by_itself, card=True)) for by_itself in (False, True))
    assert "card" not in words(Farewell())
    assert "your letter" in words(Farewell())
