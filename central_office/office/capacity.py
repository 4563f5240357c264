"""Rows of bounded capacity: what there is, what each kiosk holds of it, what citizens were promised.

`escrow` moves units between them; the database itself refuses more than there is.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Resource(models.Model):
    """Something there is only so much of on one service day; `promised` and `leased` never exceed `capacity`."""

    key = models.CharField(max_length=40)
    day = models.DateField()
    capacity = models.PositiveIntegerField()
    promised = models.PositiveIntegerField(default=0)
    leased = models.PositiveIntegerField(default=0)
    # How many units every kiosk holds without asking, so that it has something to promise when the line is cut.
    spare = models.PositiveSmallIntegerField(default=2)

    class Meta:
        """By day, as staff look at it."""

        ordering = ("day", "key")
        constraints = (
            models.UniqueConstraint(fields=["key", "day"], name="one_resource_per_day"),
            models.CheckConstraint(
                condition=Q(capacity__gte=F("promised") + F("leased")), name="never_more_than_capacity"
            ),
        )

    def __str__(self) -> str:
        return f"{self.key} {self.day}"

    @property
    def free(self) -> int:
        """Units that are neither promised nor with a kiosk."""
        return self.capacity - self.promised - self.leased


class Lease(models.Model):
    """Units that one kiosk may promise without asking."""

    kiosk = models.ForeignKey("office.Kiosk", on_delete=models.CASCADE, related_name="leases")
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="leases")
    units = models.PositiveIntegerField(default=0)

    class Meta:
        """One line per kiosk and resource."""

        constraints = (models.UniqueConstraint(fields=["kiosk", "resource"], name="one_lease_per_kiosk"),)

    def __str__(self) -> str:
        return f"{self.kiosk_id} {self.units}"


class Reservation(models.Model):
    """A promise to a citizen, known by the identifier that the kiosk gave it."""

    class State(models.TextChoices):
        """Whether the promise has its units."""

        HELD = "held"
        UNPLACED = "unplaced"  # promised by a kiosk that had no right to: a person must find a place or call
        CANCELLED = "cancelled"

    id = models.CharField(max_length=64, primary_key=True)
    kiosk = models.ForeignKey("office.Kiosk", null=True, on_delete=models.PROTECT)  # null: the office itself
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT)
    units = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.HELD)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.id} {self.state}"
