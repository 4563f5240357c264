"""The slow secret of number and birth date: made once, for all kiosks, while documents already travel."""

from __future__ import annotations

import threading
from datetime import date
from typing import TYPE_CHECKING

from central_office.contract.claims import TypedNumber
from central_office.contract.document_number import DocumentNumber
from central_office.contract.stages import DocumentKind, Stage
from central_office.office import changes, here, lifecycle, stretching
from central_office.office.lifecycle import Application
from central_office.office.models import Document
from tests.central_office.kiosk_end import KioskEnd, lines, said

if TYPE_CHECKING:
    from central_office.office.models import Town
    from tests.central_office.conftest import HandClock


def test_a_new_document_is_found_by_its_letter_at_once_and_by_its_number_soon(
    kiosk: KioskEnd, passport: Document, town: Town, clock: HandClock
) -> None:
    *rows, end = lines(kiosk.snapshot(town.epoch))
    typed = TypedNumber(passport.document_number, passport.birth_date)
    assert kiosk.finds(rows, passport.letter_code(town.town_key)) is not None
    assert kiosk.finds(rows, typed) is None
    assert stretching.stretch(clock(), cores=2) == 1
    up = said(kiosk.sync(cursor=end["to"]))["changes"]["docs"]["up"]
    assert kiosk.finds(up, typed) == kiosk.finds(up, passport.letter_code(town.town_key)) != None  # noqa: E711
    assert stretching.stretch(clock(), cores=2) == 0


def test_the_wrong_birth_date_finds_nothing(kiosk: KioskEnd, passport: Document, town: Town, clock: HandClock) -> None:
    stretching.stretch_all(clock())
    *rows, _ = lines(kiosk.snapshot(town.epoch))
    assert kiosk.finds(rows, TypedNumber(passport.document_number, date(1980, 3, 2))) is None


def test_a_row_without_its_number_looks_like_any_other(
    kiosk: KioskEnd, passport: Document, town: Town, clock: HandClock
) -> None:
    stretching.stretch_all(clock())
    lifecycle.register(
        Application(DocumentKind.IDENTITY_CARD, DocumentNumber("L01XCF7GJ"), date(2011, 1, 1), "Nowak, Jan"),
        "Weber",
        clock(),
    )
    done, waiting, _ = lines(kiosk.snapshot(town.epoch))
    assert [len(slot) for slot in done["slots"]] == [len(slot) for slot in waiting["slots"]]
    assert len(done["sealed"]) == len(waiting["sealed"])


def test_a_secret_outlives_moves_and_a_new_letter(passport: Document, clock: HandClock) -> None:
    stretching.stretch_all(clock())
    made = Document.objects.get().number_secret
    lifecycle.reissue(passport, clock())
    lifecycle.move(Document.objects.get(), Stage.SENT_TO_PRODUCER, "Weber", clock())
    assert Document.objects.get().number_secret == made


def test_the_walk_goes_on_as_documents_come_and_ends_when_told(passport: Document, town: Town) -> None:
    start = changes.head(town)
    stop = threading.Event()
    walk = threading.Thread(target=stretching.keep_stretching, args=(stop, here.now))
    walk.start()
    for _ in range(200):
        if Document.objects.filter(number_secret=None).count() == 0:
            break
        stop.wait(0.05)
    stop.set()
    walk.join()
    assert changes.since(start).changed == (passport.pk,)
