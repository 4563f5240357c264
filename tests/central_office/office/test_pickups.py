"""Documents in compartments at the office: a code is given out, the kiosk hears of it, and what it tells comes true."""

from __future__ import annotations

import json
import os
from datetime import date
from email import message_from_bytes
from email.policy import SMTP
from io import BytesIO, StringIO
from threading import Event
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from django.core.management import CommandError, call_command
from django.db import connection
from PIL import Image

from central_office.contract.claims import Cost, Pepper
from central_office.contract.document_number import DocumentNumber
from central_office.contract.messages import SyncRequest
from central_office.contract.pickup_code import opened, parse_shown, parse_typed, stretched
from central_office.contract.pickups import PickupRow, unseal_contents
from central_office.contract.stages import DocumentKind, Stage
from central_office.office import lifecycle, retention
from central_office.office.audit.watch import keep_watch
from central_office.office.lifecycle import Application
from central_office.office.line.sync import sync
from central_office.office.models import DeskEntry, Kiosk, Pickup
from central_office.office.pickups import carrying
from central_office.office.pickups.issuing import CannotBeDeposited, Into, codes_of, issue, reissue, tag
from central_office.office.pickups.sweeping import sweep, to_take_out
from tests.central_office.kiosk_end import Answer, KioskEnd, said

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from django.test import Client

    from central_office.office.models import Document, Town
    from tests.central_office.conftest import HandClock

CHEAP = Cost(kib=8, passes=1)


@pytest.fixture
def foyer(kiosk: KioskEnd) -> Kiosk:
    return Kiosk.objects.get(pk=kiosk.device)


def arrives(number: str, kind: DocumentKind, clock: HandClock) -> Document:
    """A document of Anna Fischer's that lies at the office."""
    one = Application(kind, DocumentNumber(number), date(1984, 2, 29), "Fischer, Anna")
    document = lifecycle.register(one, "Weber", clock())
    for to in (Stage.SENT_TO_PRODUCER, Stage.IN_PRODUCTION, Stage.SHIPPED_TO_OFFICE, Stage.ARRIVED):
        document = lifecycle.move(document, to, "Weber", clock())
    return document


@pytest.fixture
def arrived(town: Town, clock: HandClock) -> Document:
    return arrives("L01XCF7G1", DocumentKind.IDENTITY_CARD, clock)


@pytest.fixture
def another(town: Town, clock: HandClock) -> Document:
    return arrives("L01XCF7G2", DocumentKind.PASSPORT, clock)


def deposited(document: Document, foyer: Kiosk, clock: HandClock, compartment: int = 32) -> Pickup:
    return issue(document, Into(foyer, compartment, "Weber"), clock(), cost=CHEAP)


def hears_of_it(kiosk: KioskEnd) -> None:
    """The kiosk takes the list, and says with its next word that it has it."""
    tag = said(kiosk.sync([]))["pickups"]["tag"]
    kiosk.sync([], pickups=tag)


def stage(document: Document) -> str:
    document.refresh_from_db()
    return document.stage


def rows(answer: Answer) -> list[PickupRow]:
    return [PickupRow.model_validate_json(json.dumps(row)) for row in said(answer)["pickups"]["rows"]]


def tell(kiosk: KioskEnd, type_: str, **body: Any) -> Answer:  # noqa: ANN401 - a body of any command
    return kiosk.sync([kiosk.command(body, type_=type_)])


def test_the_kiosk_hears_of_a_row_that_only_code_and_birthday_open(
    kiosk: KioskEnd, foyer: Kiosk, arrived: Document, clock: HandClock
) -> None:
    assert said(kiosk.sync([])).get("pickups") is None
    pickup = deposited(arrived, foyer, clock)
    assert stage(arrived) == Stage.READY_BOX
    (row,) = rows(kiosk.sync([]))
    code, pepper = parse_typed(codes_of(pickup)[0].words), Pepper(bytes(foyer.pepper))
    key = opened(row.typed, stretched(pepper, code, arrived.birth_date, row.salt, cost=CHEAP))
    assert key is not None
    contents = unseal_contents(row, key)
    assert contents is not None
    assert (row.compartment, contents.kind) == (32, DocumentKind.IDENTITY_CARD)
    assert contents.ask_pin_letter
    assert opened(row.typed, stretched(pepper, code, None, row.salt, cost=CHEAP)) is None
    assert arrived.holder not in row.model_dump_json()


def test_the_list_travels_once_and_again_when_it_changed(
    kiosk: KioskEnd, foyer: Kiosk, arrived: Document, clock: HandClock
) -> None:
    pickup = deposited(arrived, foyer, clock)
    answer = said(kiosk.sync([]))
    known = answer["pickups"]["tag"]
    assert said(kiosk.sync([], pickups=known)).get("pickups") is None
    tell(kiosk, "pickup.opened", pickup=str(pickup.pk), compartment=32)
    assert rows(kiosk.sync([], pickups=known)) == []


def test_a_poll_hears_that_something_waits(kiosk: KioskEnd, foyer: Kiosk, arrived: Document, clock: HandClock) -> None:
    tag = said(kiosk.sync([]))["tag"]
    deposited(arrived, foyer, clock)
    assert said(kiosk.sync([]))["tag"] != tag


def test_the_message_holds_the_code_and_the_last_day(foyer: Kiosk, arrived: Document, clock: HandClock) -> None:
    pickup = deposited(arrived, foyer, clock)
    assert codes_of(pickup)[0].words in pickup.message
    assert "26.06.2026" in pickup.message


def test_the_mail_and_the_printed_notice_carry_the_code_as_a_picture_that_opens(
    foyer: Kiosk, arrived: Document, clock: HandClock, clerk: Client, town: Town
) -> None:
    pickup = deposited(arrived, foyer, clock)
    _, shown = codes_of(pickup)
    mail = message_from_bytes(clerk.get(f"/faecher/{pickup.pk}/nachricht.eml").content, policy=SMTP)
    body = mail.get_body()
    assert body is not None
    assert pickup.message[:60] in body.get_content().replace("\r\n", "\n").replace("\n", " ")
    (attached,) = mail.iter_attachments()
    (read,) = zxingcpp.read_barcodes(np.asarray(Image.open(BytesIO(attached.get_content())).convert("L")))
    assert parse_shown(read.text.encode(), town.town_key) == shown
    paper = clerk.get(f"/faecher/{pickup.pk}/mitteilung.pdf").content
    (page,) = pypdfium2.PdfDocument(paper)
    (read,) = zxingcpp.read_barcodes(np.asarray(page.render(scale=2).to_pil().convert("L")))
    assert parse_shown(read.text.encode(), town.town_key) == shown
    assert codes_of(pickup)[0].words in page.get_textpage().get_text_range()


def test_a_code_that_is_used_is_sent_to_nobody(
    kiosk: KioskEnd, foyer: Kiosk, arrived: Document, clock: HandClock, clerk: Client
) -> None:
    pickup = deposited(arrived, foyer, clock)
    tell(kiosk, "pickup.opened", pickup=str(pickup.pk), compartment=32)
    for name in ("nachricht.eml", "mitteilung.pdf"):
        answer = clerk.get(f"/faecher/{pickup.pk}/{name}", follow=True)
        assert "nichts zu senden" in answer.content.decode()


def test_one_holder_has_one_code_and_two_compartments(
    foyer: Kiosk, arrived: Document, clock: HandClock, another: Document
) -> None:
    first, second = deposited(arrived, foyer, clock), deposited(another, foyer, clock, 7)
    assert (first.selector, first.digits) == (second.selector, second.digits)


def test_a_compartment_holds_one_document_and_a_document_lies_in_one(
    foyer: Kiosk, arrived: Document, clock: HandClock, another: Document
) -> None:
    deposited(arrived, foyer, clock)
    with pytest.raises(CannotBeDeposited, match="compartment_taken"):
        deposited(another, foyer, clock)
    with pytest.raises(CannotBeDeposited, match="waits_already"):
        deposited(arrived, foyer, clock, 7)


def test_a_kiosk_loads_a_document_and_the_code_is_given_out(kiosk: KioskEnd, foyer: Kiosk, arrived: Document) -> None:
    tell(kiosk, "pickup.loaded", pickup="from-the-kiosk", document=str(arrived.pk), compartment=12, reach=True)
    pickup = Pickup.objects.get()
    assert (pickup.pk, pickup.compartment, pickup.reach, pickup.kiosk) == ("from-the-kiosk", 12, True, foyer)
    assert stage(arrived) == Stage.READY_BOX
    assert rows(kiosk.sync([]))[0].pickup == "from-the-kiosk"


@pytest.mark.parametrize(
    ("document", "code"),
    [("nonsense", "unknown_document"), ("00000000-0000-4000-8000-000000000009", "unknown_document")],
)
def test_what_a_kiosk_cannot_have_loaded_is_laid_before_a_person(kiosk: KioskEnd, document: str, code: str) -> None:
    tell(kiosk, "pickup.loaded", pickup="p", document=document, compartment=12)
    assert [entry.code for entry in DeskEntry.objects.all()] == [code]


def test_the_collector_is_recorded_and_the_document_handed_over(
    kiosk: KioskEnd, foyer: Kiosk, arrived: Document, clock: HandClock
) -> None:
    """opencrvs#3602: who collected where is part of the document's history."""
    pickup = deposited(arrived, foyer, clock)
    tell(kiosk, "pickup.opened", pickup=str(pickup.pk), compartment=32)
    assert stage(arrived) == Stage.READY_BOX, "opened is not collected"
    tell(kiosk, "pickup.collected", pickup=str(pickup.pk), how="closed")
    assert stage(arrived) == Stage.HANDED_OVER
    last = arrived.history.last()
    assert last is not None
    assert last.by == "Foyer"
    pickup.refresh_from_db()
    assert (pickup.state, pickup.digits, pickup.message) == (Pickup.State.COLLECTED, "", "")
    assert not DeskEntry.objects.exists()


@pytest.mark.parametrize("why", ["door_open", "door_closed", "still_closed"])
def test_a_failed_opening_is_a_persons_matter_and_stays_where_it_is(
    kiosk: KioskEnd, foyer: Kiosk, arrived: Document, clock: HandClock, why: str
) -> None:
    pickup = deposited(arrived, foyer, clock)
    tell(kiosk, "pickup.failed", pickup=str(pickup.pk), why=why)
    assert stage(arrived) == Stage.READY_BOX
    assert [(entry.kind, entry.code) for entry in DeskEntry.objects.all()] == [("pickup", why)]
    assert list(to_take_out()) == [pickup]


def test_a_citizen_who_left_before_the_lock_moved_finds_her_code_good(
    kiosk: KioskEnd, foyer: Kiosk, arrived: Document, clock: HandClock
) -> None:
    pickup = deposited(arrived, foyer, clock)
    tell(kiosk, "pickup.opened", pickup=str(pickup.pk), compartment=32)
    answer = tell(kiosk, "pickup.spared", pickup=str(pickup.pk))
    assert [row.compartment for row in rows(answer)] == [32]
    assert not DeskEntry.objects.exists()
    tell(kiosk, "pickup.opened", pickup=str(pickup.pk), compartment=32)
    tell(kiosk, "pickup.collected", pickup=str(pickup.pk), how="closed")
    assert stage(arrived) == Stage.HANDED_OVER


def test_staff_are_told_when_somebody_tries_one_code_after_the_other(kiosk: KioskEnd, clerk: Client) -> None:
    tell(kiosk, "pickup.guessing", misses=20, since="2026-06-16T08:00:00Z")
    (matter,) = DeskEntry.objects.all()
    assert (matter.kind, matter.code) == (DeskEntry.Kind.PICKUP, "many_misses")
    page = clerk.get("/klaeren/").content.decode()
    assert "sehr viele Abholcodes" in page
    assert "Der Code ist verbraucht" not in page


def test_a_code_that_was_guessed_at_gets_another(
    kiosk: KioskEnd, foyer: Kiosk, arrived: Document, clock: HandClock
) -> None:
    pickup = deposited(arrived, foyer, clock)
    tell(kiosk, "pickup.locked", pickup=str(pickup.pk))
    assert rows(kiosk.sync([])) == []
    pickup.refresh_from_db()
    again = reissue(pickup, clock(), "Weber", cost=CHEAP)
    assert (again.compartment, again.pk != pickup.pk) == (32, True)
    assert [row.pickup for row in rows(kiosk.sync([]))] == [str(again.pk)]


def test_what_nobody_collects_goes_back_to_the_counters_list_with_a_message(
    kiosk: KioskEnd, foyer: Kiosk, town: Town, arrived: Document, clock: HandClock
) -> None:
    pickup = deposited(arrived, foyer, clock)
    clock.forward(days=10)
    assert sweep(town, clock()) == 0, "the last day is not over"
    clock.forward(days=1)
    retention.tidy(clock())
    assert stage(arrived) == Stage.RETURNED_TO_COUNTER
    pickup.refresh_from_db()
    assert "nicht mehr im Fach" in pickup.message
    assert list(to_take_out()) == [pickup]
    assert rows(kiosk.sync([])) == []


def test_the_running_office_keeps_the_deadline_by_itself(
    foyer: Kiosk, office: Path, arrived: Document, clock: HandClock
) -> None:
    deposited(arrived, foyer, clock)
    clock.forward(days=11)
    stop = Event()

    def now_and_no_more() -> datetime:
        stop.set()
        return clock()

    keep_watch(stop, office, now_and_no_more)
    assert stage(arrived) == Stage.RETURNED_TO_COUNTER


def test_it_was_collected_offline_on_the_last_evening_and_told_after_the_sweep(
    kiosk: KioskEnd, foyer: Kiosk, town: Town, arrived: Document, clock: HandClock
) -> None:
    pickup = deposited(arrived, foyer, clock)
    clock.forward(days=11)
    sweep(town, clock())
    tell(kiosk, "pickup.collected", pickup=str(pickup.pk), how="closed")
    assert stage(arrived) == Stage.HANDED_OVER
    assert not to_take_out().exists()


def test_a_door_that_opens_by_itself_is_the_technicians_matter(kiosk: KioskEnd) -> None:
    tell(kiosk, "locker.incident", mishap="opened_unasked", compartment=31, seen="2026-06-16T08:20:00Z")
    (entry,) = DeskEntry.objects.all()
    assert (entry.kind, entry.code, entry.role) == ("locker", "opened_unasked", "technician")


def test_a_childs_document_is_for_the_counter(
    foyer: Kiosk, kiosk: KioskEnd, arrived: Document, clock: HandClock
) -> None:
    arrived.kind, arrived.birth_date = DocumentKind.CHILD_PASSPORT.value, date(2018, 5, 5)
    arrived.save()
    pickup = deposited(arrived, foyer, clock)
    (row,) = rows(kiosk.sync([]))
    key = opened(
        row.typed, stretched(Pepper(bytes(foyer.pepper)), codes_of(pickup)[0], arrived.birth_date, row.salt, cost=CHEAP)
    )
    assert key is not None
    contents = unseal_contents(row, key)
    assert contents is not None
    assert contents.counter_only


def test_a_clerk_deposits_by_hand_and_reads_what_to_send(foyer: Kiosk, arrived: Document) -> None:
    said_ = StringIO()
    call_command("deposit", foyer.pk, "32", arrived.reference, stdout=said_)
    assert codes_of(Pickup.objects.get())[0].words in said_.getvalue()
    with pytest.raises(CommandError, match="waits_already"):
        call_command("deposit", foyer.pk, "7", arrived.reference)
    with pytest.raises(CommandError, match="the office knows"):
        call_command("deposit", foyer.pk, "7", "nothing")


def test_the_demonstration_fills_its_compartments_once(foyer: Kiosk, arrived: Document, clock: HandClock) -> None:
    with pytest.raises(CommandError, match="the office knows"):
        call_command("deposit")
    lifecycle.move(arrived, Stage.READY_BOX, "Weber", clock())
    for _ in range(2):
        call_command("deposit", "--demonstration", stdout=StringIO())
        assert [pickup.compartment for pickup in Pickup.objects.all()] == [32]


def test_a_clerk_sees_what_waits_gives_out_another_code_and_empties_what_failed(
    kiosk: KioskEnd, foyer: Kiosk, arrived: Document, clock: HandClock, clerk: Client
) -> None:
    old = deposited(arrived, foyer, clock)
    hears_of_it(kiosk)
    assert old.message in clerk.get("/faecher/").content.decode()
    assert clerk.post(f"/faecher/{old.pk}/neuer-code/").status_code == 302
    new = Pickup.objects.get(state=Pickup.State.WAITING)
    hears_of_it(kiosk)
    assert new.message in clerk.get("/faecher/").content.decode()
    assert "wartet nicht mehr" in clerk.post(f"/faecher/{old.pk}/neuer-code/", follow=True).content.decode()
    tell(kiosk, "pickup.failed", pickup=str(new.pk), why="door_closed")
    assert "die Tür ist zu" in clerk.get("/faecher/").content.decode()
    assert "die Tür ist zu" in clerk.get("/klaeren/").content.decode()
    clerk.post(f"/faecher/{new.pk}/herausgenommen/")
    assert stage(arrived) == Stage.RETURNED_TO_COUNTER
    assert "Nichts herauszunehmen" in clerk.get("/faecher/").content.decode()


def test_for_a_kiosk_that_was_revoked_no_other_code_is_given_out(
    foyer: Kiosk, arrived: Document, clock: HandClock, clerk: Client
) -> None:
    pickup = deposited(arrived, foyer, clock)
    Kiosk.objects.filter(pk=foyer.pk).update(state=Kiosk.State.REVOKED)
    said = clerk.post(f"/faecher/{pickup.pk}/neuer-code/", follow=True).content.decode()
    assert "hört von keinem Code" in said
    pickup.refresh_from_db()
    assert pickup.state == Pickup.State.WAITING


def test_a_technician_does_not_see_the_codes(
    technician: Client, foyer: Kiosk, arrived: Document, clock: HandClock
) -> None:
    pickup = deposited(arrived, foyer, clock)
    for page in ("", f"{pickup.pk}/nachricht.eml", f"{pickup.pk}/mitteilung.pdf"):
        assert technician.get(f"/faecher/{page}").status_code in {302, 403}


@pytest.fixture
def left_behind(foyer: Kiosk, arrived: Document, another: Document, town: Town, clock: HandClock) -> str:
    """A kiosk at the foyer's site was revoked with two documents in its wall; the tag of the list on its disk."""
    old = Kiosk.objects.get(pk=foyer.pk)
    old.pk, old.public_key, old.key_print = "MS-77", b"7" * 32, "7" * 64
    old.save(force_insert=True)
    deposited(arrived, old, clock)
    deposited(another, old, clock, 33)
    Kiosk.objects.filter(pk="MS-77").update(state=Kiosk.State.REVOKED)
    return tag(old, town)


def test_codes_are_made_anew_for_another_kiosk_while_everybody_else_can_write(
    kiosk: KioskEnd, foyer: Kiosk, left_behind: str, town: Town, clock: HandClock
) -> None:
    made = 0

    def outside_of_transactions(count: int) -> bytes:
        nonlocal made
        assert not connection.in_atomic_block, "a row was stretched inside the transaction"
        made += 1
        return os.urandom(count)

    request = SyncRequest.model_validate_json(kiosk.sync_body(pickups=left_behind))
    answer = sync(foyer, request, town, clock(), random=outside_of_transactions)
    assert answer.pickups is not None
    assert {row.compartment for row in answer.pickups.rows} == {32, 33}
    assert made == 2


def test_what_changed_while_codes_were_made_anew_is_made_once_more(
    foyer: Kiosk, left_behind: str, town: Town, clock: HandClock
) -> None:
    made = carrying.make_rows(foyer, town, left_behind, clock(), cost=CHEAP)
    later = date(2026, 7, 1)
    Pickup.objects.filter(compartment=33).update(until=later)
    assert carrying.take_over(foyer, town, left_behind, clock(), made, cost=CHEAP) == 2
    kept, anew = Pickup.objects.order_by("compartment")
    assert kept.row == made[kept.pk].row
    assert PickupRow.model_validate_json(anew.row).until == later
