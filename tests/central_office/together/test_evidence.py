"""Production kiosks and the office's verification: logs told as commands, bodies that went, a restore in between."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from central_office.office import durability, here
from central_office.office.audit.digest import public
from central_office.office.audit.logs import compare
from central_office.office.audit.signing import make_missing, signing_key
from central_office.office.audit.verifying import Report, verify
from central_office.office.audit.watch import day_by_day
from central_office.office.models import DailyDigest, DeskEntry, Kiosk, ReceivedCommand
from logbook import say
from logbook.chained import FOLDER, ChainedLog, LogDamaged
from offline_cache.attesting import EVERY, FIRST_AFTER
from offline_cache.events import FilledAnew
from tests.central_office.together.in_process import Machine, copy_of_the_office, restore
from tests.offline_cache.letters import visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from central_office.office.audit.digest import Signed
    from tests.central_office.conftest import HandClock


@pytest.fixture
def kiosk(machines: Callable[[str], Machine]) -> Machine:
    return machines("foyer")


@pytest.fixture
def log(kiosk: Machine) -> Iterator[Callable[..., Path]]:
    """Say events at the kiosk, into its log; gives the file."""
    path = kiosk.place / FOLDER / "courier.log"
    courier = logging.getLogger("kiosk.courier")
    level = courier.level
    courier.setLevel(logging.INFO)

    def write(*counts: int) -> Path:
        kept = ChainedLog(path, kiosk.clock.now)
        courier.addHandler(kept)
        for count in counts:
            say(FilledAnew(count))
        courier.removeHandler(kept)
        kept.close()
        return path

    yield write
    courier.setLevel(level)


def tells_its_heads(kiosk: Machine) -> None:
    kiosk.clock.running += max(EVERY, FIRST_AFTER) + 1
    kiosk.errands.go()
    kiosk.settles()


def findings(office: Path, brought: list[Signed] | None = None) -> Report:
    return verify([public(signing_key(office))], brought or [])


def test_a_kiosk_tells_how_far_its_log_has_come_and_the_digest_says_it(
    kiosk: Machine, log: Callable[..., Path], office: Path, clock: HandClock
) -> None:
    path = log(1, 2, 3)
    kiosk.errands.go()
    assert kiosk.ledger.outbox.quiet()  # not at once: a kiosk that starts has better things to say
    tells_its_heads(kiosk)
    tells_its_heads(kiosk)
    assert [one.type for one in ReceivedCommand.objects.all()] == ["log.head"]  # nothing new is not told again
    clock.forward(days=1)
    (signed,) = make_missing(signing_key(office), here.now())
    assert signed.digest.kiosks[0].logs["courier"].lines == 3
    log(4)
    tells_its_heads(kiosk)
    found = compare(Kiosk.objects.get(), path)
    assert (found.first, found.last, found.fits, found.problems) == (1, 4, 2, ())
    assert findings(office).findings == []
    assert not DeskEntry.objects.exists()


def test_somebody_with_root_changes_what_the_log_says(kiosk: Machine, log: Callable[..., Path], office: Path) -> None:
    path = log(1, 2, 3)
    tells_its_heads(kiosk)
    path.write_text(path.read_text().replace("with 2 documents", "with 0 documents"))
    with pytest.raises(LogDamaged):
        compare(Kiosk.objects.get(), path)


def test_somebody_with_root_writes_the_log_anew_and_chains_it_well(
    kiosk: Machine, log: Callable[..., Path], office: Path, clock: HandClock
) -> None:
    path = log(1, 2, 3)
    tells_its_heads(kiosk)
    path.unlink()
    log(1, 2, 7)
    problems = compare(Kiosk.objects.get(), path).problems
    assert len(problems) == 1
    assert "it was written anew" in problems[0]
    tells_its_heads(kiosk)
    assert [(one.kind, one.seq) for one in findings(office).findings] == [("log", 2)]
    day_by_day(office, clock.forward(days=1))
    assert [(one.kind, one.seq) for one in DeskEntry.objects.all()] == [("log", 2)]


def test_somebody_with_root_throws_the_log_away(kiosk: Machine, log: Callable[..., Path], office: Path) -> None:
    path = log(1, 2, 3)
    tells_its_heads(kiosk)
    path.unlink()
    log(4)
    assert "it was cut" in compare(Kiosk.objects.get(), path).problems[0]
    tells_its_heads(kiosk)
    (finding,) = findings(office).findings
    assert "had 3 lines before and says 1 now" in finding.says


def test_bodies_leave_the_kiosk_and_an_older_office_still_has_a_whole_chain(
    kiosk: Machine, office: Path, clock: HandClock
) -> None:
    for seconds in range(3):
        kiosk.ledger.outbox.put(visit(seconds))
    kiosk.settles()
    clock.forward(days=1)
    (signed,) = make_missing(signing_key(office), here.now())
    durability.confirm({kiosk.device: 2})
    kiosk.ledger.outbox.put(visit(3))
    kiosk.settles()
    ReceivedCommand.objects.all().delete()
    Kiosk.objects.update(last_seq=0, head="0" * 64, durable_seq=0)
    DailyDigest.objects.all().delete()
    durability.begin_new_life()
    report = findings(office, [signed])
    assert report.findings == []
    assert any("this is no tampering" in note for note in report.notes)
    kiosk.settles()
    report = findings(office, [signed])
    assert report.findings == []
    assert any("(2 without their bodies)" in line for line in report.sound)
    assert any("1 of 1 digests" in line for line in report.sound)


def test_an_office_back_from_a_backup_is_whole_again_once_its_kiosk_has_spoken(
    kiosk: Machine, office: Path, clock: HandClock
) -> None:
    kiosk.ledger.outbox.put(visit(1))
    kiosk.settles()
    copy = copy_of_the_office()
    kiosk.ledger.outbox.put(visit(2))
    kiosk.settles()
    clock.forward(days=1)
    (signed,) = make_missing(signing_key(office), here.now())
    restore(copy)
    DailyDigest.objects.all().delete()
    kiosk.settles()
    clock.forward(days=1)
    make_missing(signing_key(office), here.now())
    report = findings(office, [signed])
    assert report.findings == []
    assert not DeskEntry.objects.exists()
    assert "1 of 1 digests of the file fit what the office has." in report.sound
