"""A kiosk dies for ever with capacity in its hands and words unsent; later its card is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from central_office.contract.capacity import Resource
from offline_cache.leases import Promised
from tests.drills.books import become_one, kiosks, ledger_of, offices
from tests.drills.field import KEY, Field
from tests.visit.town_hall import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.drills.field import Kiosk

pytestmark = pytest.mark.timeout(300)
UNITS = 10


@pytest.fixture
def field(tmp_path: Path, town_hall: Path) -> Iterator[Field]:
    made = Field.opened(tmp_path, 2, prepared=town_hall, units=UNITS)
    yield made
    made.close()


def wants(kiosk: Kiosk, day: Resource, units: int) -> None:
    with ledger_of(kiosk) as ledger:
        ledger.leases.want(day, units)


def may_promise(kiosk: Kiosk, day: Resource) -> int:
    with ledger_of(kiosk) as ledger:
        return ledger.leases.available(day)


def nothing_to_ask(kiosk: Kiosk) -> bool:
    with ledger_of(kiosk) as ledger:
        return ledger.outbox.quiet()


def promises(kiosk: Kiosk, day: Resource, times: int) -> list[str]:
    with ledger_of(kiosk) as ledger:
        made = [ledger.leases.promise(day, 1) for _ in range(times)]
    assert all(isinstance(one, Promised) for one in made), made
    return [one.reservation for one in made if isinstance(one, Promised)]


def on(books: Mapping[str, Any], day: Resource) -> tuple[int, int]:
    """Promised and leased."""
    return next((row[3], row[4]) for row in books["resources"] if (row[0], row[1]) == (str(day.key), str(day.day)))


def test_a_kiosk_dies_for_ever_is_revoked_and_replaced(field: Field) -> None:
    office, (dead, alive) = field.office, field.kiosks
    day = Resource(key=KEY, day=field.first_day)
    wants(dead, day, 8)
    wait_until("it holds eight", lambda: may_promise(dead, day) == 8, 60)
    told = promises(dead, day, 2)
    wait_until("two are told", lambda: kiosks(dead).acked == kiosks(dead).last == 2, 60)
    dead.kill("courier")
    unsent = promises(dead, day, 3)
    # The plug is pulled, and it never comes back. What it holds is out of everybody's reach.
    wants(alive, day, 6)
    wait_until("the office gave the other what is free", lambda: nothing_to_ask(alive), 60)
    assert may_promise(alive, day) == 2
    assert on(offices(office), day) == (2, 8)

    assert "is revoked" in office.does("revoke", dead.device)
    assert on(offices(office), day) == (2, 2)
    wants(alive, day, 6)
    wait_until("the other may promise what was stranded", lambda: may_promise(alive, day) == 6, 60)

    heir = field.joins("the-new-one")
    assert heir.device not in {dead.device, alive.device}
    wait_until("it is lent its spare", lambda: may_promise(heir, day) == 2, 60)
    promises(heir, day, 1)
    become_one(office, [alive, heir])
    assert on(offices(office), day) == (3, 7)

    # Somebody finds the card and puts it into a machine.
    dead.carries()
    wait_until("its key is refused", lambda: "unknown_kiosk" in dead.courier_said(), 60)
    wait_until("what it promised lies before a clerk", lambda: len(offices(office)["desk"]) == 3, 60)
    books = offices(office)
    assert {(kiosk, kind, code) for kiosk, kind, _, code in books["desk"]} == {
        (dead.device, "late", "reservation.made")
    }
    assert set(told) <= set(books["reservations"])
    assert not set(unsent) & set(books["reservations"])
    assert on(books, day) == (3, 7)

    # A technician enrols that machine anew: it tells what it had promised, and others have those places now.
    assert dead.stop("courier") == 0
    old = dead.device
    dead.enrols(office, "--replace")
    dead.carries()
    wait_until("it has told everything", lambda: set(unsent) <= set(offices(office)["reservations"]), 60)
    books = offices(office)
    assert [books["reservations"][name][1] for name in unsent] == ["unplaced"] * 3
    assert sum(on(books, day)) <= UNITS
    assert [entry[1] for entry in books["desk"]].count("unplaced") == 3
    assert dead.device not in {old, alive.device, heir.device}
    assert books["kiosks"][old]["state"] == "revoked"
