"""Labels for envelopes, and who needs a compartment within reach: from the office's pages to the kiosk's work list."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import cv2
import pypdfium2
import pytest
import zxingcpp
from django.contrib.auth.models import User

from central_office.contract.document_number import DocumentNumber
from central_office.contract.stages import DocumentKind, Stage
from central_office.office import lifecycle
from central_office.office.employees import labels, loading, passes
from central_office.office.lifecycle import Application
from central_office.office.models import Document, Kiosk, StaffPass
from devices.drivers.opencv_camera.verbs import Eye
from devices.simulators.letters import own_picture
from devices.simulators.scene import View, compose
from tests.central_office.kiosk_end import KioskEnd, said
from tests.central_office.office.test_employees import CHEAP, PIN, arrived, foyer, heard, load, opened

if TYPE_CHECKING:
    from django.test import Client
    from PIL.Image import Image

    from central_office.office.models import Town
    from tests.central_office.conftest import HandClock

__all__ = ["arrived", "foyer"]  # fixtures


@pytest.fixture
def weber(clerk: Client, clock: HandClock) -> StaffPass:
    """The clerk at the office, who works at the kiosk as well."""
    user = User.objects.get(username="weber")
    passes.new_pin(user, "Leitung", clock(), pin=PIN, cost=CHEAP)
    return StaffPass.objects.get(user=user)


def pages(pdf: bytes, dots_per_inch: int = 150) -> list[tuple[str, Image]]:
    """The words and the picture of each page."""
    paper = pypdfium2.PdfDocument(pdf)
    try:
        return [
            (
                page.get_textpage().get_text_bounded(),
                page.render(scale=dots_per_inch / 72).to_pil().convert("L"),
            )
            for page in paper
        ]
    finally:
        paper.close()


def downloaded(browser: Client, address: str) -> bytes:
    answer = browser.get(address)
    assert answer["Content-Type"] == "application/pdf"
    return bytes(answer.content)


@pytest.mark.parametrize("dots_per_inch", [100, 150, 300])
def test_a_clerk_prints_a_label_that_says_the_reference_and_nothing_of_the_person(
    clerk: Client, arrived: Document, dots_per_inch: int
) -> None:
    address = f"/dokumente/{arrived.pk}/etikett.pdf"
    assert address in clerk.get(f"/dokumente/{arrived.pk}/").content.decode()
    ((words, picture),) = pages(downloaded(clerk, address), dots_per_inch)
    assert words.split() == [arrived.reference, "Musterstadt"]
    (code,) = zxingcpp.read_barcodes(picture)
    assert (code.format, code.bytes) == (zxingcpp.BarcodeFormat.QRCode, arrived.reference.encode())


def test_the_kiosk_s_camera_reads_a_label_as_hands_hold_it(arrived: Document, town: Town) -> None:
    held = compose(own_picture(labels.label_pdf(arrived, town)), View())
    found, _ = Eye().see(cv2.cvtColor(held, cv2.COLOR_BGR2GRAY))  # type: ignore[arg-type]
    assert found is not None
    assert found.code == arrived.reference.encode()


@pytest.mark.parametrize("reference", ["ABCDEFGHIJKLMNOPQRST", "äöüß/2026.0000000001", "1"])
def test_a_file_number_of_another_program_fits_and_is_read(arrived: Document, town: Town, reference: str) -> None:
    arrived.reference = reference
    ((words, picture),) = pages(labels.label_pdf(arrived, town))
    assert words.split()[0] == reference
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.bytes.decode() == reference


def test_what_cannot_be_loaded_gets_no_label(clerk: Client, passport: Document) -> None:
    assert "etikett.pdf" not in clerk.get(f"/dokumente/{passport.pk}/").content.decode()
    refused = clerk.get(f"/dokumente/{passport.pk}/etikett.pdf", follow=True)
    assert "Ein Etikett bekommt" in refused.content.decode()
    assert "Kein Dokument wartet" in clerk.get("/dokumente/etiketten.pdf", follow=True).content.decode()
    assert clerk.get("/dokumente/00000000-0000-4000-8000-000000000000/etikett.pdf").status_code == 404


def test_a_sheet_has_a_label_for_everything_that_the_kiosk_offers_and_goes_on_after_24(
    clerk: Client, kiosk: KioskEnd, foyer: Kiosk, weber: StaffPass, clock: HandClock
) -> None:
    for number in range(25):
        one = Application(
            DocumentKind.PASSPORT,
            DocumentNumber(f"L01XCF7{number:02d}"),
            date(1984, 2, 29),
            "Fischer, Anna",
            stage=Stage.ARRIVED,
        )
        lifecycle.register(one, "Weber", clock())
    worklist = opened(foyer, weber, heard(kiosk.sync([])))
    assert worklist is not None
    printed = pages(downloaded(clerk, "/dokumente/etiketten.pdf"))
    read = [sorted(code.text for code in zxingcpp.read_barcodes(picture)) for _, picture in printed]
    assert [len(codes) for codes in read] == [24, 1]
    assert sorted(read[0] + read[1]) == sorted(one.reference for one in worklist.to_load)
    assert not any("Fischer" in words for words, _ in printed)


def test_what_lies_in_a_compartment_is_on_no_sheet(
    clerk: Client, kiosk: KioskEnd, weber: StaffPass, arrived: Document
) -> None:
    assert list(loading.to_load()) == [arrived]
    load(kiosk, weber, arrived)
    assert "Kein Dokument wartet" in clerk.get("/dokumente/etiketten.pdf", follow=True).content.decode()


def test_a_technician_prints_no_labels(technician: Client, arrived: Document) -> None:
    for page in ("etiketten.pdf", f"{arrived.pk}/etikett.pdf"):
        assert technician.get(f"/dokumente/{page}").status_code == 403
    assert technician.post(f"/dokumente/{arrived.pk}/fach/", {"reach": "on"}).status_code == 403


def test_a_wheelchair_user_s_wish_is_taken_down_with_the_application(clerk: Client, town: Town) -> None:
    wish = {"kind": "passport", "number": "L01XCF7GH", "holder": "Nowak, Jan", "birth_date": "1990-12-31"}
    page = clerk.get("/dokumente/neu/").content.decode()
    assert 'type="checkbox" name="reach"' in page
    page = clerk.post("/dokumente/neu/", wish | {"reach": "on"}, follow=True).content.decode()
    assert "im Sitzen erreichbar</dd>" in page
    assert Document.objects.get().reach


def test_a_wish_that_comes_later_reaches_the_kiosk_and_can_be_taken_back(
    clerk: Client, kiosk: KioskEnd, foyer: Kiosk, weber: StaffPass, arrived: Document
) -> None:
    first = said(kiosk.sync([]))
    for ticked in ({"reach": "on"}, {}):
        clerk.post(f"/dokumente/{arrived.pk}/fach/", ticked)
        answer = kiosk.sync([])
        assert said(answer)["tag"] != first["tag"], "a poll hears of it"
        worklist = opened(foyer, weber, heard(answer))
        assert worklist is not None
        assert [one.reach for one in worklist.to_load] == [bool(ticked)]
