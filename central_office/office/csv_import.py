"""Documents from a CSV file, as other programs of the town hall write them: good rows are kept, bad ones reported.

A row with a number that the office does not know makes a new document; a known number is moved on, if the life cycle
allows it. Columns are found by their headings, German or English, in any order; `separator`, encoding and byte order
mark are found out. Nothing of a row is repeated in the report but its line and what is wrong with it.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError
from django.utils.translation import gettext as _

from central_office.contract.document_number import LENGTH, DocumentNumber, NotADocumentNumber, parse_typed
from central_office.contract.stages import DocumentKind, Stage
from central_office.office.employees.loading import correct
from central_office.office.lifecycle import (
    Application,
    IllegalMove,
    MovedMeanwhile,
    NumberTaken,
    Terms,
    move,
    register,
    register_all,
)
from central_office.office.models import Document, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_ROWS = 100_000
MAX_CELL = 200
MAX_REPORTED = 1000
"""Bad rows that are named one by one; further ones are counted."""
_AT_ONCE = 500

_HEADINGS = {
    "kind": {"kind", "art", "dokument", "document", "dokumentart"},
    "number": {"number", "nummer", "seriennummer", "dokumentnummer", "document number"},
    "birth_date": {"birth_date", "birth date", "geburtsdatum", "geburtstag", "geb."},
    "holder": {"holder", "name", "inhaber", "person"},
    "stage": {"stage", "stand", "status", "zustand"},
    "reference": {"reference", "vorgang", "aktenzeichen"},
    "place": {"place", "ort", "abholort"},
    "collect_until": {"collect_until", "collect until", "abholen bis"},
    "expected_on": {"expected_on", "expected on", "erwartet am"},
    "reach": {"reach", "within reach", "im sitzen", "im sitzen erreichbar", "rollstuhl"},
}
_NEEDED = ("kind", "number", "birth_date", "holder")
_KINDS = {
    "personalausweis": DocumentKind.IDENTITY_CARD,
    "pa": DocumentKind.IDENTITY_CARD,
    "reisepass": DocumentKind.PASSPORT,
    "pass": DocumentKind.PASSPORT,
    "aufenthaltstitel": DocumentKind.RESIDENCE_PERMIT,
    "eat": DocumentKind.RESIDENCE_PERMIT,
    "eid-karte": DocumentKind.EID_CARD,
    "kinderreisepass": DocumentKind.CHILD_PASSPORT,
    **{kind.value: kind for kind in DocumentKind},
}
_STAGES = {
    "beantragt": Stage.APPLIED,
    "gesendet": Stage.SENT_TO_PRODUCER,
    "in produktion": Stage.IN_PRODUCTION,
    "in herstellung": Stage.IN_PRODUCTION,
    "unterwegs": Stage.SHIPPED_TO_OFFICE,
    "eingetroffen": Stage.ARRIVED,
    "abholbereit": Stage.READY_COUNTER,
    "ausgehändigt": Stage.HANDED_OVER,
    "storniert": Stage.CANCELLED,
    **{stage.value: stage for stage in Stage},
}
_YES_OR_NO = {
    **dict.fromkeys(("ja", "j", "yes", "y", "x", "1", "true", "wahr"), True),
    **dict.fromkeys(("nein", "n", "no", "0", "false", "falsch", "-"), False),
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class BadRow(ValueError):
    """A row that cannot be taken; the sentence says what to do."""


class BadFile(ValueError):
    """The file cannot be read any further; the sentence says what to do."""

    def __init__(self, problem: str, line: int = 1) -> None:
        super().__init__(problem)
        self.line = line


@dataclass(frozen=True)
class RowProblem:
    """Where something is wrong, and what: `line` counts the file's lines from 1, as an editor does."""

    line: int
    problem: str


@dataclass
class Report:
    """What became of a file."""

    new: int = 0
    moved: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    bad: list[RowProblem] = field(default_factory=list)

    def refuse(self, line: int, problem: str) -> None:
        """Count a bad row, and name it while there is room."""
        self.refused += 1
        if len(self.bad) < MAX_REPORTED:
            self.bad.append(RowProblem(line, problem))


def take(content: bytes, by: str, at: datetime) -> Report:
    """Take all good rows of a CSV file into the books."""
    report = Report()
    places = {key: place for place in Place.objects.all() for key in (place.key, place.name)}
    seen: set[str] = set()
    batch: list[tuple[int, Application]] = []
    try:
        for line, cells in _rows(content):
            try:
                application = _application(cells, places)
            except BadRow as problem:
                report.refuse(line, str(problem))
                continue
            if application.number.characters in seen:
                report.refuse(
                    line, _("Diese Nummer steht in der Datei schon weiter oben. Löschen Sie eine der Zeilen.")
                )
                continue
            seen.add(application.number.characters)
            batch.append((line, application))
            if len(batch) == _AT_ONCE:
                _keep(batch, by, at, report)
                batch = []
    except BadFile as problem:
        report.refused += 1
        report.bad.insert(0, RowProblem(problem.line, str(problem)))  # first, however long the list is
    _keep(batch, by, at, report)
    return report


def _keep(batch: list[tuple[int, Application]], by: str, at: datetime, report: Report) -> None:
    """New documents at once, known ones move by move."""
    known = {
        document.number: document
        for document in Document.objects.filter(number__in=[one.number.characters for _line, one in batch])
    }
    references = set(
        Document.objects.filter(reference__in=[one.reference for _line, one in batch if one.reference]).values_list(
            "reference", flat=True
        )
    )
    new: list[tuple[int, Application]] = []
    for line, one in batch:
        document = known.get(one.number.characters)
        if document is None:
            if one.reference and one.reference in references:
                report.refuse(line, _("Dieser Vorgang gehört schon zu einem anderen Dokument."))
                continue
            references.add(one.reference)
            new.append((line, one))
        elif (document.birth_date, document.kind) != (one.birth_date, one.kind):
            report.refuse(line, _("Unter dieser Nummer steht ein anderes Dokument. Prüfen Sie Art und Geburtsdatum."))
        elif document.stage == one.stage:
            if _particulars_change(document, one, at):
                report.changed += 1
            else:
                report.unchanged += 1
        else:
            try:
                move(document, one.stage, by, at, Terms(one.place, one.collect_until, one.expected_on))
                _particulars_change(document, one, at)
                report.moved += 1
            except (IllegalMove, MovedMeanwhile):
                report.refuse(line, _("Dieser Schritt ist nicht möglich. Prüfen Sie den Stand auf der Dokumentseite."))
    try:
        register_all([one for _line, one in new], by, at)
        report.new += len(new)
    except IntegrityError:  # a colleague took one of them in the meantime: one by one, then
        for line, one in new:
            try:
                register(one, by, at)
                report.new += 1
            except NumberTaken:
                report.refuse(line, _("Diese Nummer wurde gerade von jemand anderem aufgenommen."))


def _particulars_change(document: Document, row: Application, at: datetime) -> bool:
    """Note the corrected name of a known document's holder, and which compartment it needs if the row says so."""
    reach = document.reach if row.reach is None else row.reach
    if (document.holder, document.reach) == (row.holder, reach):
        return False
    correct(document, at, holder=row.holder, reach=reach)
    return True


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells by our names, row for row."""
    text = _text(content)
    first = text.split("\n", 1)[0]
    separator = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        columns = _columns(next(reader, []))
        for count, cells in enumerate(reader):
            if count >= MAX_ROWS:
                raise BadFile(
                    _("Die Datei hat mehr als %d Zeilen. Teilen Sie sie; die Zeilen bis hierher sind übernommen.")
                    % MAX_ROWS,
                    reader.line_num,
                )
            if any(cell.strip() for cell in cells):
                yield (
                    reader.line_num,
                    {name: cells[column].strip() if column < len(cells) else "" for name, column in columns.items()},
                )
    except csv.Error:
        raise BadFile(
            _("Die Anführungszeichen passen nicht. Die Zeilen davor sind übernommen."), reader.line_num
        ) from None


def _columns(headings: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for column, heading in enumerate(headings):
        for name, words in _HEADINGS.items():
            if heading.strip().lower() in words:
                found.setdefault(name, column)
    missing = [name for name in _NEEDED if name not in found]
    if missing:
        raise BadFile(
            _("In der ersten Zeile fehlen Überschriften: %s. Gebraucht werden kind, number, birth_date, holder.")
            % ", ".join(missing)
        )
    return found


def _text(content: bytes) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # what spreadsheets write on many desks
    if "\0" in text:
        raise BadFile(_("Das ist keine CSV-Datei. Speichern Sie die Tabelle als „CSV UTF-8“."))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _application(cells: dict[str, str], places: dict[str, Place]) -> Application:
    if any(len(cell) > MAX_CELL for cell in cells.values()):
        raise BadRow(_("Eine Zelle ist zu lang. Prüfen Sie die Trennzeichen."))
    if any(not cell.isprintable() for cell in cells.values()):
        raise BadRow(_("Eine Zelle enthält Steuerzeichen oder einen Zeilenumbruch. Löschen Sie ihn."))
    kind = _KINDS.get(cells["kind"].lower())
    if kind is None:
        raise BadRow(_("Diese Art von Dokument ist nicht bekannt. Bekannt sind: %s.") % ", ".join(DocumentKind))
    stage = _STAGES.get(cells.get("stage", "").lower() or Stage.APPLIED.value)
    if stage is None:
        raise BadRow(_("Dieser Stand ist nicht bekannt. Bekannt sind: %s.") % ", ".join(Stage))
    holder = cells["holder"]
    if not holder or holder.startswith(_FORMULA) or len(holder) > 120:
        raise BadRow(_("Der Name fehlt oder ist keiner (Formel, zu lang). Prüfen Sie die Zelle."))
    reference = cells.get("reference", "")
    if len(reference) > 20 or not all(character.isalnum() or character in "-/." for character in reference):
        raise BadRow(_("Der Vorgang hat höchstens 20 Zeichen: Buchstaben, Ziffern, - / ."))
    place_named = cells.get("place", "")
    if place_named and place_named not in places:
        raise BadRow(_("Diesen Abholort gibt es nicht. Bekannt sind: %s.") % ", ".join(sorted(places)))
    reach = cells.get("reach", "").lower()
    if reach and reach not in _YES_OR_NO:
        raise BadRow(_("„Im Sitzen erreichbar“ ist ja oder nein. Prüfen Sie die Zelle."))
    birth_date = _date(cells["birth_date"], needed=True)
    assert birth_date is not None
    return Application(
        kind=kind,
        number=_number(cells["number"]),
        birth_date=birth_date,
        holder=holder,
        reference=reference,
        stage=stage,
        expected_on=_date(cells.get("expected_on", "")),
        place=places.get(place_named),
        collect_until=_date(cells.get("collect_until", "")),
        reach=_YES_OR_NO.get(reach),
    )


def _number(text: str) -> DocumentNumber:
    """Nine characters as the books have them, or ten with the check digit as a letter prints them."""
    cleaned = "".join(text.upper().split()).replace("-", "")
    try:
        if len(cleaned) == LENGTH:
            return DocumentNumber(cleaned.replace("O", "0").replace("I", "1"))
        return parse_typed(cleaned)
    except NotADocumentNumber:
        raise BadRow(_("Das ist keine Dokumentnummer: neun Zeichen, oder zehn mit passender Prüfziffer.")) from None


def _date(text: str, *, needed: bool = False) -> date | None:
    if not text and not needed:
        return None
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            found = datetime.strptime(text, form).date()  # noqa: DTZ007  # a day has no clock
        except ValueError:
            continue
        if 1900 <= found.year <= 2100:
            return found
    raise BadRow(_("Ein Datum ist keines. Schreiben Sie es als 31.12.1990 oder 1990-12-31."))
