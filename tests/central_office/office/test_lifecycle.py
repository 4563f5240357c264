from __future__ import annotations

import threading
import traceback
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction

from central_office.contract.claims import secret
from central_office.contract.document_number import DocumentNumber
from central_office.contract.documents import DocumentStatus
from central_office.contract.stages import NEXT_STAGES, DocumentKind, Stage, ToBring
from central_office.contract.town import read_town
from central_office.office import changes, lifecycle, retention, town_book, travelling
from central_office.office.lifecycle import Application, IllegalMove, MovedMeanwhile, NumberTaken, Terms
from central_office.office.models import Document, HistoryEntry, Place, StaffNote

if TYPE_CHECKING:
    from central_office.office.models import Town
    from tests.central_office.conftest import HandClock

ROOT = Path(__file__).parents[3]
READY_PATH = (
    Stage.SENT_TO_PRODUCER,
    Stage.IN_PRODUCTION,
    Stage.SHIPPED_TO_OFFICE,
    Stage.ARRIVED,
    Stage.READY_COUNTER,
)


def _along(document: Document, path: tuple[Stage, ...], clock: HandClock) -> Document:
    for stage in path:
        document = lifecycle.move(document, stage, "Weber", clock.forward(hours=1))
    return document


def test_a_passport_goes_its_way_and_every_step_has_a_name_and_a_time(passport: Document, clock: HandClock) -> None:
    document = _along(passport, (*READY_PATH, Stage.HANDED_OVER), clock)
    history = list(document.history.all())
    assert [entry.at_stage for entry in history] == [Stage.APPLIED, *READY_PATH, Stage.HANDED_OVER]
    assert {entry.by for entry in history} == {"Weber"}
    assert [entry.at for entry in history] == sorted(entry.at for entry in history)


@pytest.mark.parametrize("to", [stage for stage in Stage if stage not in NEXT_STAGES[Stage.APPLIED]])
def test_an_illegal_move_changes_nothing(passport: Document, clock: HandClock, to: Stage) -> None:
    with pytest.raises(IllegalMove) as refused:
        lifecycle.move(passport, to, "Weber", clock())
    assert (refused.value.here, refused.value.to) == (Stage.APPLIED, to)
    assert Document.objects.get().at_stage is Stage.APPLIED
    assert HistoryEntry.objects.count() == 1


def test_two_colleagues_move_one_document_and_the_slower_one_is_told(passport: Document, clock: HandClock) -> None:
    seen_by_the_slower = Document.objects.get()
    lifecycle.move(passport, Stage.SENT_TO_PRODUCER, "Weber", clock())
    with pytest.raises(MovedMeanwhile) as told:
        lifecycle.move(seen_by_the_slower, Stage.CANCELLED, "Okafor", clock())
    assert told.value.now is Stage.SENT_TO_PRODUCER
    assert Document.objects.get().at_stage is Stage.SENT_TO_PRODUCER


def test_two_colleagues_at_the_same_moment_and_one_wins(passport: Document, clock: HandClock) -> None:
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def colleague(to: Stage) -> None:
        mine = Document.objects.get()
        together.wait()
        try:
            lifecycle.move(mine, to, "Weber", clock())
            outcomes.append("moved")
        except MovedMeanwhile:
            outcomes.append("too late")
        finally:
            connection.close()

    threads = [threading.Thread(target=colleague, args=(to,)) for to in (Stage.SENT_TO_PRODUCER, Stage.CANCELLED)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["moved", "too late"]
    assert HistoryEntry.objects.count() == 2


def test_history_cannot_be_rewritten(passport: Document) -> None:
    line = HistoryEntry.objects.get()
    line.stage = Stage.HANDED_OVER
    with pytest.raises(TypeError):
        line.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        HistoryEntry.objects.update(stage=Stage.HANDED_OVER)
    assert HistoryEntry.objects.get().at_stage is Stage.APPLIED


def test_what_is_ready_has_a_place_and_a_last_day(passport: Document, clock: HandClock) -> None:
    document = _along(passport, READY_PATH, clock)
    assert document.place == Place.objects.get(pk="counter-3")
    assert document.collect_until == date(2026, 6, 16) + timedelta(days=90)
    chosen = Place.objects.get(pk="box-foyer")
    document = lifecycle.move(document, Stage.READY_BOX, "Weber", clock(), Terms(chosen, date(2026, 7, 1)))
    assert (document.place, document.collect_until) == (chosen, date(2026, 7, 1))


def test_what_was_not_collected_from_the_box_waits_at_the_counter_again(passport: Document, clock: HandClock) -> None:
    document = _along(passport, (*READY_PATH[:-1], Stage.READY_BOX), clock)
    assert document.place == Place.objects.get(pk="box-foyer")
    assert document.collect_until == date(2026, 6, 26)
    document = lifecycle.move(document, Stage.RETURNED_TO_COUNTER, "Weber", clock())
    assert document.place == Place.objects.get(pk="counter-3")


def test_what_was_handed_over_waits_nowhere(passport: Document, clock: HandClock) -> None:
    document = _along(passport, (*READY_PATH, Stage.HANDED_OVER), clock)
    assert (document.place, document.collect_until, document.expected_on) == (None, None, None)


def test_one_number_is_one_document(passport: Document, clock: HandClock) -> None:
    again = Application(DocumentKind.PASSPORT, DocumentNumber("L01XCF7GH"), date(1990, 1, 1), "Nowak, Jan")
    with pytest.raises(NumberTaken):
        lifecycle.register(again, "Weber", clock())


def test_two_colleagues_take_in_one_number_at_once_and_no_log_learns_it(town: Town, clock: HandClock) -> None:
    told: list[BaseException] = []
    taken: list[Document] = []
    together = threading.Barrier(2)

    def colleague(holder: str) -> None:
        wish = Application(DocumentKind.PASSPORT, DocumentNumber("L01XCF7GH"), date(1990, 1, 1), holder)
        together.wait()
        try:
            taken.append(lifecycle.register(wish, "Weber", clock()))
        except NumberTaken as refused:
            told.append(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=colleague, args=(name,)) for name in ("Nowak, Jan", "Nowak, Eva")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(taken), len(told)) == (1, 1)
    assert "L01X" not in "".join(traceback.format_exception(told[0]))


def test_references_count_up_and_begin_anew_each_year(passport: Document, clock: HandClock) -> None:
    assert passport.reference == "MS-26-00001"
    clock.forward(days=365)
    later = Application(DocumentKind.PASSPORT, DocumentNumber("L01XCF7GJ"), date(1990, 1, 1), "Nowak, Jan")
    assert lifecycle.register(later, "Weber", clock()).reference == "MS-27-00001"


def test_a_lost_letter_opens_nothing_after_a_new_code(passport: Document, town: Town, clock: HandClock) -> None:
    old = secret(passport.letter_code(town.town_key))
    before = changes.head(town)
    lifecycle.reissue(passport, clock())
    fresh = Document.objects.get()
    assert secret(fresh.letter_code(town.town_key)) != old
    assert changes.since(before).changed == (passport.pk,)


@pytest.mark.parametrize(
    ("kind", "born", "pin"),
    [
        (DocumentKind.IDENTITY_CARD, date(2010, 6, 17), False),
        (DocumentKind.IDENTITY_CARD, date(2010, 6, 16), True),
        (DocumentKind.PASSPORT, date(1980, 1, 1), False),
    ],
)
def test_the_pin_letter_is_for_identity_cards_from_sixteen_on(kind: DocumentKind, born: date, pin: bool) -> None:  # noqa: FBT001
    bring = travelling.to_bring(kind, Stage.READY_COUNTER, born, date(2026, 6, 16))
    assert (ToBring.PIN_LETTER_CONFIRMATION in bring) is pin


def test_a_box_asks_for_its_code(passport: Document) -> None:
    assert travelling.to_bring(DocumentKind.PASSPORT, Stage.READY_BOX, date(1980, 1, 1), date(2026, 1, 1))[0] is (
        ToBring.PICKUP_CODE
    )


def test_finished_documents_are_forgotten_after_ninety_days(passport: Document, town: Town, clock: HandClock) -> None:
    _along(passport, (*READY_PATH, Stage.HANDED_OVER), clock)
    assert retention.tidy(clock.forward(days=89))["documents"] == 0
    start = changes.head(town)
    assert retention.tidy(clock.forward(days=2))["documents"] == 1
    assert Document.objects.count() == 0
    assert changes.since(start).gone == (passport.pk,)


def test_what_still_waits_is_never_forgotten(passport: Document, clock: HandClock) -> None:
    assert retention.tidy(clock.forward(days=1000))["documents"] == 0


def test_what_staff_did_stays_written(town: Town, clock: HandClock) -> None:
    note = StaffNote.objects.create(at=clock(), name="Weber", what="revoked kiosk MS-01")
    with pytest.raises(TypeError):
        note.delete()


def test_a_renamed_counter_reaches_the_kiosks(passport: Document, town: Town, clock: HandClock) -> None:
    _along(passport, READY_PATH, clock)
    before = changes.head(town)
    file = read_town(ROOT / "town" / "musterstadt.toml")
    town_book.load(file, clock())
    assert changes.since(before).changed == ()
    places = tuple(replace(place, name="Schalter 33") if place.key == "counter-3" else place for place in file.place)
    town_book.load(replace(file, place=places), clock())
    assert changes.since(before).changed == (passport.pk,)
    told = DocumentStatus.model_validate_json(Document.objects.get().travels)
    assert told.place is not None
    assert told.place.name == "Schalter 33"
