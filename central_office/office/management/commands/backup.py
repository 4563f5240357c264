"""`office manage backup FILE`: a checked copy of the SQLite database, after which kiosks may drop what it holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from central_office.office import durability

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Copy the database while the office runs; put the copy on another machine."""

    help = "Put a checked copy of the SQLite database into FILE. Kiosks keep what they sent until it is in a copy."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One argument: where to."""
        parser.add_argument("file", type=Path)

    def handle(self, *_arguments: object, **options: Any) -> None:  # noqa: ANN401 - Django's own signature
        """Copy, check, and say how far each kiosk was heard."""
        try:
            heard = durability.back_up(options["file"].absolute())
        except durability.BackupFailed as failed:
            raise CommandError(str(failed)) from failed
        self.stdout.write(f"{options['file']} is whole and on the disk.")
        for kiosk, seq in sorted(heard.items()):
            self.stdout.write(f"{kiosk}: up to command {seq}")
