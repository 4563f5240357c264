"""A document's life at the office: how it begins, which moves are legal, how it is forgotten.

`move` is the only way from stage to stage: it locks the document, refuses what `NEXT_STAGES` does not list, writes the
history and tells the kiosks, all in one transaction.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from central_office.contract.letter_code import TOKEN_BYTES
from central_office.contract.stages import NEXT_STAGES, READY_STAGES, DocumentKind, Stage
from central_office.office import card_holders, changes
from central_office.office.models import Document, HistoryEntry, Place, Town
from central_office.office.travelling import as_text, status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from central_office.contract.document_number import DocumentNumber

COLLECT_DAYS = {Stage.READY_COUNTER: 90, Stage.RETURNED_TO_COUNTER: 90, Stage.READY_BOX: 10}
"""How long a document waits, unless the clerk says otherwise: months at the counter, days in a box."""


class IllegalMove(ValueError):
    """The life cycle knows no such move."""

    def __init__(self, here: Stage, to: Stage) -> None:
        super().__init__(f"no move from {here} to {to}")
        self.here = here
        self.to = to


class MovedMeanwhile(RuntimeError):
    """A colleague was faster: the document is no longer where the caller saw it."""

    def __init__(self, now: Stage) -> None:
        super().__init__(f"the document is at {now} by now")
        self.now = now


class NumberTaken(ValueError):
    """The office already has a document with this number."""


@dataclass(frozen=True)
class Terms:
    """What a clerk may add to a move: where, until when, expected when."""

    place: Place | None = None
    collect_until: date | None = None
    expected_on: date | None = None


def the_town() -> Town:
    """The town of this office.

    Raises:
        Town.DoesNotExist: no town was loaded yet.
    """
    return Town.objects.get()


def next_stages(document: Document) -> tuple[Stage, ...]:
    """The legal moves, in the order of the life cycle."""
    legal = NEXT_STAGES[document.at_stage]
    return tuple(stage for stage in Stage if stage in legal)


def move(document: Document, to: Stage, by: str, at: datetime, terms: Terms | None = None) -> Document:
    """Move `document` on, as the caller saw it, and give back the row as it is now.

    Raises:
        IllegalMove: the life cycle knows no such move.
        MovedMeanwhile: somebody else moved it since the caller read it.
    """
    terms = terms or Terms()
    with transaction.atomic():
        locked = Document.objects.select_for_update().get(pk=document.pk)
        if locked.stage != document.stage:
            raise MovedMeanwhile(locked.at_stage)
        if to not in NEXT_STAGES[locked.at_stage]:
            raise IllegalMove(locked.at_stage, to)
        town = the_town()
        locked.stage, locked.stage_since = to, at
        if to in READY_STAGES:
            locked.place = terms.place or _usual_place(locked.place, town, box=to is Stage.READY_BOX)
            today = at.astimezone(ZoneInfo(town.time_zone)).date()
            locked.collect_until = terms.collect_until or today + timedelta(days=COLLECT_DAYS[to])
            locked.expected_on = None
        else:
            locked.place, locked.collect_until = terms.place, None
            locked.expected_on = terms.expected_on or (locked.expected_on if NEXT_STAGES[to] else None)
        HistoryEntry.objects.create(document=locked, stage=to, at=at, by=by)
        locked.travels = as_text(status(locked, locked.history.values_list("stage", "at"), town))
        locked.save()
        changes.note([locked.pk], at)
    return locked


def _usual_place(last: Place | None, town: Town, *, box: bool) -> Place:
    """Where a document goes unless the clerk says otherwise: where it was, if that is of the right sort."""
    if last is not None and last.box == box:
        return last
    return (Place.objects.filter(box=True).first() if box else None) or Place.objects.get(pk=town.main_place)


@dataclass(frozen=True)
class Application:
    """What the office knows of a document when it first hears of it."""

    kind: DocumentKind
    number: DocumentNumber
    birth_date: date
    holder: str
    reference: str = ""
    stage: Stage = Stage.APPLIED
    expected_on: date | None = None
    place: Place | None = None
    collect_until: date | None = None
    reach: bool | None = None
    """Whether the compartment must be within reach of somebody who sits; None: nobody asked."""

    def __repr__(self) -> str:
        # Personal: it must not slip into a log.
        return f"Application({self.kind}, {self.stage}, …)"


def register(
    application: Application, by: str, at: datetime, random: Callable[[int], bytes] = secrets.token_bytes
) -> Document:
    """Take a new document into the books.

    Raises:
        NumberTaken: its number is there already.
    """
    if Document.objects.filter(number=application.number.characters).exists():
        raise NumberTaken
    try:
        return register_all([application], by, at, random)[0]
    except IntegrityError:
        # A colleague was faster. The database's own words hold the number and must not get into a log.
        raise NumberTaken from None


def register_all(
    applications: list[Application], by: str, at: datetime, random: Callable[[int], bytes] = secrets.token_bytes
) -> list[Document]:
    """Take many documents into the books at once; the caller has looked for numbers that are there already."""
    return take_over([Life(one, ((one.stage, at),)) for one in applications], by, at, random)


@dataclass(frozen=True)
class Life:
    """A document with the way it went so far, the first step first; `application` says how it stands now.

    Raises:
        IllegalMove: the life cycle knows no such way.
    """

    application: Application
    steps: tuple[tuple[Stage, datetime], ...]

    def __post_init__(self) -> None:
        for (here, _), (to, _) in pairwise(self.steps):
            if to not in NEXT_STAGES[here]:
                raise IllegalMove(here, to)


def take_over(
    lives: list[Life], by: str, at: datetime, random: Callable[[int], bytes] = secrets.token_bytes
) -> list[Document]:
    """Take documents with their past into the books, set by set instead of one by one."""
    with transaction.atomic():
        town = the_town()
        references = iter(_new_references(sum(not life.application.reference for life in lives), at))
        documents = Document.objects.bulk_create(
            [_row(life, life.application.reference or next(references), town, random) for life in lives], batch_size=200
        )
        HistoryEntry.objects.bulk_create(
            [
                HistoryEntry(document=document, stage=stage, at=when, by=by)
                for document, life in zip(documents, lives, strict=True)
                for stage, when in life.steps
            ],
            batch_size=500,
        )
        changes.note([document.pk for document in documents], at)
    return documents


def republish(documents: Iterable[Document], at: datetime) -> None:
    """Let the kiosks hear anew of documents whose place was renamed."""
    with transaction.atomic():
        town = the_town()
        told = []
        for document in documents:
            document.travels = as_text(status(document, document.history.values_list("stage", "at"), town))
            told.append(document)
        Document.objects.bulk_update(told, ["travels"], batch_size=200)
        changes.note([document.pk for document in told], at)


def _row(life: Life, reference: str, town: Town, random: Callable[[int], bytes]) -> Document:
    one = life.application
    stage, since = life.steps[-1]
    document = Document(
        kind=one.kind,
        number=one.number.characters,
        birth_date=one.birth_date,
        holder=one.holder,
        reference=reference,
        token=random(TOKEN_BYTES).hex(),
        stage=stage,
        stage_since=since,
        expected_on=one.expected_on,
        place=one.place,
        collect_until=one.collect_until,
        reach=bool(one.reach),
    )
    document.travels = as_text(status(document, life.steps, town))
    return document


def reissue(document: Document, at: datetime, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
    """Give the document a new letter code, because a letter was lost; the old code opens nothing any more."""
    with transaction.atomic():
        Document.objects.filter(pk=document.pk).update(token=random(TOKEN_BYTES).hex())
        changes.note([document.pk], at)


def forget(documents: list[Document], at: datetime) -> None:
    """Delete documents with all that is known of them, and let the kiosks forget them too."""
    with transaction.atomic():
        keys = [document.pk for document in documents]
        Document.objects.filter(pk__in=keys).delete()
        card_holders.look_anew(document.birth_date for document in documents)
        changes.note(keys, at, gone=True)


def _new_references(count: int, at: datetime) -> list[str]:
    """The next numbers of this year's row of references; the town's row is locked until the transaction ends."""
    if not count:
        return []
    town = Town.objects.select_for_update().get()
    if town.reference_year != at.year:
        town.reference_year, town.reference_last = at.year, 0
    first = town.reference_last + 1
    town.reference_last += count
    town.save(update_fields=["reference_year", "reference_last"])
    return [f"{town.short}-{at:%y}-{number:05d}" for number in range(first, first + count)]
