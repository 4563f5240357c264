"""Doors that count tries: signing in and enrolling. Counted in the database, so that a restart gives no new tries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from central_office.office.models import Attempt

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True)
class Door:
    """How many failed tries are taken within which time."""

    name: str
    tries: int
    within: timedelta

    def open_for(self, who: str, now: datetime) -> bool:
        """Whether `who` may try once more."""
        failed = Attempt.objects.filter(door=self._key(who), at__gt=now - self.within).count()
        return failed < self.tries

    def failed(self, who: str, now: datetime) -> None:
        """Count a failed try."""
        Attempt.objects.create(door=self._key(who), at=now)

    def forgive(self, who: str) -> None:
        """Forget the failed tries of `who`."""
        Attempt.objects.filter(door=self._key(who)).delete()

    def _key(self, who: str) -> str:
        return sha256(f"{self.name}\0{who}".encode()).hexdigest()


SIGN_IN_BY_NAME = Door("sign in, name", tries=5, within=timedelta(minutes=10))
SIGN_IN_BY_ADDRESS = Door("sign in, address", tries=30, within=timedelta(minutes=10))
ENROL_BY_ADDRESS = Door("enrol, address", tries=10, within=timedelta(minutes=10))
ENROL = Door("enrol", tries=100, within=timedelta(hours=1))


def address_of(request: HttpRequest, *, behind_proxy: bool) -> str:
    """Who asks, as far as the network knows: behind a proxy, what that proxy says last."""
    if behind_proxy and (forwarded := request.META.get("HTTP_X_FORWARDED_FOR", "")):
        return str(forwarded).rsplit(",", maxsplit=1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
