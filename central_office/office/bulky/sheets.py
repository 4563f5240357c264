"""What goes onto paper: the crew's sheet of a tour as PDF and CSV, and vouchers with their code.

The crew gets address, pieces, and the name at the door; it gets no telephone number and no change code.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from django.utils import formats, translation
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from central_office.contract.bulky import OrderKind
from central_office.contract.bulky_codes import order_number
from central_office.contract.bulky_orders import OrderState
from central_office.office.letters import QR_SIZE, draw_foot, draw_head, draw_qr, load_fonts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from central_office.contract.bulky import WasteRules
    from central_office.office.bulky.tours import Tour
    from central_office.office.models import BulkyOrder, Town, Voucher

_INK, _MUTED, _LINE = map(HexColor, ("#131525", "#454B6B", "#CFD2E0"))
_WIDTH, _HEIGHT = A4
_LEFT, _RIGHT = 25 * mm, _WIDTH - 20 * mm
_COLUMNS = (("Nr.", 0), ("Auftrag", 8), ("Adresse und Name", 36), ("Was", 88), ("m³", 136), ("Ergebnis", 143))
"""Heading and where its column begins, in millimetres from the left margin."""
_ITEM_WIDTH = 44 * mm
_KINDS = {OrderKind.BULKY: "Sperrmüll", OrderKind.ELECTRICAL: "Elektrogeräte"}
_CSV = ("Tag", "Bezirk", "Nr", "Auftrag", "Strasse", "Hausnummer", "Name", "Was", "m3", "Ergebnis", "Bemerkung")
_RESULTS = {
    OrderState.COLLECTED: "abgeholt",
    OrderState.PARTLY_LEFT: "teilweise",
    OrderState.NOT_PRESENTED: "nichts da",
    OrderState.MISSED: "nicht angefahren",
}


def spoken_items(order: BulkyOrder, rules: WasteRules, language: str = "de") -> str:
    """Such as "1 Sofa, 2 Matratzen"; a key that the rules no longer know stands for itself."""
    known = {one.key: one for one in rules.item}
    return ", ".join(
        known[key].counted(count, language) if key in known else f"{count} {key}" for key, count in order.items.items()
    )


def cubic_metres(litres: int) -> str:
    """Litres as cubic metres with one place, as German writes numbers."""
    return f"{litres / 1000:.1f}".replace(".", ",")


def crew_csv(tour: Tour, orders: Sequence[BulkyOrder], rules: WasteRules) -> bytes:
    """The tour as CSV for a spreadsheet or a navigation system: UTF-8 with its mark, semicolons."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, delimiter=";")
    lines.writerow(_CSV)
    for place, order in enumerate(orders, start=1):
        row = (
            tour.day, tour.district.name, place, str(order_number(order.number)), order.street, order.house, order.name,
            spoken_items(order, rules), cubic_metres(order.litres), _RESULTS.get(order.at_state, ""), order.note,
        )  # fmt: skip
        lines.writerow([harmless(str(cell)) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def crew_pdf(tour: Tour, orders: Sequence[BulkyOrder], rules: WasteRules, town: Town, at: datetime) -> bytes:
    """The tour as a sheet to tick off, in the order of streets; `at` is the town's clock."""
    load_fonts()
    file = io.BytesIO()
    page = Canvas(file, pagesize=A4, invariant=1, lang="de-DE")
    with translation.override("de"):
        day = formats.date_format(tour.day, "l, j. F Y")
    title = f"{_KINDS[tour.kind]}, {tour.district.name}, {day}"
    page.setTitle(title)
    page.setAuthor(town.office)
    litres = sum(order.litres for order in orders)
    summary = f"{len(orders)} Stopps · {cubic_metres(litres)} m³ · Stand {at:%d.%m.%Y %H:%M}"
    number, down = 1, _begin(page, town, title, summary, 1)
    for place, order in enumerate(orders, start=1):
        lines = _wrapped(spoken_items(order, rules))
        height = max(2, len(lines)) * 4.6 * mm + 3.4 * mm
        if down - height < 30 * mm:
            page.showPage()
            number += 1
            down = _begin(page, town, title, summary, number)
        _stop(page, place, order, lines, down)
        down -= height
        page.setStrokeColor(_LINE)
        page.line(_LEFT, down, _RIGHT, down)
    if not orders:
        page.setFont("FiraSans", 11)
        page.drawString(_LEFT, down - 8 * mm, "Für diesen Tag ist nichts bestellt.")
    page.showPage()
    page.save()
    return file.getvalue()


def voucher_pdf(voucher: Voucher, payload: str, town: Town) -> bytes:
    """One voucher as A4: what it is good for, its code, and in English the same."""
    volume = cubic_metres(voucher.litres)
    german = (
        f"Eine Abholung bis {volume} m³, gültig bis {voucher.until:%d.%m.%Y}.",
        "Wählen Sie am Terminal „Sperrmüll“ und halten Sie den Code vor die Kamera.",
        "Der Gutschein gilt einmal. Wer ihn hat, kann ihn nutzen: Heben Sie ihn gut auf.",
    )
    english = (
        f"English: good for one bulky waste pickup of up to {voucher.litres / 1000:.1f} m³",
        f"until {voucher.until:%d.%m.%Y}. Touch “Bulky waste” at the terminal",
        "and hold this code to the camera. It can be used once.",
    )
    return code_sheet("Gutschein für eine Sperrmüll-Abholung", german, english, voucher.pk, payload, town)


def code_sheet(  # noqa: PLR0913, PLR0917 - what stands on it
    title: str, german: Sequence[str], english: Sequence[str], number: str, payload: str, town: Town
) -> bytes:
    """A4 with a code to be held to the camera, its number of 16 characters, and what it is good for."""
    load_fonts()
    file = io.BytesIO()
    page = Canvas(file, pagesize=A4, invariant=1, lang="de-DE")
    page.setTitle(f"Gutschein {number}")
    page.setAuthor(town.office)
    draw_head(page, town)
    page.setFillColor(_INK)
    page.setFont("FiraSans-Bold", 22)
    page.drawString(_LEFT, _HEIGHT - 60 * mm, title)
    page.setFont("FiraSans", 12)
    for line, words in enumerate(german):
        page.drawString(_LEFT, _HEIGHT - (74 + 7 * line) * mm, words)
    draw_qr(page, payload, _LEFT, _HEIGHT - 102 * mm - QR_SIZE)
    beside, top = _LEFT + QR_SIZE + 8 * mm, _HEIGHT - 112 * mm
    page.setFont("FiraSans", 10)
    page.setFillColor(_MUTED)
    page.drawString(beside, top, "Nummer")
    page.setFont("FiraMono", 14)
    page.setFillColor(_INK)
    page.drawString(beside, top - 7 * mm, " ".join(number[at : at + 4] for at in range(0, 16, 4)))
    page.setFont("FiraSans", 10)
    page.setFillColor(_MUTED)
    for line, words in enumerate(english):
        page.drawString(beside, top - (19 + 5 * line) * mm, words)
    draw_foot(page, town)
    page.showPage()
    page.save()
    return file.getvalue()


def _begin(page: Canvas, town: Town, title: str, summary: str, number: int) -> float:
    draw_head(page, town)
    page.setFillColor(_INK)
    page.setFont("FiraSans-Bold", 15)
    page.drawString(_LEFT, _HEIGHT - 42 * mm, title)
    page.setFont("FiraSans", 10)
    page.setFillColor(_MUTED)
    page.drawString(_LEFT, _HEIGHT - 48 * mm, summary)
    page.drawRightString(_RIGHT, _HEIGHT - 48 * mm, f"Blatt {number}")
    page.setFont("FiraSans-Bold", 9)
    for heading, at in _COLUMNS:
        page.drawString(_LEFT + at * mm, _HEIGHT - 57 * mm, heading)
    page.setStrokeColor(_MUTED)
    page.line(_LEFT, _HEIGHT - 59 * mm, _RIGHT, _HEIGHT - 59 * mm)
    draw_foot(page, town)
    return _HEIGHT - 59 * mm


def _stop(page: Canvas, place: int, order: BulkyOrder, lines: Sequence[str], top: float) -> None:
    first, second = top - 5 * mm, top - 9.6 * mm
    page.setFillColor(_INK)
    page.setFont("FiraSans", 10)
    page.drawString(_LEFT, first, str(place))
    page.drawString(_LEFT + 36 * mm, first, _fitting(f"{order.street} {order.house}", 50 * mm))
    page.setFillColor(_MUTED)
    page.drawString(_LEFT + 36 * mm, second, _fitting(order.name, 50 * mm))
    page.setFillColor(_INK)
    for line, words in enumerate(lines):
        page.drawString(_LEFT + 88 * mm, first - line * 4.6 * mm, words)
    page.drawRightString(_LEFT + 141 * mm, first, cubic_metres(order.litres))
    page.setFont("FiraMono", 8.5)
    page.drawString(_LEFT + 8 * mm, first, str(order_number(order.number)))
    page.setFont("FiraSans", 7)
    page.setStrokeColor(_MUTED)
    for line, words in enumerate(("ja", "teils", "nichts")):
        page.rect(_LEFT + (143 + line * 7.5) * mm, first - 1.2 * mm, 3.6 * mm, 3.6 * mm, stroke=1, fill=0)
        page.drawString(_LEFT + (143 + line * 7.5) * mm, second + 0.6 * mm, words)


def _wrapped(text: str) -> list[str]:
    """Pieces in lines that fit their column, broken behind commas."""
    lines = [""]
    for part in text.split(", "):
        joined = f"{lines[-1]}, {part}" if lines[-1] else part
        if lines[-1] and stringWidth(joined, "FiraSans", 10) > _ITEM_WIDTH:
            lines[-1] += ","
            lines.append(part)
        else:
            lines[-1] = joined
    return [_fitting(line, _ITEM_WIDTH + 2 * mm) for line in lines]


def _fitting(text: str, width: float) -> str:
    if stringWidth(text, "FiraSans", 10) <= width:
        return text
    while text and stringWidth(f"{text}…", "FiraSans", 10) > width:
        text = text[:-1]
    return f"{text}…"


def harmless(cell: str) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
