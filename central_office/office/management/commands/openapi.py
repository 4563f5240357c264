"""`office manage openapi`: what kiosks and office say to each other, as an OpenAPI document."""

from __future__ import annotations

import json

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Print the line's description."""

    help = "Print the OpenAPI document of the line between kiosks and this office."

    def handle(self, *_arguments: object, **_options: object) -> None:
        """One JSON document on standard output."""
        from central_office.office.line.openapi import document  # noqa: PLC0415 - wants models that are loaded

        self.stdout.write(json.dumps(document(), indent=2))
