"""One round between the kiosk's files and its office: commands there, acknowledgement and changes back.

It can be killed between any two steps: what the office has not acknowledged is sent again, and the office knows it by
its number; what came down without its cursor did not come down at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from central_office.contract.messages import MAX_BODY, MAX_COMMANDS, SyncRequest
from central_office.contract.sealed_row import SLOTS
from logbook import say, word
from offline_cache import snapshot
from offline_cache.database import DiskTrouble, FileBroken
from offline_cache.disk import MACHINE
from offline_cache.events import (
    ChangesTaken,
    CommandRejected,
    CommandsTaken,
    FilledAnew,
    OfficeWentBack,
    ReplicaDamaged,
    ReplicaReported,
)
from offline_cache.line import NotUnderstood, Refused
from offline_cache.store import REPLICA_FILE, Ledger, StaleAnswer
from offline_cache.stored_replica import DOCS, Cursor, ReplicaWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from central_office.contract.messages import SyncAnswer
    from offline_cache.carrier import Carrier
    from offline_cache.clocks import Clock
    from offline_cache.disk import Disk
    from offline_cache.stored_outbox import Batch

ROOM: Final = MAX_BODY - 4096
"""Bytes left for commands beside the request's own words."""

NOT_ABOUT_THE_COMMANDS: Final = frozenset({401, 403, 409, 429, 503})
"""Refusals that would be the same for fewer commands."""

POLLS_IN_A_ROW: Final = 20
"""After so many polls a whole request is due: only that can raise a lease, and tell how the clock stands."""

ClockQuality = Literal["ntp", "rtc", "unsure"]


class CommandsFirst(BaseException):
    """Something to tell came up while a file was on its way; what was fetched so far is kept."""


class RoundTrip:
    """Carries one request there and its answer back, again and again.

    `beat` is called between steps and may raise to give up.
    """

    def __init__(  # noqa: PLR0913  # each is a part that a test wants to hold in its own hand
        self,
        line: Carrier,
        ledger: Ledger,
        replica: ReplicaWriter,
        folder: Path,
        *,
        clock: Clock,
        quality: Callable[[], ClockQuality],
        beat: Callable[[], None],
        disk: Disk = MACHINE,
    ) -> None:
        self._disk = disk
        self._line = line
        self._ledger = ledger
        self._outbox = ledger.outbox
        self._replica = replica
        self._folder = folder
        self._clock = clock
        self._quality = quality
        self._beat = beat
        self._limit = MAX_COMMANDS
        self._swapped: str | None = None
        self._tidy = False
        self._tag = ""
        self._polls = 0
        self._attempt = 0
        self._rest = 0.0
        self.last_taken = 0
        """The newest command when the outbox was last looked into."""
        self.config: str | None = None
        """The configuration that the office wants in use, as far as it said so."""
        self.new_key_wanted = False
        """Whether the office asked for a new key."""

    def go(self) -> float:
        """Carry one request there and its answer back; how many seconds to rest, 0 if there is more to carry.

        Raises:
            LineError, StoreError, OfficeAhead: the round came to nothing, or to a part of itself; try again later.
        """
        try:
            return self._go()
        except FileBroken as trouble:
            if trouble.path.name != REPLICA_FILE:
                raise
            say(ReplicaDamaged())
            self._replica.drop()
            return 0.0

    def _go(self) -> float:
        if self._replica.damage_reported():
            say(ReplicaReported())
            self._replica.drop()
        if self._tag and self._polls < POLLS_IN_A_ROW and self._outbox.quiet() and self._nothing_new():
            return self._rest
        self._tag = ""
        cursor = self._replica.cursor()
        batch = self._outbox.take(limit=self._limit, room=ROOM)
        self.last_taken = batch.last
        answer = self._ask(batch, cursor)
        self._beat()
        moved = self._settle(batch, answer)
        self._beat()
        arrears = moved and self._outbox.waiting() > 0
        more = self._take_in(cursor, answer, arrears=arrears)
        if batch.size and not moved:
            # The office answers, but does not go on: knocking faster would not help.
            raise NotUnderstood("commands_not_acknowledged")
        self.config, self.new_key_wanted = answer.config, answer.new_key
        if more or arrears:
            return 0.0
        self._tag, self._polls, self._attempt, self._rest = answer.tag, 0, batch.attempt, float(answer.retry_after)
        return self._rest

    def _nothing_new(self) -> bool:
        """Ask cheaply; False if a whole request is due."""
        self._polls += 1
        as_of = self._line.poll(self._tag, f"{self._attempt}.{self._polls}")
        if as_of is None:
            return False
        self._beat()
        self._replica.still_complete(as_of)
        self._outbox.heard()
        return True

    def _ask(self, batch: Batch, cursor: Cursor) -> SyncAnswer:
        request = SyncRequest(
            db=batch.db,
            attempt=batch.attempt,
            at=self._clock(),
            clock=self._quality(),
            commands=batch.commands,
            waiting=batch.waiting,
            cursors={DOCS: cursor.place},
            scrubbed=batch.scrubbed,
            want=batch.want,
            life=batch.life,
            pickups=batch.pickups,
            staff=batch.staff,
            leases=batch.leases,
            outlook=batch.outlook or bool(batch.want),
            slots=SLOTS,
        )
        try:
            answer = self._line.sync(request)
        except Refused as refusal:
            if refusal.status not in NOT_ABOUT_THE_COMMANDS:
                # Perhaps one command is more than the office can bear: send fewer, so that the others get through.
                self._limit = max(1, self._limit // 4)
            raise
        self._limit = MAX_COMMANDS
        return answer

    def _settle(self, batch: Batch, answer: SyncAnswer) -> bool:
        """Note the acknowledgement; whether it moved."""
        try:
            self._ledger.settle(batch, answer)
        except StaleAnswer as stale:
            raise NotUnderstood("stale_answer") from stale
        for result in answer.results:
            if result.r == "rejected":
                say(CommandRejected(result.seq, word(result.code)))
        if answer.ack < batch.acked:
            say(OfficeWentBack(answer.ack))
        elif answer.ack > batch.acked:
            say(CommandsTaken(answer.ack - batch.acked, self._outbox.waiting()))
        return answer.ack != batch.acked

    def _take_in(self, cursor: Cursor, answer: SyncAnswer, *, arrears: bool) -> bool:
        """Bring the replica up to the answer; whether more is to be had at once.

        While there are `arrears`, commands that the office takes but has not yet, a long file waits.
        """
        changes = answer.changes.get(DOCS)
        if changes is None:
            self._replica.still_complete(answer.as_of)
            return False
        if changes.snapshot:
            return arrears or self._take_snapshot(changes.epoch)
        self._swapped = None
        if not self._tidy:
            # A power cut may have left, or brought back, parts of a snapshot that was swapped in: nobody wants them.
            snapshot.discard(self._folder, DOCS, disk=self._disk)
            self._tidy = True
        if not cursor.place or changes.epoch != cursor.epoch:
            self._replica.start_over()
            raise NotUnderstood("changes_of_another_epoch")
        if changes.to == cursor.place:
            if changes.more or changes.up or changes.gone:
                raise NotUnderstood("changes_without_progress")
            self._replica.still_complete(answer.as_of)
            return False
        self._replica.apply(changes, answer.as_of)
        say(ChangesTaken(len(changes.up), len(changes.gone)))
        return changes.more

    def _take_snapshot(self, epoch: str) -> bool:
        if self._swapped == epoch:
            self._swapped = None
            raise NotUnderstood("snapshot_after_snapshot")
        try:
            path = snapshot.fetch(self._line, self._folder, DOCS, epoch, beat=self._unless_news, disk=self._disk)
        except CommandsFirst:
            return True
        try:
            end = snapshot.apply(path, epoch, self._replica, beat=self._beat, disk=self._disk)
        except (NotUnderstood, DiskTrouble):
            # What is of no use must not take the room that the ledger needs.
            snapshot.discard(self._folder, DOCS, disk=self._disk)
            raise
        snapshot.discard(self._folder, DOCS, disk=self._disk)
        self._swapped = epoch
        say(FilledAnew(end.rows))
        return True

    def _unless_news(self) -> None:
        """Between two pieces of a long file: what came up since this round began is told first."""
        self._beat()
        # Not "whether anything waits": an office that takes no commands must still be able to fill the replica.
        if self._outbox.line().last != self.last_taken or self._outbox.wishes():
            raise CommandsFirst
