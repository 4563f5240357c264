"""The disk and the line: a snapshot of 100,000 documents applied, 1,000 visits drained, a claim looked up.

Prints Markdown; asserts nothing. The office is the tests' own small one, in a process of its own on loopback, so that
what is measured is the kiosk's side, the wire and the signatures.
"""

from __future__ import annotations

import gzip
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import requests

from central_office.contract.claims import CardHolder, secret
from central_office.contract.messages import SnapshotEnd
from central_office.contract.mrz_names import mrz_name
from offline_cache import snapshot
from offline_cache.at_rest import open_disk
from offline_cache.courier import line_of
from offline_cache.identity import load
from offline_cache.round_trip import RoundTrip
from offline_cache.store import Ledger, open_ledger, open_replica, open_replica_for_writing
from tests.offline_cache.clockwork import NOON
from tests.offline_cache.kiosk_at_work import enrolled_at
from tests.offline_cache.letters import CHEAP, PEPPER, letter, number, row, visit
from tests.offline_cache.office_double import OfficeDouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from offline_cache.disk import Disk

DOCUMENTS = 100_000
VISITS = 1_000
LOOKUPS = 2_000
PUTS = 200
GUESSES = 20
WAYS = (("open files", False), ("encrypted files", True))


def timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def told(what: str, seconds: float, target: str) -> None:
    print(f"| {what} | {_readable(seconds)} | {target} |", flush=True)


def snapshot_file(place: Path) -> Path:
    def lines() -> Iterator[str]:
        for one in sorted((row(which) for which in range(DOCUMENTS)), key=lambda row: row.id):
            yield one.model_dump_json(exclude_none=True)
        yield SnapshotEnd(rows=DOCUMENTS, epoch="e1", to=f"e1.{DOCUMENTS}", as_of=NOON).model_dump_json()

    path = place / "snapshot.part"
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=5) as file:
        file.writelines(f"{line}\n" for line in lines())
    return path


def of_the_replica(path: Path, place: Path, disk: Disk, closed: str) -> None:
    writer = open_replica_for_writing(place / "replica.db", PEPPER, disk=disk)
    for what in ("into an empty replica", "over a full one"):
        seconds = timed(lambda: snapshot.apply(path, "e1", writer, beat=lambda: None))
        told(
            f"snapshot of {DOCUMENTS:,} documents ({path.stat().st_size / 2**20:.1f} MiB) applied {what}, {closed}",
            seconds,
            "5 s",
        )
    writer.close()
    reader = open_replica(place / "replica.db", PEPPER, disk=disk, cost=CHEAP)
    for what, claim in (("letter", letter), ("number", number)):
        took = [timed(partial(reader.document, claim(which))) for which in range(LOOKUPS)]
        told(f"claim by {what} looked up and opened, median, {closed}", statistics.median(took), "")
    holder = CardHolder(mrz_name("Nobody"), date(1984, 2, 29))
    took = [timed(partial(reader.documents, holder)) for _ in range(LOOKUPS // 8)]
    told(f"claim by card: all places of a holder looked up, median, {closed}", statistics.median(took), "")
    reader.close()


def of_a_guess() -> None:
    took = [timed(partial(secret, number(which))) for which in range(GUESSES)]
    told("one guess at number and birth date (argon2id, on top of the look-up), median", statistics.median(took), "")


def of_the_line(place: Path, closed: str, *, key: bool) -> None:
    serving = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.bench_store", "--office"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert serving.stdin is not None
    assert serving.stdout is not None
    office = OfficeDouble()
    office.address = serving.stdout.readline().strip()
    enrolled_at(office, place)
    disk = open_disk(place, encrypted_partition=not key)
    identity = load(place)
    ledger = open_ledger(place / "ledger.db", disk=disk)
    writer = open_replica_for_writing(place / "replica.db", identity.pepper, disk=disk)
    with requests.Session() as session:
        line = line_of(identity, session=session, clock=lambda: NOON)
        trip = RoundTrip(line, ledger, writer, place, clock=lambda: NOON, quality=lambda: "ntp", beat=lambda: None)
        while trip.go() == 0:
            pass
        told(f"one visit kept, on disk, median, {closed}", statistics.median(_puts(ledger)), "")
        while trip.go() == 0:
            pass
        for seconds in range(VISITS):
            ledger.outbox.put(visit(seconds))

        def drain() -> None:
            while ledger.outbox.waiting():
                trip.go()

        told(f"{VISITS:,} queued visits drained, 100 a request, {closed}", timed(drain), "2 s")
        told(f"a round with nothing to say, median, {closed}", statistics.median(timed(trip.go) for _ in range(50)), "")
    writer.close()
    ledger.close()
    serving.stdin.close()
    serving.wait(20)
    serving.stdout.close()


def _puts(ledger: Ledger) -> list[float]:
    return [timed(partial(ledger.outbox.put, visit(seconds))) for seconds in range(PUTS)]


def _readable(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.1f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f} µs"


def serve() -> None:
    """Be the office, until whoever started this closes the line."""
    from tests.offline_cache.kiosk_at_work import TICKET  # noqa: PLC0415

    office = OfficeDouble()
    office.tickets.add(TICKET)
    with office.open():
        print(office.address, flush=True)
        threading.Thread(target=sys.stdin.read).run()


def main() -> None:
    print("## Store and line\n")
    print("| what | measured | target |\n| --- | ---: | ---: |", flush=True)
    with tempfile.TemporaryDirectory() as place:
        path = snapshot_file(Path(place))
        for closed, key in WAYS:
            folder = Path(place) / closed.split(maxsplit=1)[0]
            of_the_replica(path, folder, open_disk(folder, encrypted_partition=not key), closed)
    of_a_guess()
    for closed, key in WAYS:
        with tempfile.TemporaryDirectory() as place:
            of_the_line(Path(place), closed, key=key)


if __name__ == "__main__":
    serve() if "--office" in sys.argv else main()
