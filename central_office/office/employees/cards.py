"""The staff card on paper: who it belongs to, the number, and the code for the kiosk; cut out and laminated."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A5, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from central_office.office.letters import QR_SIZE, draw_qr, load_fonts

if TYPE_CHECKING:
    from central_office.contract.staff_card import StaffCard
    from central_office.office.models import Town

_VIOLET, _INK, _MUTED = map(HexColor, ("#5B007E", "#131525", "#454B6B"))


def card_pdf(card: StaffCard, name: str, town: Town) -> bytes:
    """One card, on a sheet of A5."""
    load_fonts()
    file = io.BytesIO()
    width, height = landscape(A5)
    page = Canvas(file, pagesize=(width, height), invariant=1)
    page.setTitle(f"Dienstausweis {card.number}")
    left, top = 20 * mm, height - 20 * mm
    page.setFillColor(_VIOLET)
    page.roundRect(left, top - 78 * mm, width - 40 * mm, 78 * mm, 5 * mm, stroke=0, fill=1)
    page.setFillColor(white)
    page.roundRect(left + 2 * mm, top - 76 * mm, width - 44 * mm, 56 * mm, 4 * mm, stroke=0, fill=1)
    page.setFont("FiraSans-Bold", 18)
    page.drawString(left + 8 * mm, top - 13 * mm, f"{town.name} · Dienstausweis")
    page.setFillColor(_INK)
    page.setFont("FiraSans-Bold", 20)
    page.drawString(left + 56 * mm, top - 38 * mm, name)
    page.setFont("FiraMono", 16)
    page.drawString(left + 56 * mm, top - 48 * mm, f"Nr. {card.number}")
    page.setFillColor(_MUTED)
    page.setFont("FiraSans", 10)
    page.drawString(left + 56 * mm, top - 58 * mm, "Nur mit PIN. Bei Verlust sofort im Amt sperren lassen.")
    draw_qr(page, card.payload(town.town_key), left + 8 * mm, top - 69 * mm)
    assert 50 * mm > QR_SIZE
    page.showPage()
    page.save()
    return file.getvalue()
