"""Whole kiosks and the real office in one process: production classes on both sides, a line that tests can spoil.

Requests are signed, packed and answered as over a wire; only the socket is missing.
"""

from __future__ import annotations

import io
import random
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import requests
from django.db import models, transaction
from django.test import Client
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from central_office.contract.capacity import Resource
from central_office.office import durability, here
from central_office.office.line.enrolment import new_ticket
from central_office.office.models import (
    DeskEntry,
    Kiosk,
    Lease,
    ReceivedCommand,
    Reservation,
    Visit,
)
from central_office.office.models import (
    Resource as ResourceRow,
)
from offline_cache import enrolment
from offline_cache.courier import Errands, Surroundings, line_of
from offline_cache.identity import load
from offline_cache.leases import NoneLeft, Promised
from offline_cache.line import LineError
from offline_cache.round_trip import RoundTrip
from offline_cache.store import LEDGER_FILE, REPLICA_FILE, open_ledger, open_replica_for_writing
from tests.central_office.conftest import MORNING
from tests.offline_cache.clockwork import Clockwork

if TYPE_CHECKING:
    from datetime import timedelta
    from pathlib import Path

    from central_office.contract.capacity import ReservationId

ADDRESS = "http://127.0.0.1"
SLOTS = Resource(key="slots", day=MORNING.date())

Work = Callable[[], requests.Response]
Mishap = Callable[[Work], requests.Response]


class Cable(BaseAdapter):
    """Carries a request into the office of this process; the next mishaps happen to the next requests."""

    def __init__(self) -> None:
        super().__init__()
        self.mishaps: deque[Mishap] = deque()
        self.cut = False
        self.seen: list[tuple[str, str, int]] = []
        self._browser = Client(raise_request_exception=False)

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:  # type: ignore[override]
        if self.cut:
            raise requests.ConnectionError
        if self.mishaps:
            return self.mishaps.popleft()(lambda: self._carry(request))
        return self._carry(request)

    def close(self) -> None:
        """Nothing is open."""

    def _carry(self, request: requests.PreparedRequest) -> requests.Response:
        body = request.body or b""
        assert isinstance(body, bytes)
        path = (request.url or "").removeprefix(ADDRESS)
        answer: Any = self._browser.generic(
            request.method or "",
            path,
            body,
            content_type="application/json",
            headers={name: value for name, value in request.headers.items() if name != "Content-Length"},
            SERVER_NAME="127.0.0.1",
        )
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        self.seen.append((request.method or "", path.split("?")[0], answer.status_code))
        raw = HTTPResponse(io.BytesIO(content), dict(answer.items()), answer.status_code, preload_content=False)
        return HTTPAdapter().build_response(request, raw)


def lost(work: Work) -> requests.Response:
    """The office does it, the answer never arrives."""
    work()
    raise requests.ConnectionError


def doubled(work: Work) -> requests.Response:
    """The request arrives twice."""
    work()
    return work()


class Machine:
    """One kiosk: its files, its courier's rounds, and its hands on the leases."""

    def __init__(self, place: Path, site: str = "Foyer") -> None:
        self.place = place
        self.clock = Clockwork()
        self.clock.wall = MORNING
        self.cable = Cable()
        self.session = requests.Session()
        self.session.mount("http://", self.cable)
        ticket = new_ticket(site, ADDRESS, "Demir", here.now())
        enrolment.enrol(place, ADDRESS, ticket.typed, clock=self.clock.now, session=lambda: self.session)
        self._open()

    @property
    def device(self) -> str:
        return self.errands.identity.device

    def go(self) -> float:
        """One round."""
        return self.trip.go()

    def settles(self, rounds: int = 20) -> None:
        """Go until the office has nothing more to say and the kiosk neither."""
        for _ in range(rounds):
            if self.trip.go() > 0 and self.ledger.outbox.quiet():
                return
        raise AssertionError("the courier finds no rest")

    def tries(self) -> str:
        """One round that may fail; the word of its failure."""
        try:
            self.trip.go()
        except LineError as trouble:
            return trouble.word
        return ""

    def available(self) -> int:
        return self.ledger.leases.available(SLOTS)

    def promises(self, units: int = 1) -> ReservationId:
        found = self.ledger.leases.promise(SLOTS, units)
        assert isinstance(found, Promised), found
        return found.reservation

    def cannot_promise(self, units: int = 1) -> int:
        found = self.ledger.leases.promise(SLOTS, units)
        assert isinstance(found, NoneLeft)
        return found.available

    def restarts(self, off: timedelta | None = None) -> None:
        self.close()
        if off is not None:
            self.clock.reboots(off)
        self._open()

    def close(self) -> None:
        self.writer.close()
        self.ledger.close()

    def _open(self) -> None:
        identity = load(self.place)
        self.ledger = open_ledger(self.place / LEDGER_FILE, clock=self.clock.now, uptime=self.clock.uptime)
        self.ledger.outbox.speak_as(identity.device)
        self.writer = open_replica_for_writing(self.place / REPLICA_FILE, identity.pepper)
        line = line_of(identity, session=self.session, clock=self.clock.now)
        self.trip = RoundTrip(
            line,
            self.ledger,
            self.writer,
            self.place,
            clock=self.clock.now,
            quality=lambda: "ntp",
            beat=lambda: None,
        )
        around = Surroundings(
            clock=self.clock.now,
            uptime=self.clock.uptime,
            ticks=lambda: self.clock.running,
            quality=lambda: "ntp",
            rng=random.Random(1),
            session=lambda: self.session,
        )
        self.errands = Errands(identity, self.place, line, self.trip, self.ledger, around, lambda: None)


def copy_of_the_office() -> dict[type, list[object]]:
    return {
        kind: list(kind.objects.all())
        for kind in (Kiosk, ResourceRow, Lease, Reservation, ReceivedCommand, Visit, DeskEntry)
    }


def restore(copy: dict[type, list[object]]) -> None:
    """The database is what it was; a new life begins, as a copy made by `office manage backup` begins it."""
    with transaction.atomic():
        for kind in (DeskEntry, Visit, Reservation, Lease, ReceivedCommand, ResourceRow):
            models.QuerySet(kind).delete()
        for kiosk in copy[Kiosk]:
            assert isinstance(kiosk, Kiosk)
            kiosk.save()
        for kind in (ResourceRow, Lease, Reservation, ReceivedCommand, Visit, DeskEntry):
            models.QuerySet(kind).bulk_create(copy[kind])  # type: ignore[arg-type]
    durability.begin_new_life()
