"""One round after another, on a line that loses, doubles, delays and tears, with an office that errs."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from central_office.contract.capacity import Resource
from central_office.contract.chain import GENESIS, command_hash
from central_office.contract.messages import MAX_ANSWER, SyncAnswer, VisitReported
from central_office.contract.stages import Stage
from offline_cache.line import NotUnderstood, Refused, Unreachable
from offline_cache.replica import ReplicaUnavailable
from offline_cache.stored_outbox import OfficeAhead
from offline_cache.stored_replica import Cursor
from tests.offline_cache.clockwork import NOON
from tests.offline_cache.kiosk_at_work import KioskAtWork
from tests.offline_cache.letters import row, row_name
from tests.offline_cache.office_double import (
    Mishap,
    OfficeDouble,
    Reply,
    broken_after,
    cut_line,
    doubled,
    down,
    lost,
    saying,
    torn,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def office() -> Iterator[OfficeDouble]:
    with OfficeDouble().open() as office:
        yield office


@pytest.fixture
def kiosk(office: OfficeDouble, tmp_path: Path) -> Iterator[KioskAtWork]:
    kiosk = KioskAtWork(office, tmp_path / "kiosk")
    yield kiosk
    kiosk.close()


def told(office: OfficeDouble) -> list[int]:
    """The visits the office knows, by their length, in the order it applied them."""
    return [VisitReported.model_validate(command.body).seconds for command in office.applied]


def test_visits_go_up_and_documents_come_down(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    office.change(row(1), row(2, Stage.READY_COUNTER))
    kiosk.visits(10, 20)
    kiosk.settles()
    assert told(office) == [10, 20]
    assert kiosk.ledger.outbox.waiting() == 0
    assert (kiosk.stage(1), kiosk.stage(2), kiosk.stage(3)) == (Stage.APPLIED, Stage.READY_COUNTER, None)
    assert kiosk.replica.as_of() == NOON
    assert office.seen[0].clock == "ntp"


def test_changes_follow_the_snapshot_step_by_step(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    office.change(row(1), row(2))
    kiosk.settles()
    office.change(row(1, Stage.ARRIVED), row(3), row_name(2))
    kiosk.settles()
    assert (kiosk.stage(1), kiosk.stage(2), kiosk.stage(3)) == (Stage.ARRIVED, None, Stage.APPLIED)
    assert len(office.ranges) == 1


def test_more_changes_than_one_answer_holds_come_in_several(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    kiosk.settles()
    office.change(*(row(which) for which in range(170)))
    before = len(office.seen)
    kiosk.settles()
    assert len(office.seen) - before == 4
    assert all(kiosk.stage(which) is Stage.APPLIED for which in range(170))


def test_two_hundred_and_fifty_visits_go_in_three_requests(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    kiosk.settles()
    kiosk.visits(*range(250))
    before = len(office.seen)
    kiosk.settles()
    assert [len(request.commands) for request in office.seen[before:]] == [100, 100, 50]
    assert [request.waiting for request in office.seen[before:]] == [150, 50, 0]
    assert told(office) == list(range(250))
    chain = [GENESIS, *(command_hash(command) for command in office.applied)]
    assert [command.prev for command in office.applied] == chain[:-1]


@pytest.mark.parametrize(
    ("mishap", "trouble"),
    [
        (lost, Unreachable),
        (cut_line, Unreachable),
        (down, Refused),
        (broken_after, Refused),
        (torn(20), Unreachable),
        (torn(0), Unreachable),
        (saying(b""), NotUnderstood),
        (saying(b"<html>Welcome to the hotel's network</html>"), NotUnderstood),
        (saying(b'{"v": 2, "attempt": 1}'), NotUnderstood),
        (saying(b"{}", Content_Encoding="br"), NotUnderstood),
        (saying(b"not packed", Content_Encoding="gzip"), NotUnderstood),
        (saying(gzip.compress(b"{}" * 1000)[:-9], Content_Encoding="gzip"), NotUnderstood),
        (saying(gzip.compress(b" " * (MAX_ANSWER + 1)), Content_Encoding="gzip"), NotUnderstood),
        (saying(b" " * (MAX_ANSWER + 1)), NotUnderstood),
        (saying(b"", 302, Location="http://127.0.0.1:9/elsewhere"), Refused),
        (saying(b"\xff" * 100, 418), Refused),
    ],
)
def test_whatever_happens_to_an_answer_each_visit_arrives_once(
    mishap: Mishap, trouble: type[Exception], office: OfficeDouble, kiosk: KioskAtWork
) -> None:
    kiosk.settles()
    kiosk.visits(1, 2)
    office.change(row(1))
    office.next(mishap)
    with pytest.raises(trouble):
        kiosk.trip.go()
    assert kiosk.ledger.outbox.waiting() == 2
    kiosk.visits(3)
    kiosk.settles()
    assert told(office) == [1, 2, 3]
    assert kiosk.ledger.outbox.waiting() == 0
    assert kiosk.stage(1) is Stage.APPLIED


def test_a_request_that_arrives_twice_counts_once(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    kiosk.visits(1, 2)
    office.next(doubled)
    kiosk.settles()
    assert told(office) == [1, 2]


def test_an_answer_to_an_earlier_attempt_is_not_believed(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    kiosk.settles()
    late: list[Reply] = []

    def delayed(work: Callable[[], Reply]) -> None:
        late.append(work())

    office.change(row(1))
    kiosk.visits(1)
    office.next(delayed)
    with pytest.raises(Unreachable):
        kiosk.trip.go()
    office.change(row_name(1))
    kiosk.settles()
    assert kiosk.stage(1) is None
    office.next(lambda _work: late[0])
    with pytest.raises(NotUnderstood, match="stale_answer"):
        kiosk.trip.go()
    assert kiosk.stage(1) is None
    kiosk.settles()
    assert told(office) == [1]


def test_a_restart_between_request_and_answer_forgets_nothing(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    kiosk.visits(1)
    office.next(lost)
    with pytest.raises(Unreachable):
        kiosk.trip.go()
    kiosk.restarts()
    kiosk.visits(2)
    kiosk.settles()
    assert told(office) == [1, 2]
    attempts = [request.attempt for request in office.seen]
    assert attempts == sorted(set(attempts))


def test_a_revoked_kiosk_keeps_its_visits_and_its_rows(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    office.change(row(1))
    kiosk.settles()
    office.revoked = True
    kiosk.visits(1)
    with pytest.raises(Refused) as caught:
        kiosk.trip.go()
    assert (caught.value.status, caught.value.code) == (401, "unknown_kiosk")
    assert kiosk.ledger.outbox.waiting() == 1
    assert kiosk.stage(1) is Stage.APPLIED


def test_an_office_that_chokes_on_a_batch_gets_fewer_at_a_time(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    kiosk.settles()
    kiosk.visits(*range(100))
    office.next(down, down)
    for _ in range(2):
        with pytest.raises(Refused):
            kiosk.trip.go()
    before = len(office.seen)
    kiosk.settles()
    assert [len(request.commands) for request in office.seen[before:]] == [6, 94]


def test_an_office_that_says_when_to_come_again_is_heeded(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    office.next(saying(b"", 503, Retry_After="120"))
    with pytest.raises(Refused) as caught:
        kiosk.trip.go()
    assert caught.value.retry_after == 120
    kiosk.settles()
    assert kiosk.trip.go() == 30.0


def test_an_office_that_never_moves_on_is_not_knocked_at_without_a_pause(
    office: OfficeDouble, kiosk: KioskAtWork
) -> None:
    kiosk.settles()
    kiosk.visits(1, 2)

    def deaf(work: Callable[[], Reply]) -> Reply:
        answer = json.loads(work().body) | {"ack": 0, "results": []}
        office.applied.clear()
        return Reply(200, json.dumps(answer).encode())

    office.next(deaf)
    with pytest.raises(NotUnderstood, match="commands_not_acknowledged"):
        kiosk.trip.go()
    kiosk.settles()
    assert told(office) == [1, 2]


def test_an_office_restored_from_a_backup_is_told_again(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    kiosk.visits(1, 2, 3, 4)
    kiosk.settles()
    del office.applied[2:]
    kiosk.visits(5)
    kiosk.settles()
    assert told(office) == [1, 2, 3, 4, 5]


def test_a_kiosk_whose_disk_was_put_back_in_time_is_an_alarm(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    kiosk.settles()
    office.next(saying(b"x"))
    with pytest.raises(NotUnderstood):
        kiosk.trip.go()

    def ahead(work: Callable[[], Reply]) -> Reply:
        return Reply(200, json.dumps(json.loads(work().body) | {"ack": 9}).encode())

    office.next(ahead)
    with pytest.raises(OfficeAhead):
        kiosk.trip.go()


def test_a_cursor_too_old_brings_a_snapshot_while_the_old_rows_answer(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    office.change(row(1))
    kiosk.settles()
    office.change(row(2), row(1, Stage.ARRIVED))
    office.oldest_cursor = 2
    office.next(None, cut_line)
    with pytest.raises(Unreachable):
        kiosk.trip.go()
    assert (kiosk.stage(1), kiosk.stage(2)) == (Stage.APPLIED, None)
    kiosk.settles()
    assert (kiosk.stage(1), kiosk.stage(2)) == (Stage.ARRIVED, Stage.APPLIED)
    assert len(office.ranges) == 2


def test_a_new_epoch_brings_a_snapshot(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    office.change(row(1))
    kiosk.settles()
    office.epoch, office.log = "e2", [row(7)]
    kiosk.settles()
    assert (kiosk.stage(1), kiosk.stage(7)) == (None, Stage.APPLIED)


def test_an_epoch_that_ends_during_the_fetch_is_learnt_by_the_next_sync(
    office: OfficeDouble, kiosk: KioskAtWork
) -> None:
    office.change(row(1))

    def epoch_ends(work: Callable[[], Reply]) -> Reply:
        reply = work()
        office.epoch = "e2"
        return reply

    office.next(epoch_ends)
    with pytest.raises(Refused, match="epoch"):
        kiosk.trip.go()
    kiosk.settles()
    assert kiosk.stage(1) is Stage.APPLIED


def test_a_snapshot_that_breaks_off_goes_on_where_it_was(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    office.change(*(row(which) for which in range(400)))
    for after in (1000, 3000):
        office.next(None, torn(after))
        with pytest.raises(Unreachable):
            kiosk.trip.go()
    kiosk.restarts()
    with pytest.raises(ReplicaUnavailable):
        kiosk.stage(1)
    kiosk.settles()
    assert office.ranges == ["", "bytes=1000-", "bytes=4000-"]
    assert all(kiosk.stage(which) is Stage.APPLIED for which in range(400))
    assert list(kiosk.place.glob("*.part")) == []


def test_a_visit_that_ends_while_a_long_snapshot_comes_does_not_wait_for_it(
    office: OfficeDouble, kiosk: KioskAtWork
) -> None:
    office.change(*(row(which) for which in range(400)))
    heard: list[tuple[int, int]] = []
    beats = iter(range(1000))

    def someone_ends_a_visit() -> None:
        # The second piece of the file is here; the rest of it is on its way.
        if next(beats) == 3:
            kiosk.visits(7)

    kiosk.beat = someone_ends_a_visit
    while kiosk.trip.go() == 0.0:
        heard.append((len(told(office)), kiosk.writer.cursor() != Cursor()))
    assert heard[:2] == [(0, False), (1, True)], "the visit went with the very next request, before the rows were here"
    assert told(office) == [7]
    assert len(office.ranges) == 2
    assert int(office.ranges[1].removeprefix("bytes=").removesuffix("-")) > 0, "and the file went on where it was"
    assert all(kiosk.stage(which) is Stage.APPLIED for which in (0, 399))


def test_a_wish_for_capacity_does_not_wait_for_a_long_snapshot_either(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    office.change(*(row(which) for which in range(400)))
    beats = iter(range(1000))

    def a_citizen_is_choosing() -> None:
        if next(beats) == 2:
            kiosk.ledger.leases.want(Resource(key="slots", day=NOON.date()), 3)

    kiosk.beat = a_citizen_is_choosing
    assert kiosk.trip.go() == 0.0
    assert kiosk.writer.cursor() == Cursor()
    kiosk.settles()
    assert [len(request.want) for request in office.seen[:2]] == [0, 1]
    assert kiosk.stage(399) is Stage.APPLIED


def test_a_long_arrears_of_visits_goes_before_a_snapshot(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    office.change(row(1))
    kiosk.visits(*range(250))
    fetched = []
    while kiosk.trip.go() == 0.0:
        fetched.append((len(told(office)), len(office.ranges)))
    assert fetched[:3] == [(100, 0), (200, 0), (250, 1)]
    assert kiosk.stage(1) is Stage.APPLIED


def test_an_office_that_takes_no_commands_fills_the_replica_all_the_same(
    office: OfficeDouble, kiosk: KioskAtWork
) -> None:
    def deaf(work: Callable[[], Reply]) -> Reply:
        said = SyncAnswer.model_validate_json(work().body)
        return Reply(200, said.model_copy(update={"ack": 0, "results": ()}).model_dump_json().encode())

    office.change(row(1))
    kiosk.visits(1, 2)
    office.next(deaf)
    with pytest.raises(NotUnderstood, match="commands_not_acknowledged"):
        kiosk.trip.go()
    assert kiosk.stage(1) is Stage.APPLIED


def test_a_snapshot_that_changed_meanwhile_is_fetched_from_the_beginning(
    office: OfficeDouble, kiosk: KioskAtWork
) -> None:
    office.change(*(row(which) for which in range(100)))
    office.next(None, torn(500))
    with pytest.raises(Unreachable):
        kiosk.trip.go()
    office.change(row(1, Stage.ARRIVED))
    office.snapshots.clear()
    kiosk.settles()
    assert office.ranges == ["", "bytes=500-"]
    assert kiosk.stage(1) is Stage.ARRIVED


def test_named_a_part_that_a_power_cut_brought_back_goes_when_nobody_wants_it(
    office: OfficeDouble, kiosk: KioskAtWork
) -> None:
    """Found by cutting the power: deleted after the swap, it was there again, and up to 256 MiB were gone for good."""
    office.change(row(1))
    kiosk.settles()
    back = kiosk.place / f"snapshot-docs-{next(iter(office.snapshots))}.part"
    back.write_bytes(b"what came of it" * 100)
    kiosk.restarts()
    kiosk.settles()
    assert not back.exists()
    assert kiosk.stage(1) is Stage.APPLIED


def test_a_snapshot_fetched_to_its_end_just_before_a_power_cut_is_not_fetched_again(
    office: OfficeDouble, kiosk: KioskAtWork
) -> None:
    office.change(row(1))
    body = office.snapshot("e1", "", "").body
    (kiosk.place / f"snapshot-docs-{next(iter(office.snapshots))}.part").write_bytes(body)
    kiosk.settles()
    assert office.ranges == ["", f"bytes={len(body)}-"]
    assert kiosk.stage(1) is Stage.APPLIED


def altered(change: Callable[[bytes], bytes], *, digest: bool) -> Mishap:
    """The snapshot is another than it should be; with `digest` its ETag says so truly."""

    def mishap(work: Callable[[], Reply]) -> Reply:
        from hashlib import sha256  # noqa: PLC0415

        reply = work()
        body = change(reply.body)
        return Reply(200, body, {"ETag": f'"{sha256(body).hexdigest()}"'} if digest else reply.headers)

    return mishap


OUTSIDE = "snapshot_outside_the_contract"


def repacked(change: Callable[[list[bytes]], list[bytes]]) -> Mishap:
    return altered(
        lambda body: gzip.compress(b"".join(change(gzip.decompress(body).splitlines(keepends=True)))), digest=True
    )


@pytest.mark.parametrize(
    ("mishap", "word"),
    [
        (altered(lambda body: body[:-1] + b"\x07", digest=False), "snapshot_damaged"),
        (altered(lambda body: body[:-20], digest=True), "snapshot_not_packed_as_agreed"),
        (altered(lambda _body: b"<html>", digest=True), "snapshot_not_packed_as_agreed"),
        (altered(lambda body: body[:30] + bytes(40) + body[70:], digest=True), "snapshot_not_packed_as_agreed"),
        (repacked(lambda lines: lines[:-1]), "snapshot_without_end"),
        (repacked(lambda _lines: []), "snapshot_without_end"),
        (repacked(lambda lines: lines[1:]), "snapshot_does_not_add_up"),
        (repacked(lambda lines: [*lines[:-1], lines[-1].replace(b'"e1"', b'"e7"')]), "snapshot_does_not_add_up"),
        (repacked(lambda lines: [b"{}\n", *lines]), OUTSIDE),
        (repacked(lambda lines: [b"[]],[[\n", *lines]), OUTSIDE),
        (repacked(lambda lines: [b"x" * 40_000 + b"\n", *lines]), "snapshot_row_too_long"),
        (saying(b"", ETag='"../../etc"'), "file_without_digest"),
        (saying(b"x", 206, ETag='"' + "0" * 64 + '"'), "file_of_another_range"),
    ],
)
def test_a_snapshot_that_is_not_what_it_should_be_changes_nothing(
    mishap: Mishap, word: str, office: OfficeDouble, kiosk: KioskAtWork
) -> None:
    office.change(*(row(which) for which in range(30)))
    kiosk.settles()
    office.oldest_cursor = 31
    office.change(row(1, Stage.ARRIVED))
    office.next(None, mishap)
    with pytest.raises(NotUnderstood, match=word):
        kiosk.trip.go()
    assert kiosk.stage(1) is Stage.APPLIED
    assert list(kiosk.place.glob("*.part")) == []
    kiosk.settles()
    assert kiosk.stage(1) is Stage.ARRIVED


def test_an_office_that_asks_for_snapshots_without_end_gets_a_pause(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    office.oldest_cursor = 10
    assert kiosk.trip.go() == 0.0
    with pytest.raises(NotUnderstood, match="snapshot_after_snapshot"):
        kiosk.trip.go()


def with_docs(**changes: object) -> Mishap:
    def mishap(work: Callable[[], Reply]) -> Reply:
        answer = json.loads(work().body)
        answer["changes"]["docs"] |= changes
        return Reply(200, json.dumps(answer).encode())

    return mishap


def test_changes_that_lead_nowhere_are_not_believed(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    kiosk.settles()
    office.next(with_docs(more=True))
    with pytest.raises(NotUnderstood, match="changes_without_progress"):
        kiosk.trip.go()


def test_changes_of_another_epoch_lead_to_a_snapshot(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    office.change(row(1))
    kiosk.settles()
    office.next(with_docs(epoch="e9", to="e9.4"))
    with pytest.raises(NotUnderstood, match="changes_of_another_epoch"):
        kiosk.trip.go()
    assert kiosk.stage(1) is Stage.APPLIED
    kiosk.settles()
    assert len(office.ranges) == 2


def test_a_set_that_is_not_mentioned_has_not_changed(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    kiosk.settles()

    def silent(work: Callable[[], Reply]) -> Reply:
        answer = json.loads(work().body) | {"changes": {}, "as_of": "2026-11-23T12:30:00Z"}
        return Reply(200, json.dumps(answer).encode())

    office.next(silent)
    kiosk.trip.go()
    as_of = kiosk.replica.as_of()
    assert as_of is not None
    assert (as_of.hour, as_of.minute) == (12, 30)


def test_a_replica_that_the_kiosk_finds_damaged_is_fetched_again(office: OfficeDouble, kiosk: KioskAtWork) -> None:
    office.change(row(1))
    kiosk.settles()
    (kiosk.place / "replica.db.damaged").touch()
    kiosk.settles()
    assert kiosk.stage(1) is Stage.APPLIED
    assert len(office.ranges) == 2


def test_a_replica_that_is_damaged_while_the_courier_runs_is_fetched_again(
    office: OfficeDouble, kiosk: KioskAtWork
) -> None:
    office.change(*(row(which) for which in range(500)))
    kiosk.settles()
    kiosk.writer.close()
    path = kiosk.place / "replica.db"
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))
    assert kiosk.trip.go() == 0.0
    kiosk.settles()
    assert kiosk.stage(1) is Stage.APPLIED
