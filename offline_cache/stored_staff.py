"""Staff on disk: the office's list, swapped as a whole, and over it what the outbox holds that the office has not.

Nothing is kept besides: what was laid in or taken out since the office last heard stands in the outbox and in the
journal, and is read from there, so that list and deeds cannot contradict one another after a power cut.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from central_office.contract.claims import COST
from offline_cache.staff import LOADING, LOOKING, TAKING, Shift, Stock

if TYPE_CHECKING:
    from collections.abc import Iterator

    import apsw

    from central_office.contract.base import Message
    from central_office.contract.claims import Cost, Pepper
    from central_office.contract.pickups import PickupId
    from central_office.contract.staff import Lying, OpeningReason, StaffList, StaffRow, ToLoad
    from central_office.contract.staff_card import EmployeeNumber, StaffCard
    from offline_cache.database import Database
    from offline_cache.journal import Effect
    from offline_cache.stored_journal import StoredJournal
    from offline_cache.stored_outbox import StoredOutbox

_PENDING: Final = """
    SELECT json_extract(command, '$.type'), json_extract(command, '$.body')
    FROM outbox WHERE seq > (SELECT acked FROM line) AND NOT scrubbed AND json_extract(command, '$.type') IN
    ('pickup.loaded', 'loading.unclear', 'pickup.taken_out', 'pickup.opened', 'pickup.collected', 'pickup.failed',
     'pickup.spared', 'pickup.handed_over', 'pickup.confirmed', 'compartment.marked') ORDER BY seq
"""


class StoredStaff:
    """The staff in `ledger.db`; implements `offline_cache.staff.Staff`."""

    def __init__(
        self, database: Database, outbox: StoredOutbox, journal: StoredJournal, *, pepper: Pepper, cost: Cost = COST
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._journal = journal
        self._pepper = pepper
        self._cost = cost

    def name_on(self, card: StaffCard) -> str | None:
        """Whose card it is; None if it is nobody's any more."""
        from central_office.contract.staff import card_secret, keyed, name_on  # noqa: PLC0415 - after the first frame

        row = self._row(card.number)
        return None if row is None else name_on(row, keyed(self._pepper, card_secret(card)))

    def sign_in(self, number: EmployeeNumber, pin: str, *, with_card: bool) -> Shift | None:
        """Who the PIN belongs to, told to the office before this returns; None, in the same time, for whatever else."""
        from central_office.contract.pickup_code import SALT_BYTES  # noqa: PLC0415 - same
        from central_office.contract.staff import StaffSignedIn, employee_of, keyed, pin_secret  # noqa: PLC0415

        row = self._row(number)
        # The PIN is stretched also where nobody has the number: whoever measures learns nothing.
        guess = keyed(self._pepper, pin_secret(number, pin, row.salt if row else bytes(SALT_BYTES), self._cost))
        found = None if row is None else employee_of(row, guess)
        if found is None:
            return None
        self._outbox.put(StaffSignedIn(employee=number, with_card=with_card))
        return Shift(number, found[0].name, frozenset(found[0].rights), guess)

    def tell(self, message: Message) -> None:
        """Keep what staff did for the office; on disk when this returns."""
        self._outbox.put(message)

    def stock(self, shift: Shift) -> Stock | None:
        """What there is to do; None: this employee may not be signed in any more."""
        from central_office.contract.staff import StaffRow, employee_of, unseal_worklist  # noqa: PLC0415 - same

        with self._database.reading() as connection:
            text = connection.execute("SELECT row FROM staff WHERE number = ?", (shift.number,)).get
            sealed = connection.execute("SELECT sealed FROM worklist").get
            pending = connection.execute(_PENDING).fetchall()
            begun = connection.execute("SELECT kind, detail FROM effects WHERE outcome IS NULL").fetchall()
        found = None if text is None else employee_of(StaffRow.model_validate_json(str(text)), shift.pin_keyed)
        # What it may do was changed: it signs in anew.
        if found is None or sealed is None or frozenset(found[0].rights) != shift.rights:
            return None
        worklist = unseal_worklist(bytes(sealed), found[1])
        if worklist is None:
            return None
        deeds = [(str(kind), json.loads(str(body))) for kind, body in pending]
        deeds += [(str(kind), json.loads(str(detail))) for kind, detail in begun]
        overlay = _Overlay(
            {one.pickup: one for one in worklist.lying},
            {one.document: one for one in worklist.to_load},
            set(worklist.out_of_order),
        )
        for kind, body in deeds:
            overlay.heed(kind, body)
        return Stock(
            to_load=tuple(overlay.to_load.values()),
            lying=tuple(overlay.lying.values()),
            taken=frozenset(one.compartment for one in overlay.lying.values()) | overlay.laid | overlay.unclear,
            out_of_order=frozenset(overlay.out_of_order | overlay.unclear),
            four_eyes=worklist.four_eyes,
        )

    @contextmanager
    def loading(self, shift: Shift, document: ToLoad, compartment: int, pickup: PickupId) -> Iterator[Effect]:
        """Begin to lay a document into a compartment; on disk when the block begins."""
        detail: dict[str, str | int | bool | None] = {
            "pickup": pickup,
            "document": document.document,
            "compartment": compartment,
            "employee": shift.number,
        }
        with self._journal.effect(LOADING, detail) as effect:
            yield effect

    @contextmanager
    def taking(self, shift: Shift, lying: Lying) -> Iterator[Effect]:
        """Begin to take a document out: its code opens nothing from here on; on disk when the block begins."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO pickup_marks (pickup, used) VALUES (?, 1) ON CONFLICT DO UPDATE SET used = 1",
                (lying.pickup,),
            )
            number = self._journal.begin_within(
                connection,
                TAKING,
                {"pickup": lying.pickup, "compartment": lying.compartment, "employee": shift.number},
            )
        with self._journal.going_on(number, TAKING) as effect:
            yield effect

    @contextmanager
    def looking(self, shift: Shift, compartment: int, reason: OpeningReason, note: str = "") -> Iterator[Effect]:
        """Begin to open a compartment for a reason, told to the office; on disk when the block begins."""
        from central_office.contract.staff import CompartmentOpened  # noqa: PLC0415 - same

        with self._database.writing() as connection:
            self._outbox.put_within(
                connection,
                CompartmentOpened(compartment=compartment, employee=shift.number, reason=reason, note=note),
            )
            number = self._journal.begin_within(
                connection, LOOKING, {"compartment": compartment, "employee": shift.number, "reason": reason.value}
            )
        with self._journal.going_on(number, LOOKING) as effect:
            yield effect

    def _row(self, number: EmployeeNumber) -> StaffRow | None:
        from central_office.contract.staff import StaffRow  # noqa: PLC0415 - same

        with self._database.reading() as connection:
            text = connection.execute("SELECT row FROM staff WHERE number = ?", (number,)).get
        return None if text is None else StaffRow.model_validate_json(str(text))


class _Overlay:
    """The office's list, and what happened since."""

    def __init__(self, lying: dict[str, Lying], to_load: dict[str, ToLoad], out_of_order: set[int]) -> None:
        self.lying = lying
        self.to_load = to_load
        self.out_of_order = out_of_order
        self.laid: set[int] = set()
        """Where something was laid in that the office has not heard of."""
        self.unclear: set[int] = set()
        """Where nobody knows whether something lies."""

    def heed(self, kind: str, body: dict[str, object]) -> None:
        """Take in one thing that was done."""
        pickup, compartment = str(body.get("pickup", "")), body.get("compartment")
        match kind:
            case "pickup.loaded" | "loading.unclear" | "staff.load" if isinstance(compartment, int):
                self.to_load.pop(str(body.get("document", "")), None)
                (self.laid if kind == "pickup.loaded" else self.unclear).add(compartment)
            case "pickup.collected" | "pickup.handed_over" | "pickup.taken_out":
                self.lying.pop(pickup, None)
            case "pickup.opened" | "pickup.failed" if pickup in self.lying:
                self._now(pickup, "opened" if kind == "pickup.opened" else "failed")
            case "pickup.spared" | "pickup.confirmed" if pickup in self.lying:
                self._now(pickup, "waiting")
            case "compartment.marked" if isinstance(compartment, int):
                if body.get("in_order"):
                    self.out_of_order.discard(compartment)
                    self.unclear.discard(compartment)
                else:
                    self.out_of_order.add(compartment)
            case _:
                pass

    def _now(self, pickup: str, state: str) -> None:
        self.lying[pickup] = self.lying[pickup].model_copy(update={"state": state})


def settle_staff_within(connection: apsw.Connection, staff: StaffList | None) -> None:
    """Let the office's list take the place of the old one; None: nothing was said."""
    if staff is None:
        return
    connection.execute("UPDATE line SET staff = ?; DELETE FROM staff; DELETE FROM worklist", (staff.tag,))
    connection.executemany(
        "INSERT INTO staff VALUES (?, ?)", [(row.number, row.model_dump_json()) for row in staff.rows]
    )
    connection.execute("INSERT INTO worklist VALUES (1, ?)", (staff.sealed,))
