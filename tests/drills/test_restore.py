"""The office's machine is lost; another takes its place, from a backup older than what citizens did since."""

from __future__ import annotations

import subprocess
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.drills.books import become_one, kiosks, offices
from tests.drills.field import Field, Office
from tests.postgresql import Cluster, NoPostgresql, cluster, program
from tests.visit.town_hall import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.drills.field import Kiosk

pytestmark = pytest.mark.timeout(600)
SOME_WHILE = 2.0
"""Seconds in which citizens do a dozen things."""


@pytest.fixture
def close_later() -> Iterator[list[Callable[[], None]]]:
    ends: list[Callable[[], None]] = []
    yield ends
    for end in reversed(ends):
        end()


def more_is_durable(kiosk: Kiosk, than: int = 0) -> Callable[[], bool]:
    return lambda: kiosks(kiosk).durable > than


def a_passport_arrives(office: Office, number: str) -> None:
    file = office.folder / f"{number}.csv"
    file.write_text(f"kind;number;birth_date;holder\npassport;{number};1990-12-31;Nowak, Jan\n", encoding="utf-8")
    assert "1 new" in office.does("import", file)


def the_drill(field: Field, back_up: Callable[[], None], restored: Callable[[], Office]) -> None:
    """From a working day over the loss of the office's machine to the next working day."""
    field.citizens_come(seed=1)
    time.sleep(SOME_WHILE)
    back_up()
    for kiosk in field.kiosks:
        wait_until("a copy holds what it said, and it was told so", more_is_durable(kiosk), 60)
    copied = [kiosks(kiosk).durable for kiosk in field.kiosks]
    a_passport_arrives(field.office, "L01XCF7GH")
    for kiosk, before in zip(field.kiosks, copied, strict=True):
        wait_until("it told more than the copy holds", lambda k=kiosk, b=before: kiosks(k).acked > b + 5, 60)  # type: ignore[misc]
    epoch = offices(field.office)["epoch"]
    field.office.kill("office")
    at_the_end = [kiosks(kiosk).last for kiosk in field.kiosks]
    time.sleep(SOME_WHILE)
    for kiosk, last in zip(field.kiosks, at_the_end, strict=True):
        assert kiosks(kiosk).last > last, "it does not go on without its office"

    field.office.close()
    field.office = restored()
    field.office.serves()
    time.sleep(SOME_WHILE)
    a_passport_arrives(field.office, "L01XCF7GJ")
    field.citizens_leave()
    become_one(field.office, field.kiosks)

    books = offices(field.office)
    assert books["epoch"] != epoch
    assert sum(sum(kiosks(kiosk).available.values()) for kiosk in field.kiosks) > 0, "nothing is lent any more"
    for kiosk in field.kiosks:
        assert len(books["received"][kiosk.device]) == kiosks(kiosk).last


def another_machine(field: Field, database: str = "") -> Office:
    """At the address that kiosks know; nothing of the first is on it."""
    other = Office(field.folder / "another-office", database)
    other.port = field.office.port
    return other


def test_an_office_on_sqlite_comes_back_from_its_backup(
    tmp_path: Path, town_hall: Path, close_later: list[Callable[[], None]]
) -> None:
    field = Field.opened(tmp_path, 2, prepared=town_hall)
    close_later.append(field.close)
    copy = tmp_path / "copy.db"

    def restored() -> Office:
        other = another_machine(field)
        said = other.does("manage", "restore", copy)
        assert "MS-01: the copy holds it up to command" in said
        return other

    def back_up() -> None:
        assert "is whole" in field.office.does("manage", "backup", copy)

    the_drill(field, back_up, restored)


@pytest.fixture
def two_servers() -> Iterator[tuple[Cluster, Cluster]]:
    try:
        with cluster() as first, cluster() as second:
            yield first, second
    except NoPostgresql as problem:
        pytest.skip(str(problem))


def test_an_office_on_postgresql_comes_back_on_another_server(
    tmp_path: Path, two_servers: tuple[Cluster, Cluster], close_later: list[Callable[[], None]]
) -> None:
    """The first server has counted many transactions, and old changes are tidied away; the other begins to count."""
    first, second = two_servers
    with closing(psycopg.connect(first.address("postgres"), autocommit=True)) as asked:
        asked.execute("DO $$ BEGIN FOR i IN 1..5000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$")
    long_ago = datetime.now(UTC) - timedelta(days=120)
    here, there = first.make(), second.make()
    field = Field.opened(tmp_path, 1, database=here, now=long_ago.isoformat())
    close_later.append(field.close)
    mark, dump = tmp_path / "mark", tmp_path / "dump.sql"

    def back_up() -> None:
        field.office.does("manage", "durable", "mark", mark)
        with dump.open("wb") as out:
            subprocess.run([program("pg_dump"), "--no-owner", "--dbname", here], stdout=out, check=True)
        field.office.does("manage", "durable", "confirm", mark)

    def restored() -> Office:
        other = another_machine(field, there)
        subprocess.run(
            [program("psql"), "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", there, "--file", dump],
            check=True, capture_output=True,
        )  # fmt: skip
        assert "every kiosk" in other.does("manage", "new_epoch").lower()
        return other

    the_drill(field, back_up, restored)
