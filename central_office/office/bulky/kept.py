"""Rows of bulky waste: the town's rules, orders and what happened to them, households, vouchers, printed sheets."""

from __future__ import annotations

import uuid

from django.db import models

from central_office.contract.bulky import OrderKind
from central_office.contract.bulky_orders import OrderState


class WasteFile(models.Model):
    """The town's file of bulky waste, as it was taken in; `office_key` is the key that vouchers are checked with."""

    town = models.OneToOneField("office.Town", on_delete=models.CASCADE, primary_key=True)
    text = models.TextField()
    office_key = models.CharField(max_length=64)
    taken_at = models.DateTimeField()
    last_number = models.PositiveIntegerField(default=0)  # of the orders that the office took itself

    def __str__(self) -> str:
        return f"rules of {self.town_id}"


class Household(models.Model):
    """Who has a quota: known by a key that is made of name and address, which are not kept here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=64, unique=True)
    used = models.JSONField(default=dict)  # free pickups by year, such as {"2026": 1}
    newest = models.PositiveSmallIntegerField(default=0)  # the last year in it

    def __str__(self) -> str:
        return str(self.pk)

    def count(self, year: int, pickups: int) -> int:
        """Count free pickups of that year, or take them back; how many it had then."""
        used = max(0, int(self.used.get(str(year), 0)) + pickups)
        self.used = {one: count for one, count in {**self.used, str(year): used}.items() if count}
        self.newest = max(self.newest, year)
        return used


class BulkyOrder(models.Model):
    """A pickup that a citizen was promised; `number` is on her slip, `reservation` holds its units."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=8, unique=True)
    kiosk = models.ForeignKey("office.Kiosk", null=True, on_delete=models.PROTECT)  # null: ordered at the office
    seq = models.BigIntegerField(default=0)  # the command that brought it
    ordered_at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in OrderKind])
    day = models.DateField()
    district = models.CharField(max_length=40)
    street = models.CharField(max_length=80, blank=True)
    house = models.CharField(max_length=12, blank=True)
    name = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    items = models.JSONField(default=dict)  # pieces by the item's key
    litres = models.PositiveIntegerField()
    units = models.PositiveIntegerField()
    express = models.BooleanField(default=False)
    cents = models.PositiveIntegerField(default=0)
    paid = models.PositiveIntegerField(default=0)  # by card, with the order at the kiosk
    free = models.BooleanField(default=False)  # counts in the household's quota
    key = models.CharField(max_length=64)  # what opens its row at a kiosk; empty once name and address are deleted
    household = models.ForeignKey(Household, null=True, on_delete=models.SET_NULL)
    reservation = models.CharField(max_length=64)
    placed = models.BooleanField(default=True)  # whether the reservation has its units
    consent = models.CharField(max_length=40)
    language = models.CharField(max_length=12)
    state = models.CharField(
        max_length=14, choices=[(state.value, state.value) for state in OrderState], default=OrderState.BOOKED.value
    )
    left = models.JSONField(default=list)
    note = models.CharField(max_length=120, blank=True)
    revision = models.PositiveSmallIntegerField(default=1)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """As the crew drives: by street."""

        ordering = ("day", "district", "street", "house", "number")
        indexes = (
            models.Index(fields=["day", "district"]),
            models.Index(fields=["day"], condition=models.Q(forgotten_at=None), name="order_to_be_forgotten"),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def of_kind(self) -> OrderKind:
        """The kind in the contract's type."""
        return OrderKind(self.kind)

    def due(self, paid: int) -> int:
        """Cents still to be paid at the office when so many are paid; below zero: what the citizen gets back there."""
        return (0 if self.at_state is OrderState.CANCELLED else self.cents) - paid

    @property
    def at_state(self) -> OrderState:
        """The state in the contract's type."""
        return OrderState(self.state)


class OrderStep(models.Model):
    """What happened to an order: booked, changed, ended; by a kiosk or a colleague."""

    order = models.ForeignKey(BulkyOrder, on_delete=models.CASCADE, related_name="steps")
    what = models.CharField(max_length=14)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    class Meta:
        """Oldest first."""

        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d}"


class Voucher(models.Model):
    """A pickup beyond the quota that the office gave away; good once, until and on a day."""

    id = models.CharField(max_length=16, primary_key=True)
    litres = models.PositiveIntegerField()
    until = models.DateField()
    why = models.CharField(max_length=120, blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=150)
    used_by = models.ForeignKey(BulkyOrder, null=True, on_delete=models.SET_NULL, related_name="vouchers")
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Newest first."""

        ordering = ("-issued_at", "id")

    def __str__(self) -> str:
        return self.id


class CrewSheet(models.Model):
    """The crew has the sheet of this tour: what is changed later must be told to them by a person."""

    kind = models.CharField(max_length=12)
    district = models.CharField(max_length=40)
    day = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)

    class Meta:
        """One line a tour: who printed it last."""

        constraints = (models.UniqueConstraint(fields=["kind", "district", "day"], name="one_sheet_a_tour"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.district} {self.day}"
