"""Making the secrets that are slow on purpose: of number and birth date, of a holder's name and birth date.

A new document travels at once and is found by its letter; its number and its holder's card find it as soon as this walk
came by (see `contract.claims`). The walk runs in a thread of `office serve`; a hundred thousand documents of a first
import take it about an hour, and another one where cards find them.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection, transaction

from central_office.contract.claims import COST, Cost, TypedNumber, secret, stretched_holder
from central_office.office import card_holders, changes
from central_office.office.events import SecretsWait
from central_office.office.models import Document, Town
from logbook import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from threading import Event

AT_ONCE = 50
"""Documents between two looks at the database: a second or two of work."""

REST_SECONDS = 1.0
"""Between two looks when nothing waits."""


def stretch(at: datetime, *, cores: int, cost: Cost = COST) -> int:
    """Make the secrets of some documents that lack one and let the kiosks hear of it; how many were looked at."""
    by_card = card_holders.found_by_card(Town.objects.first())
    waiting = list(Document.objects.filter(number_secret=None).order_by()[:AT_ONCE])
    if not waiting and by_card:
        waiting = card_holders.due(AT_ONCE)
    if not waiting:
        return 0
    numbers = {
        document.pk: TypedNumber(document.document_number, document.birth_date)
        for document in waiting
        if document.number_secret is None
    }
    holders = card_holders.to_stretch(waiting) if by_card else {}
    with ThreadPoolExecutor(cores) as pool:
        secrets = pool.map(lambda claim: secret(claim, cost), numbers.values())
        keys = pool.map(lambda holder: stretched_holder(holder, cost), holders.values())
        made, known = dict(zip(numbers, secrets, strict=True)), dict(zip(holders, keys, strict=True))
    with transaction.atomic():
        placed = card_holders.settle(waiting, known) if by_card else []
        for document, number_secret in made.items():
            # Not `save`: somebody may have moved the document meanwhile.
            Document.objects.filter(pk=document).update(number_secret=number_secret)
        # Those that are gone meanwhile are not told of again.
        there = Document.objects.filter(pk__in={*made, *placed})
        changes.note(there.values_list("pk", flat=True), at)
    return len(waiting)


def stretch_all(at: datetime) -> None:
    """Make all secrets that are missing, as fast as this machine can."""
    while stretch(at, cores=os.cpu_count() or 1):
        pass


def keep_stretching(stop: Event, now: Callable[[], datetime]) -> None:
    """Make secrets as documents come, until `stop` is set; a database that is away is tried again.

    At most half of the cores work at it: the other half answers.
    """
    cores = max(1, (os.cpu_count() or 1) // 2)
    while not stop.is_set():
        try:
            done = stretch(now(), cores=cores)
        except DatabaseError as trouble:
            say(SecretsWait(type(trouble)))
            connection.close()
            done = 0
        if not done:
            stop.wait(REST_SECONDS)
    connection.close()
