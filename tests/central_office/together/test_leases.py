"""Capacity in escrow: two sides, one truth, whatever is lost, late, doubled, cut or restored."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection, transaction

from central_office.contract.capacity import LeaseReturned, ReservationId, Want
from central_office.office import escrow, here
from central_office.office.line import enrolment as office_enrolment
from central_office.office.models import DeskEntry, Kiosk, Lease, ReceivedCommand, Reservation, Resource
from offline_cache import enrolment
from offline_cache.leases import Promised
from tests.central_office.together.in_process import ADDRESS, SLOTS, copy_of_the_office, doubled, lost, restore
from tests.offline_cache.letters import visit

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests

    from central_office.contract.messages import VisitReported
    from central_office.office.models import Town
    from tests.central_office.conftest import HandClock
    from tests.central_office.together.in_process import Machine, Work

Machines = "Callable[[str], Machine]"


@pytest.fixture
def slots(town: Town) -> Resource:
    """Ten slots today, of which every kiosk holds two."""
    return escrow.open_day("slots", SLOTS.day, 10)


def books() -> tuple[int, int]:
    """Promised, leased; and the three ways to count them agree."""
    resource = Resource.objects.get()
    held = Reservation.objects.filter(state="held").values_list("units", flat=True)
    assert resource.promised == sum(held)
    assert resource.leased == sum(Lease.objects.values_list("units", flat=True))
    assert resource.promised + resource.leased <= resource.capacity
    return resource.promised, resource.leased


def test_a_kiosk_holds_a_spare_and_promises_it_with_the_cable_cut(
    machines: Callable[[str], Machine], slots: Resource
) -> None:
    kiosk = machines("foyer")
    assert kiosk.available() == 0
    kiosk.settles()
    assert kiosk.available() == 2
    kiosk.cable.cut = True
    first, second = kiosk.promises(), kiosk.promises()
    assert kiosk.cannot_promise() == 0
    assert books() == (0, 2)
    kiosk.cable.cut = False
    kiosk.settles()
    assert {one.pk for one in Reservation.objects.all()} == {first, second}
    assert books() == (2, 2)
    assert kiosk.available() == 2


def test_while_the_citizen_chooses_the_kiosk_asks_for_more(machines: Callable[[str], Machine], slots: Resource) -> None:
    kiosk = machines("foyer")
    kiosk.settles()
    kiosk.ledger.leases.want(SLOTS, 3)
    assert not kiosk.ledger.outbox.quiet()
    kiosk.cable.mishaps.append(lost)
    assert kiosk.tries() == "no_connection"
    kiosk.settles()
    assert (kiosk.available(), books()) == (3, (0, 3))


def test_units_that_are_not_needed_go_back(machines: Callable[[str], Machine], slots: Resource) -> None:
    kiosk = machines("foyer")
    kiosk.ledger.leases.want(SLOTS, 5)
    kiosk.settles()
    assert kiosk.ledger.leases.give_back(SLOTS, 9) == 5
    assert kiosk.available() == 0
    assert kiosk.ledger.leases.give_back(SLOTS, 1) == 0
    kiosk.settles()
    assert books() == (0, 2)


def test_a_return_on_its_way_is_not_promised_again(machines: Callable[[str], Machine], slots: Resource) -> None:
    """The office's answer was counted before it knew of the return."""
    kiosk = machines("foyer")
    kiosk.settles()

    def gives_back_meanwhile(work: Work) -> requests.Response:
        answer = work()
        assert kiosk.ledger.leases.give_back(SLOTS, 2) == 2
        return answer

    kiosk.ledger.outbox.put(visit())
    kiosk.cable.mishaps.append(gives_back_meanwhile)
    kiosk.go()
    assert kiosk.available() == 0
    assert kiosk.cannot_promise() == 0
    kiosk.settles()
    assert books() == (0, 2)


def test_an_answer_that_comes_late_grants_nothing_twice(machines: Callable[[str], Machine], slots: Resource) -> None:
    kiosk = machines("foyer")
    late: list[requests.Response] = []

    def delayed(work: Work) -> requests.Response:
        late.append(work())
        return lost(work)

    kiosk.cable.mishaps.append(delayed)
    assert kiosk.tries() == "no_connection"
    kiosk.settles()
    kiosk.promises(2)
    kiosk.settles()
    kiosk.ledger.leases.give_back(SLOTS, 2)
    kiosk.cable.mishaps.append(lambda _work: late[0])
    assert kiosk.tries() == "stale_answer"
    assert kiosk.available() == 0
    kiosk.settles()
    assert books() == (2, 2)


@pytest.mark.parametrize("mishap", [lost, doubled])
def test_a_promise_told_twice_counts_once(
    machines: Callable[[str], Machine], slots: Resource, mishap: Callable[[Work], requests.Response]
) -> None:
    kiosk = machines("foyer")
    kiosk.settles()
    kiosk.promises(2)
    kiosk.cable.mishaps.append(mishap)
    kiosk.tries()
    kiosk.settles()
    assert books() == (2, 2)


def test_a_promise_that_the_office_rejects_is_not_held_against_the_kiosk(
    machines: Callable[[str], Machine], slots: Resource
) -> None:
    kiosk = machines("foyer")
    kiosk.settles()
    kiosk.promises()
    Resource.objects.filter(pk=slots.pk).update(key="slots.elsewhere")
    kiosk.settles()
    assert DeskEntry.objects.get().code == "unknown_resource"
    assert kiosk.available() == 0
    Resource.objects.filter(pk=slots.pk).update(key="slots")
    kiosk.ledger.outbox.put(visit())
    kiosk.settles()
    assert kiosk.available() == 0


def test_the_last_unit_goes_to_one_of_two_kiosks(machines: Callable[[str], Machine], town: Town) -> None:
    escrow.open_day("slots", SLOTS.day, 1)
    foyer, library = machines("foyer"), machines("library")
    foyer.settles()
    library.settles()
    library.ledger.leases.want(SLOTS, 1)
    library.settles()
    assert (foyer.available(), library.available()) == (1, 0)
    assert library.cannot_promise() == 0
    foyer.ledger.leases.give_back(SLOTS, 1)
    foyer.go()
    # The office tops the giver up again at once, unless somebody else was faster.
    assert foyer.available() + library.available() == 1
    assert books() == (0, 1)


def test_two_kiosks_that_want_the_last_unit_at_the_same_moment(machines: Callable[[str], Machine], town: Town) -> None:
    resource = escrow.open_day("slots", SLOTS.day, 3, spare=0)
    kiosks = [Kiosk.objects.get(pk=machines(name).device) for name in ("foyer", "library")]
    start = threading.Barrier(2)

    def ask(kiosk: Kiosk) -> None:
        start.wait()
        try:
            for units in (1, 2, 3):
                with transaction.atomic():
                    locked = Kiosk.objects.select_for_update().get(pk=kiosk.pk)
                    wants = [Want(resource=SLOTS, units=units)]
                    lacking = escrow.lacking(locked, wants, town, kiosk.enrolled_at)
                    escrow.lend(locked, lacking, wants, town, kiosk.enrolled_at)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(kiosk,)) for kiosk in kiosks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    resource.refresh_from_db()
    assert resource.leased == 3
    assert books() == (0, 3)


def test_the_database_itself_refuses_more_than_there_is(slots: Resource) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Resource.objects.update(promised=7, leased=4)


def test_capacity_cannot_shrink_below_what_is_given_out(machines: Callable[[str], Machine], slots: Resource) -> None:
    machines("foyer").settles()
    with pytest.raises(escrow.NotEnough, match="2 units"):
        escrow.open_day("slots", SLOTS.day, 1)
    assert escrow.open_day("slots", SLOTS.day, 2).free == 0


def test_what_a_dead_kiosk_held_is_released_by_revoking_it(machines: Callable[[str], Machine], slots: Resource) -> None:
    dead, alive = machines("dead"), machines("alive")
    dead.ledger.leases.want(SLOTS, 8)
    dead.settles()
    alive.ledger.leases.want(SLOTS, 5)
    alive.settles()
    assert (dead.available(), alive.available()) == (8, 2)
    office_enrolment.revoke(Kiosk.objects.get(pk=dead.device), here.now())
    assert books() == (0, 2)
    alive.ledger.leases.want(SLOTS, 5)
    alive.settles()
    assert alive.available() == 5
    assert dead.tries() == "unknown_kiosk"


def test_a_kiosk_enrolled_anew_has_no_lease_and_its_promises_find_a_place(
    machines: Callable[[str], Machine], slots: Resource
) -> None:
    kiosk = machines("foyer")
    kiosk.settles()
    promised = kiosk.promises(2)
    office_enrolment.revoke(Kiosk.objects.get(pk=kiosk.device), here.now())
    ticket = office_enrolment.new_ticket("Foyer", ADDRESS, "Demir", here.now())
    kiosk.close()
    enrolment.enrol(
        kiosk.place, ADDRESS, ticket.typed, replace=True, clock=kiosk.clock.now, session=lambda: kiosk.session
    )
    kiosk._open()
    assert kiosk.available() == 0
    kiosk.settles()
    assert Reservation.objects.get().pk == promised
    assert books() == (2, 2)
    assert kiosk.available() == 2


def test_a_promise_without_a_unit_is_kept_and_laid_before_a_person(
    machines: Callable[[str], Machine], slots: Resource
) -> None:
    """The kiosk was revoked while it had promised; meanwhile its units went to others."""
    kiosk, other = machines("foyer"), machines("library")
    kiosk.ledger.leases.want(SLOTS, 8)
    kiosk.settles()
    kiosk.promises(8)
    office_enrolment.revoke(Kiosk.objects.get(pk=kiosk.device), here.now())
    other.ledger.leases.want(SLOTS, 4)
    other.settles()
    ticket = office_enrolment.new_ticket("Foyer", ADDRESS, "Demir", here.now())
    kiosk.close()
    enrolment.enrol(
        kiosk.place, ADDRESS, ticket.typed, replace=True, clock=kiosk.clock.now, session=lambda: kiosk.session
    )
    kiosk._open()
    kiosk.settles()
    assert Reservation.objects.get().state == Reservation.State.UNPLACED
    entry = DeskEntry.objects.get()
    assert (entry.kind, entry.role, entry.kiosk_id) == ("unplaced", "clerk", kiosk.device)
    assert books()[0] == 0


def test_what_a_revoked_kiosk_promised_is_laid_before_a_clerk_and_not_booked(
    machines: Callable[[str], Machine], slots: Resource
) -> None:
    kiosk = machines("foyer")
    kiosk.settles()
    promised = kiosk.promises(2)
    kiosk.ledger.outbox.put(visit())
    office_enrolment.revoke(Kiosk.objects.get(pk=kiosk.device), here.now())
    assert kiosk.tries() == "unknown_kiosk"
    assert kiosk.tries() == "unknown_kiosk"
    entry = DeskEntry.objects.get()
    assert (entry.kind, entry.role, entry.code) == ("late", "clerk", "reservation.made")
    assert promised in entry.detail
    assert (Reservation.objects.count(), books()) == (0, (0, 0))


def test_a_cancelled_promise_gives_its_units_to_the_office(machines: Callable[[str], Machine], slots: Resource) -> None:
    kiosk = machines("foyer")
    kiosk.settles()
    promised = kiosk.promises(2)
    kiosk.ledger.leases.cancel(promised)
    assert kiosk.available() == 0
    kiosk.ledger.leases.cancel(promised)
    kiosk.settles()
    assert Reservation.objects.get().state == Reservation.State.CANCELLED
    assert books() == (0, 2)
    kiosk.ledger.leases.cancel(ReservationId("nobody-knows-it"))
    kiosk.settles()
    assert DeskEntry.objects.get().code == "unknown_reservation"


def test_an_order_travels_with_its_promise_or_not_at_all(machines: Callable[[str], Machine], slots: Resource) -> None:
    kiosk = machines("foyer")
    kiosk.settles()

    def order(_: ReservationId) -> VisitReported:
        return visit(77)

    assert isinstance(kiosk.ledger.leases.promise(SLOTS, 1, also=order), Promised)
    assert kiosk.ledger.outbox.waiting() == 2
    with pytest.raises(TypeError):
        kiosk.ledger.leases.promise(SLOTS, 1, also=lambda _: SLOTS)
    assert (kiosk.ledger.outbox.waiting(), kiosk.available()) == (2, 1)


@pytest.mark.parametrize("days", [400, -400])
def test_clocks_that_jump_neither_give_nor_take_a_unit(
    machines: Callable[[str], Machine], slots: Resource, days: int
) -> None:
    kiosk = machines("foyer")
    kiosk.settles()
    kiosk.clock.is_set(timedelta(days=days))
    kiosk.restarts(off=timedelta(days=-days, minutes=1))
    kiosk.clock.is_set(timedelta(days=days))
    assert kiosk.available() == 2
    kiosk.promises()
    kiosk.settles()
    assert (books(), kiosk.available()) == ((1, 2), 2)


def test_a_lease_ends_with_its_service_day_which_the_office_calls(
    machines: Callable[[str], Machine], slots: Resource, clock: HandClock
) -> None:
    kiosk = machines("foyer")
    kiosk.settles()
    kiosk.cable.cut = True
    clock.forward(days=1)
    kiosk.promises()
    kiosk.cable.cut = False
    kiosk.settles()
    assert kiosk.available() == 0
    assert Reservation.objects.get().state == Reservation.State.HELD


class TestRestoredOffice:
    """The office comes back from a copy that is older than what it lent."""

    def test_nothing_is_lent_until_every_kiosk_has_spoken(
        self, machines: Callable[[str], Machine], slots: Resource, town: Town
    ) -> None:
        foyer, library = machines("foyer"), machines("library")
        foyer.settles()
        library.settles()
        before = copy_of_the_office()
        library.ledger.leases.want(SLOTS, 8)
        library.settles()
        library.promises(8)
        library.cable.cut = True
        restore(before)
        assert books() == (0, 0)
        foyer.ledger.leases.want(SLOTS, 8)
        foyer.settles()
        foyer.settles()
        # The library may have promised all that this database has forgotten: the foyer gets nothing, and knows it.
        assert (foyer.available(), books()) == (0, (0, 0))
        library.cable.cut = False
        library.settles()
        library.ledger.outbox.put(visit())
        library.settles()
        assert books()[0] == 8
        foyer.ledger.leases.want(SLOTS, 8)
        foyer.settles()
        assert foyer.available() + library.available() == 2
        assert sum(books()) == 10
        assert not DeskEntry.objects.exists()

    def test_commands_that_the_copy_lacks_are_told_again(
        self, machines: Callable[[str], Machine], slots: Resource
    ) -> None:
        kiosk = machines("foyer")
        kiosk.settles()
        kiosk.promises()
        kiosk.settles()
        before = copy_of_the_office()
        for _ in range(3):
            kiosk.ledger.outbox.put(visit())
        kiosk.promises()
        kiosk.settles()
        told = list(ReceivedCommand.objects.order_by("seq").values_list("command", "hash"))
        restore(before)
        kiosk.settles()
        assert list(ReceivedCommand.objects.order_by("seq").values_list("command", "hash")) == told
        assert books()[0] == 2
        assert Kiosk.objects.get().chain_broken_at is None

    def test_named_fleet_124_capacity_does_not_shrink_below_what_the_office_forgot_that_it_lent(
        self, machines: Callable[[str], Machine], slots: Resource
    ) -> None:
        kiosk = machines("foyer")
        kiosk.settles()
        before = copy_of_the_office()
        kiosk.ledger.leases.want(SLOTS, 8)
        kiosk.settles()
        restore(before)
        with pytest.raises(escrow.NobodyKnows, match="1 kiosks have not told"):
            escrow.open_day("slots", SLOTS.day, 5)
        assert escrow.open_day("slots", SLOTS.day, 12).capacity == 12
        kiosk.promises(8)
        for _ in range(2):
            kiosk.ledger.outbox.put(visit())
            kiosk.settles()
        with pytest.raises(escrow.NotEnough, match="units are promised"):
            escrow.open_day("slots", SLOTS.day, 7)
        assert not DeskEntry.objects.exists()

    def test_to_have_spoken_is_not_to_have_heard(
        self, machines: Callable[[str], Machine], slots: Resource, town: Town
    ) -> None:
        """The library's word arrives, the answer does not: it still believes in its old lease."""
        foyer, library = machines("foyer"), machines("library")
        foyer.settles()
        before = copy_of_the_office()
        library.ledger.leases.want(SLOTS, 8)
        library.settles()
        restore(before)
        foyer.settles()
        library.ledger.outbox.put(visit())
        library.cable.mishaps.append(lost)
        assert library.tries() == "no_connection"
        foyer.ledger.leases.want(SLOTS, 8)
        foyer.settles()
        assert (library.available(), foyer.available()) == (8, 0)
        library.promises(8)
        library.settles()
        library.ledger.outbox.put(visit())
        library.settles()
        town.refresh_from_db()
        assert escrow.recovering(town) == []
        assert (books()[0], DeskEntry.objects.count()) == (8, 0)

    def test_a_restore_between_two_snapshots_is_no_circle(
        self, machines: Callable[[str], Machine], slots: Resource
    ) -> None:
        """A random day found it: the first snapshot's round was followed by a new epoch."""
        kiosk = machines("foyer")
        assert kiosk.go() == 0
        restore(copy_of_the_office())
        assert kiosk.tries() == ""
        kiosk.settles()

    def test_a_kiosk_revoked_meanwhile_does_not_hold_the_others_up(
        self, machines: Callable[[str], Machine], slots: Resource, town: Town
    ) -> None:
        gone, alive = machines("gone"), machines("alive")
        gone.settles()
        alive.settles()
        restore(copy_of_the_office())
        alive.settles()
        alive.settles()
        town.refresh_from_db()
        assert escrow.recovering(town) == [gone.device]
        office_enrolment.revoke(Kiosk.objects.get(pk=gone.device), here.now())
        alive.ledger.leases.want(SLOTS, 4)
        alive.settles()
        assert alive.available() == 4


def test_returns_of_a_resource_nobody_knows_are_rejected(machines: Callable[[str], Machine], slots: Resource) -> None:
    kiosk = machines("foyer")
    stranger = SLOTS.model_copy(update={"key": "boxes"})
    kiosk.ledger.outbox.put(LeaseReturned(resource=stranger, units=1))
    kiosk.settles()
    assert DeskEntry.objects.get().code == "unknown_resource"
    assert books() == (0, 2)
