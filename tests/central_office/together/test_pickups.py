"""From the clerk's hand to the citizen's: a real office gives out a code, a real kiosk opens with it, cable or not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from central_office.contract.claims import Pepper
from central_office.contract.document_number import DocumentNumber
from central_office.contract.stages import DocumentKind, Stage
from central_office.office import lifecycle
from central_office.office.lifecycle import Application
from central_office.office.line.enrolment import new_ticket, revoke
from central_office.office.models import DeskEntry, Kiosk, Pickup
from central_office.office.pickups.issuing import Into, codes_of, issue, reissue
from central_office.office.pickups.sweeping import to_take_out
from offline_cache import enrolment
from offline_cache.pickups import AlreadyUsed
from tests.central_office.conftest import MORNING
from tests.central_office.together.in_process import ADDRESS, copy_of_the_office, lost, restore

if TYPE_CHECKING:
    from collections.abc import Callable

    from central_office.office.models import Document, Town
    from offline_cache.pickups import Waiting
    from tests.central_office.conftest import HandClock
    from tests.central_office.together.in_process import Machine

BORN = date(1984, 2, 29)


@pytest.fixture
def card(town: Town) -> Document:
    """Anna Fischer's identity card, which lies at the office."""
    one = Application(DocumentKind.IDENTITY_CARD, DocumentNumber("L01XCF7G1"), BORN, "Fischer, Anna")
    document = lifecycle.register(one, "Weber", MORNING)
    for to in (Stage.SENT_TO_PRODUCER, Stage.IN_PRODUCTION, Stage.SHIPPED_TO_OFFICE, Stage.ARRIVED):
        document = lifecycle.move(document, to, "Weber", MORNING)
    return document


def deposited(card: Document, machine: Machine, clock: HandClock) -> Pickup:
    return issue(card, Into(Kiosk.objects.get(pk=machine.device), 32, "Weber"), clock())


def waiting(machine: Machine, pickup: Pickup) -> tuple[Waiting, ...]:
    pickups = machine.ledger.pickups(Pepper(machine.errands.identity.pepper))
    typed, shown = codes_of(pickup)
    found = pickups.waiting(typed, BORN, MORNING.date())
    assert found == pickups.waiting(shown, BORN, MORNING.date())
    return found


def collects(machine: Machine, one: Waiting) -> None:
    from central_office.contract.pickups import PickupCollected  # noqa: PLC0415

    pickups = machine.ledger.pickups(Pepper(machine.errands.identity.pepper))
    with pickups.opening(one, pin_letter=True) as effect:
        effect.done("closed", PickupCollected(pickup=one.pickup, how="closed"))


def test_a_code_works_with_the_cable_cut_and_the_office_hears_afterwards(
    machines: Callable[[str], Machine], card: Document, clock: HandClock
) -> None:
    kiosk, elsewhere = machines("foyer"), machines("library")
    pickup = deposited(card, kiosk, clock)
    kiosk.settles()
    elsewhere.settles()
    assert waiting(elsewhere, pickup) == (), "only the kiosk concerned hears of it"
    kiosk.cable.cut = True
    (one,) = waiting(kiosk, pickup)
    collects(kiosk, one)
    assert waiting(kiosk, pickup) == ()
    kiosk.cable.cut = False
    kiosk.settles()
    card.refresh_from_db()
    assert card.stage == Stage.HANDED_OVER
    assert not DeskEntry.objects.exists()


def test_a_lost_answer_hands_over_once(machines: Callable[[str], Machine], card: Document, clock: HandClock) -> None:
    kiosk = machines("foyer")
    pickup = deposited(card, kiosk, clock)
    kiosk.settles()
    (one,) = waiting(kiosk, pickup)
    collects(kiosk, one)
    kiosk.cable.mishaps.append(lost)
    kiosk.tries()
    kiosk.settles()
    card.refresh_from_db()
    assert card.history.filter(stage=Stage.HANDED_OVER).count() == 1


def test_another_code_takes_the_place_of_the_old_one(
    machines: Callable[[str], Machine], card: Document, clock: HandClock
) -> None:
    kiosk = machines("foyer")
    pickup = deposited(card, kiosk, clock)
    kiosk.settles()
    again = reissue(pickup, clock(), "Weber")
    kiosk.settles()
    assert waiting(kiosk, pickup) == ()
    assert len(waiting(kiosk, again)) == 1


def test_an_office_that_came_back_from_a_backup_lists_a_used_code_and_the_kiosk_does_not_open(
    machines: Callable[[str], Machine], card: Document, clock: HandClock
) -> None:
    kiosk = machines("foyer")
    pickup = deposited(card, kiosk, clock)
    kiosk.settles()
    card.refresh_from_db()
    copy, then = copy_of_the_office(), (card, Pickup.objects.get())
    (one,) = waiting(kiosk, pickup)
    collects(kiosk, one)
    kiosk.settles()
    restore(copy)
    for row in then:
        row.save()
    assert Pickup.objects.get().state == Pickup.State.WAITING
    kiosk.settles()
    assert waiting(kiosk, pickup) == ()
    with pytest.raises(AlreadyUsed):
        collects(kiosk, one)
    card.refresh_from_db()
    assert card.stage == Stage.HANDED_OVER, "it was told again"


def enrolled_anew(machine: Machine, clock: HandClock) -> str:
    """The old enrolment is revoked, the machine is enrolled again with its disk; its old name."""
    old = machine.device
    revoke(Kiosk.objects.get(pk=old), clock())
    ticket = new_ticket("foyer", ADDRESS, "Demir", clock())
    machine.close()
    enrolment.enrol(
        machine.place, ADDRESS, ticket.typed, replace=True, clock=machine.clock.now, session=lambda: machine.session
    )
    machine._open()
    assert machine.device != old
    return old


def test_codes_go_on_when_a_kiosk_is_enrolled_anew_with_its_disk_and_used_ones_stay_used(
    machines: Callable[[str], Machine], card: Document, clock: HandClock
) -> None:
    kiosk = machines("foyer")
    used = deposited(card, kiosk, clock)
    other = lifecycle.register(
        Application(DocumentKind.PASSPORT, DocumentNumber("L01XCF7G2"), BORN, "Fischer, Berta"), "Weber", MORNING
    )
    for to in (Stage.SENT_TO_PRODUCER, Stage.IN_PRODUCTION, Stage.SHIPPED_TO_OFFICE, Stage.ARRIVED):
        other = lifecycle.move(other, to, "Weber", MORNING)
    unused = issue(other, Into(Kiosk.objects.get(pk=kiosk.device), 7, "Weber"), clock())
    kiosk.settles()
    kiosk.cable.cut = True
    (one,) = waiting(kiosk, used)
    collects(kiosk, one)
    kiosk.cable.cut = False
    old = enrolled_anew(kiosk, clock)
    assert list(DeskEntry.objects.filter(kiosk=old).values_list("code", "detail")) == [
        ("kiosk_replaced", '{"documents": 2}')
    ]
    assert {pickup.pk for pickup in to_take_out()} == {used.pk, unused.pk}
    kiosk.settles()
    card.refresh_from_db()
    assert card.stage == Stage.HANDED_OVER, "what was told under the old name came through"
    assert waiting(kiosk, used) == ()
    (two,) = waiting(kiosk, unused)
    collects(kiosk, two)
    kiosk.settles()
    assert Pickup.objects.get(pk=unused.pk).state == Pickup.State.COLLECTED
    assert not to_take_out()


def test_another_machine_at_the_same_place_inherits_no_code(
    machines: Callable[[str], Machine], card: Document, clock: HandClock
) -> None:
    kiosk, another = machines("foyer"), machines("foyer/2")
    pickup = deposited(card, kiosk, clock)
    kiosk.settles()
    Kiosk.objects.filter(pk=another.device).update(site="foyer")
    revoke(Kiosk.objects.get(pk=kiosk.device), clock())
    another.settles()
    assert waiting(another, pickup) == ()
    assert [one.pk for one in to_take_out()] == [pickup.pk]
