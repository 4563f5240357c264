"""The same kiosk against the real office, each in a process of its own, on loopback."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from datetime import date
from typing import TYPE_CHECKING

import pytest

from central_office.contract.claims import CardHolder, TypedNumber
from central_office.contract.document_number import parse_typed
from central_office.contract.letter_code import parse
from central_office.contract.mrz_names import mrz_name
from central_office.contract.stages import DocumentKind, Stage
from offline_cache import courier, enrolment
from offline_cache.courier import Pace
from offline_cache.enrolment import TicketRefused
from offline_cache.store import LEDGER_FILE, REPLICA_FILE, open_ledger, open_replica
from tests.offline_cache.kiosk_at_work import comes_true
from tests.offline_cache.letters import visit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OFFICE = (sys.executable, "-c", "import sys; from central_office.cli import main; sys.exit(main())")
BRISK = Pace(first=0.05, longest=0.2, tick=0.02)


class RealOffice:
    """An office with a small demonstration town, served until the test is over."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self.does("demo", "--letters", str(place / "letters"), "--documents", "30")
        shown = json.loads((place / "letters" / "letters.json").read_text(encoding="utf-8"))
        self.letters = [one for one in shown if "stage" in one]  # staff cards and labels lie there too
        self._server = subprocess.Popen(
            [*OFFICE, "serve", "--data", str(place / "office"), "--port", "0"], stdout=subprocess.PIPE, text=True
        )
        assert self._server.stdout is not None
        self.address = self._server.stdout.readline().split()[-1].rstrip("/")

    def does(self, command: str, *rest: str) -> str:
        done = subprocess.run(
            [*OFFICE, command, "--data", str(self._place / "office"), *rest],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return done.stdout

    def ticket(self) -> str:
        return str(json.loads(self.does("enrol-token", "--site", "Foyer", "--json"))["token"])

    def asked(self, question: str) -> object:
        code = f"import json; from central_office.office.models import *; print(json.dumps({question}))"
        return json.loads(self.does("manage", "shell", "-c", code).splitlines()[-1])

    def close(self) -> None:
        self._server.terminate()
        self._server.wait(30)
        assert self._server.stdout is not None
        self._server.stdout.close()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealOffice]:
    office = RealOffice(tmp_path_factory.mktemp("office"))
    yield office
    office.close()


@contextlib.contextmanager
def running(place: Path) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=courier.run, args=(place,), kwargs={"stop": stop, "pace": BRISK})
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_a_kiosk_enrols_knows_the_letters_and_reports_its_visits(office: RealOffice, tmp_path: Path) -> None:
    token = office.ticket()
    identity = enrolment.enrol(tmp_path, office.address, token)
    with pytest.raises(TicketRefused, match="used already"):
        enrolment.enrol(tmp_path / "other", office.address, token)
    ledger = open_ledger(tmp_path / LEDGER_FILE)
    for seconds in range(150):
        ledger.outbox.put(visit(seconds))
    with running(tmp_path):
        assert comes_true(lambda: ledger.outbox.waiting() == 0)
        replica = open_replica(tmp_path / REPLICA_FILE, identity.pepper)
        assert comes_true(lambda: replica.as_of() is not None)
        ledger.outbox.put(visit(150))
        assert comes_true(lambda: ledger.outbox.waiting() == 0)
    for letter in office.letters:
        number = TypedNumber(parse_typed(letter["typed_number"]), date.fromisoformat(letter["birth_date"]))
        found = replica.document(parse(letter["payload"].encode(), identity.town))
        assert found is not None
        assert found == replica.document(number)
        assert (found.stage, found.kind, found.reference) == (letter["stage"], letter["kind"], letter["reference"])
    hers = replica.documents(CardHolder(mrz_name("MUSTERMANN", "ERIKA"), date(1964, 8, 12)))
    assert {(one.kind, one.stage) for one in hers} == {
        (DocumentKind.IDENTITY_CARD, Stage.READY_COUNTER),
        (DocumentKind.PASSPORT, Stage.IN_PRODUCTION),
    }
    assert replica.documents(CardHolder(mrz_name("MUSTERMANN", "ERIKA"), date(1964, 8, 13))) == ()
    line = ledger.outbox.line()
    ledger.close()
    replica.close()
    assert line.trouble is None
    assert office.asked(
        f"sorted(Visit.objects.filter(kiosk='{identity.device}').values_list('seconds', flat=True))"
    ) == (list(range(151)))
    assert office.asked(f"Kiosk.objects.get(pk='{identity.device}').chain_broken_at") is None


def test_a_revoked_kiosk_is_told_so_and_works_again_after_a_new_enrolment(office: RealOffice, tmp_path: Path) -> None:
    old = enrolment.enrol(tmp_path, office.address, office.ticket())
    office.does("revoke", old.device)
    ledger = open_ledger(tmp_path / LEDGER_FILE)
    ledger.outbox.put(visit(7777))
    with running(tmp_path):
        assert comes_true(lambda: ledger.outbox.line().trouble == "unknown_kiosk")
    assert ledger.outbox.waiting() == 1
    new = enrolment.enrol(tmp_path, office.address, office.ticket(), replace=True)
    assert new.device != old.device
    with running(tmp_path):
        assert comes_true(lambda: ledger.outbox.waiting() == 0)
    ledger.close()
    assert office.asked("list(Visit.objects.filter(seconds=7777).values_list('kiosk', flat=True))") == [new.device]


def test_a_kiosk_with_an_empty_memory_under_an_old_key_is_noticed(office: RealOffice, tmp_path: Path) -> None:
    enrolment.enrol(tmp_path, office.address, office.ticket())
    for path in tmp_path.glob(f"{LEDGER_FILE}*"):
        path.unlink()
    ledger = open_ledger(tmp_path / LEDGER_FILE)
    ledger.outbox.put(visit())
    with running(tmp_path):
        assert comes_true(lambda: ledger.outbox.line().trouble == "fork")
    assert ledger.outbox.waiting() == 1
    ledger.close()
