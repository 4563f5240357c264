"""The protocol done wrongly, in one way at a time, to see that the simulation notices.

A simulation that finds nothing proves nothing unless it finds what is known to be wrong. So here, and nowhere else,
production code is replaced while it runs, in a process that does nothing but run mutants: these are wrong on purpose,
and no test of right behaviour looks at them. Each is one mistake that somebody could make, told in a sentence; `seed`
is a history that catches it, tried first; 0 is for what matters so seldom that only a long hunt notices it.

Long, because there are many ways to be wrong.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django.db import connection, transaction

from central_office.contract.capacity import LeaseReturned, ReservationId, ReservationMade
from central_office.office import changes, durability, escrow
from central_office.office.line import sync as line_sync
from central_office.office.line.refusals import Refused
from central_office.office.models import Kiosk
from offline_cache import store, stored_leases
from offline_cache.journal import Settled
from offline_cache.leases import NoneLeft, Promised
from offline_cache.store import Ledger
from offline_cache.stored_journal import StoredJournal
from offline_cache.stored_leases import StoredLeases
from offline_cache.stored_outbox import StoredOutbox
from offline_cache.stored_replica import Cursor, ReplicaWriter
from tests.fleet.office import OfficeKilled
from tests.fleet.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    import apsw

    from central_office.contract.capacity import Lease, Resource
    from central_office.contract.messages import Changes, Command, DeviceId, Result, Scrubbed, SyncAnswer, SyncRequest
    from central_office.office.models import Town
    from offline_cache.journal import Unfinished
    from offline_cache.stored_outbox import Batch
    from tests.fleet.history import Stage

Sync = Any
"""`line.sync.sync`, or what stands in its place: the same arguments, the same answer."""


@dataclass(frozen=True)
class Mutant:
    """One mistake; `make` makes it until the stack is closed."""

    name: str
    wrong: str
    seed: int
    make: Callable[[ExitStack, Stage], None]


@contextmanager
def replaced(holder: object, name: str, wrong: object) -> Iterator[None]:
    """Let `wrong` stand where the right thing stood."""
    right = vars(holder)[name]
    setattr(holder, name, wrong)
    try:
        yield
    finally:
        setattr(holder, name, right)


def _sync(wrap: Callable[[Stage, Sync], Sync]) -> Callable[[ExitStack, Stage], None]:
    def make(held: ExitStack, stage: Stage) -> None:
        held.enter_context(replaced(line_sync, "sync", wrap(stage, line_sync.sync)))

    return make


def _instead(holder: object, name: str, wrong: object) -> Callable[[ExitStack, Stage], None]:
    def make(held: ExitStack, _stage: Stage) -> None:
        held.enter_context(replaced(holder, name, wrong))

    return make


def _tell(question: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(question, list(cast("Any", values)))


def _forget_what_was_applied(kiosk: Kiosk, after: int, head: str) -> None:
    """What an office without the constraint on (kiosk, seq) has when it believes that it has only `after`."""
    _tell("UPDATE office_receivedcommand SET seq = -id WHERE kiosk_id = %s AND seq > %s", kiosk.pk, after)
    _tell("UPDATE office_kiosk SET last_seq = %s, head = %s WHERE id = %s", after, head, kiosk.pk)


# the office


def _acknowledges_first(stage: Stage, right: Sync) -> Sync:
    def sync(kiosk: Kiosk, request: SyncRequest, *rest: Any) -> SyncAnswer:  # noqa: ANN401
        answer: SyncAnswer | None = None
        refused: Refused | None = None
        try:
            with transaction.atomic():
                try:
                    answer = right(kiosk, request, *rest)
                except Refused as no:
                    refused = no
                stage.office.window()
        except OfficeKilled:
            if answer is None:
                raise
            answer = answer.model_copy(update={"durable": answer.ack})
        if refused is not None:
            raise refused
        assert answer is not None
        return answer

    return sync


def _number_later(stage: Stage, right: Sync) -> Sync:
    def sync(kiosk: Kiosk, request: SyncRequest, *rest: Any) -> SyncAnswer:  # noqa: ANN401
        answer: SyncAnswer = right(kiosk, request, *rest)
        try:
            stage.office.window()
        except OfficeKilled:
            _forget_what_was_applied(kiosk, kiosk.last_seq, kiosk.head)
            raise
        return answer

    return sync


def _remembers_in_memory(_stage: Stage, right: Sync) -> Sync:
    heard: set[str] = set()

    def sync(kiosk: Kiosk, request: SyncRequest, *rest: Any) -> SyncAnswer:  # noqa: ANN401
        first = request.commands[0] if request.commands else None
        if kiosk.pk not in heard and first is not None and first.seq <= kiosk.last_seq:
            _forget_what_was_applied(kiosk, first.seq - 1, first.prev)
        try:
            answer: SyncAnswer = right(kiosk, request, *rest)
        except OfficeKilled:
            heard.clear()
            raise
        heard.add(kiosk.pk)
        return answer

    return sync


def _takes_gaps(_stage: Stage, right: Sync) -> Sync:
    def sync(kiosk: Kiosk, request: SyncRequest, *rest: Any) -> SyncAnswer:  # noqa: ANN401
        told: list[Command | Scrubbed] = [*request.commands, *request.scrubbed]
        first = min(told, key=lambda one: one.seq, default=None)
        if first is not None and first.seq > kiosk.last_seq + 1:
            before = (first.seq - 1, first.prev, kiosk.pk)
            _tell("UPDATE office_kiosk SET last_seq = %s, head = %s WHERE id = %s", *before)
        return cast("SyncAnswer", right(kiosk, request, *rest))

    return sync


def _poison_stops_all(_stage: Stage, right: Sync) -> Sync:
    def sync(kiosk: Kiosk, request: SyncRequest, *rest: Any) -> SyncAnswer:  # noqa: ANN401
        with transaction.atomic():
            answer: SyncAnswer = right(kiosk, request, *rest)
            if any(result.r == "rejected" for result in answer.results):
                raise Refused(500, "poison", "")
        return answer

    return sync


def _poison_goes_untold(_stage: Stage, right: Sync) -> Sync:
    def sync(kiosk: Kiosk, request: SyncRequest, *rest: Any) -> SyncAnswer:  # noqa: ANN401
        answer: SyncAnswer = right(kiosk, request, *rest)
        _tell("DELETE FROM office_deskentry WHERE kind = 'rejected'")
        return answer

    return sync


def _grants_what_was(_stage: Stage, right: Sync) -> Sync:
    said: dict[tuple[str, int], tuple[Lease, ...]] = {}

    def sync(kiosk: Kiosk, request: SyncRequest, *rest: Any) -> SyncAnswer:  # noqa: ANN401
        before = said.get((kiosk.pk, kiosk.last_seq), ())
        answer: SyncAnswer = right(kiosk, request, *rest)
        said[kiosk.pk, answer.ack] = answer.leases or ()
        if not before:
            return answer
        return answer.model_copy(
            update={"leases": tuple(one.model_copy(update={"as_of": answer.ack}) for one in before)}
        )

    return sync


def _lends_uncounted(_stage: Stage, right: Sync) -> Sync:
    def sync(kiosk: Kiosk, request: SyncRequest, *rest: Any) -> SyncAnswer:  # noqa: ANN401
        answer: SyncAnswer = right(kiosk, request, *rest)
        # Both counts are wrong alike, so that only what was promised can show it.
        more = tuple(lease.model_copy(update={"granted": lease.granted + 1}) for lease in answer.leases or ())
        return answer.model_copy(update={"leases": more})

    return sync


def _says_it_once(_stage: Stage, right: Sync) -> Sync:
    def sync(kiosk: Kiosk, request: SyncRequest, *rest: Any) -> SyncAnswer:  # noqa: ANN401
        answer: SyncAnswer = right(kiosk, request, *rest)
        return answer.model_copy(update={"leases": None}) if request.leases else answer

    return sync


def _lets_leases_expire(_stage: Stage, right: Sync) -> Sync:
    def sync(kiosk: Kiosk, request: SyncRequest, town: Town, at: datetime, *rest: Any) -> SyncAnswer:  # noqa: ANN401
        silent = Kiosk.objects.exclude(pk=kiosk.pk).filter(last_seen__lt=at - timedelta(minutes=20))
        with transaction.atomic():
            for other in silent:
                escrow.release(other)
        return cast("SyncAnswer", right(kiosk, request, town, at, *rest))

    return sync


def _wakes_as_it_was(copy: object, _epoch: str) -> dict[str, int]:
    del copy
    return durability.mark()


def _trusts_its_own_disk(held: ExitStack, stage: Stage) -> None:
    held.enter_context(replaced(stage.office, "policy", durability.COMMITTED))


def _changed(change: Callable[[Changes], Changes]) -> Callable[[Stage, Sync], Sync]:
    def wrap(_stage: Stage, right: Sync) -> Sync:
        def sync(kiosk: Kiosk, request: SyncRequest, *rest: Any) -> SyncAnswer:  # noqa: ANN401
            answer: SyncAnswer = right(kiosk, request, *rest)
            return answer.model_copy(update={"changes": {"docs": change(answer.changes["docs"])}})

        return sync

    return wrap


def _any_life(text: str, town: Town) -> changes.Cursor | None:
    parts = text.split(".")
    return changes.Cursor(town.epoch, int(parts[1]), int(parts[2])) if len(parts) == 3 else None


def _any_age(text: str, town: Town) -> changes.Cursor | None:
    found = _any_life(text, town)
    return found if found is not None and text.split(".", maxsplit=1)[0] == town.epoch else None


def _believes_forks(_stage: Stage, right: Sync) -> Sync:
    def sync(kiosk: Kiosk, request: SyncRequest, *rest: Any) -> SyncAnswer:  # noqa: ANN401
        new = tuple(one for one in request.commands if one.seq > kiosk.last_seq)
        db = kiosk.database or request.db
        return cast("SyncAnswer", right(kiosk, request.model_copy(update={"commands": new, "db": db}), *rest))

    return sync


# the kiosk


_right_take = StoredOutbox.take
_right_settle_within = StoredOutbox.settle_within
_right_settle = Ledger.settle
_right_effect = StoredJournal.effect
_right_begin_snapshot = ReplicaWriter.begin_snapshot


def _forgets_what_it_sent(self: StoredOutbox, *, limit: int, room: int) -> Batch:
    batch = _right_take(self, limit=limit, room=room)
    with self._database.writing() as rows:
        rows.execute("DELETE FROM outbox WHERE seq <= ?", (batch.acked + batch.size,))
    return batch


def _scrubs_at_once(
    self: StoredOutbox, rows: apsw.Connection, ack: int, results: Iterable[Result], _durable: int
) -> None:
    _right_settle_within(self, rows, ack, results, ack)


def _takes_old_answers(self: Ledger, batch: Batch, answer: SyncAnswer) -> None:
    _right_settle(self, replace(batch, attempt=answer.attempt), answer)


def _never_subtracts(rows: apsw.Connection, resource: Resource) -> int:
    asked = (resource.key, resource.day.isoformat())
    return int(rows.execute("SELECT granted FROM leases WHERE key = ? AND day = ?", asked).get or 0)


def _subtracts_no_returns(self: StoredLeases, resource: Resource, units: int) -> int:
    units = min(units, self.available(resource))
    if units > 0:
        self._outbox.put(LeaseReturned(resource=resource, units=units))
    return units


_in_memory: dict[int, list[ReservationMade]] = {}


def _promises_before_it_writes(
    self: StoredLeases, resource: Resource, units: int, *, also: object = None
) -> Promised | NoneLeft:
    del also
    with self._database.writing() as rows:
        left = stored_leases._available(rows, resource)
        if left < units:
            return NoneLeft(left)
        name = ReservationId(str(self._new_id()))
        # The lease is lowered at once, the order is written when the courier comes by.
        rows.execute("UPDATE leases SET granted = granted - ? WHERE key = ?", (units, resource.key))
    _in_memory.setdefault(id(self._outbox), []).append(
        ReservationMade(reservation=name, resource=resource, units=units)
    )
    return Promised(name)


def _writes_when_the_courier_comes(self: StoredOutbox, *, limit: int, room: int) -> Batch:
    for made in _in_memory.pop(id(self), []):
        self.put(made)
    return _right_take(self, limit=limit, room=room)


def _order_in_memory(held: ExitStack, _stage: Stage) -> None:
    _in_memory.clear()
    held.enter_context(replaced(StoredLeases, "promise", _promises_before_it_writes))
    held.enter_context(replaced(StoredOutbox, "take", _writes_when_the_courier_comes))


def _ends_before_it_reports(self: StoredJournal, number: int, outcome: str, report: Any) -> None:  # noqa: ANN401
    with self._database.writing() as rows:
        self.finish_within(rows, number, outcome)
    if report is not None:
        self._outbox.put(report)


class _Unwritten:
    """An effect that is written down when it has ended."""

    def __init__(self, journal: StoredJournal, kind: str, detail: Any) -> None:  # noqa: ANN401
        self._journal, self._kind, self._detail = journal, kind, detail

    def done(self, outcome: str, report: Any = None) -> None:  # noqa: ANN401
        """Now it is written."""
        with _right_effect(self._journal, self._kind, self._detail) as effect:
            effect.done(outcome, report)


@contextmanager
def _begins_unwritten(self: StoredJournal, kind: str, detail: Any = None) -> Iterator[_Unwritten]:  # noqa: ANN401
    yield _Unwritten(self, kind, detail)


def _does_it_again(self: World, one: Unfinished) -> Settled:
    deed = self.truth.deeds[int(str(one.detail["mark"]))]
    deed.times += 1
    return Settled("opened", self._visit_of(deed.mark))


def _cursor_first(self: ReplicaWriter, news: Changes, as_of: datetime) -> None:
    with self._database.writing() as rows:
        self._note(rows, Cursor(news.epoch, news.to), as_of)
    with self._database.writing() as rows:
        for name in (*(row.id for row in news.up), *news.gone):
            rows.execute("DELETE FROM keys WHERE id = ?", (name,))
            rows.execute("DELETE FROM documents WHERE id = ?", (name,))
        for row in news.up:
            rows.execute("INSERT INTO documents VALUES (?, ?, ?)", (row.id, b"".join(row.slots), row.sealed))
            rows.executemany("INSERT OR REPLACE INTO keys VALUES (?, ?)", [(slot[:16], row.id) for slot in row.slots])


def _clears_first(self: ReplicaWriter) -> None:
    with self._database.writing() as rows:
        rows.execute("DELETE FROM documents; DELETE FROM keys")
    _right_begin_snapshot(self)


def _prunes_by_the_clock(self: StoredOutbox) -> int:
    with self._database.writing() as rows:
        limit = (self._clock() - timedelta(days=90)).isoformat(timespec="microseconds")
        rows.execute("DELETE FROM outbox WHERE at < ?", (limit,))
        return rows.changes()


def _keeps_its_numbers(self: StoredOutbox, device: DeviceId, *, anew: bool = False) -> None:
    del anew
    with self._database.writing() as rows:
        rows.execute("UPDATE line SET device = ?", (device,))


_right_speak_as = StoredOutbox.speak_as


def _keeps_its_leases(self: StoredOutbox, device: DeviceId, *, anew: bool = False) -> None:
    with self._database.reading() as rows:
        kept = rows.execute("SELECT key, day, granted, 0 FROM leases").fetchall()
    if self.line().device in {None, device}:
        kept = []
    _right_speak_as(self, device, anew=anew)
    with self._database.writing() as rows:
        rows.executemany("INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)", kept)


def _tells_only_what_waits(self: StoredOutbox, device: DeviceId, *, anew: bool = False) -> None:
    if self.line().device not in {None, device}:
        with self._database.writing() as rows:
            rows.execute("DELETE FROM outbox WHERE seq <= (SELECT acked FROM line)")
    _right_speak_as(self, device, anew=anew)


_NORMAL = (*store.LEDGER_SETTINGS, "PRAGMA synchronous=NORMAL")

MUTANTS: tuple[Mutant, ...] = (
    Mutant("ack first", "the office answers, and says durable, before it commits", 18, _sync(_acknowledges_first)),
    Mutant("number later", "the office moves the number in a transaction of its own", 18, _sync(_number_later)),
    Mutant("number in memory", "the office knows what it applied until it restarts", 15, _sync(_remembers_in_memory)),
    Mutant("gaps", "the office takes commands behind a gap", 124, _sync(_takes_gaps)),
    Mutant("poison stops", "one bad command stops the line", 5, _sync(_poison_stops_all)),
    Mutant("poison untold", "a rejected command is laid before nobody", 5, _sync(_poison_goes_untold)),
    Mutant("forks believed", "the same number with another content is taken for known", 39, _sync(_believes_forks)),
    Mutant("grant of before", "a grant counts from before the commands it says it knows", 4, _sync(_grants_what_was)),
    Mutant("lent uncounted", "the office grants one unit more than it counts", 1, _sync(_lends_uncounted)),
    Mutant("leases once", "the office says what a kiosk holds once and never again", 1, _sync(_says_it_once)),
    Mutant("lease by clock", "leases of kiosks that are silent for 20 minutes expire", 10, _sync(_lets_leases_expire)),
    Mutant("same life", "a restored office goes on as if nothing had happened", 21,
           _instead(durability, "wake", _wakes_as_it_was)),
    Mutant("lends at once", "a restored office lends before every kiosk spoke", 71,
           _instead(escrow, "recovering", lambda _town: [])),
    Mutant("durable at once", "the office calls durable what no copy holds", 57, _trusts_its_own_disk),
    Mutant("no tombstones", "the office does not say what is gone", 9,
           _sync(_changed(lambda docs: docs.model_copy(update={"gone": ()})))),
    Mutant("blind poll", "a poll says that nothing is new without looking at documents", 59,
           _instead(line_sync, "poll", lambda kiosk, *_rest: kiosk.state == Kiosk.State.ACTIVE)),
    Mutant("cursor of any life", "a cursor of another life of the database is good", 2,
           _instead(changes, "parse", _any_life)),
    Mutant("cursor of any age", "a cursor older than the log is good", 2, _instead(changes, "parse", _any_age)),
    Mutant("forgotten when sent", "the kiosk forgets a command when it sends it", 1,
           _instead(StoredOutbox, "take", _forgets_what_it_sent)),
    Mutant("scrubbed when heard", "the kiosk drops bodies that are not durable yet", 57,
           _instead(StoredOutbox, "settle_within", _scrubs_at_once)),
    Mutant("pruned by clock", "the kiosk drops commands that are old by its clock", 16,
           _instead(StoredOutbox, "prune", _prunes_by_the_clock)),
    Mutant("stale answers", "the kiosk takes in answers to earlier attempts", 0,
           _instead(Ledger, "settle", _takes_old_answers)),
    Mutant("own promises ignored", "the kiosk does not subtract what it did since", 4,
           _instead(stored_leases, "_available", _never_subtracts)),
    Mutant("own returns ignored", "the kiosk does not subtract what it gave back", 0,
           _instead(StoredLeases, "give_back", _subtracts_no_returns)),
    Mutant("order in memory", "the citizen is told before her order is on the disk", 7, _order_in_memory),
    Mutant("unsynced ledger", "the ledger does not sync each transaction", 2,
           _instead(store, "LEDGER_SETTINGS", _NORMAL)),
    Mutant("end before report", "an effect's end and its report are two transactions", 55,
           _instead(StoredJournal, "finish", _ends_before_it_reports)),
    Mutant("intent unwritten", "an effect is written down when it has ended", 3,
           _instead(StoredJournal, "effect", _begins_unwritten)),
    Mutant("done again", "what was not finished is done again", 3, _instead(World, "_looked", _does_it_again)),
    Mutant("cursor first", "the replica's cursor is kept before its rows", 31,
           _instead(ReplicaWriter, "apply", _cursor_first)),
    Mutant("cleared first", "the old rows go before the new ones are there", 28,
           _instead(ReplicaWriter, "begin_snapshot", _clears_first)),
    Mutant("numbers kept", "a new enrolment goes on with the old numbers", 7,
           _instead(StoredOutbox, "speak_as", _keeps_its_numbers)),
    Mutant("leases kept", "a new enrolment keeps the leases of the old key", 0,
           _instead(StoredOutbox, "speak_as", _keeps_its_leases)),
    Mutant("only what waits", "a new enrolment tells only what was not acknowledged", 0,
           _instead(StoredOutbox, "speak_as", _tells_only_what_waits)),
)  # fmt: skip
"""All of them."""
