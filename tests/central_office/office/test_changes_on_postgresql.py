"""Many writers at once, as only PostgreSQL has them: a reader of the log of changes misses nothing.

Collected only where the office's tests run on PostgreSQL: `python -m tests.postgresql`.
"""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import connection, transaction

from central_office.office import changes
from central_office.office.models import Change
from tests.central_office.conftest import MORNING

if TYPE_CHECKING:
    from collections.abc import Callable

    from central_office.office.models import Town

WRITERS = 6
EACH = 60


class Reader:
    """Follows the log as kiosks do, and beside it as one would who trusts the row's number alone."""

    def __init__(self, town: Town) -> None:
        self._cursor = changes.head(town)
        self._number = 0
        self.told: list[UUID] = []
        self.told_by_number: list[UUID] = []

    def look(self) -> None:
        step = changes.since(self._cursor)
        self._cursor = step.to
        self.told += step.changed
        rows = Change.objects.filter(id__gt=self._number).order_by("id").values_list("id", "document")
        for self._number, document in list(rows):
            self.told_by_number.append(document)


def in_a_thread(act: Callable[[], None]) -> threading.Thread:
    """`act` with a database connection of its own."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_reader_waits_for_the_slow_writer_that_began_first(town: Town) -> None:
    reader = Reader(town)
    slow, quick = uuid4(), uuid4()
    written, go_on = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            changes.note([slow], MORNING)
            written.set()
            go_on.wait(30)

    thread = in_a_thread(write_slowly)
    assert written.wait(30)
    changes.note([quick], MORNING)
    reader.look()
    assert reader.told == []
    assert reader.told_by_number == [quick]
    go_on.set()
    thread.join()
    reader.look()
    assert sorted(reader.told) == sorted([slow, quick])
    assert slow not in reader.told_by_number


def test_six_writers_at_once_and_no_row_is_lost(town: Town) -> None:
    reader = Reader(town)
    documents = [[uuid4() for _ in range(EACH)] for _ in range(WRITERS)]

    def writer(seed: int) -> Callable[[], None]:
        def write() -> None:
            chance = random.Random(seed)
            for document in documents[seed]:
                with transaction.atomic():
                    changes.note([document], MORNING)
                    time.sleep(chance.uniform(0, 0.004))

        return write

    threads = [in_a_thread(writer(seed)) for seed in range(WRITERS)]
    while any(thread.is_alive() for thread in threads):
        reader.look()
    reader.look()
    everything = sorted(document for one in documents for document in one)
    assert sorted(reader.told) == everything
    # The same history, read by number: what committed late is gone for good.
    assert len(reader.told_by_number) < len(everything)
