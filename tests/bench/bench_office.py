"""The office under load, on SQLite and on PostgreSQL: batches of 100 commands, polls with nothing new, a peak hour.

Prints Markdown; asserts nothing. The office is a process of its own on loopback, asked over one connection by requests
that were signed beforehand. CPU time is that of the office's process and, for PostgreSQL, of every process of a server
started for this; wall time is what the one who asks waits.
"""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django.conf
from django.test import Client

from tests.central_office.kiosk_end import KioskEnd
from tests.postgresql import NoPostgresql, cluster

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.central_office.kiosk_end import Request

ROOT = Path(__file__).resolve().parents[2]
BATCHES = 60
WARM = 10
POLLS = 600
GROUPS = 6
"""CPU time is that of the cheapest of so many groups: on a machine with other work it is nearest to a quiet one's."""
KIOSKS = 10_000
POLL_EVERY = 15
"""Seconds; what the office tells kiosks that have nothing to say."""
PEAK_COMMANDS = 60
"""Commands of one kiosk in a peak hour, each sent by itself, which is the dearest way."""
SECONDS_OF_PEAK = 2
"""How much of a peak hour of the whole fleet the load run replays."""
CORES = 8


@dataclass(frozen=True)
class Cost:
    """Of many requests: wall milliseconds of each, CPU milliseconds of one in the group that was disturbed least."""

    walls: Sequence[float]
    office: float
    database: float

    @property
    def cpu(self) -> float:
        return self.office + self.database

    def row(self, what: str, target: str) -> str:
        ordered = sorted(self.walls)
        p99 = ordered[min(len(ordered) - 1, round(0.99 * len(ordered)))]
        return (
            f"| {what} | {statistics.median(ordered):.1f} | {p99:.1f} | "
            f"{self.office:.2f} + {self.database:.2f} | {target} |"
        )


class Office:
    """A real office and whose CPU time counts."""

    def __init__(self, data: Path, database: int | None) -> None:
        self._data, self._database = data, database
        self.does("demo", "--letters", str(data / "letters"), "--documents", "200")
        self._process = subprocess.Popen(
            [*_OFFICE, "serve", "--data", str(data), "--port", "0"], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert self._process.stdout is not None
        port = int(self._process.stdout.readline().rstrip().rstrip("/").rpartition(":")[2])
        self._wire = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def does(self, command: str, *rest: str) -> str:
        return subprocess.run(
            [*_OFFICE, command, "--data", str(self._data), *rest],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            cwd=ROOT,
        ).stdout

    def kiosk(self) -> KioskEnd:
        token = json.loads(self.does("enrol-token", "--site", "Foyer", "--office", "http://testserver", "--json"))
        kiosk = KioskEnd(Client())
        body = json.dumps({"token": token["token"], "public_key": kiosk.public_key, "hardware": "a bench"}).encode()
        kiosk.device = json.loads(self._ask("POST", "/v1/enrol", body, {})[1])["device"]
        return kiosk

    def ask(self, request: Request) -> tuple[int, bytes]:
        return self._ask(request.method, request.url.removeprefix("http://testserver"), request.body, request.headers)

    def cost(self, requests: Sequence[Request], expected: int) -> Cost:
        """Ask all, one after the other."""
        walls, groups = [], []
        size = max(1, len(requests) // GROUPS)
        for start in range(0, len(requests) - size + 1, size):
            before = self._office_cpu(), self._database_cpu()
            for request in requests[start : start + size]:
                began = time.perf_counter()
                status, said = self.ask(request)
                walls.append(1e3 * (time.perf_counter() - began))
                if status != expected:
                    raise SystemExit(f"{request.method} {request.url}: {status} {said[:200]!r}")
            spent = self._office_cpu() - before[0], self._database_cpu() - before[1]
            groups.append((1e3 * spent[0] / size, 1e3 * spent[1] / size))
        return Cost(walls, *min(groups, key=sum))

    def close(self) -> None:
        self._wire.close()
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        self._wire.request(method, path, body, {"Host": "testserver", "Content-Type": "application/json"} | headers)
        answer = self._wire.getresponse()
        return answer.status, answer.read()

    def _office_cpu(self) -> float:
        # gunicorn answers in a child of the process that was started
        return sum(_cpu(one) for one in _family(self._process.pid))

    def _database_cpu(self) -> float:
        return 0.0 if self._database is None else sum(_cpu(one) for one in _family(self._database))


_OFFICE = (sys.executable, "-m", "central_office.cli")


def _cpu(process: int) -> float:
    """Seconds that the threads of a process were on a processor, to the nanosecond (the kernel's sched-stats)."""
    spent = 0
    for thread in Path(f"/proc/{process}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError):
            spent += int(thread.read_text(encoding="ascii").split()[0])
    return spent / 1e9


def _family(process: int) -> list[int]:
    """The process and all that came of it."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    except OSError:
        children = []
    return [process, *(one for child in children for one in _family(int(child)))]


@contextmanager
def open_office(place: Path, address: str, database: int | None) -> Iterator[Office]:
    place.mkdir()
    told = 'hosts = ["testserver", "127.0.0.1"]\n' + (f'database = "{address}"\n' if address else "")
    (place / "office.toml").write_text(told, encoding="utf-8")
    office = Office(place, database)
    try:
        yield office
    finally:
        office.close()


@dataclass(frozen=True)
class Heard:
    """What a kiosk has heard already and repeats."""

    cursor: str
    leases: str
    staff: str

    def says(self, kiosk: KioskEnd, commands: int) -> bytes:
        return kiosk.sync_body(
            kiosk.commands(commands), self.cursor, leases=self.leases, staff=self.staff, outlook=False
        )


def batches(kiosk: KioskEnd, count: int, size: int, heard: Heard) -> list[Request]:
    return [
        kiosk.request(
            "POST", "/v1/sync", gzip.compress(heard.says(kiosk, size), mtime=0), Content_Encoding="gzip"
        )
        for _ in range(count)
    ]  # fmt: skip


def measured(office: Office, name: str) -> None:
    kiosk = office.kiosk()
    first = json.loads(office.ask(kiosk.request("POST", "/v1/sync", kiosk.sync_body()))[1])
    epoch = first["changes"]["docs"]["epoch"]
    snapshot = gzip.decompress(office.ask(kiosk.request("GET", f"/v1/snapshot/docs/{epoch}"))[1])
    heard = Heard(
        json.loads(snapshot.splitlines()[-1])["to"], first["leases_tag"], first.get("staff", {}).get("tag", "")
    )
    office.cost(batches(kiosk, WARM, 100, heard), 200)
    batch = office.cost(batches(kiosk, BATCHES, 100, heard), 200)
    print(batch.row(f"{name}: batch of 100 commands", "15 ms CPU"), flush=True)
    last: dict[str, Any] = json.loads(office.ask(kiosk.request("POST", "/v1/sync", heard.says(kiosk, 0)))[1])
    ask = {"If_None_Match": f'"{last["tag"]}"'}
    poll = office.cost([kiosk.request("GET", f"/v1/sync?poll={one}", b"", **ask) for one in range(POLLS)], 304)
    print(poll.row(f"{name}: poll with nothing new (304)", "1 ms CPU"), flush=True)
    load(office, name, kiosk, heard)


def load(office: Office, name: str, kiosk: KioskEnd, heard: Heard) -> None:
    """Replay what the whole fleet asks in some seconds of a peak hour, and say what an hour of it costs."""
    polls = KIOSKS // POLL_EVERY
    singles = round(KIOSKS * PEAK_COMMANDS / 3600)
    one = office.cost(batches(kiosk, singles * SECONDS_OF_PEAK, 1, heard), 200)
    tag = json.loads(office.ask(kiosk.request("POST", "/v1/sync", heard.says(kiosk, 0)))[1])["tag"]
    ask = {"If_None_Match": f'"{tag}"'}
    asked = [kiosk.request("GET", f"/v1/sync?poll={n}", b"", **ask) for n in range(polls * SECONDS_OF_PEAK)]
    poll = office.cost(asked, 304)
    print(one.row(f"{name}: one command by itself", ""), flush=True)
    cores = (polls * poll.cpu + singles * one.cpu) / 1e3
    LOADS.append(
        f"* {name}: {KIOSKS:,} kiosks / {POLL_EVERY} s = {polls} polls/s x {poll.cpu:.2f} ms = "
        f"{polls * poll.cpu / 1e3:.2f} cores; {PEAK_COMMANDS} commands a kiosk and peak hour = {singles}/s x "
        f"{one.cpu:.2f} ms = {singles * one.cpu / 1e3:.2f} cores; together {cores:.2f} of {CORES} cores "
        f"({100 * cores / CORES:.0f} %). Replayed: {SECONDS_OF_PEAK} s of it, {len(asked)} polls and "
        f"{singles * SECONDS_OF_PEAK} commands, in {(sum(one.walls) + sum(poll.walls)) / 1e3:.1f} s on one connection."
    )


LOADS: list[str] = []


def main() -> None:
    django.conf.settings.configure()
    print(
        "| what | p50 ms | p99 ms | CPU ms, office + PostgreSQL | target |\n| --- | ---: | ---: | ---: | ---: |",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as place:
        with open_office(Path(place) / "sqlite", "", None) as office:
            measured(office, "SQLite")
        try:
            with cluster() as server, open_office(Path(place) / "pg", server.make(), server.process) as office:
                measured(office, "PostgreSQL")
        except NoPostgresql as problem:
            print(f"| PostgreSQL: {problem} | | | | |")
    print("\nA load run, scaled: what the whole fleet asks in a peak second, times what one of it costs in CPU.\n")
    print("\n".join(LOADS))


if __name__ == "__main__":
    main()
