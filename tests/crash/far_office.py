"""The other end of the line for the matrix of kills: an office that no power cut reaches."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from central_office.contract.capacity import Lease
from central_office.contract.chain import GENESIS, command_hash
from central_office.contract.messages import SyncAnswer
from central_office.contract.pickups import Pickups
from central_office.contract.staff import (
    Credential,
    Employee,
    Lying,
    Right,
    StaffList,
    Worklist,
    pin_secret,
    row_for,
    seal_worklist,
)
from central_office.contract.staff_card import EmployeeNumber
from tests.crash.plain_files import owed
from tests.kiosk_app.rehearsal import TUESDAY
from tests.offline_cache.deposits import BIRTH, CHEAP, PEPPER, UNTIL

if TYPE_CHECKING:
    from central_office.contract.capacity import Resource
    from central_office.contract.messages import Command
    from offline_cache.stored_outbox import Batch
    from tests.crash.flow import Flow

LENT: Final = 50
"""Units of each day that the office lends this kiosk."""
EMPLOYEE: Final = EmployeeNumber("1007")
PIN: Final = "314159"
_SALT: Final = bytes(16)
_LIST_KEY: Final = bytes(range(32))
_ROW: Final = row_for(
    PEPPER,
    Credential(EMPLOYEE, _SALT, pin_secret(EMPLOYEE, PIN, _SALT, CHEAP)),
    Employee(name="Martina Weber", rights=tuple(Right)),
    _LIST_KEY,
    bytes,
)


class Ear:
    """An office that takes commands exactly once, lends days, lists what waits and what staff is to do."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.commands: list[Command] = []

    @property
    def last(self) -> int:
        """The newest number heard."""
        return len(self.commands)

    @property
    def head(self) -> str:
        """The hash of the newest command."""
        return command_hash(self.commands[-1]) if self.commands else GENESIS

    def bodies(self, *kinds: str) -> list[dict[str, Any]]:
        """What was said in commands of these kinds."""
        return [one.body for one in self.commands if one.type in kinds]

    def free(self, of: Resource) -> int:
        """What is left of a lent day; what a change of the day gives back stays with the office."""
        made = [body for body in self.bodies("reservation.made") if body["resource"] == of.model_dump(mode="json")]
        return LENT - sum(int(body["units"]) for body in made)

    def hears(self, batch: Batch) -> SyncAnswer:
        """Take what is new; an old number must be the old command."""
        for one in batch.commands:
            if one.seq <= self.last:
                owed(command_hash(self.commands[one.seq - 1]) == command_hash(one), "a number was given out twice")
                continue
            owed(one.seq == self.last + 1, "a command is missing")
            assert one.prev == self.head, "the chain is broken"
            self.commands.append(one)
        assert batch.last >= self.last, "the kiosk forgot what the office has heard"
        used = Counter(body["pickup"] for body in self.bodies("pickup.opened", "pickup.taken_out"))
        used -= Counter(body["pickup"] for body in self.bodies("pickup.spared"))
        rows = tuple(row for row in self.flow.waits if row.pickup not in used)
        return SyncAnswer(
            attempt=batch.attempt,
            ack=self.last,
            as_of=TUESDAY,
            changes={},
            durable=max(0, self.last - 1) if self.flow.durable else 0,
            pickups=Pickups(tag=f"e1.{self.last}", rows=rows),
            leases=tuple(Lease(resource=of, granted=self.free(of), as_of=self.last) for of in self.flow.lent),
            staff=self._staff(batch.staff),
        )

    def _staff(self, known: str) -> StaffList | None:
        tag = f"s.{self.last}"
        if self.flow.work is None or tag == known:
            return None
        return StaffList(tag=tag, rows=(_ROW,), sealed=seal_worklist(self.worklist(self.flow.work), _LIST_KEY))

    def worklist(self, work: Worklist) -> Worklist:
        """What there is to do after all that was heard, as the office's own rules have it."""
        lying = {one.pickup: one for one in work.lying}
        to_load = {one.document: one for one in work.to_load}
        marked = set(work.out_of_order)
        for one in self.commands:
            body, pickup = one.body, one.body.get("pickup", "")
            match one.type:
                case "pickup.loaded":
                    document = to_load.pop(body["document"])
                    lying[pickup] = Lying(
                        pickup=pickup,
                        compartment=body["compartment"],
                        state="placed" if work.four_eyes else "waiting",
                        reference=document.reference,
                        kind=document.kind,
                        holder=document.holder,
                        born=BIRTH,
                        until=UNTIL,
                        by=body["employee"],
                    )
                case "loading.unclear" | "compartment.marked" if not body.get("in_order"):
                    marked.add(body["compartment"])
                case "pickup.collected" | "pickup.handed_over" | "pickup.taken_out":
                    lying.pop(pickup, None)
                case "pickup.opened" | "pickup.failed" | "pickup.confirmed" | "pickup.spared" if pickup in lying:
                    state = {"pickup.opened": "opened", "pickup.failed": "failed"}.get(one.type, "waiting")
                    lying[pickup] = lying[pickup].model_copy(update={"state": state})
                case _:
                    pass
        return Worklist(
            to_load=tuple(to_load.values()),
            lying=tuple(lying.values()),
            out_of_order=tuple(sorted(marked)),
            four_eyes=work.four_eyes,
        )
