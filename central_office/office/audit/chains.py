"""Every kiosk's chain, computed again from the commands that the office keeps.

A command's hash covers all of it and the hash of the one before. So what is stored either gives the same hashes again,
or a finding says which command is missing, changed, or not in line. Of a command whose body its kiosk no longer had (a
shell) the hash alone is checked: the next command covers it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from central_office.contract.chain import GENESIS, command_hash
from central_office.contract.messages import Command, CommandId, LogHead
from central_office.office.audit.digest import LogPosition
from central_office.office.bulky.forgetting import FORGOTTEN, WITH_ADDRESS
from central_office.office.models import DeskEntry, Kiosk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from central_office.office.audit.digest import Digest
    from central_office.office.models import ReceivedCommand

DIGEST = "digest"
"""The kind of a finding about the digests themselves; all other kinds are those of the desk."""

_LOG_HEAD = "log.head"
_CHUNK = 2000


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was: at which kiosk and command, what happened, and what to do about it.

    `settled` says what a person wrote down about it, if somebody saw to it already.
    """

    kind: str
    device: str
    seq: int
    says: str
    advice: str
    settled: str = ""

    def __str__(self) -> str:
        where = f"{self.device}, command {self.seq}: " if self.device else ""
        return f"{where}{self.says} {self.advice}"


@dataclass(frozen=True)
class Point:
    """A command's number and hash; number 0 is the beginning."""

    seq: int
    hash: str


@dataclass(frozen=True)
class SignedHead:
    """What a digest says of one kiosk: its head, and the oldest command that was kept then."""

    day: date
    point: Point
    first: int


@dataclass
class Walk:
    """One walk along a kiosk's chain: from where, what was signed on the way, and where it ended."""

    kiosk: Kiosk
    signed: Mapping[int, SignedHead] = field(default_factory=dict)
    start: Point | None = None
    logs: dict[str, LogPosition] = field(default_factory=dict)
    first: int = 0
    last: Point = Point(0, GENESIS)
    shells: int = 0

    def findings(self) -> Iterator[Finding]:
        """What is not as it was, in the order of the commands; the walk's own fields are filled on the way."""
        # Up to what the row of the kiosk counts: it goes on speaking while we look.
        rows = self.kiosk.commands.filter(seq__lte=self.kiosk.last_seq).order_by("seq")
        if self.start is not None:
            rows = rows.filter(seq__gt=self.start.seq)
            self.last = self.start
        for row in rows.iterator(chunk_size=_CHUNK):
            if not self.first:
                self.first = row.seq
                if self.start is None:
                    self._begin(row)
            if row.seq != self.last.seq + 1:
                yield self._gap(self.last.seq + 1, row.seq - 1)
                self.last = Point(row.seq - 1, row.prev)
            yield from self._row(row)
            self.last = Point(row.seq, row.hash)
        yield from self._end()

    def _begin(self, row: ReceivedCommand) -> None:
        # What is older than a year is forgotten, but only up to a head that was signed.
        before = self.signed.get(row.seq - 1)
        if before is not None:
            self.last = before.point
        elif row.seq > 1 and (not self.signed or min(self.signed.values(), key=_by_day).first == row.seq):
            # It was so when this office signed its first digest.
            self.last = Point(row.seq - 1, row.prev)

    def _row(self, row: ReceivedCommand) -> Iterator[Finding]:
        prev = row.prev or self.last.hash
        if row.code == "scrubbed" or (row.code == FORGOTTEN and row.type == WITH_ADDRESS):
            self.shells += 1
        elif prev and stored_hash(row, prev) != row.hash:
            if not row.prev and self.kiosk.chain_broken_at == row.seq:
                yield self._broken(row.seq)
            else:
                yield self._altered(row.seq, "what is stored is not what the kiosk sent: its hash does not fit.")
        if row.prev and self.last.hash and row.prev != self.last.hash:
            yield self._broken(row.seq)
        signed = self.signed.get(row.seq)
        if signed is not None and signed.point.hash != row.hash:
            yield self._altered(row.seq, f"the digest of {signed.day} was signed over another content.")
        if row.type == _LOG_HEAD and not row.code:
            yield from self._log(row)

    def _log(self, row: ReceivedCommand) -> Iterator[Finding]:
        try:
            said = LogHead.model_validate_json(row.body)
        except ValidationError:
            return  # changed since it was taken, which its hash has told already
        before = self.logs.get(said.log)
        self.logs[said.log] = LogPosition(lines=said.lines, head=said.head)
        if before is None:
            return
        if said.lines < before.lines:
            yield self._log_finding(
                row.seq, f"its log {said.log!r} had {before.lines} lines before and says {said.lines} now."
            )
        elif said.lines == before.lines and said.head != before.head:
            yield self._log_finding(row.seq, f"line {said.lines} of its log {said.log!r} is not what it was.")

    def _end(self) -> Iterator[Finding]:
        kiosk, last = self.kiosk, self.last
        if not self.first and self.start is None and kiosk.last_seq:
            # Nothing is kept any more: then a signed digest, or the kiosk's own row, is all there is.
            signed = self.signed.get(kiosk.last_seq)
            if signed is None and self.signed:
                yield self._gap(1, kiosk.last_seq)
                return
            last = self.last = signed.point if signed is not None else Point(kiosk.last_seq, kiosk.head)
        if last.seq < kiosk.last_seq:
            yield self._gap(last.seq + 1, kiosk.last_seq)
        elif last.hash != kiosk.head:
            yield self._altered(last.seq, "the head of the chain is not the hash of the last command.")
        newest = kiosk.commands.order_by("-seq").first()
        counted = Kiosk.objects.values_list("last_seq", flat=True).get(pk=kiosk.pk)
        if newest is not None and newest.seq > counted:
            yield self._altered(counted + 1, f"the office keeps commands up to {newest.seq}, but counts {counted}.")
        beyond = [one for seq, one in self.signed.items() if seq > max(last.seq, kiosk.last_seq)]
        if beyond:
            first = min(beyond, key=_by_day)
            yield replace(
                self._gap(kiosk.last_seq + 1, max(one.point.seq for one in beyond)),
                says=f"the digest of {first.day} was signed over command {first.point.seq}, which is not there.",
            )

    def _gap(self, first: int, last: int) -> Finding:
        which = "it is" if first == last else f"commands {first} to {last} are"
        return Finding(
            DeskEntry.Kind.GAP,
            self.kiosk.pk,
            first,
            f"{which} missing at the office.",
            "Find out who deleted rows, or whether an old copy of the database was put back without a new epoch "
            "(office manage new_epoch); the kiosk tells again what it still has.",
        )

    def _broken(self, seq: int) -> Finding:
        return Finding(
            DeskEntry.Kind.CHAIN,
            self.kiosk.pk,
            seq,
            f"it does not follow command {seq - 1}.",
            "Find out who touched the kiosk's memory or the office's database; enrol the kiosk anew.",
        )

    def _altered(self, seq: int, says: str) -> Finding:
        return Finding(
            DeskEntry.Kind.ALTERED,
            self.kiosk.pk,
            seq,
            says,
            "Find out who can change the office's database, and compare with a backup.",
        )

    def _log_finding(self, seq: int, says: str) -> Finding:
        return Finding(
            DeskEntry.Kind.LOG,
            self.kiosk.pk,
            seq,
            says,
            "Find out who was at the machine, or whether its disk is damaged.",
        )


def heads_of(digests: Iterable[Digest]) -> dict[str, dict[int, SignedHead]]:
    """What was signed of each kiosk, by the number of its command; the first that is given wins."""
    found: dict[str, dict[int, SignedHead]] = {}
    for digest in digests:
        for head in digest.kiosks:
            signed = SignedHead(digest.day, Point(head.seq, head.hash), head.first)
            found.setdefault(head.device, {}).setdefault(head.seq, signed)
    return found


def forks(kiosk: Kiosk) -> Iterator[Finding]:
    """Whether two machines spoke with this kiosk's key, as the line noticed it."""
    for entry in DeskEntry.objects.filter(kiosk=kiosk, kind=DeskEntry.Kind.FORK):
        yield Finding(
            DeskEntry.Kind.FORK,
            kiosk.pk,
            entry.seq,
            "two machines spoke with one key, or an old copy of the kiosk's memory came back.",
            "Revoke it, and enrol the right machine anew.",
        )


def settled(finding: Finding) -> Finding:
    """The finding, with what somebody wrote down about it at the desk, if it is settled."""
    entry = DeskEntry.objects.filter(kiosk=finding.device, seq=finding.seq, kind=finding.kind).first()
    if entry is None or entry.done_at is None:
        return finding
    return replace(finding, settled=f"{entry.done_at:%Y-%m-%d} {entry.done_by}: {entry.done_how}")


def stored_hash(row: ReceivedCommand, prev: str) -> str:
    """The hash of a stored command, computed again; empty if what is stored is no command."""
    try:
        return command_hash(
            Command.model_construct(
                seq=row.seq,
                id=CommandId(row.command),
                type=row.type,
                tv=row.tv,
                at=row.at,
                body=json.loads(row.body),
                prev=prev,
                **json.loads(row.extra or "{}"),
            )
        )
    except (ValueError, TypeError):
        return ""


def _by_day(head: SignedHead) -> date:
    return head.day
