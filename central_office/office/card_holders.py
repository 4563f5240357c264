"""Whose documents a holder's card finds, and at which place of hers each of them lies.

The office knows a holder by what her documents say: a name and a birth date, and nothing else. So two people whose
cards say the same cannot be told apart by their cards; if their names are written differently here, the office knows
that they may be two, and no card finds the documents of either (decision 024). A name is written "family, given names".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import normalize

from central_office.contract.claims import MOST_OF_ONE, CardHolder
from central_office.contract.mrz_names import NoMrzName, mrz_name, spelling_aside
from central_office.contract.town import IdentifyTable
from central_office.office import changes
from central_office.office.models import Document, Town

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime
    from uuid import UUID

_READ = ("pk", "holder", "birth_date", "card_key", "card_place", "card_due")


@dataclass(frozen=True)
class Same:
    """What two cards have in common that lead to the same documents."""

    name: str
    birth_date: date

    def __repr__(self) -> str:
        return "Same(…)"


def found_by_card(town: Town | None) -> bool:
    """Whether the town has its documents found by their holders' cards."""
    return town is not None and IdentifyTable(**town.identify).card


def due(most: int) -> list[Document]:
    """Some documents of which nobody looked yet whether a card finds them."""
    return list(Document.objects.filter(card_due=True).order_by()[:most])


def to_stretch(waiting: Iterable[Document]) -> dict[Same, CardHolder]:
    """The holders among these documents' whose name and birth date were not stretched yet."""
    wanted = {one.pk for one in waiting}
    found: dict[Same, CardHolder] = {}
    for same, group in _people({one.birth_date for one in waiting}, lock=False).items():
        holder = _holder(group[0])
        concerned = not wanted.isdisjoint(one.pk for one in group)
        if holder is not None and concerned and _one_person(group) and not any(one.card_key for one in group):
            found[same] = holder
    return found


def settle(waiting: Iterable[Document], made: Mapping[Same, bytes]) -> list[UUID]:
    """Give the documents that are due their places, within the caller's transaction; those that changed.

    `made` is what was stretched before the transaction. A document that changed meanwhile stays due.
    """
    changed: list[UUID] = []
    for same, group in _people({one.birth_date for one in waiting}, lock=True).items():
        if not any(one.card_due for one in group):
            continue
        key = None
        if _holder(group[0]) is not None and _one_person(group):
            key = next((bytes(one.card_key) for one in group if one.card_key), made.get(same))
            if key is None:
                continue
        taken = {one.card_place for one in group if key is not None and one.card_key}
        free = iter([place for place in range(MOST_OF_ONE) if place not in taken])
        for one in group:
            keeps = key is not None and one.card_key and one.card_place is not None
            place = one.card_place if keeps else None if key is None else next(free, None)
            if (one.card_key and bytes(one.card_key), one.card_place) != (key, place):
                changed.append(one.pk)
                # Not `save`: of the rest of the row nothing was read.
                Document.objects.filter(pk=one.pk).update(card_key=key, card_place=place)
        Document.objects.filter(pk__in=[one.pk for one in group]).update(card_due=False)
    return changed


def look_anew(birth_dates: Iterable[date]) -> None:
    """Let the documents of all who were born on these days be looked at once more: one of them went or was renamed."""
    Document.objects.filter(birth_date__in=set(birth_dates), card_due=False).update(card_due=True)


def rename(document: Document, holder: str, at: datetime) -> None:
    """Note the holder's corrected name, within the caller's transaction; the card of the wrong one finds no more."""
    renamed = Document.objects.filter(pk=document.pk).exclude(holder=holder)
    was_found = renamed.exclude(card_place=None).exists()
    if renamed.update(holder=holder, card_key=None, card_place=None):
        look_anew([document.birth_date])
        if was_found:
            changes.note([document.pk], at)


def close_all(at: datetime) -> None:
    """Let no card find any document any more, within the caller's transaction: the town does not wish it."""
    found = list(Document.objects.exclude(card_place=None).values_list("pk", flat=True))
    Document.objects.exclude(card_key=None).update(card_key=None, card_place=None)
    Document.objects.filter(card_due=False).update(card_due=True)
    changes.note(found, at)


def _people(birth_dates: set[date], *, lock: bool) -> dict[Same, list[Document]]:
    """All documents of those born on these days, by what their holders' cards say, always in the same order."""
    found = Document.objects.filter(birth_date__in=birth_dates).only(*_READ).order_by("pk")
    people: dict[Same, list[Document]] = {}
    for document in found.select_for_update() if lock else found:
        holder = _holder(document)
        # One whose name no card can say stands alone.
        name = str(document.pk) if holder is None else spelling_aside(holder.name)
        people.setdefault(Same(name, document.birth_date), []).append(document)
    return people


def _holder(document: Document) -> CardHolder | None:
    family, _, given = document.holder.partition(",")
    try:
        return CardHolder(mrz_name(family, given), document.birth_date)
    except NoMrzName:
        return None


def _one_person(group: list[Document]) -> bool:
    return len({_as_written(one.holder) for one in group}) == 1


def _as_written(holder: str) -> tuple[str, ...]:
    """The name but for capitals and spaces, which are a typist's."""
    return tuple(" ".join(normalize("NFC", part).casefold().split()) for part in holder.split(","))
