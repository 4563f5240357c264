"""`office manage durable mark|confirm FILE`: the two halves around a backup that other tools make."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from central_office.office import durability

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Tell kiosks what a backup by pg_dump, pg_basebackup or a storage system holds."""

    help = "mark FILE before a backup begins; confirm FILE once the backup is whole and lies elsewhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which half, and the file that carries the mark from one to the other."""
        parser.add_argument("half", choices=["mark", "confirm"])
        parser.add_argument("file", type=Path)

    def handle(self, *_arguments: object, **options: Any) -> None:  # noqa: ANN401 - Django's own signature
        """Write the mark, or believe it."""
        file: Path = options["file"]
        try:
            if options["half"] == "mark":
                file.write_text(json.dumps(durability.mark()), encoding="ascii")
                self.stdout.write(f"{file} is written. Make the backup now, then confirm.")
                return
            marked = json.loads(file.read_text(encoding="ascii"))
        except (OSError, ValueError) as trouble:
            raise CommandError(f"{file}: {trouble}") from trouble
        if not isinstance(marked, dict) or not all(type(seq) is int for seq in marked.values()):
            raise CommandError(f"{file} is no mark.")
        durability.confirm(marked)
        self.stdout.write("Kiosks may drop what was marked.")
