"""What really happened in a simulation, beside what kiosks and office believe; and what must hold between the two.

Always: what citizens were promised and kiosks may still promise is never more than there is; nothing was done twice in
the world; nobody is called a fork who is none; whatever a kiosk says of a document was so at some moment since the one
it names. In the end, when all is quiet: every confirmed order is at the office, once; every effect has come to its end;
each replica says what the office says, and both sides count the same leases.

Honest limits are named here, and nowhere else: what a card took with it that died before the office had heard it, what
two copies of one card promised after it was copied, what a kiosk promised or had not told when its key was revoked, and
what a copy lacks that is older than the office's own word.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from central_office.contract.capacity import ReservationId

if TYPE_CHECKING:
    from datetime import datetime

    from central_office.contract.capacity import Resource
    from tests.fleet.machine import Machine
    from tests.fleet.office import Office


NOBODYS: Final = ReservationId("nobodys")
"""A reservation that nobody made."""


class Mishap(Exception):
    """Something is so that must not be so."""


def require(so: bool, word: str) -> None:  # noqa: FBT001  # as `assert`, which a run with -O would not make
    """Raise Mishap unless it is so."""
    if not so:
        raise Mishap(word)


@dataclass
class Report:
    """A visit that a kiosk put into its outbox; `sure`: the citizen went away knowing it."""

    mark: int
    machine: Machine
    sure: bool
    rejected: bool = False
    """The office's database refuses it: a person has to look."""
    most: int = 1
    excused: bool = False
    old: bool = False
    """Whether it was told under an enrolment that is void; a new office is not told of it again."""


@dataclass
class Promise:
    """Units that a citizen was promised."""

    reservation: str
    machine: Machine
    resource: Resource
    units: int
    sure: bool
    counted: bool
    """Whether it was lent to this machine alone."""
    cancelled: Literal["no", "perhaps", "yes"] = "no"
    excused: bool = False


@dataclass
class Deed:
    """Something that was done in the world, or begun; `tells`: the device knows afterwards whether it did it."""

    mark: int
    machine: Machine
    tells: bool
    times: int = 0
    most: int = 1


@dataclass(frozen=True)
class Version:
    """How a document stood from a moment on; without a stage it is gone."""

    since: datetime
    token: str
    stage: str | None


@dataclass
class Truth:
    """The whole of it."""

    reports: dict[int, Report] = field(default_factory=dict)
    promises: dict[str, Promise] = field(default_factory=dict)
    deeds: dict[int, Deed] = field(default_factory=dict)
    capacities: dict[Resource, int] = field(default_factory=dict)
    versions: dict[str, list[Version]] = field(default_factory=dict)
    poison: int = 0
    """Commands that make no sense, by whoever put them: each is rejected once, or died with its card."""
    cloned: bool = False
    crowded: bool = False
    """Whether somebody promised, or was listened to, under one of the honest limits: a promise may find no place."""
    audited: bool = False
    """Whether the evening ends with a verification of all chains; it takes its time, so not every one does."""
    shells: bool = False
    """Whether the office came back from a copy that is older than its own word."""
    checks: int = 0

    # what citizens and clerks did

    def documents_are(self, office: Office, moment: datetime) -> None:
        """Note how every document stands now."""
        now = office.standing()
        for name in self.versions.keys() | now.keys():
            known = self.versions.setdefault(name, [])
            token, stage = now.get(name, (known[-1].token if known else "", None))
            if not known or (known[-1].token, known[-1].stage) != (token, stage):
                known.append(Version(moment, token, stage))

    def may_say(self, name: str, token: str, since: datetime) -> set[str | None]:
        """What a kiosk may say to the bearer of this letter, if it calls itself complete as of `since`."""
        found: set[str | None] = set()
        known = self.versions[name]
        for at, version in enumerate(known):
            ended = at + 1 < len(known) and known[at + 1].since < since
            if not ended:
                found.add(version.stage if version.token == token else None)
        if known[0].since > since:
            found.add(None)
        return found

    # the honest limits

    def dies(self, machine: Machine, office: Office) -> None:
        """Its card is gone with all that nobody else had heard."""
        heard = reservations(office)
        for report in self.reports.values():
            report.excused |= report.machine is machine
        for promise in self._of(machine):
            promise.excused = True
            promise.counted &= promise.reservation in heard

    def is_revoked(self, machine: Machine, office: Office) -> None:
        """What it had not told is lent to others from now on."""
        heard = reservations(office)
        machine.trusted = False
        for promise in self._of(machine):
            if promise.reservation not in heard:
                promise.counted = False
                self.crowded = True

    def is_copied(self, machine: Machine) -> None:
        """Two machines hold the same leases."""
        self.cloned = self.crowded = True
        machine.trusted = False

    def is_enrolled_anew(self, machine: Machine, office: Office) -> None:
        """It tells what its old self was not acknowledged, perhaps once more; its statistics may count twice then.

        Statistics that were acknowledged are not told again, though the office may have lost them since.
        """
        line = machine.ledger.outbox.line()
        heard = {
            json.loads(body).get("seconds")
            for (body,) in office.asked("SELECT body FROM office_receivedcommand WHERE type = 'visit.reported'")
        }
        with machine.ledger._database.reading() as connection:
            texts = connection.execute("SELECT seq, command FROM outbox WHERE NOT scrubbed").fetchall()
        for seq, text in texts:
            command = json.loads(str(text))
            if command["type"] == "visit.reported":
                report = self.reports[command["body"]["seconds"]]
                report.most += int(str(seq)) > line.acked
                report.excused |= int(str(seq)) <= line.acked and report.mark not in heard
            if command["type"] == "effect.unsettled":
                self.deeds[command["body"]["detail"]["mark"]].most += 1
            self.poison += command["body"].get("reservation") == NOBODYS
        for report in self.reports.values():
            report.old |= report.machine is machine

    def is_restored(self, office: Office, machines: list[Machine], before: set[str], *, older: bool) -> None:
        """What nobody is left to tell again is lost; `before` are the reservations that the office had."""
        heard = reservations(office)
        for report in self.reports.values():
            report.excused |= report.old
        for machine in machines:
            if machine.dead:
                for promise in self._of(machine):
                    promise.counted &= promise.reservation in heard
        if older:
            self.shells = self.crowded = True
            for name in before - heard:
                self.promises[name].excused, self.promises[name].counted = True, False
            for report in self.reports.values():
                report.excused = True

    def _of(self, machine: Machine) -> list[Promise]:
        return [promise for promise in self.promises.values() if promise.machine is machine]

    # what must hold

    def holds(self, office: Office, machines: list[Machine]) -> None:
        """What must be so at any moment.

        Raises:
            Mishap: it is not.
        """
        self.checks += 1
        books = office.asked(
            "SELECT key, day, capacity, promised, leased,"
            " (SELECT ifnull(sum(units), 0) FROM office_lease WHERE resource_id = office_resource.id),"
            " (SELECT ifnull(sum(units), 0) FROM office_reservation"
            "  WHERE resource_id = office_resource.id AND state = 'held')"
            " FROM office_resource"
        )
        for key, day, capacity, promised, leased, lent, held in books:
            require(promised + leased <= capacity, f"the office promised {promised} and lent {leased} of {capacity}")
            require(leased == lent, f"{key} {day}: the office counts {leased} lent, and {lent} with kiosks")
            require(promised == held, f"{key} {day}: the office counts {promised} promised, and {held} reservations")
        for resource, capacity in self.capacities.items():
            given = sum(
                promise.units
                for promise in self.promises.values()
                if promise.resource == resource and promise.counted and promise.sure and promise.cancelled == "no"
            )
            can = sum(one.ledger.leases.available(resource) for one in machines if one.trusted and not one.dead)
            require(given + can <= capacity, f"overbooked: {given} promised, {can} more can be, of {capacity}")
        for kind, count in office.asked("SELECT kind, count(*) FROM office_deskentry GROUP BY kind"):
            require(kind != "fork" or self.cloned, "a fork where no card was copied")
            require(kind != "chain" or self.cloned, f"{count} commands do not follow the one before")
            require(kind != "gap" or self.cloned, f"{count} commands were left out")
            require(kind != "unplaced" or self.crowded, "a promise without a place")
        if not self.shells:
            shells = office.asked("SELECT count(*) FROM office_receivedcommand WHERE code = 'scrubbed'")[0][0]
            require(not shells, f"{shells} commands lost their bodies before a copy had them")
        for deed in self.deeds.values():
            require(deed.times <= 1, f"deed {deed.mark} was done {deed.times} times")

    def ends(self, office: Office, machines: list[Machine]) -> None:
        """What must be so when everything was told and heard.

        Raises:
            Mishap: it is not.
        """
        received = office.asked(
            "SELECT c.type, c.result, c.code, c.body, v.id, d.id FROM office_receivedcommand c"
            " LEFT JOIN office_visit v ON v.command_id = c.id"
            " LEFT JOIN office_deskentry d ON d.kiosk_id = c.kiosk_id AND d.seq = c.seq"
            " AND d.kind IN ('rejected', 'unsettled')"
        )
        for finding in office.broken_chains() if self.audited and not self.cloned else ():
            require(so=False, word=finding)
        came: Counter[int] = Counter()
        unsettled: Counter[int] = Counter()
        poison = 0
        for kind, result, code, body, visit, entry in received:
            require(result == "ok" or entry is not None, f"{kind} was rejected ({code}) and nobody is told")
            if code == "scrubbed":
                continue
            told = json.loads(body)
            if kind == "visit.reported":
                report = self.reports.get(told["seconds"])
                require(report is not None, f"visit {told['seconds']} came, and nobody made it")
                assert report is not None
                came[report.mark] += 1
                wanted = "not_applicable" if report.rejected else ""
                require(code == wanted, f"visit {report.mark} was taken as {code or 'ok'}")
                require((visit is None) == report.rejected, f"visit {report.mark} is in the books wrongly")
            elif kind == "effect.unsettled":
                unsettled[told["detail"]["mark"]] += 1
                require(entry is not None, "an effect is unsettled and nobody is told")
            else:
                poison += result != "ok"
        require(self.cloned or self.crowded or poison <= self.poison, f"{poison} commands rejected, {self.poison} bad")
        self._visits(came)
        self._deeds(came, unsettled, machines)
        self._promises(office)

    def _visits(self, came: Counter[int]) -> None:
        for report in self.reports.values():
            if report.mark in self.deeds:
                continue
            count = came[report.mark]
            require(count <= report.most, f"visit {report.mark} came {count} times")
            require(count >= 1 or not report.sure or report.excused, f"visit {report.mark} was confirmed and is lost")

    def _deeds(self, came: Counter[int], unsettled: Counter[int], machines: list[Machine]) -> None:
        for machine in machines:
            if not machine.dead:
                left = machine.ledger.journal.unfinished()
                require(not left, f"{machine.name} has {len(left)} effects without an end")
        for deed in self.deeds.values():
            report = self.reports[deed.mark]
            told, asked = came[deed.mark], unsettled[deed.mark]
            require(told <= report.most and asked <= deed.most, f"deed {deed.mark} came {told} and {asked} times")
            require(not told or not asked, f"deed {deed.mark} came to two ends")
            require(deed.times > 0 or not told, f"deed {deed.mark} was reported and never done")
            lost = deed.times and not told and not asked and not report.excused and not deed.machine.dead
            require(not lost, f"deed {deed.mark} was done and nobody knows")

    def _promises(self, office: Office) -> None:
        rows = {name: (units, state) for name, units, state in _rows(office)}
        for name, (units, state) in rows.items():
            promise = self.promises.get(name)
            require(promise is not None, f"reservation {name} was never made")
            assert promise is not None
            require(units == promise.units, f"reservation {name} is of {units}, and was of {promise.units}")
            if promise.excused:
                continue
            require(promise.cancelled != "no" or state != "cancelled", f"reservation {name} was never cancelled")
            require(promise.cancelled != "yes" or state == "cancelled", f"reservation {name} was cancelled")
        for name, promise in self.promises.items():
            lost = promise.sure and not promise.excused and name not in rows
            require(not lost, f"reservation {name} was confirmed and is lost")


def _rows(office: Office) -> list[tuple[str, int, str]]:
    return [
        (str(row[0]), int(row[1]), str(row[2]))
        for row in office.asked("SELECT id, units, state FROM office_reservation")
    ]


def reservations(office: Office) -> set[str]:
    """Those that the office knows."""
    return {name for name, _, _ in _rows(office)}
