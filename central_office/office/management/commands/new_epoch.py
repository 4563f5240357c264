"""`office manage new_epoch`: make every kiosk fetch everything again, after a restore from backup."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from central_office.office import durability
from central_office.office.models import Town


class Command(BaseCommand):
    """Begin a new epoch; every cursor that kiosks hold becomes void."""

    help = "Begin a new epoch after a restore from backup: every kiosk will fetch all documents again."

    def handle(self, *_arguments: object, **_options: object) -> None:
        """Give the database a new name for this life of it."""
        try:
            epoch = durability.begin_new_life()
        except Town.DoesNotExist:
            raise CommandError("There is no town yet. Load one: office town FILE.") from None
        self.stdout.write(f"The epoch is {epoch}. Every kiosk will fetch all documents again.")
