from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from central_office.contract.stages import NEXT_STAGES, Stage
from central_office.office import lifecycle, retention
from central_office.office.models import Document, EnrolmentToken, Kiosk, StaffNote
from central_office.office.words import MOVES

if TYPE_CHECKING:
    from central_office.office.models import Town
    from tests.central_office.conftest import HandClock
    from tests.central_office.kiosk_end import KioskEnd

PAGES_OF_CLERKS = ("/dokumente/", "/dokumente/neu/", "/dokumente/import/", "/besuche/")
PAGES_OF_TECHNICIANS = ("/terminals/", "/terminals/neu/", "/besuche/")


def _text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize("page", [*PAGES_OF_CLERKS, *PAGES_OF_TECHNICIANS, "/"])
def test_a_stranger_is_sent_to_sign_in(town: Town, page: str) -> None:
    answer = Client().get(page, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/anmelden/")
    assert 'type="password"' in _text(answer)


@pytest.mark.parametrize("page", PAGES_OF_CLERKS)
def test_a_clerk_sees_documents(clerk: Client, passport: Document, page: str) -> None:
    assert clerk.get(page).status_code == 200


@pytest.mark.parametrize("page", PAGES_OF_TECHNICIANS)
def test_a_technician_sees_kiosks(technician: Client, kiosk: KioskEnd, page: str) -> None:
    assert technician.get(page).status_code == 200


def test_a_technician_sees_no_document(technician: Client, passport: Document) -> None:
    for page in ("/dokumente/", f"/dokumente/{passport.pk}/", f"/dokumente/{passport.pk}/brief.pdf"):
        answer = technician.get(page)
        assert answer.status_code == 403
        assert "Leitung" in _text(answer)
        assert "Aydin" not in _text(answer)


def test_a_clerk_cannot_revoke_a_kiosk(clerk: Client, kiosk: KioskEnd) -> None:
    assert clerk.post("/terminals/MS-01/sperren/").status_code == 403
    assert Kiosk.objects.get().state == Kiosk.State.ACTIVE


def test_somebody_without_a_role_is_told_whom_to_ask(town: Town) -> None:
    browser = Client()
    browser.force_login(User.objects.create_user("neu", password="a long password"))
    answer = browser.get("/dokumente/")
    assert answer.status_code == 403
    assert "Bitten Sie die Leitung" in _text(answer)


def test_a_clerk_finds_a_document_by_name_number_and_reference(clerk: Client, passport: Document) -> None:
    for words in ("aydin", "L01X CF7GH", "l01xcf7gh", passport.reference):
        assert passport.reference in _text(clerk.post("/dokumente/", {"words": words, "stage": ""}, follow=True))
    assert "Nichts gefunden" in _text(clerk.post("/dokumente/", {"words": "Nowak", "stage": ""}, follow=True))
    assert "Nichts gefunden" in _text(clerk.post("/dokumente/", {"words": "", "stage": "arrived"}, follow=True))


def test_a_search_leaves_no_name_in_the_address(clerk: Client, passport: Document) -> None:
    answer = clerk.post("/dokumente/", {"words": "Aydin", "stage": ""}, follow=True)
    assert answer.redirect_chain == [("/dokumente/", 302)]


def test_a_search_is_forgotten_with_its_session(clerk: Client, passport: Document, clock: HandClock) -> None:
    clerk.post("/dokumente/", {"words": "Aydin", "stage": ""})
    assert retention.tidy(clock())["sessions"] == 0
    retention.tidy(datetime.now(UTC) + timedelta(hours=9))
    assert Session.objects.count() == 0


@pytest.mark.parametrize("stage", list(Stage))
def test_the_page_offers_the_legal_moves_and_no_other(clerk: Client, passport: Document, stage: Stage) -> None:
    Document.objects.update(stage=stage)
    page = _text(clerk.get(f"/dokumente/{passport.pk}/"))
    offered = set(re.findall(r'name="to" value="(\w+)"', page))
    assert offered == {one.value for one in NEXT_STAGES[stage]}
    for one in NEXT_STAGES[stage]:
        assert str(MOVES[one]) in page


def test_a_clerk_moves_a_document_and_the_history_knows_who(clerk: Client, passport: Document) -> None:
    answer = clerk.post(f"/dokumente/{passport.pk}/weiter/", {"seen": "applied", "to": "sent_to_producer"}, follow=True)
    assert "An Hersteller gesendet" in _text(answer)
    assert passport.history.order_by("-id")[0].by == "Test Weber"


def test_the_slower_of_two_clerks_is_told_that_nothing_changed(
    clerk: Client, passport: Document, clock: HandClock
) -> None:
    lifecycle.move(passport, Stage.SENT_TO_PRODUCER, "Okafor", clock())
    answer = clerk.post(f"/dokumente/{passport.pk}/weiter/", {"seen": "applied", "to": "cancelled"})
    assert answer.status_code == 409
    assert "Jemand war schneller" in _text(answer)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"seen": "applied", "to": "handed_over"}, 409),
        ({"seen": "applied", "to": "sold"}, 400),
        ({"seen": "", "to": ""}, 400),
        ({"seen": "applied", "to": "sent_to_producer", "collect_until": "soon"}, 400),
        ({"seen": "applied", "to": "sent_to_producer", "place": "the moon"}, 400),
    ],
)
def test_a_forged_move_is_refused(clerk: Client, passport: Document, fields: dict[str, str], status: int) -> None:
    assert clerk.post(f"/dokumente/{passport.pk}/weiter/", fields).status_code == status
    assert Document.objects.get().at_stage is Stage.APPLIED


def test_a_form_from_elsewhere_is_refused(town: Town, passport: Document) -> None:
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(f"/dokumente/{passport.pk}/weiter/", {"seen": "applied", "to": "cancelled"})
    assert answer.status_code == 403
    assert "Das Formular ist zu alt" in _text(answer)


def test_a_new_document_is_taken_into_the_books(clerk: Client, town: Town) -> None:
    wish = {"kind": "passport", "number": "LO1X CF7GH", "holder": "Nowak, Jan", "birth_date": "1990-12-31"}
    assert "Drucken Sie jetzt den Brief" in _text(clerk.post("/dokumente/neu/", wish, follow=True))
    assert Document.objects.get().number == "L01XCF7GH"
    again = clerk.post("/dokumente/neu/", wish)
    assert (again.status_code, "schon in den Büchern" in _text(again)) == (400, True)
    wrong = clerk.post("/dokumente/neu/", wish | {"number": "AEIOU"})
    assert (wrong.status_code, "Neun Zeichen" in _text(wrong)) == (400, True)


def test_a_hostile_name_stays_text(clerk: Client, town: Town) -> None:
    name = "<script>alert(1)</script>"
    wish = {"kind": "passport", "number": "L01XCF7GH", "holder": name, "birth_date": "1990-12-31"}
    page = _text(clerk.post("/dokumente/neu/", wish, follow=True))
    assert name not in page
    assert "&lt;script&gt;" in page


def test_an_import_shows_its_bad_rows(clerk: Client, town: Town) -> None:
    content = "kind;number;birth_date;holder\npassport;L01XCF7GK;1990-12-31;Nowak, Jan\npassport;x;y;z\n"
    page = _text(clerk.post("/dokumente/import/", {"file": SimpleUploadedFile("a.csv", content.encode())}))
    assert re.search(r'<td class="mono">3</td><td>[^<]+</td>', page)
    assert Document.objects.count() == 1


def test_a_letter_comes_as_pdf(clerk: Client, passport: Document) -> None:
    answer = clerk.get(f"/dokumente/{passport.pk}/brief.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_a_new_code_is_given_and_noted(clerk: Client, passport: Document) -> None:
    clerk.post(f"/dokumente/{passport.pk}/neuer-code/")
    assert Document.objects.get().token != passport.token
    assert passport.reference in StaffNote.objects.get().what


def test_a_ticket_is_shown_once_as_code_and_picture(technician: Client, town: Town) -> None:
    page = _text(technician.post("/terminals/neu/", {"site": "Foyer"}))
    assert re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", page)
    assert 'src="data:image/svg+xml;base64,' in page
    assert EnrolmentToken.objects.get().site == "Foyer"
    assert not re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", _text(technician.get("/terminals/neu/")))


def test_a_kiosk_with_a_rejected_command_is_seen(technician: Client, kiosk: KioskEnd) -> None:
    kiosk.sync([kiosk.command(type_="weather.turned")], waiting=7)
    assert "1 abgelehnt" in _text(technician.get("/terminals/"))
    page = _text(technician.get("/terminals/MS-01/"))
    assert "weather.turned" in page
    assert "Ist der Kiosk neuer als das Amt?" in page


def test_a_silent_kiosk_is_seen(technician: Client, kiosk: KioskEnd, clock: HandClock) -> None:
    kiosk.sync()
    assert "Alles in Ordnung" in _text(technician.get("/terminals/"))
    clock.forward(minutes=11)
    assert "Ohne Kontakt" in _text(technician.get("/terminals/"))


def test_a_revoked_kiosk_is_out(technician: Client, kiosk: KioskEnd) -> None:
    assert "ist gesperrt" in _text(technician.post("/terminals/MS-01/sperren/", follow=True))
    assert kiosk.sync().status_code == 401


def test_visits_are_listed_without_a_person(clerk: Client, kiosk: KioskEnd, passport: Document) -> None:
    kiosk.sync(kiosk.commands(2))
    page = _text(clerk.get("/besuche/"))
    assert "Auskunft gegeben" in page
    assert "Aydin" not in page


def test_five_wrong_passwords_and_the_name_rests(town: Town, clock: HandClock) -> None:
    User.objects.create_user("weber", password="a long password")
    browser = Client()
    for _ in range(5):
        assert browser.post("/anmelden/", {"username": "Weber", "password": "guess"}).status_code == 403
    right = {"username": "weber", "password": "a long password"}
    refused = browser.post("/anmelden/", right)
    assert (refused.status_code, "zehn Minuten" in _text(refused)) == (429, True)
    clock.forward(minutes=11)
    assert browser.post("/anmelden/", right).status_code == 302


def test_signing_in_leads_only_to_our_own_pages(town: Town) -> None:
    User.objects.create_user("weber", password="a long password")
    fields = {"username": "weber", "password": "a long password", "next": "https://elsewhere.example/"}
    assert Client().post("/anmelden/", fields)["Location"] == "/"


def test_signing_out_needs_a_button_and_works(clerk: Client) -> None:
    assert clerk.get("/abmelden/").status_code == 405
    clerk.post("/abmelden/")
    assert clerk.get("/dokumente/").status_code == 302


@pytest.mark.parametrize("page", ["/nowhere/", "/dokumente/00000000-0000-4000-8000-000000000000/"])
def test_a_page_that_is_not_there_says_so(clerk: Client, page: str) -> None:
    answer = clerk.get(page)
    assert (answer.status_code, "Diese Seite gibt es nicht" in _text(answer)) == (404, True)


def test_every_answer_carries_safe_headers(clerk: Client, passport: Document) -> None:
    for page in ("/dokumente/", "/anmelden/", "/nowhere/"):
        answer = clerk.get(page)
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "no-store"


def test_cookies_are_out_of_reach_of_scripts(town: Town) -> None:
    User.objects.create_user("weber", password="a long password")
    answer = Client().post("/anmelden/", {"username": "weber", "password": "a long password"})
    for cookie in answer.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] in {"Lax", "Strict"}
