"""Making the secret of number and birth date, which is slow on purpose (see `contract.claims`).

A new document travels at once and is found by its letter; its number finds it as soon as this walk came by. The walk
runs in a thread of `office serve`; a hundred thousand documents of a first import take it about an hour.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection, transaction

from central_office.contract.claims import COST, Cost, TypedNumber, secret
from central_office.office import changes
from central_office.office.events import SecretsWait
from central_office.office.models import Document
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
    """Make the secrets of some documents that lack one and let the kiosks hear of it; how many they were."""
    waiting = list(Document.objects.filter(number_secret=None).order_by()[:AT_ONCE])
    if not waiting:
        return 0
    claims = [TypedNumber(document.document_number, document.birth_date) for document in waiting]
    with ThreadPoolExecutor(cores) as pool:
        secrets = list(pool.map(lambda claim: secret(claim, cost), claims))
    with transaction.atomic():
        for document, made in zip(waiting, secrets, strict=True):
            # Not `save`: somebody may have moved the document meanwhile.
            Document.objects.filter(pk=document.pk).update(number_secret=made)
        changes.note(Document.objects.filter(pk__in=[one.pk for one in waiting]).values_list("pk", flat=True), at)
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
