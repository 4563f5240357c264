"""Employees at kiosks, at the office: PINs and cards, what a kiosk hears of them, and what it tells of their work."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from central_office.contract.claims import Cost, Pepper
from central_office.contract.document_number import DocumentNumber
from central_office.contract.staff import (
    Employee,
    Right,
    StaffList,
    Worklist,
    card_secret,
    employee_of,
    keyed,
    name_on,
    pin_secret,
    unseal_worklist,
)
from central_office.contract.staff_card import EmployeeNumber, parse_card
from central_office.contract.stages import DocumentKind, Stage
from central_office.office import lifecycle
from central_office.office.employees import cards, passes
from central_office.office.lifecycle import Application
from central_office.office.models import CompartmentMark, DeskEntry, Kiosk, Pickup, StaffDeed, StaffPass, Town
from central_office.office.pickups.issuing import Into, issue
from central_office.office.roles import StaffRole, make_groups
from tests.central_office.conftest import MORNING
from tests.central_office.kiosk_end import Answer, KioskEnd, said

if TYPE_CHECKING:
    from central_office.office.models import Document
    from tests.central_office.conftest import HandClock

CHEAP = Cost(kib=8, passes=1)
PIN = "314159"


@pytest.fixture
def foyer(kiosk: KioskEnd) -> Kiosk:
    return Kiosk.objects.get(pk=kiosk.device)


def employee(name: str, role: StaffRole) -> User:
    make_groups()
    user = User.objects.create_user(name.lower(), password="x", first_name="Martina", last_name=name)
    user.groups.add(Group.objects.get(name=role.value))
    return user


@pytest.fixture
def weber(town: Town, clock: HandClock) -> StaffPass:
    user = employee("Weber", StaffRole.CLERK)
    passes.new_pin(user, "Leitung", clock(), pin=PIN, cost=CHEAP)
    return StaffPass.objects.get(user=user)


@pytest.fixture
def arrived(town: Town, clock: HandClock) -> Document:
    one = Application(DocumentKind.IDENTITY_CARD, DocumentNumber("L01XCF7G1"), date(1984, 2, 29), "Fischer, Anna")
    document = lifecycle.register(one, "Weber", clock())
    for to in (Stage.SENT_TO_PRODUCER, Stage.IN_PRODUCTION, Stage.SHIPPED_TO_OFFICE, Stage.ARRIVED):
        document = lifecycle.move(document, to, "Weber", clock())
    return document


def tell(kiosk: KioskEnd, type_: str, **body: Any) -> Answer:  # noqa: ANN401 - a body of any command
    return kiosk.sync([kiosk.command(body, type_=type_)])


def result(answer: Answer) -> str:
    return str(said(answer)["results"][-1].get("code") or "")


def heard(answer: Answer) -> StaffList:
    return StaffList.model_validate_json(json.dumps(said(answer)["staff"]))


def opened(foyer: Kiosk, one: StaffPass, listed: StaffList, pin: str = PIN) -> Worklist | None:
    row = next((row for row in listed.rows if row.number == one.number), None)
    if row is None:
        return None
    guess = keyed(Pepper(bytes(foyer.pepper)), pin_secret(EmployeeNumber(one.number), pin, row.salt, CHEAP))
    found = employee_of(row, guess)
    return None if found is None else unseal_worklist(listed.sealed, found[1])


def test_a_kiosk_hears_nothing_as_long_as_nobody_may_sign_in(kiosk: KioskEnd) -> None:
    assert said(kiosk.sync([])).get("staff") is None


def test_only_number_and_pin_open_what_travels(
    kiosk: KioskEnd, foyer: Kiosk, weber: StaffPass, arrived: Document
) -> None:
    listed = heard(kiosk.sync([]))
    assert opened(foyer, weber, listed, "000000") is None
    worklist = opened(foyer, weber, listed)
    assert worklist is not None
    assert [one.reference for one in worklist.to_load] == [arrived.reference]
    said_plain = listed.model_dump_json()
    assert "Weber" not in said_plain
    assert arrived.holder not in said_plain
    assert said(kiosk.sync([], staff=listed.tag)).get("staff") is None


def test_rights_follow_the_office_s_roles(kiosk: KioskEnd, foyer: Kiosk, weber: StaffPass) -> None:
    assert passes.rights_of(weber.user) == (Right.LOAD, Right.HAND_OVER, Right.TAKE_BACK, Right.REFILL)
    weber.user.groups.add(Group.objects.get(name=StaffRole.TECHNICIAN.value))
    row = heard(kiosk.sync([])).rows[0]
    guess = keyed(Pepper(bytes(foyer.pepper)), pin_secret(EmployeeNumber(weber.number), PIN, row.salt, CHEAP))
    found = employee_of(row, guess)
    assert found is not None
    assert Right.OPEN in found[0].rights
    assert len(set(found[0].rights)) == len(found[0].rights)


def test_a_right_that_a_kiosk_does_not_know_keeps_nobody_from_signing_in() -> None:
    told = Employee.model_validate_json('{"name": "Weber", "rights": ["load", "fly"]}')
    assert told.rights == (Right.LOAD,)


@pytest.mark.parametrize("happened", ["role", "name", "gone", "document", "mark"])
def test_whatever_the_list_is_made_of_makes_it_heard_anew(
    kiosk: KioskEnd, foyer: Kiosk, weber: StaffPass, arrived: Document, happened: str
) -> None:
    known = heard(kiosk.sync([])).tag
    assert said(kiosk.sync([], staff=known)).get("staff") is None
    match happened:
        case "role":
            weber.user.groups.add(Group.objects.get(name=StaffRole.TECHNICIAN.value))
        case "name":
            User.objects.filter(pk=weber.user.pk).update(last_name="Weber-Klein")
        case "gone":
            User.objects.filter(pk=weber.user.pk).update(is_active=False)
        case "document":
            lifecycle.move(arrived, Stage.READY_COUNTER, "Weber", MORNING)
        case _:
            CompartmentMark.objects.create(kiosk=foyer, compartment=3, why="stuck", since=MORNING)
    assert heard(kiosk.sync([], staff=known)).tag != known


def test_a_revoked_employee_is_gone_from_the_next_list(kiosk: KioskEnd, weber: StaffPass, clock: HandClock) -> None:
    answer = said(kiosk.sync([]))
    assert answer["staff"]["rows"]
    passes.revoke(weber, clock())
    later = said(kiosk.sync([], staff=answer["staff"]["tag"]))
    assert later["staff"]["rows"] == []
    assert later["tag"] != answer["tag"], "a poll hears of it"


def test_a_card_opens_its_holder_s_name_until_it_is_replaced(
    kiosk: KioskEnd, foyer: Kiosk, weber: StaffPass, town: Town, clock: HandClock
) -> None:
    card = passes.new_card(weber, clock())
    assert parse_card(card.payload(town.town_key).encode(), town.town_key) == card
    pepper = Pepper(bytes(foyer.pepper))
    assert name_on(heard(kiosk.sync([])).rows[0], keyed(pepper, card_secret(card))) == "Martina Weber"
    passes.new_card(weber, clock())
    assert name_on(heard(kiosk.sync([])).rows[0], keyed(pepper, card_secret(card))) is None
    assert cards.card_pdf(card, "Martina Weber", town).startswith(b"%PDF")


def load(kiosk: KioskEnd, weber: StaffPass, document: Document, compartment: int = 18) -> Answer:
    return tell(
        kiosk, "pickup.loaded", pickup="p-1", document=str(document.pk), compartment=compartment, employee=weber.number
    )


def test_what_was_loaded_gets_its_code_in_the_same_answer_and_the_message_waits_for_the_kiosk(
    kiosk: KioskEnd, weber: StaffPass, arrived: Document
) -> None:
    answer = load(kiosk, weber, arrived)
    assert [row["compartment"] for row in said(answer)["pickups"]["rows"]] == [18]
    pickup = Pickup.objects.select_related("kiosk").get(pk="p-1")
    assert pickup.message
    assert pickup.laid_by == weber.number
    assert not pickup.live, "the answer may have been lost"
    assert said(answer)["tag"] == "", "so the kiosk comes again at once with a whole request"
    kiosk.sync([], pickups=said(answer)["pickups"]["tag"])
    assert Pickup.objects.select_related("kiosk").get(pk="p-1").live
    (deed,) = StaffDeed.objects.all()
    assert (deed.kind, deed.number, deed.compartment, deed.document) == ("pickup.loaded", weber.number, 18, arrived)


def test_a_document_that_cannot_lie_there_keeps_its_compartment_out_of_use(
    kiosk: KioskEnd, foyer: Kiosk, weber: StaffPass, arrived: Document, clock: HandClock
) -> None:
    issue(arrived, Into(foyer, 7, "Weber"), clock(), cost=CHEAP)
    assert result(load(kiosk, weber, arrived)) == "waits_already"
    assert CompartmentMark.objects.get().compartment == 18
    assert DeskEntry.objects.filter(kind=DeskEntry.Kind.REJECTED).exists()
    worklist = opened(foyer, weber, heard(kiosk.sync([])))
    assert worklist is not None
    assert worklist.out_of_order == (18,)


def test_where_the_town_wants_four_eyes_the_second_pair_is_another_s(
    kiosk: KioskEnd, weber: StaffPass, arrived: Document, clock: HandClock
) -> None:
    town = Town.objects.get()
    town.collect = {**town.collect, "four_eyes": True}
    town.save()
    answer = load(kiosk, weber, arrived)
    assert (said(answer).get("pickups") or {"rows": []})["rows"] == []
    assert Pickup.objects.get().state == Pickup.State.PLACED
    arrived.refresh_from_db()
    assert arrived.stage == Stage.ARRIVED, "the holder is told nothing yet"
    assert result(tell(kiosk, "pickup.confirmed", pickup="p-1", employee=weber.number)) == "same_employee"
    user = employee("Kaya", StaffRole.CLERK)
    second = passes.new_pin(user, "Leitung", clock(), cost=CHEAP)
    answer = tell(kiosk, "pickup.confirmed", pickup="p-1", employee=second.number)
    assert result(answer) == ""
    assert [row["compartment"] for row in said(answer)["pickups"]["rows"]] == [18]
    assert Pickup.objects.get().message


def test_a_document_handed_over_by_staff_is_handed_over(
    kiosk: KioskEnd, foyer: Kiosk, weber: StaffPass, arrived: Document, clock: HandClock
) -> None:
    pickup = issue(arrived, Into(foyer, 7, "Weber"), clock(), cost=CHEAP)
    tell(kiosk, "pickup.opened", pickup=str(pickup.pk), compartment=7, pin_letter=True)
    body = {"pickup": str(pickup.pk), "employee": weber.number, "collector": "proxy", "old_document": "returned"}
    assert result(tell(kiosk, "pickup.handed_over", how="closed", **body)) == ""
    arrived.refresh_from_db()
    assert arrived.stage == Stage.HANDED_OVER
    last = arrived.history.last()
    assert last is not None
    assert last.by == "Martina Weber"
    assert StaffDeed.objects.get(kind="pickup.handed_over").detail == "proxy, returned"


def test_what_staff_took_out_in_time_goes_to_the_counter_with_its_message(
    kiosk: KioskEnd, foyer: Kiosk, weber: StaffPass, arrived: Document, clock: HandClock
) -> None:
    pickup = issue(arrived, Into(foyer, 7, "Weber"), clock(), cost=CHEAP)
    assert result(tell(kiosk, "pickup.taken_out", pickup=str(pickup.pk), employee=weber.number)) == ""
    arrived.refresh_from_db()
    pickup.refresh_from_db()
    assert arrived.stage == Stage.RETURNED_TO_COUNTER
    assert pickup.state == Pickup.State.WITHDRAWN
    assert "nicht mehr im Fach" in pickup.message


def test_an_unclear_loading_is_a_person_s_matter(kiosk: KioskEnd, weber: StaffPass, arrived: Document) -> None:
    body = {"pickup": "p-1", "document": str(arrived.pk), "compartment": 18, "employee": weber.number}
    assert result(tell(kiosk, "loading.unclear", why="door_open", **body)) == ""
    assert DeskEntry.objects.get(kind=DeskEntry.Kind.PICKUP).code == "loading_unclear"
    assert CompartmentMark.objects.get().compartment == 18
    tell(kiosk, "compartment.marked", compartment=18, employee=weber.number, in_order=True)
    assert not CompartmentMark.objects.exists()


def test_a_command_that_comes_twice_is_one_deed(kiosk: KioskEnd, weber: StaffPass) -> None:
    command = kiosk.command(
        {"compartment": 9, "employee": weber.number, "reason": "other", "note": "hinge"}, type_="compartment.opened"
    )
    kiosk.sync([command])
    kiosk.sync([command])
    assert [one.detail for one in StaffDeed.objects.all()] == ["other: hinge"]


def test_the_page_shows_a_pin_once_and_what_was_done(kiosk: KioskEnd, weber: StaffPass, arrived: Document) -> None:
    load(kiosk, weber, arrived)
    client = Client()
    client.force_login(employee("Okafor", StaffRole.ADMIN))
    page = client.get("/personal/").content.decode()
    assert weber.number in page
    assert "hat eingelegt" in page
    shown = client.post(f"/personal/{weber.user_id}/pin/")
    assert "nur jetzt zu sehen" in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    card = client.post(f"/personal/{weber.pk}/ausweis.pdf")
    assert card["Content-Type"] == "application/pdf"
    client.post(f"/personal/{weber.pk}/sperren/")
    weber.refresh_from_db()
    assert weber.revoked_at is not None
    assert weber.card is None


def test_a_clerk_gives_out_no_pins(weber: StaffPass) -> None:
    client = Client()
    client.force_login(weber.user)
    assert client.get("/personal/").status_code == 403
