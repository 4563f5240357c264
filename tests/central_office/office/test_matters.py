"""The page of what needs a human: who sees what, and how it is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from central_office.office import desk, words
from central_office.office.models import DeskEntry, Kiosk
from tests.central_office.conftest import signed_in

if TYPE_CHECKING:
    from django.test import Client

    from tests.central_office.conftest import HandClock
    from tests.central_office.kiosk_end import KioskEnd


@pytest.fixture
def unplaced(kiosk: KioskEnd, clock: HandClock) -> DeskEntry:
    """A citizen was promised what is not there."""
    detail = '{"reservation":"r-1","resource":{"key":"slots","day":"2026-06-16"},"units":2}'
    desk.put([desk.entry(DeskEntry.Kind.UNPLACED, Kiosk.objects.get(), 4, clock(), "slots", detail)])
    return DeskEntry.objects.get()


def _page(browser: Client) -> str:
    return browser.get("/klaeren/").content.decode()


def test_a_rejected_command_waits_for_a_technician(technician: Client, clerk: Client, kiosk: KioskEnd) -> None:
    kiosk.sync([kiosk.command(type_="weather.turned")])
    assert "Ist der Kiosk neuer als das Amt?" in _page(technician)
    assert 'class="count"' in _page(technician)
    assert "Nichts zu klären." in _page(clerk)


def test_a_promise_without_a_place_waits_for_a_clerk(technician: Client, clerk: Client, unplaced: DeskEntry) -> None:
    page = _page(clerk)
    assert "Zusage ohne Platz" in page
    assert "slots" in page
    assert "r-1" in page
    assert "Nichts zu klären." in _page(technician)


def test_whoever_closes_a_matter_says_how(clerk: Client, unplaced: DeskEntry, clock: HandClock) -> None:
    address = f"/klaeren/{unplaced.pk}/erledigt/"
    assert clerk.post(address, {"how": ""}).status_code == 400
    done = clerk.post(address, {"how": "Platz am Freitag gefunden"}, follow=True).content.decode()
    assert "Platz am Freitag gefunden" in done
    assert "Nichts zu klären." in done
    unplaced.refresh_from_db()
    assert (unplaced.done_by, unplaced.done_at) == ("Test Weber", clock())
    slower = clerk.post(address, {"how": "Ich auch"})
    assert slower.status_code == 409
    assert "Jemand war schneller" in slower.content.decode()


def test_nobody_closes_what_is_not_theirs(technician: Client, unplaced: DeskEntry) -> None:
    assert technician.post(f"/klaeren/{unplaced.pk}/erledigt/", {"how": "weg damit"}).status_code == 404
    assert DeskEntry.objects.get().done_at is None


def test_the_head_of_the_office_sees_everything(kiosk: KioskEnd, unplaced: DeskEntry) -> None:
    kiosk.sync([kiosk.command(type_="weather.turned")])
    page = _page(signed_in("okafor", "admin"))
    assert ("Zusage ohne Platz" in page, "Abgelehnter Befehl" in page) == (True, True)


def test_every_kind_of_matter_has_words_a_reader_and_advice() -> None:
    for kind in DeskEntry.Kind:
        assert words.MATTERS[kind]
        assert desk.WHO[kind]
        # Of these three the reason says it.
        assert kind in {DeskEntry.Kind.REJECTED, DeskEntry.Kind.ORDER, DeskEntry.Kind.VOUCHER} or words.ADVICE[kind]


def test_a_technician_asks_a_kiosk_for_a_new_key(technician: Client, kiosk: KioskEnd) -> None:
    assert "neuen Schlüssel" in technician.post("/terminals/MS-01/schluessel/", follow=True).content.decode()
    assert Kiosk.objects.get().key_wanted
    assert "Ist angefordert" in technician.get("/terminals/MS-01/").content.decode()
