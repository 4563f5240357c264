"""`office manage tidy`: forget what is past its time."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from central_office.office import here
from central_office.office.retention import tidy


class Command(BaseCommand):
    """Forget finished documents, old log lines, tickets and tries; run it every night."""

    help = "Forget finished documents (90 days), old changes, tickets and tries. Run it every night."

    def handle(self, *_arguments: object, **_options: object) -> None:
        """Forget, and say how much."""
        for what, count in tidy(here.now()).items():
            self.stdout.write(f"{count:6} {what}")
