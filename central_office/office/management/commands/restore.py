"""`office manage restore FILE`: the office comes back from a copy that `office manage backup` made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from central_office.office import here, occupancy, restoring
from central_office.office.line import blobs

if TYPE_CHECKING:
    from argparse import ArgumentParser

_BY_OTHER_TOOLS = (
    "This office runs on PostgreSQL: restore it with its own tools into an empty database, then run new_epoch."
)


class Command(BaseCommand):
    """Put a copy in the place of the SQLite database; what was there is kept beside it."""

    help = "Put the copy FILE in the place of office.db, in a new life: every kiosk tells again what the copy lacks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One argument: which copy."""
        parser.add_argument("file", type=Path)

    def handle(self, *_arguments: object, **options: Any) -> None:  # noqa: ANN401 - Django's own signature
        """Check it, put it in place, and say what to do next."""
        if connection.vendor != "sqlite":
            raise CommandError(_BY_OTHER_TOOLS)
        data = here.this_office().data
        database = Path(connection.settings_dict["NAME"])
        try:
            occupancy.alone(data)
            done = restoring.restore(options["file"].absolute(), database, here.now())
        except (occupancy.Occupied, restoring.RestoreFailed) as failed:
            raise CommandError(str(failed)) from failed
        except OSError as trouble:
            raise CommandError(f"{trouble.filename}: {trouble.strerror}.") from trouble
        self.stdout.write(f"{options['file']} is in place, in epoch {done.epoch}. Start the office: office serve.")
        if done.aside is not None:
            self.stdout.write(f"What was there before is kept as {done.aside.name}.")
        for kiosk, seq in done.heard.items():
            self.stdout.write(f"{kiosk}: the copy holds it up to command {seq}")
        if done.heard:
            self.stdout.write("Nothing is lent until each of them has spoken; revoke those that never will.")
        if done.config and blobs.kept(data / "blobs", done.config) is None:
            self.stdout.write("The published configuration is not here: bring back blobs/, or publish it again.")
