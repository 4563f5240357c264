"""What must hold once a kiosk that was cut has told the office everything: both, and the world, tell one story."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

from central_office.contract.bulky_codes import OrderNumber, order_number
from offline_cache.stored_journal import UNSETTLED
from tests.crash.plain_files import owed

if TYPE_CHECKING:
    from offline_cache.store import Ledger
    from tests.crash.far_office import Ear
    from tests.crash.flow import Seen

TOLD_OF_COMPARTMENTS: Final = {
    "loaded": "pickup.loaded",
    "loaded_four_eyes": "pickup.loaded",
    "confirmed": "pickup.confirmed",
    "handed_over": "pickup.handed_over",
    "taken_back": "pickup.taken_out",
    "opened": "compartment.opened",
}
"""What an employee reads on the screen after a deed, and with which command the office has to have heard of it."""


def are_one(ledger: Ledger, ear: Ear, book: list[Seen]) -> None:
    """Nothing that was promised is lost, nothing happened twice, and every effect has its end.

    Raises:
        Lost: something that was seen or done is not known at the office.
        AssertionError: anything else does not fit.
    """
    fits(ear, book)
    _line(ledger, ear)


def fits(ear: Ear, book: list[Seen]) -> None:
    """What the office heard is what was seen and done at the kiosk.

    Raises:
        Lost, AssertionError: as `are_one`.
    """
    _orders(ear, book)
    _compartments(ear, book)
    _staff(ear, book)


def _orders(ear: Ear, book: list[Seen]) -> None:
    orders = Counter(_shown(body["number"]) for body in ear.bodies("bulky.ordered"))
    owed(_which(book, "booked") <= set(orders), "an order that was confirmed on the screen is not at the office")
    assert not orders or max(orders.values()) == 1, "an order is there twice"
    made = {str(body["reservation"]): body["resource"] for body in ear.bodies("reservation.made")}
    assert len(made) == len(ear.bodies("reservation.made")), "a reservation is there twice"
    ordered = Counter(str(body["reservation"]) for body in ear.bodies("bulky.ordered", "bulky.changed"))
    assert Counter(list(made)) == ordered, "a reservation without its order, or an order without its reservation"
    moved = {f"{_shown(body['number'])} {body['day']}" for body in ear.bodies("bulky.changed")}
    owed(_which(book, "moved") <= moved, "another day that was confirmed on the screen is not at the office")
    off = {_shown(body["number"]) for body in ear.bodies("bulky.cancelled")}
    owed(_which(book, "called off") <= off, "an order that was called off on the screen stands at the office")
    seen: dict[str, int] = defaultdict(lambda: 1)
    for one in ear.commands:
        if one.type in {"bulky.ordered", "bulky.changed"}:
            promised = made[str(one.body["reservation"])]
            assert promised["day"] == one.body["day"], "the day of an order is not the day that was promised"
        if one.type in {"bulky.changed", "bulky.cancelled"}:
            # Whatever is said onto an older revision does not count: she would have both days, or neither.
            assert one.body["revision"] == seen[one.body["number"]], "an order was changed onto what it is no more"
            seen[one.body["number"]] += 1


def _compartments(ear: Ear, book: list[Seen]) -> None:
    visits = {(one.which, one.visit) for one in book if one.what == "pulse"}
    places = {which for which, _ in visits}
    assert ear.flow.again or len(visits) == len(places), "a used code opened once more"
    told = {str(_place(ear, one.body)) for one in ear.commands if one.type in _SPEAKS_OF_A_DOOR}
    owed(places <= told, "the lock was released and the office never heard of it")
    opened = Counter(body["pickup"] for body in ear.bodies("pickup.opened"))
    opened -= Counter(body["pickup"] for body in ear.bodies("pickup.spared"))
    ended = Counter(body["pickup"] for body in ear.bodies("pickup.collected", "pickup.handed_over", "pickup.failed"))
    assert ear.flow.again or ended == opened, "an opening without its one end"


_SPEAKS_OF_A_DOOR: Final = {
    "pickup.opened", "pickup.loaded", "loading.unclear", "pickup.taken_out", "pickup.failed", "compartment.opened",
    "compartment.marked",
}  # fmt: skip


def _staff(ear: Ear, book: list[Seen]) -> None:
    if ear.flow.work is None:
        return
    for news, kind in TOLD_OF_COMPARTMENTS.items():
        told = {str(_place(ear, body)) for body in ear.bodies(kind)}
        owed(_which(book, news) <= told, f"an employee read '{news}' and the office never heard of it")
    came, went = len(ear.bodies("staff.signed_in")), len(ear.bodies("staff.signed_out"))
    owed(came >= len({one.visit for one in book if one.what == "signed in"}), "nobody was told who opened doors")
    assert went <= came, "an employee signed out who never came"
    laid = Counter(body["document"] for body in ear.bodies("pickup.loaded"))
    assert not laid or max(laid.values()) == 1, "a document lies in two compartments"
    used = Counter(body["compartment"] for body in ear.bodies("pickup.loaded", "loading.unclear"))
    assert not used or max(used.values()) == 1, "a document was laid where another one may lie"
    if ear.flow.again:
        # Each time the door was opened has its own word; a cut before the lock was released has one too.
        words = Counter(str(_place(ear, one.body)) for one in ear.commands if one.type in _ONE_FOR_EACH_OPENING)
        opened = Counter(which for which, _ in {(one.which, one.visit) for one in book if one.what == "pulse"})
        owed(not opened - words, "a compartment was opened, and no word says what came of it")
    taken = Counter(body["pickup"] for body in ear.bodies("pickup.taken_out", "pickup.handed_over", "pickup.confirmed"))
    assert not taken or max(taken.values()) == 1, "the same was done twice"


_ONE_FOR_EACH_OPENING: Final = {"pickup.taken_out", "pickup.failed", "compartment.opened"}


def _line(ledger: Ledger, ear: Ear) -> None:
    assert ledger.journal.unfinished() == (), "an effect without an end"
    with ledger._database.reading() as connection:
        left = connection.execute("SELECT count(*) FROM effects WHERE outcome = ?", (UNSETTLED,)).get
    assert left == len(ear.bodies("effect.unsettled")), "what nobody could settle is on nobody's list"
    line = ledger.outbox.line()
    with ledger._database.reading() as connection:
        head = connection.execute("SELECT head FROM line").get
    assert (line.last, line.acked, head) == (ear.last, ear.last, ear.head), "office and kiosk tell different stories"
    for of in ear.flow.lent:
        assert ledger.leases.available(of) == ear.free(of) >= 0, "office and kiosk count differently"


def _which(book: list[Seen], what: str) -> set[str]:
    return {one.which for one in book if one.what == what}


def _place(ear: Ear, body: dict[str, Any]) -> int:
    """The compartment that a command speaks of; 0 if nothing ever said where its document lies."""
    if "compartment" in body:
        return int(body["compartment"])
    lies = {} if ear.flow.work is None else {str(one.pickup): one.compartment for one in ear.flow.work.lying}
    told = {
        one.body["pickup"]: one.body["compartment"]
        for one in ear.commands
        if {"pickup", "compartment"} <= set(one.body)
    }
    return int((lies | told).get(body["pickup"], 0))


def _shown(number: str) -> str:
    found = order_number(number)
    assert isinstance(found, OrderNumber)
    return str(found)
