"""`office manage deposit KIOSK COMPARTMENT REFERENCE`: give out a pickup code for a document in a compartment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from central_office.office import demo, here
from central_office.office.models import Document, Kiosk
from central_office.office.pickups.issuing import CannotBeDeposited, Into, issue

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from central_office.office.models import Pickup


class Command(BaseCommand):
    """Note that documents lie in compartments, and print what their holders are told."""

    help = (
        "Note that the document with REFERENCE lies in COMPARTMENT of KIOSK, and print the message to its holder; "
        "--demonstration fills the newest kiosk's compartments with the demonstration's documents."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which document, and where."""
        parser.add_argument("kiosk", nargs="?")
        parser.add_argument("compartment", nargs="?", type=int)
        parser.add_argument("reference", nargs="?")
        parser.add_argument("--reach", action="store_true", help="assigned for somebody who sits")
        parser.add_argument("--demonstration", action="store_true")

    def handle(self, *_arguments: object, **options: Any) -> None:  # noqa: ANN401 - Django's own signature
        """Deposit, and say what to send."""
        if options["demonstration"]:
            kiosk = Kiosk.objects.filter(state=Kiosk.State.ACTIVE).order_by("-enrolled_at").first()
            if kiosk is None:
                raise CommandError("There is no kiosk yet.")
            for pickup in demo.fill_compartments(kiosk, here.now()):
                self._say(pickup)
            return
        kiosk = Kiosk.objects.filter(pk=options["kiosk"]).first()
        document = Document.objects.filter(reference=options["reference"]).first()
        if kiosk is None or document is None or options["compartment"] is None:
            raise CommandError("Name a kiosk, a compartment and a document's reference that the office knows.")
        try:
            into = Into(kiosk, options["compartment"], "office", reach=options["reach"])
            self._say(issue(document, into, here.now()))
        except CannotBeDeposited as problem:
            raise CommandError(f"It cannot be deposited: {problem.code}.") from problem

    def _say(self, pickup: Pickup) -> None:
        born = pickup.document.birth_date
        self.stdout.write(f"{pickup.compartment:>3}  {pickup.message}  ({born:%d.%m.%Y})")
