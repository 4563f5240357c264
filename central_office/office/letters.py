"""The letter that a citizen takes home after applying: A4 after DIN 5008, form B, with the code for the kiosk.

Holds the two things that open the document's status: the QR code with its secret token, and the number to type, which
is good only together with the birth date. The birth date is therefore not printed.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import qrcode
from django.utils import translation
from qrcode.constants import ERROR_CORRECT_Q
from reportlab.lib.colors import HexColor, white
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from central_office.office.words import KINDS

if TYPE_CHECKING:
    from datetime import date

    from central_office.office.models import Document, Town

_FONTS = Path(__file__).parent / "assets" / "fonts"
_WIDTH, _HEIGHT = A4
_INK, _BLUE, _MUTED, _YELLOW, _LINE = map(HexColor, ("#131525", "#04158D", "#454B6B", "#FFE12F", "#CFD2E0"))
_LEFT, _RIGHT = 25 * mm, 20 * mm
_TEXT_WIDTH = _WIDTH - _LEFT - _RIGHT
QR_SIZE = 42 * mm
"""Side of the code with its quiet zone of four modules; the 29 modules alone measure 33 mm."""
_QUIET = 4

_NAMES_EN = {
    "identity_card": "identity card",
    "passport": "passport",
    "residence_permit": "residence permit",
    "eid_card": "eID card",
    "child_passport": "child's passport",
}
_YOUR = {
    "identity_card": "Ihr",
    "passport": "Ihr",
    "residence_permit": "Ihr",
    "eid_card": "Ihre",
    "child_passport": "Der",
}
_BODY = ParagraphStyle("body", fontName="FiraSans", fontSize=11, leading=15.5, textColor=_INK, alignment=TA_LEFT)
_SMALL = ParagraphStyle("small", parent=_BODY, fontSize=9, leading=12.5, textColor=_MUTED)
_STEP = ParagraphStyle("step", parent=_BODY, leftIndent=8 * mm, bulletIndent=0, spaceAfter=3)


def write(document: Document, town: Town, on: date) -> bytes:
    """The letter as PDF; the same document, town and day give the same bytes."""
    load_fonts()
    file = io.BytesIO()
    page = Canvas(file, pagesize=A4, invariant=1, lang="de-DE")
    page.setTitle(f"Auskunft zu Ihrem Antrag {document.reference}")
    page.setAuthor(town.office)
    page.setCreator(town.office)
    draw_head(page, town)
    _marks(page)
    _address(page, document, town)
    _side(page, document, town, on)
    foot = _text(page, document)
    _code(page, document, town, foot)
    draw_foot(page, town)
    page.showPage()
    page.save()
    return file.getvalue()


def load_fonts() -> None:
    """Make the house's fonts known to the PDF library; doing it twice does no harm."""
    if "FiraSans" in pdfmetrics.getRegisteredFontNames():
        return
    for name, file in (
        ("FiraSans", "FiraSans-Regular.ttf"),
        ("FiraSans-Bold", "FiraSans-SemiBold.ttf"),
        ("FiraMono", "FiraMono-500.ttf"),
    ):
        pdfmetrics.registerFont(TTFont(name, str(_FONTS / file)))
    pdfmetrics.registerFontFamily(
        "FiraSans", normal="FiraSans", bold="FiraSans-Bold", italic="FiraSans", boldItalic="FiraSans-Bold"
    )


def draw_head(page: Canvas, town: Town) -> None:
    """Shield, town and office at the top of an A4 page."""
    _shield(page, _LEFT, _HEIGHT - 29 * mm, 14 * mm)
    page.setFillColor(_INK)
    page.setFont("FiraSans-Bold", 17)
    page.drawString(_LEFT + 18 * mm, _HEIGHT - 21 * mm, town.name)
    page.setFont("FiraSans", 10.5)
    page.setFillColor(_MUTED)
    page.drawString(_LEFT + 18 * mm, _HEIGHT - 26.5 * mm, town.office)


def _shield(page: Canvas, x: float, y: float, width: float) -> None:
    """The town's shield: a blue gate on yellow, drawn on a field of 64 by 76 units, seen from its top."""
    unit = width / 64
    page.saveState()
    page.translate(x, y + 76 * unit)
    page.scale(unit, -unit)
    page.setFillColor(_YELLOW)
    field = page.beginPath()
    field.moveTo(3, 3)
    field.lineTo(61, 3)
    field.lineTo(61, 40)
    field.curveTo(61, 58, 48, 68, 32, 73)
    field.curveTo(16, 68, 3, 58, 3, 40)
    field.close()
    page.drawPath(field, stroke=0, fill=1)
    page.setFillColor(HexColor("#092797"))
    for left, top, wide, high in ((14, 16, 9, 9), (27.5, 11, 9, 14), (41, 16, 9, 9), (14, 23, 36, 26)):
        page.rect(left, top, wide, high, stroke=0, fill=1)
    page.roundRect(16, 55, 32, 4.5, 2.2, stroke=0, fill=1)
    page.roundRect(22, 62, 20, 4.5, 2.2, stroke=0, fill=1)
    page.setFillColor(_YELLOW)
    gate = page.beginPath()
    gate.moveTo(25, 49.2)
    gate.lineTo(25, 39)
    gate.curveTo(25, 29.7, 39, 29.7, 39, 39)
    gate.lineTo(39, 49.2)
    gate.close()
    page.drawPath(gate, stroke=0, fill=1)
    page.restoreState()


def _marks(page: Canvas) -> None:
    """Fold and hole marks of DIN 5008, form B."""
    page.setStrokeColor(_MUTED)
    page.setLineWidth(0.4)
    for down, length in ((105, 5), (148.5, 7), (210, 5)):
        page.line(5 * mm, _HEIGHT - down * mm, (5 + length) * mm, _HEIGHT - down * mm)


def _address(page: Canvas, document: Document, town: Town) -> None:
    page.setFillColor(_MUTED)
    page.setFont("FiraSans", 7.5)
    page.drawString(_LEFT, _HEIGHT - 55 * mm, f"{town.office} · {town.street} · {town.postcode} {town.name}")
    page.setStrokeColor(_LINE)
    page.setLineWidth(0.5)
    page.line(_LEFT, _HEIGHT - 56.5 * mm, _LEFT + 80 * mm, _HEIGHT - 56.5 * mm)
    page.setFillColor(_INK)
    page.setFont("FiraSans", 11)
    page.drawString(_LEFT, _HEIGHT - 66 * mm, _spoken(document.holder))
    page.setFillColor(_MUTED)
    page.setFont("FiraSans", 9)
    page.drawString(_LEFT, _HEIGHT - 71.5 * mm, "persönlich übergeben bei der Antragstellung")


def _spoken(holder: str) -> str:
    """A name as one says it: the books have "Last, First"."""
    last, comma, first = holder.partition(", ")
    return f"{first} {last}" if comma else holder


def _side(page: Canvas, document: Document, town: Town, on: date) -> None:
    left, top = 125 * mm, _HEIGHT - 55 * mm
    for line, (label, words) in enumerate(
        (
            ("Vorgang", document.reference),
            ("Datum", f"{on:%d.%m.%Y}"),
            ("Telefon", town.phone),
            ("Internet", town.website),
        )
    ):
        page.setFillColor(_MUTED)
        page.setFont("FiraSans", 9)
        page.drawString(left, top - line * 6 * mm, label)
        page.setFillColor(_INK)
        page.setFont("FiraSans-Bold" if line == 0 else "FiraSans", 10)
        page.drawString(left + 20 * mm, top - line * 6 * mm, words)


def _text(page: Canvas, document: Document) -> float:
    """Subject and sentences; gives back how far down they reach."""
    with translation.override("de"):
        kind = str(KINDS[document.of_kind])
    page.setFillColor(_INK)
    page.setFont("FiraSans-Bold", 13)
    page.drawString(_LEFT, _HEIGHT - 97 * mm, f"{_YOUR[document.kind]} {kind} ist beantragt")
    down = _HEIGHT - 103 * mm
    for words in (
        "Guten Tag,",
        (
            "mit diesem Brief sehen Sie am Terminal im Rathaus jederzeit, wo das Dokument ist und wann Sie es abholen "
            "können. Sie brauchen dafür keinen Termin und keine Anmeldung."
        ),
    ):
        down = _paragraph(page, words, _BODY, down) - 2.2 * mm
    page.setFont("FiraSans-Bold", 11.5)
    page.setFillColor(_BLUE)
    page.drawString(_LEFT, down - 5.5 * mm, "So geht es am Terminal")
    down -= 9 * mm
    for number, words in enumerate(
        (
            "Wählen Sie „Dokument-Status“.",
            "Halten Sie den Code unten vor die Kamera, mit der bedruckten Seite zum Terminal.",
            "Ohne Code: Tippen Sie die Nummer und Ihr Geburtsdatum ein. Die Nummer allein genügt nicht.",
        ),
        start=1,
    ):
        down = _paragraph(page, words, _STEP, down, f"{number}.") - 0.8 * mm
    return down - 3 * mm


def _paragraph(page: Canvas, words: str, style: ParagraphStyle, top: float, bullet: str | None = None) -> float:
    paragraph = Paragraph(words, style, bulletText=bullet)
    _, height = paragraph.wrap(_TEXT_WIDTH, top)
    paragraph.drawOn(page, _LEFT, top - height)
    return top - height


def _code(page: Canvas, document: Document, town: Town, top: float) -> None:
    """The card with the QR code and, beside it, the number to type; below it the same in English."""
    height = QR_SIZE + 8 * mm
    page.setStrokeColor(_LINE)
    page.setLineWidth(1)
    page.setFillColor(white)
    page.roundRect(_LEFT, top - height, _TEXT_WIDTH, height, 3 * mm, stroke=1, fill=1)
    draw_qr(page, document.letter_code(town.town_key).payload, _LEFT + 4 * mm, top - height + 4 * mm)
    beside = _LEFT + QR_SIZE + 12 * mm
    page.setFillColor(_MUTED)
    page.setFont("FiraSans", 9.5)
    page.drawString(beside, top - 14 * mm, "Nummer zum Eintippen · Number to type")
    page.setFillColor(_INK)
    page.setFont("FiraMono", 21)
    page.drawString(beside, top - 24 * mm, str(document.document_number))
    page.setFont("FiraSans", 10)
    page.drawString(beside, top - 33 * mm, "Nur zusammen mit Ihrem Geburtsdatum.")
    page.setFillColor(_MUTED)
    page.setFont("FiraSans", 9.5)
    page.drawString(beside, top - 38 * mm, "Only together with your date of birth.")
    page.drawString(beside, top - 45 * mm, f"Vorgang {document.reference}")
    down = top - height - 4.5 * mm
    down = _paragraph(
        page,
        "<b>Bitte heben Sie den Brief gut auf.</b> Wer den Code hat, sieht, wo Ihr Dokument ist. Er sieht nicht, "
        "wie Sie heißen. Bringen Sie den Brief zur Abholung mit. Verloren? Rufen Sie uns an, dann gilt der Code nicht "
        "mehr.",
        _SMALL,
        down,
    )
    _paragraph(
        page,
        f"<b>English:</b> You applied for your {_NAMES_EN[document.kind]}. To see where it is, touch “Document status” "
        "at the terminal in the town hall and hold this code to the camera. Without the code, type the number and "
        "your date of birth. Keep this letter safe and bring it when you collect the document.",
        _SMALL,
        down - 2 * mm,
    )


def draw_qr(page: Canvas, payload: str, x: float, y: float, wide: float = QR_SIZE) -> None:
    """A QR code with its quiet zone, `wide` wide in all, its lower left corner at x and y."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=_QUIET)
    code.add_data(payload)
    code.make(fit=True)
    modules = code.get_matrix()
    size = wide / len(modules)
    page.saveState()
    page.setFillColor(_INK)
    dark = page.beginPath()
    for row, line in enumerate(modules):
        for column, filled in enumerate(line):
            if filled:
                dark.rect(x + column * size, y + wide - (row + 1) * size, size, size)
    page.drawPath(dark, stroke=0, fill=1)
    page.restoreState()


def draw_foot(page: Canvas, town: Town) -> None:
    """Address and telephone at the bottom of an A4 page."""
    page.setStrokeColor(_LINE)
    page.line(_LEFT, 21 * mm, _WIDTH - _RIGHT, 21 * mm)
    page.setFillColor(_MUTED)
    page.setFont("FiraSans", 8)
    page.drawString(_LEFT, 16 * mm, f"{town.office} · {town.street} · {town.postcode} {town.name}")
    page.drawRightString(_WIDTH - _RIGHT, 16 * mm, f"Telefon {town.phone} · {town.website}")
