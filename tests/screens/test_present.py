from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central_office.contract.document_number import ALPHABET, DocumentNumber
from central_office.contract.stages import Stage
from devices.roles import AimHint
from screens import steps
from screens.entry import Entry
from screens.look import Colours, TextSize
from screens.pages import (
    Answer,
    Cells,
    ChangeLook,
    EndSession,
    Explain,
    Heading,
    Keyboard,
    KeyState,
    LanguageKey,
    Languages,
    Mentions,
    Note,
    OpenSheet,
    Option,
    Options,
    ReadAloud,
    Segment,
    Sheet,
    Small,
    Submit,
    TakeAway,
    Tile,
    Tiles,
    Tone,
    Turn,
    TurnPage,
    TypeCharacter,
    Welcome,
)
from screens.present import present
from screens.presenting.identify import number_problem
from screens.presenting.scanning import LETTER_HINTS
from screens.steps import (
    BACK,
    Attract,
    Begin,
    ChooseWay,
    EnterBirthDate,
    EnterDocumentNumber,
    Home,
    IdleWarning,
    LanguageSheet,
    NumberProblem,
    Offer,
    OutOfService,
    ScanLetter,
    ServiceKey,
    SettingsSheet,
    ShowNotFound,
    SlipState,
    StatusChoice,
    TypeInstead,
    Way,
)
from screens.wording import languages
from tests.screens.samples import COMPLETE_NUMBER, NOW, SAMPLES, look, status, surroundings
from tests.screens.saying import blocks_of, key, pages_of, said_in, show

every_language = pytest.mark.parametrize("language", languages())


# The bar


def test_the_header_shows_town_clock_and_day() -> None:
    german, english = show(Home(()), "de").header, show(Home(()), "en").header
    assert (english.town, english.clock, english.date) == ("Musterstadt", "10:24", "Tuesday, 16 June")
    assert (german.line, german.date) == ("Bürgerterminal", "Dienstag, 16. Juni")


def test_what_is_on_is_shown_as_on() -> None:
    page = show(Home(()), text=TextSize.LARGE, colours=Colours.DARK, low_reach=True, entry=Entry(reading=True))
    assert {key.name for key in page.bar if key.state is KeyState.ON} == {
        "text_size",
        "contrast",
        "listen",
        "low_reach",
    }
    assert {key.name for key in page.compact_bar if key.state is KeyState.ON} == {"settings", "listen"}


def test_low_reach_is_switched_by_its_key() -> None:
    act = key(show(Home(())), "low_reach").act
    assert isinstance(act, ChangeLook)
    assert act.look.low_reach
    back = key(show(Home(()), low_reach=True), "low_reach").act
    assert isinstance(back, ChangeLook)
    assert not back.look.low_reach


def test_a_terminal_without_a_voice_says_so_when_listen_is_touched() -> None:
    mute = replace(surroundings("en"), can_read_aloud=False)
    listen = key(present(Home(()), look("en"), mute, Entry()), "listen")
    assert listen.state is KeyState.NOT_YET
    assert isinstance(listen.act, Explain)
    assert key(show(Home(())), "listen").act == ReadAloud()


def test_an_explanation_that_was_asked_for_is_shown() -> None:
    note = show(ChooseWay((Way.LETTER,)), entry=Entry(explanation="Because.")).explanation
    assert note is not None
    assert (note.tone, note.words) == (Tone.WARN, "Because.")


# Attract and home


def test_every_language_invites_in_its_own_words() -> None:
    languages_block = blocks_of(show(Attract((ServiceKey.DOCUMENT_STATUS,))), Languages)[0]
    assert [(one.key.words, one.line) for one in languages_block.languages] == [
        ("Deutsch", "Hier beginnen"),
        ("English", "Start here"),
    ]
    assert isinstance(languages_block.languages[0], LanguageKey)
    assert languages_block.languages[0].key.act == Answer(Begin("de"))


def test_more_languages_than_fit_are_behind_a_key_of_the_bar() -> None:
    many = replace(surroundings("en"), languages=("de", "en") * 5)
    page = present(Attract(()), look("en"), many, Entry())
    assert page.bar[0].words == "More"
    assert len(blocks_of(page, Languages)[0].languages) == 8


def test_the_welcome_changes_between_the_languages_and_begins_with_the_usual_one() -> None:
    lines = blocks_of(show(Attract(()), "en"), Welcome)[0].lines
    assert lines[0] == ("Welcome", "Willkommen im Rathaus Musterstadt")
    assert [large for large, _ in lines] == ["Welcome", "Willkommen"]


def test_the_attract_page_mentions_exactly_the_services_there_are() -> None:
    mentions = blocks_of(show(Attract((ServiceKey.DOCUMENT_STATUS, ServiceKey.PARKING))), Mentions)[0].mentions
    assert [mention.words for mention in mentions] == ["Check a document", "Residents’ parking"]  # noqa: RUF001
    every = blocks_of(show(Attract(tuple(ServiceKey))), Mentions)[0].mentions
    assert [mention.words for mention in every] == [
        "Check a document",
        "Collect a document",
        "Book a bulky pickup",
        "Buy garbage bags",
        "Parking and housing",
        "Pension and advice",
    ]


@pytest.mark.parametrize(
    ("hour", "german", "english"),
    [(8, "Guten Morgen", "Good morning"), (11, "Guten Tag", "Good morning"), (14, "Guten Tag", "Good afternoon")],
)
def test_the_greeting_fits_the_hour_as_each_language_sees_it(hour: int, german: str, english: str) -> None:
    for language, greeting in (("de", german), ("en", english)):
        around = surroundings(language, NOW.replace(hour=hour))
        heading = blocks_of(present(Home(()), look(language), around, Entry()), Heading)[0]
        assert heading.over == greeting


def test_a_service_that_cannot_be_used_still_explains_itself_when_touched() -> None:
    page = show(Home((Offer(ServiceKey.BAGS, steps.Reason.NO_PRINTER),), notice=steps.Reason.NO_PRINTER))
    tile = blocks_of(page, Tiles)[0].tiles[0]
    assert isinstance(tile, Tile)
    assert not tile.available
    assert (tile.line, tile.key.act) == ("Not available at the moment", Answer(ServiceKey.BAGS))
    assert page.notice is not None
    assert "Counter 3" in page.notice.words


def test_large_text_pages_through_the_services_and_loses_none() -> None:
    seen = [
        tile.key.name
        for page in pages_of("home_nine_services", "de", TextSize.LARGE)
        for block in blocks_of(page, Tiles)
        for tile in block.tiles
    ]
    assert seen == [service.value for service in ServiceKey]


# Finding the document


def test_a_closed_way_is_shown_with_its_reason() -> None:
    options = blocks_of(show(SAMPLES["choose_way_no_reader"]), Options)[0].options
    letter, number = options
    assert isinstance(letter, Option)
    assert not letter.available
    assert letter.key.act == Explain("We cannot read letters at the moment. Choose another way.")
    assert (letter.tag, number.tag) == ("", "")


def test_the_letter_is_called_the_quickest_way() -> None:
    letter, number = blocks_of(show(SAMPLES["choose_way"]), Options)[0].options
    assert (letter.tag, number.tag) == ("Quickest way", "")


def test_going_back_is_offered_wherever_something_is_asked() -> None:
    for name in ("choose_way", "scan_camera", "enter_document_number", "enter_birth_date", "status_ready_counter"):
        assert show(SAMPLES[name]).actions[0].act == Answer(BACK)


def test_the_letter_is_never_the_only_way() -> None:
    assert key(show(ScanLetter(by_camera=True, by_scanner=False)), "type_instead").act == Answer(TypeInstead())


def test_an_unfinished_number_tells_how_much_is_missing() -> None:
    go_on = key(show(EnterDocumentNumber(), entry=Entry("L01X00")), "continue")
    assert go_on.state is KeyState.NOT_YET
    assert go_on.act == Explain("4 characters are still missing.")
    assert key(show(EnterDocumentNumber(), "de", Entry("L01X0001C")), "continue").act == Explain(
        "Es fehlt noch 1 Zeichen."
    )


def test_a_number_whose_characters_do_not_fit_is_marked_before_it_is_sent() -> None:
    page = show(EnterDocumentNumber(), entry=Entry("L01X0001C9"))
    assert blocks_of(page, Cells)[0].wrong
    assert page.explanation is not None
    assert page.explanation.tone is Tone.BAD
    assert key(page, "continue").state is KeyState.NOT_YET


def test_a_number_that_fits_can_be_sent() -> None:
    page = show(EnterDocumentNumber(), entry=Entry(COMPLETE_NUMBER))
    assert not blocks_of(page, Cells)[0].wrong
    assert key(page, "continue").act == Submit()


@given(st.text(ALPHABET, min_size=9, max_size=9), st.sampled_from("0123456789"))
def test_the_check_on_the_page_agrees_with_the_office(characters: str, digit: str) -> None:
    fits = DocumentNumber(characters).check_digit == digit
    assert (number_problem(characters + digit) is None) is fits


def test_the_keyboard_has_the_characters_of_document_numbers_and_no_others() -> None:
    keyboard = blocks_of(show(EnterDocumentNumber()), Keyboard)[0]
    assert "".join(one.words for one in keyboard.keys) == ALPHABET
    assert keyboard.keys[0].act == TypeCharacter("0")


def test_a_full_entry_takes_no_more_characters() -> None:
    keyboard = blocks_of(show(EnterDocumentNumber(), entry=Entry(COMPLETE_NUMBER)), Keyboard)[0]
    assert all(one.state is KeyState.NOT_YET and isinstance(one.act, Explain) for one in keyboard.keys)


@pytest.mark.parametrize(
    ("digits", "problem"),
    [
        ("31021980", NumberProblem.NO_SUCH_DAY),
        ("17062026", NumberProblem.IN_THE_FUTURE),
        ("01011899", NumberProblem.NO_SUCH_DAY),
        ("00000000", NumberProblem.NO_SUCH_DAY),
    ],
)
def test_a_birthday_that_cannot_be_is_marked(digits: str, problem: NumberProblem) -> None:
    page = show(EnterBirthDate(), entry=Entry(digits))
    assert blocks_of(page, Cells)[0].wrong
    assert page.explanation == show(EnterBirthDate(problem)).explanation


def test_a_birthday_up_to_today_can_be_sent() -> None:
    assert key(show(EnterBirthDate(), entry=Entry("16062026")), "continue").act == Submit()


def test_what_was_not_found_may_be_tried_again_until_no_try_is_left() -> None:
    assert show(ShowNotFound(Way.NUMBER, 2)).actions[-1].name == "again"
    assert show(ShowNotFound(Way.NUMBER, 0)).actions[-1].name == "finish"
    assert any("1 try left." in words for words in said_in(show(ShowNotFound(Way.NUMBER, 1))))


# The receipt


@pytest.mark.parametrize(
    ("slip", "state"),
    [
        (SlipState.OFFERED, KeyState.NORMAL),
        (SlipState.PRINTING, KeyState.BUSY),
        (SlipState.NOT_PRINTED, KeyState.NORMAL),
        (SlipState.UNKNOWN, KeyState.NORMAL),
        (SlipState.PRINTED, None),
        (SlipState.NO_PRINTER, None),
    ],
)
def test_printing_is_offered_while_it_makes_sense(slip: SlipState, state: KeyState | None) -> None:
    take_away = blocks_of(show(status(Stage.READY_COUNTER, slip=slip)), TakeAway)[0]
    assert (take_away.key.state if take_away.key else None) is state
    assert bool(take_away.state) is (slip is not SlipState.OFFERED)
    if take_away.key:
        assert take_away.key.act == Answer(StatusChoice.PRINT)


# Sheets and the idle warning


def test_settings_show_what_is_chosen_and_change_one_thing_at_a_time() -> None:
    page = show(SettingsSheet(), text=TextSize.LARGE)
    on = {one.name for block in blocks_of(page, Segment) for one in block.keys if one.state is KeyState.ON}
    assert on == {"text_large", "colours_light", "reach_whole", "speed_normal"}
    dark = key(page, "colours_dark").act
    assert dark == ChangeLook(look("en", text=TextSize.LARGE, colours=Colours.DARK))
    assert key(page, "text_size").act == OpenSheet(Sheet.SETTINGS)


def test_a_sheet_above_the_attract_page_ends_no_session() -> None:
    assert show(SettingsSheet(session=False)).bar[-1].name == "help"
    assert show(LanguageSheet(session=False)).bar[-1].name == "help"


def test_the_idle_warning_counts_and_offers_both_ways() -> None:
    page = show(IdleWarning(1, 30))
    assert [one.name for one in page.actions] == ["end_now", "stay"]
    assert page.actions[0].act == EndSession()
    assert any("in 1 second." in words for words in said_in(page))


def test_the_idle_warning_shows_nothing_of_the_page_it_hides() -> None:
    page = show(IdleWarning(18, 30))
    assert not any("ID card" in words for words in said_in(page))


# Faults name an alternative


@pytest.mark.parametrize("name", ["out_of_service", "apology", "too_many_tries", "explain_no_data_yet", "home_limited"])
@every_language
def test_a_fault_names_another_place_and_its_opening_time(name: str, language: str) -> None:
    words = " ".join(said_in(show(SAMPLES[name], language)))
    assert surroundings(language).counter.name in words
    assert "16:00" in words


def test_a_closed_counter_is_not_recommended() -> None:
    around = surroundings("en")
    closed = replace(around, counter=replace(around.counter, open_until=None))
    page = present(SAMPLES["apology"], look("en"), closed, Entry())
    note = next(block for block in page.blocks if isinstance(block, Note))
    assert note.words == "Closed for today: Counter 3. Call 115."


def test_codes_for_staff_stand_small_at_the_bottom() -> None:
    small = show(OutOfService("L-07", NOW.replace(hour=9, minute=41))).blocks[-1]
    assert small == Small("Terminal MS-02 · since 9:41 · L-07")


# Parts


def test_turning_the_parts_comes_round() -> None:
    pages = list(pages_of("status_much_to_bring", "de", TextSize.VERY_LARGE))
    turns = [block.key.act for page in pages for block in page.compact_blocks if isinstance(block, Turn)]
    assert turns == [*(TurnPage(to) for to in range(1, len(pages))), TurnPage(0)]


def test_every_aiming_hint_of_the_camera_has_its_words() -> None:
    assert set(LETTER_HINTS) == {hint.value for hint in AimHint}
