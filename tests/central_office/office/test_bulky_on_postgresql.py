"""Two kiosks tell of orders at the same time: on a database with many writers, locks alone keep the counts right."""

from __future__ import annotations

import threading
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client

from central_office.contract.bulky_codes import OrderNumber
from central_office.office import here
from central_office.office.line.enrolment import new_ticket
from central_office.office.models import BulkyOrder, DeskEntry, Household, Kiosk, Resource
from tests.central_office.kiosk_end import KioskEnd
from tests.central_office.waste import anybody, take_in

if TYPE_CHECKING:
    from central_office.office.models import Town

FRIDAY = date(2026, 6, 19)
ORDERS = 12


def enrolled(site: str) -> KioskEnd:
    kiosk = KioskEnd(Client())
    assert kiosk.enrol(new_ticket(site, "http://testserver", "Demir", here.now()).typed).status_code == 200
    return kiosk


def commands(kiosk: KioskEnd, nth: int, households: list[str]) -> list[Any]:
    """A reservation and its order for each household, in that order."""
    made = []
    for place, name in enumerate(households):
        reservation = f"r{nth}-{place}"
        resource = {"key": "bulky.mitte", "day": FRIDAY.isoformat()}
        order = {
            "number": OrderNumber(nth, place).characters,
            "reservation": reservation,
            "kind": "bulky",
            "day": FRIDAY.isoformat(),
            "at": {"street": "Lindenstraße", "house": "14", "district": "mitte", "name": name},
            "items": [{"key": "chair", "count": 1}],
            "litres": 200,
            "units": 1,
            "key": anybody(reservation),
            "household": anybody(name),
            "consent": "put_out",
            "pickup": 1,
        }
        made.append(
            kiosk.command(type_="reservation.made", body={"reservation": reservation, "resource": resource, "units": 1})
        )
        made.append(kiosk.command(type_="bulky.ordered", body=order))
    return made


@pytest.mark.parametrize("turn", range(3))
def test_two_kiosks_tell_of_the_same_households_at_once_in_opposite_order(town: Town, turn: int) -> None:
    take_in()
    Resource.objects.filter(day=FRIDAY).update(capacity=2 * ORDERS)
    names = [f"household {place}" for place in range(ORDERS)]
    kiosks = [enrolled("Foyer"), enrolled("Library")]
    answers: list[Any] = []
    begin = threading.Barrier(2)

    def tell(kiosk: KioskEnd, nth: int, households: list[str]) -> None:
        told = commands(kiosk, nth, households)
        begin.wait(timeout=30)
        answers.append(kiosk.sync(told))
        connection.close()

    threads = [
        threading.Thread(target=tell, args=(kiosk, nth + 1, names[:: 1 - 2 * nth])) for nth, kiosk in enumerate(kiosks)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert BulkyOrder.objects.filter(placed=True).count() == 2 * ORDERS
    assert {one.used["2026"] for one in Household.objects.all()} == {2}
    assert Household.objects.count() == ORDERS
    assert Resource.objects.get(key="bulky.mitte", day=FRIDAY).promised == 2 * ORDERS
    assert not DeskEntry.objects.exists()
    assert Kiosk.objects.filter(last_seq=2 * ORDERS).count() == 2
