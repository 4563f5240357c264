"""Where signed digests are kept; the database itself refuses to change one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from central_office.office.audit.digest import NotADigest, Signed

if TYPE_CHECKING:
    from datetime import date, datetime

    from central_office.office.audit.digest import ChainHead, Digest


class DailyDigest(models.Model):
    """The heads of all kiosks at the end of one UTC day, as they were signed."""

    day = models.DateField(primary_key=True)
    epoch = models.CharField(max_length=40)
    text = models.TextField()  # canonical JSON: exactly the bytes that are signed
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)
    made_at = models.DateTimeField()

    class Meta:
        """Oldest first."""

        ordering = ("day",)

    def __str__(self) -> str:
        return f"digest of {self.day}"

    @property
    def signed(self) -> Signed:
        """The text with its signature, as it travels."""
        return Signed(self.text, self.key, self.signature)

    @property
    def sound_digest(self) -> Digest | None:
        """What was signed; None if the row was changed since."""
        try:
            return self.signed.digest if self.signed.sound else None
        except NotADigest:
            return None

    @property
    def heads(self) -> dict[str, ChainHead]:
        """How far each kiosk had come, by its name; empty if the row was changed since it was signed."""
        digest = self.sound_digest
        return {} if digest is None else {head.device: head for head in digest.kiosks}

    @property
    def covers(self) -> tuple[int, int]:
        """How many kiosks it covers, and how many commands of theirs."""
        heads = self.heads.values()
        return len(heads), sum(head.seq for head in heads)

    @classmethod
    def of(cls, signed: Signed, day: date, epoch: str, at: datetime) -> DailyDigest:
        """A row for a digest that was just signed."""
        return cls(
            day=day,
            epoch=epoch,
            text=signed.text,
            sha256=signed.sha256,
            key=signed.key,
            signature=signed.signature,
            made_at=at,
        )
