"""`office manage capacity KEY DAY UNITS`: offer so many units of something on a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from central_office.office import escrow

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Offer capacity, or change what is offered."""

    help = "Offer UNITS of KEY on DAY (2026-11-27), or change how many are offered; each kiosk holds SPARE of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, when, how much."""
        parser.add_argument("key")
        parser.add_argument("day", type=date.fromisoformat)
        parser.add_argument("units", type=int)
        parser.add_argument("--spare", type=int, default=2)

    def handle(self, *_arguments: object, **options: Any) -> None:  # noqa: ANN401 - Django's own signature
        """Offer it."""
        try:
            resource = escrow.open_day(options["key"], options["day"], options["units"], options["spare"])
        except escrow.NotEnough as problem:
            raise CommandError(f"{problem}; the capacity cannot be smaller.") from problem
        self.stdout.write(f"{resource}: {resource.capacity} units, {resource.free} of them free.")
