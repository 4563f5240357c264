from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from central_office.contract.enrolment_ticket import EnrolmentTicket, parse_payload
from central_office.contract.fingerprint import fingerprint
from central_office.office import here
from central_office.office.line.enrolment import new_ticket
from central_office.office.models import EnrolmentToken, Kiosk
from tests.central_office.kiosk_end import KioskEnd

if TYPE_CHECKING:
    from central_office.office.models import Town
    from tests.central_office.conftest import HandClock


@pytest.fixture
def ticket(town: Town) -> EnrolmentTicket:
    return new_ticket("Foyer", "http://testserver", "Demir", here.now())


def test_a_machine_with_a_ticket_becomes_a_kiosk(stranger: KioskEnd, ticket: EnrolmentTicket) -> None:
    answer = stranger.enrol(ticket.typed.lower().replace("-", " "))
    assert answer.status_code == 200
    kiosk = Kiosk.objects.get()
    assert (kiosk.pk, kiosk.site) == ("MS-01", "Foyer")
    assert kiosk.fingerprint == fingerprint(bytes(kiosk.public_key))
    assert len(bytes(kiosk.pepper)) == 32


def test_the_ticket_in_the_qr_code_is_the_typed_one(ticket: EnrolmentTicket) -> None:
    assert parse_payload(ticket.payload.encode()) == ticket


def test_the_database_never_holds_the_token(ticket: EnrolmentTicket) -> None:
    stored = str(EnrolmentToken.objects.values().get())
    assert ticket.token not in stored


def test_a_second_machine_with_the_same_ticket_is_refused(stranger: KioskEnd, ticket: EnrolmentTicket) -> None:
    assert stranger.enrol(ticket.token).status_code == 200
    thief = KioskEnd(Client())
    answer = thief.enrol(ticket.token)
    assert answer.status_code == 403
    assert answer["Content-Type"].startswith("application/problem+json")
    assert b"ticket_used" in answer.content


def test_the_answer_got_lost_and_the_machine_asks_again(stranger: KioskEnd, ticket: EnrolmentTicket) -> None:
    first = stranger.enrol(ticket.token).content
    assert stranger.enrol(ticket.token).content == first


def test_a_ticket_from_before_lunch_is_refused(stranger: KioskEnd, ticket: EnrolmentTicket, clock: HandClock) -> None:
    clock.forward(hours=1)
    answer = stranger.enrol(ticket.token)
    assert (answer.status_code, b"ticket_expired" in answer.content) == (403, True)


def test_guessing_tickets_ends_soon(stranger: KioskEnd, ticket: EnrolmentTicket, clock: HandClock) -> None:
    for _ in range(10):
        assert stranger.enrol("0000-0000-0000-0000").status_code == 403
    answer = stranger.enrol(ticket.token)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    clock.forward(minutes=11)
    assert stranger.enrol(ticket.token).status_code == 200


def test_one_key_is_one_kiosk(kiosk: KioskEnd, ticket: EnrolmentTicket) -> None:
    assert kiosk.enrol(ticket.token).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"token": 7}',
        b'{"token": "0000-0000-0000-0000", "public_key": "not a key, not a key, not a key, not a k"}',
        b"\xff\xfe\x00",
    ],
)
def test_nonsense_is_a_problem_and_no_crash(stranger: KioskEnd, body: bytes) -> None:
    answer = stranger.browser.post("/v1/enrol", body, content_type="application/json")
    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("application/problem+json")


def test_a_large_body_is_refused_unread(stranger: KioskEnd) -> None:
    assert stranger.browser.post("/v1/enrol", b" " * 5000, content_type="application/json").status_code == 413
