"""The label on an envelope: the document's reference, to read and to scan when an employee loads it at the kiosk.

Nothing else of the document stands on it: no name, no kind, and not that its holder sits. A sheet has 24 labels of 70
by 37 mm, as they are sold for A4; a single one is a page of that size, for label printers.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from central_office.office.letters import draw_qr, load_fonts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from central_office.office.models import Document, Town

_INK, _MUTED = map(HexColor, ("#131525", "#454B6B"))
_WIDE, _HIGH = 70 * mm, 37 * mm
_ACROSS, _DOWN = 3, 8
PER_SHEET = _ACROSS * _DOWN
_MARGIN = 4 * mm
"""Printers leave about so much of a sheet's edge white."""
_CODE = _HIGH - 2 * _MARGIN
_BESIDE = _MARGIN + _CODE
_LARGEST = 15


def label_pdf(document: Document, town: Town) -> bytes:
    """One label, on a page of its size."""
    file = io.BytesIO()
    page = _paper(file, (_WIDE, _HIGH), town)
    _draw(page, document, town, 0, 0)
    page.showPage()
    page.save()
    return file.getvalue()


def sheet_pdf(documents: Sequence[Document], town: Town) -> bytes:
    """A label for each document, on as many sheets of A4 as it takes; without documents an empty one."""
    file = io.BytesIO()
    page = _paper(file, A4, town)
    above = (A4[1] - _DOWN * _HIGH) / 2
    for position, document in enumerate(documents):
        on_sheet = position % PER_SHEET
        if position and not on_sheet:
            page.showPage()
        down, across = divmod(on_sheet, _ACROSS)
        _draw(page, document, town, across * _WIDE, A4[1] - above - (down + 1) * _HIGH)
    page.showPage()
    page.save()
    return file.getvalue()


def _paper(file: io.BytesIO, size: tuple[float, float], town: Town) -> Canvas:
    load_fonts()
    page = Canvas(file, pagesize=size, invariant=1, lang="de-DE")
    page.setTitle("Etiketten")
    page.setCreator(town.office)
    return page


def _draw(page: Canvas, document: Document, town: Town, x: float, y: float) -> None:
    """One label, its lower left corner at x and y."""
    draw_qr(page, document.reference, x + _MARGIN, y + _MARGIN, _CODE)
    room = _WIDE - _BESIDE - _MARGIN
    # A town's own file numbers may have twenty characters; they are wider than ours and have to fit all the same.
    size = min(_LARGEST, _LARGEST * room / stringWidth(document.reference, "FiraMono", _LARGEST))
    page.setFillColor(_INK)
    page.setFont("FiraMono", size)
    page.drawString(x + _BESIDE, y + _HIGH / 2 - size / 3, document.reference)
    page.setFillColor(_MUTED)
    page.setFont("FiraSans", 7.5)
    page.drawString(x + _BESIDE, y + _HIGH / 2 - 8 * mm, _fitting(town.name, room))


def _fitting(words: str, room: float) -> str:
    """As much of it as there is room for."""
    while words and stringWidth(words, "FiraSans", 7.5) > room:
        words = words[:-1]
    return words
