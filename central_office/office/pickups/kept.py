"""Rows of documents that wait, or waited, in a kiosk's compartment."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Pickup(models.Model):
    """One document in one compartment, with its code; documents of one holder at one kiosk share selector and code."""

    class State(models.TextChoices):
        """How it stands."""

        PLACED = "placed"  # a second employee has to confirm it before the code is given out
        WAITING = "waiting"
        LOCKED = "locked"  # guessed at too often: the code opens nothing, another must be given out
        OPENED = "opened"  # the code is used, the kiosk has not said how it ended
        COLLECTED = "collected"
        FAILED = "failed"  # the code is used, and a person must look into the compartment
        EXPIRED = "expired"  # not collected in time: staff takes it out
        WITHDRAWN = "withdrawn"  # taken out by staff before its time

    id = models.CharField(max_length=64, primary_key=True)  # the kiosk's, if it was laid in there
    document = models.ForeignKey("office.Document", on_delete=models.CASCADE, related_name="pickups")
    kiosk = models.ForeignKey("office.Kiosk", on_delete=models.CASCADE, related_name="pickups")
    compartment = models.PositiveSmallIntegerField()
    reach = models.BooleanField(default=False)
    selector = models.CharField(max_length=4)
    digits = models.CharField(max_length=8, blank=True)
    token = models.CharField(max_length=32, blank=True)  # 16 bytes in hexadecimal
    salt = models.BinaryField(max_length=16)
    # The JSON of the row as it travels to its kiosk: made once, because it costs time.
    row = models.TextField(blank=True)
    until = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    how = models.CharField(max_length=16, blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=150)
    laid_by = models.CharField(max_length=4, blank=True)  # the employee's number, if it was laid in at the kiosk
    # Which of its kiosk's lists was the first to hold it: the message goes out once the kiosk has that one.
    version = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    # What is to be sent to the citizen next, prepared for whoever sends it.
    message = models.TextField(blank=True)

    class Meta:
        """Those whose time ends first come first."""

        ordering = ("until", "compartment", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["kiosk", "compartment"],
                condition=Q(state__in=["placed", "waiting", "locked", "opened"]),
                name="one_pickup_per_compartment",
            ),
            models.UniqueConstraint(
                fields=["document"],
                condition=Q(state__in=["placed", "waiting", "locked", "opened"]),
                name="one_pickup_per_document",
            ),
        )
        indexes = (models.Index(fields=["kiosk", "state"]),)

    def __str__(self) -> str:
        return f"{self.kiosk_id} {self.compartment} {self.state}"

    @property
    def live(self) -> bool:
        """Whether its kiosk said that it knows the code: only then the holder may be told."""
        return self.version <= self.kiosk.pickups_heard
