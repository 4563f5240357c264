"""A holder's card finds her documents, all of them and nobody else's, where the town wishes it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client

from central_office.contract.claims import MOST_OF_ONE, CardHolder, Cost
from central_office.contract.document_number import ALPHABET, DocumentNumber
from central_office.contract.mrz_names import mrz_name
from central_office.contract.sealed_row import FEWEST_SLOTS, SLOTS
from central_office.contract.stages import DocumentKind, Stage
from central_office.contract.town import IdentifyTable, read_town
from central_office.office import changes, csv_import, here, lifecycle, retention, stretching, town_book
from central_office.office.lifecycle import Application
from central_office.office.line import row_shapes
from central_office.office.line.enrolment import new_ticket
from central_office.office.models import Document
from central_office.office.models import Town as TownRow
from tests.central_office.conftest import ROOT
from tests.central_office.kiosk_end import VISIT, KioskEnd, lines, said

if TYPE_CHECKING:
    from central_office.office.models import Town
    from tests.central_office.conftest import HandClock

CHEAP = Cost(kib=8, passes=1)
BORN = date(1964, 8, 12)
ERIKA = "Mustermann, Erika"


def take_in(which: int, holder: str = ERIKA, born: date = BORN) -> Document:
    number = DocumentNumber("L01X" + "".join(ALPHABET[which // 27**place % 27] for place in range(5)))
    return lifecycle.register(
        Application(DocumentKind.PASSPORT, number, born, holder, f"A-{which}"), "Weber", here.now()
    )


def stretch(clock: HandClock) -> int:
    """Let the walk go until nothing waits; how many documents it looked at."""
    looked = 0
    while step := stretching.stretch(clock(), cores=2, cost=CHEAP):
        looked += step
    return looked


def rows_for(kiosk: KioskEnd, town: Town, slots: int = SLOTS) -> list[dict[str, Any]]:
    *rows, _ = lines(kiosk.snapshot(row_shapes.epoch_of(town, slots)))
    return rows


def found(kiosk: KioskEnd, town: Town, family: str = "MUSTERMANN", given: str = "ERIKA", born: date = BORN) -> set[str]:
    """The references that this card finds at the kiosk."""
    rows = rows_for(kiosk, town)
    return {one.reference for one in kiosk.finds_by_card(rows, CardHolder(mrz_name(family, given), born), CHEAP)}


def test_all_documents_of_a_holder_are_found_by_her_card_and_nobody_elses(
    kiosk: KioskEnd, passport: Document, town: Town, clock: HandClock
) -> None:
    for which in range(3):
        take_in(which)
    take_in(3, born=date(1964, 8, 13))
    take_in(4, holder="Mustermann, Max")
    assert found(kiosk, town) == set()
    assert stretch(clock) == 6
    assert found(kiosk, town) == {"A-0", "A-1", "A-2"}
    assert found(kiosk, town, "Aydin", "Kemal", passport.birth_date) == {passport.reference}
    assert len({bytes(one.card_key or b"") for one in Document.objects.filter(holder=ERIKA, birth_date=BORN)}) == 1
    assert stretch(clock) == 0, "what was looked at is not looked at again"


def test_a_card_of_another_state_spells_her_name_in_its_own_way(kiosk: KioskEnd, town: Town, clock: HandClock) -> None:
    take_in(0, holder="Öztürk-Groß, Ayşe Zoë")
    stretch(clock)
    for family, given in (("OEZTUERK<GROSS", "AYSE<ZOE"), ("OZTURK<GROSS", "AYSE<ZOE"), ("Öztürk Groß", "AYŞE ZOË")):
        assert found(kiosk, town, family, given) == {"A-0"}
    assert found(kiosk, town, "OZTURK<GROSS", "AYSE") == set()


def test_a_document_that_comes_later_is_found_too_and_the_kiosk_hears_of_it_once(
    kiosk: KioskEnd, town: Town, clock: HandClock
) -> None:
    take_in(0)
    stretch(clock)
    start = changes.head(town)
    later = take_in(1)
    stretch(clock)
    assert changes.since(start).changed == (later.pk,), "hers of before is as it was"
    up = said(kiosk.sync(cursor=row_shapes.told(start, town, SLOTS), slots=SLOTS))["changes"]["docs"]["up"]
    assert [one.reference for one in kiosk.finds_by_card(up, CardHolder(mrz_name("Mustermann", "Erika"), BORN), CHEAP)]


def test_two_people_whose_cards_say_the_same_are_found_by_no_card(
    kiosk: KioskEnd, town: Town, clock: HandClock
) -> None:
    """The office knows them by how it writes them: that there are two is all that it can tell."""
    take_in(0, holder="Müller, Jan")
    stretch(clock)
    assert found(kiosk, town, "MUELLER", "JAN") == {"A-0"}
    start = changes.head(town)
    other = take_in(1, holder="Mueller, Jan")
    stretch(clock)
    assert found(kiosk, town, "MUELLER", "JAN") == set()
    assert len(changes.since(start).changed) == 2, "the kiosk hears that the first is found no more"
    lifecycle.forget([other], clock())
    stretch(clock)
    assert found(kiosk, town, "MUELLER", "JAN") == {"A-0"}


def test_twins_whose_names_differ_behind_the_cut_are_not_taken_for_one(
    kiosk: KioskEnd, town: Town, clock: HandClock
) -> None:
    family = "Leutheusser-Schnarrenberger-Hu"
    for which, given in enumerate(("Anna", "Anton")):
        take_in(which, holder=f"{family}, {given}")
    stretch(clock)
    assert found(kiosk, town, family, "Anna") == set()


@pytest.mark.parametrize("typed", ["MUSTERMANN, ERIKA", "mustermann,  erika ", "Mustermann,Erika"])
def test_capitals_and_spaces_are_a_typists_and_make_no_other_person(
    kiosk: KioskEnd, town: Town, clock: HandClock, typed: str
) -> None:
    take_in(0)
    take_in(1, holder=typed)
    stretch(clock)
    assert found(kiosk, town) == {"A-0", "A-1"}


@pytest.mark.parametrize("holder", ["Иванов, Иван", "Holder 7", ", "])
def test_a_name_that_no_card_can_say_is_found_by_letter_and_number_alone(
    kiosk: KioskEnd, town: Town, clock: HandClock, holder: str
) -> None:
    take_in(0, holder=holder)
    take_in(1)
    assert stretch(clock) == 2
    assert found(kiosk, town) == {"A-1"}
    assert Document.objects.get(reference="A-0").card_key is None
    assert stretch(clock) == 0


def test_who_has_more_documents_than_places_gets_the_next_when_one_is_forgotten(
    kiosk: KioskEnd, town: Town, clock: HandClock
) -> None:
    for which in range(MOST_OF_ONE + 2):
        take_in(which)
    stretch(clock)
    before = found(kiosk, town)
    assert len(before) == MOST_OF_ONE
    lifecycle.forget([Document.objects.get(reference=min(before))], clock())
    stretch(clock)
    after = found(kiosk, town)
    assert len(after) == MOST_OF_ONE
    assert before - after == {min(before)}


def test_two_walks_at_once_give_no_place_twice(town: Town, clock: HandClock) -> None:
    """The office may be served by two processes."""
    for which in range(MOST_OF_ONE):
        take_in(which)
    together = threading.Barrier(2)

    def walk() -> None:
        together.wait()
        while stretching.stretch(clock(), cores=1, cost=CHEAP):
            pass
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        for walked in [pool.submit(walk) for _ in range(2)]:
            walked.result()
    assert set(Document.objects.values_list("card_place", flat=True)) == set(range(MOST_OF_ONE))


def test_a_corrected_name_is_found_by_the_right_card_and_no_more_by_the_wrong_one(
    kiosk: KioskEnd, town: Town, clock: HandClock
) -> None:
    take_in(0, holder="Mustermann, Erik")
    take_in(1, holder="Mustermann, Erik")
    stretch(clock)
    number = Document.objects.get(reference="A-0").number
    start = changes.head(town)
    file = f"Art;Nummer;Geburtsdatum;Name\nReisepass;{number};12.08.1964;{ERIKA}\n"
    assert csv_import.take(file.encode(), "Weber", clock()).changed == 1
    assert found(kiosk, town, given="ERIK") == {"A-1"}, "at once, not when the walk comes by"
    assert len(changes.since(start).changed) == 1
    stretch(clock)
    assert (found(kiosk, town), found(kiosk, town, given="ERIK")) == ({"A-0"}, {"A-1"})


def test_a_move_leaves_what_her_card_finds_as_it_is(kiosk: KioskEnd, town: Town, clock: HandClock) -> None:
    one = take_in(0)
    stretch(clock)
    lifecycle.move(one, Stage.SENT_TO_PRODUCER, "Weber", clock())
    lifecycle.reissue(one, clock())
    assert stretch(clock) == 0
    assert found(kiosk, town) == {"A-0"}


def test_what_is_forgotten_after_its_time_is_found_no_more(kiosk: KioskEnd, town: Town, clock: HandClock) -> None:
    one = take_in(0)
    take_in(1)
    stretch(clock)
    lifecycle.move(one, Stage.CANCELLED, "Weber", clock())
    retention.tidy(clock.forward(days=91))
    stretch(clock)
    assert found(kiosk, TownRow.objects.get()) == {"A-1"}


def test_a_town_that_does_not_wish_it_stretches_nothing_for_cards_and_can_change_its_mind(
    kiosk: KioskEnd, town: Town, clock: HandClock
) -> None:
    file = read_town(ROOT / "town" / "musterstadt.toml")
    without = replace(file, identify=IdentifyTable())
    town_book.load(without, clock())
    take_in(0)
    assert stretch(clock) == 1
    assert found(kiosk, town) == set()
    assert Document.objects.get().card_key is None
    town_book.load(file, clock())
    stretch(clock)
    assert found(kiosk, town) == {"A-0"}
    start = changes.head(town)
    town_book.load(without, clock())
    assert len(changes.since(start).changed) == 1
    assert found(kiosk, town) == set()
    assert Document.objects.get().card_key is None


def test_a_walk_that_was_at_work_while_the_town_changed_its_mind_opens_nothing(
    kiosk: KioskEnd, town: Town, clock: HandClock
) -> None:
    take_in(0)
    stretch(clock)
    made = Document.objects.values_list("card_key", "card_place").get()
    town_book.load(replace(read_town(ROOT / "town" / "musterstadt.toml"), identify=IdentifyTable()), clock())
    Document.objects.update(card_key=made[0], card_place=made[1])
    assert found(kiosk, town) == set()


def test_a_row_without_a_card_looks_like_any_other(kiosk: KioskEnd, town: Town, clock: HandClock) -> None:
    take_in(0)
    take_in(1, holder="Иванов, Иван")
    stretch(clock)
    take_in(2, holder="Nowak, Jan")
    shapes = {(len(row["sealed"]), *map(len, row["slots"])) for row in rows_for(kiosk, town)}
    assert len(shapes) == 1
    assert len(shapes.pop()) == 1 + SLOTS


def test_two_kiosks_keep_one_holder_under_keys_that_have_nothing_in_common(
    kiosk: KioskEnd, town: Town, clock: HandClock
) -> None:
    take_in(0)
    take_in(1)
    stretch(clock)
    other = KioskEnd(Client())
    other.enrol(new_ticket("East", "http://testserver", "Demir", here.now()).token)
    slots = [slot for end in (kiosk, other) for row in rows_for(end, town) for slot in row["slots"]]
    assert len({slot[:16] for slot in slots}) == len(slots), "nor have two documents of hers at one kiosk"


def test_a_kiosk_of_before_is_told_rows_of_two_slots_until_it_says_that_it_knows_more(
    kiosk: KioskEnd, town: Town, clock: HandClock
) -> None:
    one = take_in(0)
    stretch(clock)
    old = said(kiosk.sync())["changes"]["docs"]
    assert (old["snapshot"], old["epoch"]) == (True, town.epoch)
    *rows, end = lines(kiosk.snapshot(old["epoch"]))
    assert {len(row["slots"]) for row in rows} == {FEWEST_SLOTS}
    assert kiosk.finds(rows, one.letter_code(town.town_key)) is not None
    lifecycle.move(one, Stage.SENT_TO_PRODUCER, "Weber", clock())
    told = said(kiosk.sync(cursor=end["to"]))["changes"]["docs"]
    assert {len(row["slots"]) for row in told["up"]} == {FEWEST_SLOTS}

    new = said(kiosk.sync(cursor=told["to"], slots=SLOTS + 5))["changes"]["docs"]
    assert (new["snapshot"], new["epoch"]) == (True, row_shapes.epoch_of(town, SLOTS)), "updated: all once more"
    *rows, end = lines(kiosk.snapshot(new["epoch"]))
    assert {len(row["slots"]) for row in rows} == {SLOTS}
    assert end["epoch"] == new["epoch"]
    answer = said(kiosk.sync(cursor=end["to"], slots=SLOTS))
    assert not answer["changes"]["docs"].get("snapshot")
    assert kiosk.send(kiosk.request("GET", "/v1/sync?poll=2.1", b"", If_None_Match=answer["tag"])).status_code == 304

    back = said(kiosk.sync(cursor=end["to"]))["changes"]["docs"]
    assert (back["snapshot"], back["epoch"]) == (True, town.epoch), "put back: all once more, too"


@pytest.mark.parametrize("slots", [0, 1, 100, "3x"])
def test_a_kiosk_that_says_nonsense_about_its_rows_is_told_so(kiosk: KioskEnd, town: Town, slots: object) -> None:
    assert kiosk.sync(slots=slots).status_code == 422


def test_a_kiosk_may_have_been_updated_while_a_report_without_a_card_waited(kiosk: KioskEnd, town: Town) -> None:
    told = [kiosk.command(), kiosk.command(tv=2), kiosk.command(VISIT | {"claim": "card"}, tv=2)]
    assert [one["r"] for one in said(kiosk.sync(told))["results"]] == ["ok", "ok", "ok"]
