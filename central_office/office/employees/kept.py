"""Rows of who may sign in at kiosks, of what was done there, and of compartments that are not to be used."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class StaffPass(models.Model):
    """What one employee signs in with at kiosks; neither PIN nor card can be read from it."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="staff_pass")
    number = models.CharField(max_length=4, unique=True)
    salt = models.BinaryField(max_length=16)
    pin = models.BinaryField(max_length=32)
    card = models.BinaryField(max_length=32, null=True)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=150)
    card_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """By their numbers."""

        ordering = ("number",)

    def __str__(self) -> str:
        return self.number


class StaffDeed(models.Model):
    """Something that an employee did at a kiosk: who, when, where, at which compartment."""

    kiosk = models.ForeignKey("office.Kiosk", on_delete=models.CASCADE, related_name="deeds")
    seq = models.BigIntegerField()
    at = models.DateTimeField()  # the kiosk's clock
    number = models.CharField(max_length=4)
    kind = models.CharField(max_length=40)  # the command's type
    compartment = models.PositiveSmallIntegerField(null=True, blank=True)
    document = models.ForeignKey("office.Document", null=True, blank=True, on_delete=models.SET_NULL)
    detail = models.CharField(max_length=120, blank=True)

    class Meta:
        """Newest first."""

        ordering = ("-at", "-id")
        constraints = (models.UniqueConstraint(fields=["kiosk", "seq"], name="one_deed_per_command"),)

    def __str__(self) -> str:
        return f"{self.kiosk_id} {self.number} {self.kind}"


class CompartmentMark(models.Model):
    """A compartment that is not to be used, why and since when."""

    kiosk = models.ForeignKey("office.Kiosk", on_delete=models.CASCADE, related_name="marks")
    compartment = models.PositiveSmallIntegerField()
    why = models.CharField(max_length=40)
    since = models.DateTimeField()
    by = models.CharField(max_length=150, blank=True)

    class Meta:
        """As they hang on the wall."""

        ordering = ("kiosk", "compartment")
        constraints = (models.UniqueConstraint(fields=["kiosk", "compartment"], name="one_mark_per_compartment"),)

    def __str__(self) -> str:
        return f"{self.kiosk_id} {self.compartment} {self.why}"
