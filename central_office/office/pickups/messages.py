"""What a holder is sent about a document in a compartment: as a mail with the QR code's picture, and on paper."""

from __future__ import annotations

import io
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

import qrcode
from qrcode.constants import ERROR_CORRECT_Q
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from central_office.office.letters import draw_foot, draw_head, draw_qr, load_fonts
from central_office.office.models import Pickup
from central_office.office.pickups.issuing import codes_of

if TYPE_CHECKING:
    from central_office.office.models import Town

PICTURE = "abholcode.png"
_SHOW_IT = "Oder zeigen Sie am Terminal den QR-Code: im Anhang, oder auf einem Ausdruck."
_LEFT = 25 * mm


class NothingToSend(ValueError):
    """This pickup has no code any more, or nothing is to be sent."""


def payload(pickup: Pickup, town: Town) -> str:
    """The text of the QR code.

    Raises:
        NothingToSend: it has no code any more.
    """
    if pickup.state != Pickup.State.WAITING or not pickup.token:
        raise NothingToSend
    _, shown = codes_of(pickup)
    return shown.payload(town.town_key)


def picture(pickup: Pickup, town: Town) -> bytes:
    """The QR code as PNG, large enough for a telephone's screen and for paper.

    Raises:
        NothingToSend: it has no code any more.
    """
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=4, box_size=12)
    code.add_data(payload(pickup, town))
    code.make(fit=True)
    file = io.BytesIO()
    code.make_image().save(file, "PNG")
    return file.getvalue()


def mail(pickup: Pickup, town: Town) -> bytes:
    """The message ready to be sent (RFC 5322, without an address): its text, and the QR code as a picture.

    Raises:
        NothingToSend: nothing is to be sent about it, or it has no code any more.
    """
    if not pickup.message:
        raise NothingToSend
    made = EmailMessage(policy=SMTP)
    made["Subject"] = f"{town.name}: Ihr Dokument liegt bereit"
    made.set_content(f"{pickup.message}\n\n{_SHOW_IT}\n")
    made.add_attachment(picture(pickup, town), maintype="image", subtype="png", filename=PICTURE)
    return made.as_bytes()


def notice(pickup: Pickup, town: Town) -> bytes:
    """The message on paper (PDF, A4): its text, the digits in large figures, and the QR code.

    Raises:
        NothingToSend: it has no code any more.
    """
    shown, (typed, _) = payload(pickup, town), codes_of(pickup)
    load_fonts()
    file = io.BytesIO()
    page = Canvas(file, pagesize=A4, invariant=1, lang="de-DE")
    page.setTitle(f"{town.name}: Abholung")
    draw_head(page, town)
    down = A4[1] - 90 * mm
    page.setFont("FiraSans-Bold", 16)
    page.drawString(_LEFT, down, "Ihr Dokument liegt bereit")
    page.setFont("FiraSans", 11)
    lines = (
        f"Auftrag {pickup.document.reference}, Terminal: {pickup.kiosk.site}, bis {pickup.until:%d.%m.%Y}.",
        "Tippen Sie am Terminal auf „Dokument abholen“. Geben Sie den Code ein, oder zeigen Sie den QR-Code.",
        "Halten Sie Ihren Geburtstag bereit. Geben Sie dieses Blatt niemandem.",
    )
    for line in lines:
        down -= 8 * mm
        page.drawString(_LEFT, down, line)
    page.setFont("FiraSans-Bold", 26)
    page.drawString(_LEFT, down - 18 * mm, typed.words)
    draw_qr(page, shown, _LEFT, down - 70 * mm)
    draw_foot(page, town)
    page.showPage()
    page.save()
    return file.getvalue()
