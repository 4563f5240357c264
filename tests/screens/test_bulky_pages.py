"""What the pages of bulky waste say and offer, and what of it is read into the hall."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from central_office.contract.bulky_codes import OrderCode, OrderNumber
from screens.entry import Entry
from screens.look import TextSize
from screens.pages import Answer, Calendar, DayKind, DayList, Explain, KeyState, Steppers, Suggested, Ticket, TurnPage
from screens.reading import read_aloud
from screens.slip_bulky import CALENDAR_BYTES, calendar_text, pickup_slip
from screens.steps_bulky import ChooseDay, DayTrouble
from screens.wording import languages
from tests.screens.samples import SAMPLES, entry_for, surroundings
from tests.screens.samples_bulky import BOOKED, DAYS, RULES, STREET, choosing, pieces
from tests.screens.saying import blocks_of, key, said_in, show

every_language = pytest.mark.parametrize("language", languages())


def test_streets_are_offered_from_the_first_letters_on_typos_and_all() -> None:
    def offered(text: str) -> list[str]:
        (block,) = blocks_of(show(STREET, entry=Entry(text=text)), Suggested)
        return [one.words for one in block.keys]

    assert offered("LINDENS") == ["Lindenstraße"]
    assert "Lindenstraße" in offered("LIDENSTR")
    assert offered("QUARX") == []


def test_villages_streets_are_told_apart_by_their_part_of_town() -> None:
    (block,) = blocks_of(show(STREET, entry=Entry(text="DORFSTR")), Suggested)
    assert [one.words for one in block.keys] == ["Dorfstraße (Altdorf)", "Dorfstraße (Hinterweiler)"]


def test_plus_says_why_when_the_van_is_full() -> None:
    page = show(choosing(sofa=3))
    more = key(page, "more_sofa")
    assert more.state is KeyState.NOT_YET
    assert more.act == Explain("The van is full with this. Order another pickup for more.")


def test_a_day_cannot_be_chosen_before_there_is_a_piece() -> None:
    assert isinstance(key(show(choosing()), "continue").act, Explain)


def test_tiles_come_in_parts_where_there_is_less_room() -> None:
    seen = []
    for part in range(3):
        page = show(choosing(), entry=Entry(part=part), text=TextSize.LARGE)
        (block,) = blocks_of(page, Steppers)
        seen += [card.words for card in block.cards]
        assert page.parts == 3
    assert seen == [one.called("en") for one in RULES.item[:9]]


def test_a_full_day_explains_itself_and_a_free_one_is_an_answer() -> None:
    page = show(DAYS)
    assert isinstance(key(page, "day_2026-07-06").act, Explain)
    assert key(page, "day_2026-07-10").act == Answer(date(2026, 7, 10))
    assert key(page, "continue").words == "Thursday, 9 July"


def test_the_calendar_opens_at_the_chosen_month_and_turns_both_ways() -> None:
    august = replace(DAYS, chosen=date(2026, 8, 12), start=1)
    (month,) = blocks_of(show(august), Calendar)
    assert month.title == "August 2026"
    assert isinstance(month.earlier.act, TurnPage)
    (before,) = blocks_of(show(august, entry=Entry(part=month.earlier.act.to)), Calendar)
    assert before.title == "July 2026"


def test_with_low_reach_the_next_days_are_listed_and_none_of_them_is_full() -> None:
    (days,) = blocks_of(show(DAYS, low_reach=True), DayList)
    assert len(days.days) == 8
    assert all(day.kind is not DayKind.FULL for day in days.days)


@every_language
@pytest.mark.parametrize("trouble", list(DayTrouble))
def test_whoever_lost_her_day_is_told_that_nothing_else_is_lost(trouble: DayTrouble, language: str) -> None:
    step = SAMPLES[f"bulky_day_{trouble.value}"]
    assert isinstance(step, ChooseDay)
    page = show(step, language)
    assert page.blocks[1] in blocks_of(page, type(page.blocks[1]))
    assert len(list(said_in(page.blocks[1]))) >= 2


@every_language
def test_address_name_number_and_code_stay_out_of_the_hall(language: str) -> None:
    for name in SAMPLES:
        if not name.startswith("bulky_") or "street" in name:
            continue
        page = show(SAMPLES[name], language, entry_for(name))
        spoken = " ".join(read_aloud(page, aloud_in_hall=True))
        assert not [word for word in ("Lindenstraße", "Marktplatz 1", "Muster,", "2A4K", "471") if word in spoken], name


def test_the_headset_hears_the_number() -> None:
    spoken = " ".join(read_aloud(show(BOOKED), aloud_in_hall=False))
    assert "BW 2A4K 7M3X" in spoken
    assert "Lindenstraße 14" in spoken


@every_language
def test_the_calendar_entry_fits_a_small_code_whatever_the_address(language: str) -> None:
    for place in ("Am Hang 1", "Am Alten Friedhof (Hinterweiler) 114-118a, ganz hinten im Hof links"):
        text = calendar_text(
            "BW 2A4K 7M3X",
            date(2026, 7, 9),
            RULES,
            language,
            surroundings(language),
            place=place,
            made=datetime(2026, 6, 16, 8, 24, tzinfo=UTC),
        )
        assert len(text.encode()) <= CALENDAR_BYTES
        assert "DTSTART:20260709T040000Z" in text
        assert text.endswith("END:VCALENDAR\r\n")


def test_the_slip_has_a_part_for_the_sofa_and_a_part_to_keep() -> None:
    order = OrderCode(OrderNumber(2, 77), "471102")
    words = pickup_slip(order, date(2026, 7, 9), pieces(sofa=1), RULES, "en", surroundings("en"), calendar="x")
    assert words.number == str(order.number)
    assert ("Change code", "471 102") in words.pairs
    assert "471102" not in repr(words)


def test_the_ticket_shows_the_change_code_in_two_groups() -> None:
    (ticket,) = blocks_of(show(BOOKED), Ticket)
    assert ticket.lines[-1] == "Change code: 471 102"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("bulky_mine_paid", "Bezahlt: 55 €. Sie bekommen 20 € im Amt zurück."),
        ("bulky_mine_paid_more_open", "Bezahlt: 35 €. Sie zahlen 20 € im Amt."),
        ("bulky_mine_paid_and_off", "Bezahlt: 35 €. Sie bekommen 35 € im Amt zurück."),
        ("bulky_move_paid", "Bezahlt: 55 €. Sie bekommen 20 € im Amt zurück."),
        ("bulky_cancel_paid", "Bezahlt: 35 €. Sie bekommen 35 € im Amt zurück."),
    ],
)
def test_whoever_paid_by_card_is_never_sent_to_the_office_to_pay_it_again(name: str, told: str) -> None:
    page = show(SAMPLES[name], "de", entry_for(name))
    words = " ".join(read_aloud(page, aloud_in_hall=False)).replace("\N{NO-BREAK SPACE}", " ")
    assert told in words
