"""The office's side of the seal: a snapshot of 100,000 documents for one kiosk, and the secrets of numbers.

Prints Markdown; asserts nothing. A real office with a SQLite database in a folder of its own; the secrets of numbers
are drawn by chance for the snapshot, which is as good as real ones for its length, and made for real for the rate.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from os import cpu_count, urandom
from pathlib import Path

from central_office.contract.claims import COST, TypedNumber, secret
from central_office.contract.document_number import ALPHABET, DocumentNumber
from central_office.contract.stages import DocumentKind, Stage
from central_office.contract.town import read_town
from central_office.office.settings import OfficeSettings
from central_office.office.start import migrate, start

DOCUMENTS = 100_000
SECRETS = 60
NOW = datetime(2026, 6, 16, 8, 24, tzinfo=UTC)
TOWN = Path(__file__).parents[2] / "town" / "musterstadt.toml"


def typed(which: int) -> TypedNumber:
    digits = "".join(ALPHABET[which // len(ALPHABET) ** place % len(ALPHABET)] for place in range(5))
    return TypedNumber(DocumentNumber(f"L01X{digits}"), date(1984, 2, 29))


def of_the_snapshot(place: Path) -> None:
    start(OfficeSettings(data=place), lambda: NOW)
    migrate()
    # Whatever needs a Django that is set up comes after it.
    from central_office.office import lifecycle, town_book  # noqa: PLC0415
    from central_office.office.lifecycle import Application, Life  # noqa: PLC0415
    from central_office.office.line import snapshot  # noqa: PLC0415
    from central_office.office.models import Document, Kiosk  # noqa: PLC0415

    town = town_book.load(read_town(TOWN), NOW)
    path = (Stage.APPLIED, Stage.SENT_TO_PRODUCER, Stage.IN_PRODUCTION, Stage.SHIPPED_TO_OFFICE, Stage.ARRIVED)
    steps = tuple((stage, NOW - timedelta(days=30 - day)) for day, stage in enumerate(path))
    for first in range(0, DOCUMENTS, 10_000):
        lives = [
            Life(
                Application(
                    DocumentKind.IDENTITY_CARD, typed(which).number, date(1984, 2, 29), "N", stage=steps[-1][0]
                ),
                steps,
            )
            for which in range(first, first + 10_000)
        ]
        lifecycle.take_over(lives, "Weber", NOW)
    everyone = list(Document.objects.only("pk"))
    for document in everyone:
        document.number_secret = b"number\0" + urandom(32)
        document.card_key, document.card_place, document.card_due = urandom(32), 0, False
    Document.objects.bulk_update(everyone, ["number_secret", "card_key", "card_place", "card_due"], batch_size=500)
    kiosk = Kiosk.objects.create(
        id="K-1", site="Foyer", public_key=bytes(32), key_print="0" * 64, pepper=urandom(32), enrolled_at=NOW
    )
    began, busy = time.perf_counter(), time.process_time()
    made = snapshot.make(place / "snapshots", kiosk, town, NOW)
    print(
        f"| snapshot of {DOCUMENTS:,} documents ({made.size / 2**20:.1f} MiB) sealed and packed for one kiosk, office "
        f"| {time.perf_counter() - began:.1f} s ({time.process_time() - busy:.1f} s of CPU, "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB) | |",
        flush=True,
    )


def of_the_secrets() -> None:
    began = time.perf_counter()
    with ThreadPoolExecutor(cpu_count()) as cores:
        list(cores.map(secret, map(typed, range(SECRETS))))
    each = (time.perf_counter() - began) / SECRETS
    print(
        f"| secrets of numbers (argon2id, {COST.kib // 1024} MiB, {COST.passes} passes), {cpu_count()} cores "
        f"| {1 / each:.0f} a second, 100,000 in {100_000 * each / 60:.0f} min | |",
        flush=True,
    )


def main() -> None:
    print("## The seal at the office\n")
    print("| what | measured | target |\n| --- | ---: | ---: |", flush=True)
    of_the_secrets()
    with tempfile.TemporaryDirectory() as place:
        of_the_snapshot(Path(place))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
