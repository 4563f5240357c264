"""A day in a fleet: citizens, clerks, technicians, couriers, and everything that goes wrong, as a seed says.

Everything happens in one thread, one thing after the other; what happens while a courier waits for its answer happens
inside its wait. So a history is a list of lines, and the same seed writes the same list.

Long, because it has a deed for everything that people and misfortune do to a fleet, and nothing else.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from central_office.contract.capacity import ReservationId, Resource
from central_office.contract.messages import VisitReported
from central_office.office import lifecycle
from offline_cache.database import StoreError
from offline_cache.journal import Settled, Undecided, Unfinished
from offline_cache.leases import Promised
from offline_cache.line import LineError
from offline_cache.replica import ReplicaUnavailable
from offline_cache.stored_outbox import OfficeAhead, OfficeBehind
from tests.fleet.climate import BESIDE, EVENTS, climate
from tests.fleet.machine import CourierKilled, Machine, PowerCut, Ways
from tests.fleet.office import CLOCK, MORNING, REFUSED_MARK, Office
from tests.fleet.road import Road
from tests.fleet.truth import NOBODYS, Deed, Promise, Report, Truth, require, reservations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from central_office.contract.stages import Stage
    from tests.crash.medium import Remains
    from tests.crash.ram_disk import Anchors
    from tests.fleet.office import Copy, Identity

_PRUNE_EVERY = timedelta(days=1)
_JUMPS = (timedelta(days=400), timedelta(days=-400), timedelta(hours=-1), timedelta(0))
_PASSES = 3
"""After a restore: one to hear of it, one to be believed, one to be lent something."""
_REST = 40
"""Rounds after which a courier on a good line must have come to rest."""


class World:
    """One history; `birth` is what each kiosk's card holds in the morning, and who it is."""

    def __init__(self, seed: int, office: Office, birth: list[tuple[Identity, Remains]], anchors: Anchors) -> None:
        self.chance = Random(f"world {seed}")
        self.climate = climate(seed)
        self.office = office
        self.truth = Truth(audited=self.climate.audited)
        self.lines: list[str] = []
        self.counts: Counter[str] = Counter()
        self.calm = False
        self.late: list[tuple[Machine, Callable[[], str]]] = []
        self.copies: list[Copy] = []
        self._anchors = anchors
        self._ways = Ways(lambda machine: Road(self, machine), self._beat)
        self._marks = 0
        self._beside = False
        self.machines = [
            Machine(name, identity, remains, anchors, self._ways, Random(f"{name} {seed}"))
            for name, (identity, remains) in zip(("foyer", "library", "station", "pool"), birth, strict=False)
        ]

    def begins(self) -> None:
        """The morning: what is offered today, and what the documents are."""
        weather = self.climate
        for day in range(weather.days):
            resource = Resource(key="slots", day=MORNING.date() + timedelta(days=day))
            self.office.open_day(resource.key, resource.day, weather.capacity, weather.spare)
            self.truth.capacities[resource] = weather.capacity
        self.truth.documents_are(self.office, MORNING)
        if weather.fresh:
            for machine in self.machines:
                machine.writer.start_over()

    def note(self, line: str) -> None:
        """Write down what happened."""
        self.lines.append(line)

    # time

    def happens(self) -> None:
        """The next thing."""
        self._passes(timedelta(minutes=self.chance.expovariate(1 / self.climate.minutes)))
        names = [name for name in EVENTS if getattr(self.climate, name)]
        what = self.chance.choices(names, [getattr(self.climate, name) for name in names])[0]
        self._do(what, self.machines)
        self.truth.holds(self.office, self.machines)

    def beside(self, machine: Machine) -> None:
        """What happens while a courier waits for its answer."""
        if self.calm or self._beside or self.chance.random() >= self.climate.meanwhile:
            return
        self._beside = True
        self.note("meanwhile:")
        try:
            names = [name for name in BESIDE if getattr(self.climate, name)]
            for _ in range(self.chance.randint(1, 2)):
                self._passes(timedelta(seconds=3))
                what = self.chance.choices(names, [getattr(self.climate, name) for name in names])[0]
                machines = [one for one in self.machines if one is not machine] if what == "round" else self.machines
                self._do(what, machines)
        finally:
            self._beside = False
        self.note("and so much for that")

    def _passes(self, time: timedelta) -> None:
        CLOCK.moment += time
        for machine in self.machines:
            machine.clock.passes(time)

    def _do(self, what: str, machines: Iterable[Machine]) -> None:
        alive = [machine for machine in machines if not machine.dead]
        if alive:
            machine = self.chance.choice(alive)
            self.note(f"{CLOCK.moment - MORNING} {machine.name}: {what}")
            self.counts[what] += 1
            getattr(self, f"_{what}")(machine)

    def _beat(self, machine: Machine) -> None:
        if self.calm:
            return
        if self.chance.random() < self.climate.courier_killed / 4:
            raise CourierKilled
        if self.chance.random() < self.climate.cut / 4:
            raise PowerCut
        if self.chance.random() < self.climate.meanwhile / 4:
            self._ask(machine)

    # the plug

    def _does(self, machine: Machine, deed: Callable[[], object]) -> bool:
        """Do it; False if the power failed before anybody heard that it was done."""
        cut = not machine.in_flight and not self.calm and self.chance.random() < self.climate.cut
        deed()
        if cut:
            self._fails(machine)
            return False
        machine.is_seen()
        return True

    def _fails(self, machine: Machine) -> None:
        off = self.chance.choice(_JUMPS)
        machine.loses_power(self.chance, off)
        self.counts["cut"] += 1
        self.note(f"{machine.name} loses power, and wakes up {off.days} days off")
        self._settles(machine)

    def _settles(self, machine: Machine) -> None:
        """Before anybody is served: find out about what was begun."""
        self._does(machine, lambda: self.note(f"{machine.ledger.journal.settle({'drawer': self._looked})} settled"))

    def _looked(self, one: Unfinished) -> Settled | Undecided:
        deed = self.truth.deeds[int(str(one.detail["mark"]))]
        if not deed.tells:
            return Undecided("no_sensor")
        return Settled("opened", self._visit_of(deed.mark)) if deed.times else Settled("not_opened")

    # citizens

    def _visit(self, machine: Machine, language: str = "de") -> None:
        report = self._report(machine)
        report.rejected = language == REFUSED_MARK
        body = self._visit_of(report.mark, language)
        report.sure = self._does(machine, lambda: machine.ledger.outbox.put(body))

    def _poison(self, machine: Machine) -> None:
        """A command that the office cannot take: its database refuses it, or it names what nobody made."""
        if self.chance.random() < 0.5:
            self._visit(machine, REFUSED_MARK)
        else:
            self.truth.poison += 1
            self._does(machine, lambda: machine.ledger.leases.cancel(NOBODYS))

    def _promise(self, machine: Machine) -> None:
        resource, units = self._resource(), self.chance.choice((1, 1, 1, 2, 3))
        made: list[str] = []

        def deed() -> None:
            found = machine.ledger.leases.promise(resource, units)
            if isinstance(found, Promised):
                made.append(found.reservation)
                self.truth.promises[found.reservation] = Promise(
                    found.reservation, machine, resource, units, sure=False, counted=machine.trusted
                )
                self.truth.crowded |= not machine.trusted

        sure = self._does(machine, deed)
        for name in made:
            self.truth.promises[name].sure = sure
            self.note(f"{machine.name} promised {units}, {'surely' if sure else 'perhaps'}")

    def _cancel(self, machine: Machine) -> None:
        mine = [
            one for one in self.truth.promises.values() if one.machine is machine and one.cancelled == "no" and one.sure
        ]
        if mine:
            one = self.chance.choice(mine)
            sure = self._does(machine, lambda: machine.ledger.leases.cancel(ReservationId(one.reservation)))
            one.cancelled = "yes" if sure else "perhaps"

    def _give_back(self, machine: Machine) -> None:
        resource, units = self._resource(), self.chance.randint(1, 3)
        self._does(machine, lambda: machine.ledger.leases.give_back(resource, units))

    def _want(self, machine: Machine) -> None:
        resource, units = self._resource(), self.chance.randint(1, 6)
        self._does(machine, lambda: machine.ledger.leases.want(resource, units))

    def _drawer(self, machine: Machine) -> None:
        """Something is done that cannot be taken back; the power may fail before it, in it and after it."""
        report = self._report(machine)
        deed = self.truth.deeds[report.mark] = Deed(report.mark, machine, tells=self.chance.random() < 0.6)
        fails = self.chance.choice(("before", "after", "at the end")) if self._cut_now(3) else ""
        try:
            with machine.ledger.journal.effect("drawer", {"mark": report.mark}) as effect:
                self._cut_if(fails == "before")
                machine.is_seen()
                deed.times += 1
                self._cut_if(fails == "after")
                effect.done("opened", self._visit_of(report.mark))
        except PowerCut:
            pass
        if fails:
            self._fails(machine)
        else:
            machine.is_seen()

    @staticmethod
    def _cut_if(now: bool) -> None:  # noqa: FBT001  # it reads well where it stands
        if now:
            raise PowerCut

    def _ask(self, machine: Machine) -> None:
        """A citizen asks for a document with the letter of now or of an earlier day."""
        name = self.chance.choice(sorted(self.truth.versions))
        token = self.chance.choice(self.truth.versions[name]).token
        try:
            found = machine.reader.document(self.office.letter(token))
        except ReplicaUnavailable:
            self.note("nobody can say")
            return
        as_of = machine.reader.as_of()
        assert as_of is not None
        says = None if found is None else found.history[-1].stage.value
        may = self.truth.may_say(name, token, as_of)
        self.note(f"it is told: {says}")
        require(says in may, f"{machine.name} says {says} as of {as_of - MORNING}, and since then it was {may}")

    # couriers

    def _round(self, machine: Machine) -> None:
        if machine.in_flight:
            return
        if not self.calm and abs(machine.clock.now() - machine.pruned) >= _PRUNE_EVERY:
            machine.pruned = machine.clock.now()
            machine.ledger.outbox.prune()
        rounds = 1 if self.calm else self.chance.randint(1, 2)
        for _ in range(rounds):
            if self._goes(machine) != 0:
                return

    def _goes(self, machine: Machine) -> float | None:
        """One round; how long it would rest then, None if it came to nothing."""
        machine.in_flight = True
        try:
            wait = machine.trip.go()
        except (LineError, StoreError, OfficeAhead, OfficeBehind) as trouble:
            word = machine.trouble = trouble.word if isinstance(trouble, LineError) else type(trouble).__name__
            self.note(f"{machine.name}: the round fails: {word}")
            machine.ledger.outbox.troubled(word)
            return None
        except CourierKilled:
            self.note("the courier is killed")
            machine.courier_starts()
            return None
        except PowerCut:
            machine.in_flight = False
            self._fails(machine)
            return None
        finally:
            machine.in_flight = False
        line = machine.ledger.outbox.line()
        self._is_believed(machine, line.acked)
        self.note(f"{machine.name} told up to {line.acked} of {line.last}, durable {line.durable}")
        if self._cut_now(2):
            self._fails(machine)
        machine.is_seen()
        return wait

    def _is_believed(self, machine: Machine, acked: int) -> None:
        """What the kiosk holds for told is what the office heard, and not what a copy of its card told in its place."""
        if not acked or self.counts["restore"]:
            return
        with machine.ledger._database.reading() as rows:
            own = rows.execute("SELECT id FROM outbox WHERE seq = ?", (acked,)).get
        there = self.office.asked(
            "SELECT command FROM office_receivedcommand WHERE kiosk_id = ? AND seq = ?", machine.identity.device, acked
        )
        same = own is None or (there and there[0][0] == own)
        require(bool(same), f"command {acked} of {machine.name} is acknowledged, and the office has another")

    def _cut_now(self, as_often: int) -> bool:
        return not self.calm and self.chance.random() < self.climate.cut * as_often

    def _plug(self, machine: Machine) -> None:
        if not machine.in_flight:
            self._fails(machine)

    def _clock(self, machine: Machine) -> None:
        machine.clock.is_set(self.chance.choice(_JUMPS))

    def _unplugged(self, machine: Machine) -> None:
        machine.unplugged = not machine.unplugged

    def _deliver(self, _machine: Machine) -> None:
        """A request that was long on its way arrives; nobody waits for its answer."""
        if self.late:
            machine, arrive = self.late.pop(self.chance.randrange(len(self.late)))
            try:
                machine.late.append(arrive())
            except LineError as refused:
                self.note(f"too late: {refused.word}")

    # the office

    def _edit(self, _machine: Machine) -> None:
        what = self.chance.choice(("move", "move", "reissue", "forget", "register"))
        self.note(what)
        if what == "register":
            if len(self.truth.versions) < 8:
                self.office.registers(len(self.truth.versions))
        elif documents := self.office.documents():
            one = self.chance.choice(documents)
            if what == "move" and (ways := lifecycle.next_stages(one)):
                to: Stage = self.chance.choice(ways)
                self.office.edit(lambda: lifecycle.move(one, to, "Weber", CLOCK()))
            elif what == "reissue":
                self.office.edit(lambda: lifecycle.reissue(one, CLOCK(), self.office.rng.randbytes))
            elif what == "forget":
                self.office.edit(lambda: lifecycle.forget([one], CLOCK()))
        self.truth.documents_are(self.office, CLOCK())

    def _offer(self, _machine: Machine) -> None:
        resource = self._resource()
        capacity = max(0, self.truth.capacities[resource] + self.chance.randint(-4, 4))
        if self.office.open_day(resource.key, resource.day, capacity, self.climate.spare):
            self.note(f"{capacity} are offered")
            self.truth.capacities[resource] = capacity

    def _prune(self, _machine: Machine) -> None:
        self.office.prune_changes()

    def _copy(self, _machine: Machine) -> None:
        self.copies.append(self.office.back_up())

    def _restore(self, _machine: Machine) -> None:
        if not self.copies:
            return
        older = len(self.copies) > 1 and self.chance.random() < 0.15
        if older:
            del self.copies[self.chance.randrange(1, len(self.copies)) :]
        before = reservations(self.office)
        self.office.restore(self.copies[-1])
        self.note(f"the office is restored from copy {self.copies[-1].number}")
        for resource in self.truth.capacities:
            rows = self.office.asked(
                "SELECT capacity FROM office_resource WHERE key = ? AND day = ?", resource.key, resource.day
            )
            # More that was offered after the copy is forgotten, and may be promised already: a clerk finds it a place.
            self.truth.crowded |= rows[0][0] < self.truth.capacities[resource]
            self.truth.capacities[resource] = max(rows[0][0], self.truth.capacities[resource])
        self.truth.documents_are(self.office, CLOCK())
        self.truth.is_restored(self.office, self.machines, before, older=older)

    # technicians

    def _clone(self, machine: Machine) -> None:
        """Somebody copies the card and puts the copy into another machine."""
        if machine.twin is None and not machine.in_flight and len(self.machines) < 5:
            twin = machine.copied(f"{machine.name}'s twin")
            machine.twin, twin.twin = twin, machine
            for one in (machine, twin):
                self.truth.is_copied(one)
            self.machines.append(twin)

    def _revoke(self, machine: Machine) -> None:
        """A technician takes the kiosk's key away."""
        self._revoke_key(machine)

    def _technician(self, _machine: Machine) -> None:
        """Somebody looks what is wrong with the kiosks, and puts it in order."""
        if not any(machine.in_flight for machine in self.machines):
            self._technicians_look()

    def _dies(self, machine: Machine) -> None:
        """The card is dead."""
        if not machine.in_flight and sum(not one.dead for one in self.machines) > 2:
            machine.dead = True
            self.truth.dies(machine, self.office)

    def _revoke_key(self, machine: Machine) -> None:
        known = self.office.asked(
            "SELECT state FROM office_kiosk WHERE id = ? AND public_key = ?",
            machine.identity.device,
            machine.identity.key,
        )
        if known and known[0][0] != "revoked":
            self.office.revoke(machine.identity.device)
        for one in self.machines:
            if one.identity is machine.identity:
                self.truth.is_revoked(one, self.office)

    def _enrol_anew(self, machine: Machine) -> None:
        self.truth.is_enrolled_anew(machine, self.office)
        if machine.twin is not None:
            machine.twin.twin, machine.twin = None, None
        machine.is_enrolled(self.office.enrol(machine.name))
        machine.trusted = True
        self.note(f"{machine.name} is enrolled as {machine.identity.device}")

    # the evening

    def comes_to_rest(self) -> None:
        """Every line is mended, every machine is seen to; then nobody has anything left to say."""
        self.note("evening")
        self.calm = True
        for machine in self.machines:
            machine.unplugged = False
            machine.late.clear()
        while self.late:
            self._deliver(self.machines[0])
        for machine in self.machines:
            if not machine.dead:
                self._settles(machine)
        self._technicians_look()
        for _ in range(_PASSES):
            for machine in self.machines:
                if not machine.dead:
                    # A new process has no tag to poll with: what was lent meanwhile is told in a whole answer.
                    machine.courier_starts()
                    self.tells_everything(machine)
            self.truth.holds(self.office, self.machines)
            if not (poor := self.office.poor()):
                break
        require(not poor, f"what is free is not lent to {poor}")
        self.truth.ends(self.office, self.machines)
        self._both_sides_agree()

    def _technicians_look(self) -> None:
        """Frozen, unknown and dead kiosks, and those whose card was copied, are put in order."""
        for machine in self.machines:
            if machine.dead or machine.twin is not None:
                self._revoke_key(machine)
        for machine in self.machines:
            if not machine.dead and machine.twin is not None:
                self._enrol_anew(machine)
        for machine in self.machines:
            if machine.dead:
                continue
            state = self.office.asked(
                "SELECT state FROM office_kiosk WHERE id = ? AND public_key = ?",
                machine.identity.device,
                machine.identity.key,
            )
            if not state or state[0][0] != "active":
                self._revoke_key(machine)
                self._enrol_anew(machine)
        speaking = {machine.identity.device for machine in self.machines if not machine.dead}
        for (device,) in self.office.asked("SELECT id FROM office_kiosk WHERE state <> 'revoked'"):
            if device not in speaking:
                self.office.revoke(device)

    def tells_everything(self, machine: Machine) -> None:
        """Rounds until neither side has anything left to say."""
        for _ in range(_REST):
            machine.trouble = ""
            if self._goes(machine) and machine.ledger.outbox.quiet():
                return
            if machine.trouble == "OfficeBehind" and self.truth.shells:
                # A copy older than the office's word, and a clock by which even the shells were old: a new key helps.
                self._revoke_key(machine)
                self._enrol_anew(machine)
        require(so=False, word=f"{machine.name} finds no rest: {self.lines[-1]}")

    def _both_sides_agree(self) -> None:
        documents = self.office.standing().values()
        letters = {version.token for versions in self.truth.versions.values() for version in versions}
        now = dict(documents)
        for machine in self.machines:
            if machine.dead:
                continue
            for token in sorted(letters):
                found = machine.reader.document(self.office.letter(token))
                says = None if found is None else found.history[-1].stage.value
                require(says == now.get(token), f"{machine.name} says {says}, the office {now.get(token)}")
            with machine.writer._database.reading() as connection:
                rows = connection.execute("SELECT count(*) FROM documents").get
            require(rows == len(documents), f"{machine.name} has {rows} documents, the office {len(documents)}")
            today = self.office.today()
            for resource in self.truth.capacities:
                held = self.office.asked(
                    "SELECT ifnull(sum(units), 0) FROM office_lease WHERE kiosk_id = ? AND resource_id ="
                    " (SELECT id FROM office_resource WHERE key = ? AND day = ?)",
                    machine.identity.device, resource.key, resource.day,
                )[0][0]  # fmt: skip
                can = machine.ledger.leases.available(resource)
                require(
                    can == held or resource.day < today, f"{machine.name} may promise {can}, the office lent {held}"
                )

    # small things

    def _report(self, machine: Machine) -> Report:
        self._marks += 1
        report = self.truth.reports[self._marks] = Report(self._marks, machine, sure=False)
        return report

    @staticmethod
    def _visit_of(mark: int, language: str = "de") -> VisitReported:
        return VisitReported(
            service="document_status",
            outcome="answered",
            began=MORNING,
            seconds=mark,
            language=language,
            claim="letter",
        )

    def _resource(self) -> Resource:
        return self.chance.choice(list(self.truth.capacities))
