"""What kiosks say about orders, applied: inside the transaction that counts their commands, beside `escrow`.

An order is a promise that a citizen took home, so none is ever refused: what does not fit (no place, a quota used up,
a voucher used twice, a change onto an order that somebody else changed) is kept and laid before a clerk.

Locks: the kiosk's row (its caller holds it), then orders by number, then resources (`escrow`), then households by key.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from central_office.contract.bulky_codes import parse_voucher
from central_office.contract.bulky_orders import BulkyCancelled, BulkyChanged, BulkyOrdered, OrderState
from central_office.contract.capacity import ReservationCancelled, ReservationId
from central_office.office import changes, desk
from central_office.office.bulky.rules import rules_of
from central_office.office.models import (
    BulkyOrder,
    CrewSheet,
    DeskEntry,
    Household,
    OrderStep,
    Reservation,
    Town,
    Voucher,
    WasteFile,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from central_office.contract.base import Message
    from central_office.office.escrow import Books
    from central_office.office.models import Kiosk

Speech = BulkyOrdered | BulkyChanged | BulkyCancelled

FEE_BACK: Final = "fee_back"
"""The code of a matter: money that was paid for a pickup is to be given back."""


@dataclass
class Orders:
    """The orders that a batch of commands is about, locked; `save` writes what changed and lays what does not fit."""

    kiosk: Kiosk
    known: dict[str, BulkyOrder] = field(default_factory=dict)
    reservations: list[ReservationId] = field(default_factory=list)
    households: dict[str, Household] = field(default_factory=dict)
    _steps: list[OrderStep] = field(default_factory=list)
    _matters: list[DeskEntry] = field(default_factory=list)
    _touched: dict[str, BulkyOrder] = field(default_factory=dict)
    _vouchers: list[tuple[str, BulkyOrder, int]] = field(default_factory=list)
    _released: list[BulkyOrder] = field(default_factory=list)
    _outdated: list[str] = field(default_factory=list)

    @property
    def drawings(self) -> list[ReservationCancelled]:
        """What `escrow` must lock besides: every reservation that may be freed or looked at."""
        return [ReservationCancelled(reservation=one) for one in self.reservations]

    def apply(self, body: Speech, books: Books, seq: int, at: datetime) -> str:
        """Do what the kiosk said; empty, or the code with which the office rejects it."""
        order = self.known.get(body.number)
        match body:
            case BulkyOrdered():
                return self._order(body, order, books, seq, at)
            case _ if order is None:
                # Nothing to be changed here: only an office that came back from a backup can have lost it.
                if isinstance(body, BulkyChanged) and body.reservation is not None:
                    _free(books, body.reservation, at)
                return "unknown_order"
            case BulkyChanged():
                self._change(body, order, books, seq, at)
            case BulkyCancelled():
                self._cancel(body, order, books, seq, at)
        return ""

    def save(self, at: datetime) -> None:
        """Write all of it; belongs into the transaction, behind the books' own `save`."""
        if not self._touched and not self._matters:
            return
        for household in self.households.values():
            household.save()
        for order in self._touched.values():
            order.save()
        OrderStep.objects.bulk_create(self._steps)
        for order in self._released:
            Voucher.objects.filter(used_by=order).update(used_by=None, used_at=None)
        self._use_vouchers(at)
        told = [order.pk for order in self._touched.values()] + [one.pk for one in self.households.values()]
        changes.note(told, at)
        for number in self._outdated:
            earlier = DeskEntry.objects.filter(kind=DeskEntry.Kind.SALE, code=FEE_BACK, done_at=None)
            earlier = earlier.filter(detail__contains=f'"order": "{number}"')
            earlier.update(done_at=at, done_by=self.kiosk.pk, done_how="Die Bestellung wurde danach noch geändert.")
        desk.put(self._matters)
        self._steps, self._matters, self._vouchers, self._released, self._outdated = [], [], [], [], []
        self._touched = {}

    def _order(self, body: BulkyOrdered, known: BulkyOrder | None, books: Books, seq: int, at: datetime) -> str:
        if known is not None:
            # A kiosk that was enrolled anew tells again what its old self may have told already.
            return "" if known.reservation == body.reservation or known.revision > 1 else "order_known"
        order = BulkyOrder(
            number=body.number,
            kiosk=self.kiosk,
            seq=seq,
            ordered_at=at,
            kind=body.kind.value,
            day=body.day,
            district=body.at.district,
            street=body.at.street,
            house=body.at.house,
            name=body.at.name,
            phone=body.at.phone,
            items=_counted(body),
            litres=body.litres,
            units=body.units,
            express=body.express,
            cents=body.cents,
            paid=body.paid,
            free=body.pickup > 0,
            key=body.key,
            reservation=body.reservation,
            consent=body.consent,
            language=body.language,
        )
        order.placed = _placed(books, order)
        self.known[body.number] = order
        if not order.placed and _state(books, order) != Reservation.State.UNPLACED:
            self._lay(DeskEntry.Kind.UNPLACED, seq, at, "no_reservation", order)
        self._count(order, body, seq, at)
        self._vouchers += [(text, order, seq) for text in dict.fromkeys(body.vouchers)]
        self._note(order, OrderState.BOOKED.value, at)
        return ""

    def _change(self, body: BulkyChanged, order: BulkyOrder, books: Books, seq: int, at: datetime) -> None:
        moved_on = order.state != OrderState.BOOKED or order.revision != body.revision
        placeless = body.reservation is None and (body.day != order.day or body.units > order.units)
        if moved_on or placeless:
            if body.reservation is not None:
                _free(books, body.reservation, at)
            self._lay(DeskEntry.Kind.ORDER, seq, at, "moved_on" if moved_on else "no_reservation", order)
            return
        self._tell_crew(order, seq, at)
        if order.free and order.day.year != body.day.year and order.household is not None:
            household = self.households[order.household.key]
            household.count(order.day.year, -1)
            used = household.count(body.day.year, 1)
            rules = rules_of(Town.objects.get())
            if rules is not None and used > rules.quota.free_orders:
                self._lay(DeskEntry.Kind.QUOTA, seq, at, "quota_used", order)
        if body.reservation is not None and body.reservation != order.reservation:
            _free(books, order.reservation, at)
            order.reservation = body.reservation
        if order.pk is not None and Voucher.objects.filter(used_by=order, until__lt=body.day).exists():
            self._lay(DeskEntry.Kind.VOUCHER, seq, at, "too_late", order)
        order.day, order.items, order.litres, order.units = body.day, _counted(body), body.litres, body.units
        order.express, order.cents = body.express, body.cents
        order.placed = _placed(books, order)
        if not order.placed and _state(books, order) != Reservation.State.UNPLACED:
            self._lay(DeskEntry.Kind.UNPLACED, seq, at, "no_reservation", order)
        order.revision += 1
        self._tell_crew(order, seq, at)
        self._give_back(order, seq, at)
        self._note(order, "changed", at)

    def _cancel(self, body: BulkyCancelled, order: BulkyOrder, books: Books, seq: int, at: datetime) -> None:
        if order.state == OrderState.CANCELLED:
            return
        if order.state != OrderState.BOOKED or order.revision != body.revision:
            self._lay(DeskEntry.Kind.ORDER, seq, at, "moved_on", order)
            return
        self._tell_crew(order, seq, at)
        _free(books, order.reservation, at)
        if order.free and order.household is not None:
            self.households[order.household.key].count(order.day.year, -1)
        self._released.append(order)
        self._vouchers = [one for one in self._vouchers if one[1] is not order]
        order.state = OrderState.CANCELLED.value
        order.revision += 1
        self._give_back(order, seq, at)
        self._note(order, OrderState.CANCELLED.value, at)

    def _give_back(self, order: BulkyOrder, seq: int, at: datetime) -> None:
        """A fee was paid by card: what the order does not cost any more is for a clerk to give back.

        What was laid on the desk after an earlier change is replaced by what is owed now.
        """
        if not order.paid:
            return
        self._outdated.append(order.number)
        if (owed := order.paid - (0 if order.state == OrderState.CANCELLED else order.cents)) > 0:
            self._lay(DeskEntry.Kind.SALE, seq, at, FEE_BACK, order, cents=owed)

    def _count(self, order: BulkyOrder, body: BulkyOrdered, seq: int, at: datetime) -> None:
        order.household = household = self.households[body.household]
        if not order.free:
            return
        used = household.count(order.day.year, 1)
        rules = rules_of(Town.objects.get())
        if rules is not None and used > rules.quota.free_orders:
            # Kiosks that could not hear of one another promised one too many; it stays promised.
            self._lay(DeskEntry.Kind.QUOTA, seq, at, "quota_used", order)

    def _use_vouchers(self, at: datetime) -> None:
        if not self._vouchers:
            return
        town = Town.objects.get()
        key = bytes.fromhex(WasteFile.objects.values_list("office_key", flat=True).first() or "")
        for text, order, seq in self._vouchers:
            try:
                known = parse_voucher(text.encode(), town.town_key, key)
            except ValueError:
                self._lay(DeskEntry.Kind.VOUCHER, seq, at, "not_signed", order)
                continue
            row = Voucher.objects.select_for_update().filter(pk=known.id).first()
            if row is None:
                # Signed, and yet not in the books: only an office that came back from a backup forgets one.
                row = Voucher(id=known.id, litres=known.litres, until=known.until, issued_at=at, issued_by="")
            if row.used_by_id not in {None, order.pk}:
                self._lay(DeskEntry.Kind.VOUCHER, seq, at, "used_twice", order)
            elif order.day > known.until:
                self._lay(DeskEntry.Kind.VOUCHER, seq, at, "too_late", order)
            else:
                row.used_by, row.used_at = order, at
                row.save()

    def _tell_crew(self, order: BulkyOrder, seq: int, at: datetime) -> None:
        if CrewSheet.objects.filter(kind=order.kind, district=order.district, day=order.day).exists():
            self._lay(DeskEntry.Kind.ORDER, seq, at, "after_sheet", order)

    def _note(self, order: BulkyOrder, what: str, at: datetime) -> None:
        self._touched[order.number] = order
        self._steps.append(OrderStep(order=order, what=what, at=at, by=self.kiosk.pk))

    def _lay(self, kind: DeskEntry.Kind, seq: int, at: datetime, code: str, order: BulkyOrder, **more: int) -> None:
        detail = {"order": order.number, "day": order.day.isoformat(), **more}
        self._matters.append(desk.entry(kind, self.kiosk, seq, at, code, json.dumps(detail)))


def speeches(bodies: Iterable[Message | None]) -> list[Speech]:
    """The commands among `bodies` that concern orders."""
    return [body for body in bodies if isinstance(body, Speech)]


def open_orders(kiosk: Kiosk, bodies: list[Speech]) -> Orders:
    """Lock the orders that `bodies` are about, by number, and name the reservations that belong to them."""
    if not bodies:
        return Orders(kiosk)
    numbers = {body.number for body in bodies}
    locked = BulkyOrder.objects.select_for_update(of=("self",)).filter(number__in=numbers).order_by("number")
    known = {one.number: one for one in locked.select_related("household")}
    named = {ReservationId(one.reservation) for one in known.values()}
    for body in bodies:
        if not isinstance(body, BulkyCancelled) and body.reservation is not None:
            named.add(body.reservation)
    return Orders(kiosk, known, sorted(named))


def lock_households(orders: Orders, bodies: list[Speech]) -> None:
    """Lock the households of these orders, by key, behind the resources; those that are new are made."""
    keys = {body.household for body in bodies if isinstance(body, BulkyOrdered)}
    # Made first and without a quarrel: two kiosks may tell of the same household at the same time.
    Household.objects.bulk_create([Household(key=key) for key in sorted(keys)], ignore_conflicts=True)
    keys |= {one.household.key for one in orders.known.values() if one.household is not None}
    locked = Household.objects.select_for_update().filter(key__in=keys).order_by("key")
    orders.households = {one.key: one for one in locked}


def _counted(body: BulkyOrdered | BulkyChanged) -> dict[str, int]:
    counted: dict[str, int] = {}
    for one in body.items:
        counted[one.key] = counted.get(one.key, 0) + one.count
    return counted


def _state(books: Books, order: BulkyOrder) -> str:
    held = books.reservations.get(order.reservation)
    return "" if held is None else held.state


def _placed(books: Books, order: BulkyOrder) -> bool:
    """Whether the order's reservation holds its units, on its day, in its district."""
    held = books.reservations.get(order.reservation)
    resource = books.resources.get((f"{order.kind}.{order.district}", order.day))
    return (
        held is not None
        and held.state == Reservation.State.HELD
        and resource is not None
        and held.resource_id == resource.pk
        and held.units >= order.units
    )


def _free(books: Books, reservation: str, at: datetime) -> None:
    if reservation in books.reservations:
        books.apply(ReservationCancelled(reservation=ReservationId(reservation)), at)
