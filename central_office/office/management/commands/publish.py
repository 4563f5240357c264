"""`office manage publish NAME=FILE ...`: let every kiosk use these files from now on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from pydantic import ValidationError

from central_office.office import here
from central_office.office.line import blobs
from central_office.office.models import Town

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Publish a configuration: all its files, each under a name."""

    help = "Let every kiosk fetch these files, each as NAME=FILE, such as town.toml=town/musterstadt.toml."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The files."""
        parser.add_argument("files", nargs="+", metavar="NAME=FILE")

    def handle(self, *_arguments: object, **options: Any) -> None:  # noqa: ANN401 - Django's own signature
        """Keep the files, then name them to the kiosks."""
        pairs = [text.partition("=") for text in options["files"]]
        try:
            content = {name: Path(file).read_bytes() for name, _, file in pairs}
            digest = blobs.publish(here.this_office().data / "blobs", content)
        except (OSError, blobs.TooLarge) as trouble:
            raise CommandError(str(trouble)) from trouble
        except ValidationError as trouble:
            raise CommandError("a name is a small letter, then letters, digits, points and underscores") from trouble
        except Town.DoesNotExist:
            raise CommandError("There is no town yet. Load one: office town FILE.") from None
        self.stdout.write(f"The configuration is {digest}.")
