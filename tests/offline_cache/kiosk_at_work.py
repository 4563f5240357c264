"""An enrolled kiosk with real files, whose courier goes when a test says so."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import requests

from central_office.contract.enrolment_ticket import token_from
from offline_cache import enrolment
from offline_cache.courier import line_of
from offline_cache.identity import load
from offline_cache.round_trip import RoundTrip
from offline_cache.store import LEDGER_FILE, REPLICA_FILE, open_ledger, open_replica, open_replica_for_writing
from tests.offline_cache.clockwork import Clockwork
from tests.offline_cache.letters import CHEAP, letter, visit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from central_office.contract.stages import Stage
    from tests.offline_cache.office_double import OfficeDouble

TICKET = token_from(bytes(range(10)))
PATIENCE = 20.0
"""Seconds after which a story has gone wrong; no story needs them."""


def comes_true(question: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if question():
            return True
        time.sleep(0.005)
    return False


def enrolled_at(office: OfficeDouble, place: Path) -> None:
    office.tickets.add(TICKET)
    enrolment.enrol(place, office.address, TICKET, clock=Clockwork().now)
    office.seen.clear()


class KioskAtWork:
    """Both processes' views of the files, in one."""

    def __init__(self, office: OfficeDouble, place: Path) -> None:
        self.office = office
        self.place = place
        self.clock = Clockwork()
        enrolled_at(office, place)
        self.identity = load(place)
        self.session = requests.Session()
        self.stop = threading.Event()
        self.beat: Callable[[], None] = lambda: None
        """What happens between any two steps of a round."""
        self._open()

    def visits(self, *seconds: int) -> None:
        for one in seconds:
            self.ledger.outbox.put(visit(one))

    def stage(self, which: int) -> Stage | None:
        found = self.replica.document(letter(which))
        return None if found is None else found.stage

    def settles(self, rounds: int = 20) -> None:
        """Go until the office has nothing more to say and the kiosk neither."""
        for _ in range(rounds):
            if self.trip.go() > 0:
                return
        raise AssertionError("the courier finds no rest")

    def restarts(self) -> None:
        self.close()
        self._open()

    def close(self) -> None:
        self.session.close()
        self.writer.close()
        self.replica.close()
        self.ledger.close()

    def _open(self) -> None:
        self.ledger = open_ledger(self.place / LEDGER_FILE, clock=self.clock.now, uptime=self.clock.uptime)
        self.ledger.outbox.speak_as(self.identity.device)
        self.writer = open_replica_for_writing(self.place / REPLICA_FILE, self.identity.pepper)
        self.replica = open_replica(self.place / REPLICA_FILE, self.identity.pepper, cost=CHEAP)
        self.trip = RoundTrip(
            line_of(self.identity, session=self.session, clock=self.clock.now),
            self.ledger,
            self.writer,
            self.place,
            clock=self.clock.now,
            quality=lambda: "ntp",
            beat=self._between_steps,
        )

    def _between_steps(self) -> None:
        self.beat()
