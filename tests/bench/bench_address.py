"""How long one keystroke takes in the search for a street, in a town of 50,000 addresses."""

from __future__ import annotations

import random
import time

from central_office.contract.addresses import AddressBook
from central_office.contract.town import StreetTable

ADDRESSES = 50_000
STREETS = 2_500
WALKS = 400
TARGET_MS = 20

_BEGINNINGS = (
    "Ahorn", "Bahnhof", "Berg", "Birken", "Brunnen", "Buchen", "Eichen", "Feld", "Garten", "Goethe", "Hafen", "Kirch",
    "Linden", "Markt", "Mozart", "Mühl", "Nord", "Ost", "Park", "Rosen", "Schiller", "Schloss", "Schul", "See",
    "Sonnen", "Süd", "Tal", "Turm", "Ufer", "Wald", "Weiden", "West", "Wiesen", "Ziegel",
)  # fmt: skip
_MIDDLES = (
    "acker", "berger", "blick", "brück", "burger", "egger", "felder", "graben", "hauser", "heimer", "hofer", "holzer",
    "kamp", "ler", "moos", "rain", "sand", "stein",
)  # fmt: skip
_ENDINGS = ("straße", "weg", "platz", "allee", "gasse", "ring", "ufer", "steig", "er Straße", "er Weg")


def town(chance: random.Random) -> list[str]:
    """Names as German towns have them, many with a beginning in common."""
    names: set[str] = set()
    while len(names) < STREETS:
        name = chance.choice(_BEGINNINGS) + chance.choice(("", *_MIDDLES)) + chance.choice(_ENDINGS)
        names.add(chance.choice(("", "", "", "Am ", "An der ", "Zum ")) + name)
    return sorted(names)


def slipped(text: str, chance: random.Random) -> str:
    """The text with one slip of the finger."""
    at = chance.randrange(2, len(text))
    return chance.choice((text[:at] + text[at + 1 :], text[:at] + "x" + text[at:], text[:at] + "q" + text[at + 1 :]))


def measure() -> list[str]:
    """The bench's lines."""
    chance = random.Random(7)
    names = town(chance)
    begin = time.perf_counter()
    book = AddressBook([StreetTable(name, "Mitte", f"1-{ADDRESSES // STREETS}") for name in names])
    built = time.perf_counter() - begin
    took: list[float] = []
    found = 0
    for name in chance.choices(names, k=WALKS):
        typed = slipped(name, chance) if chance.random() < 0.5 else name
        for length in range(1, len(typed) + 1):
            begin = time.perf_counter()
            hits = book.search(typed[:length])
            took.append((time.perf_counter() - begin) * 1000)
        found += any(street.name == name for street in hits.streets)
    took.sort()
    p50, p99, worst = took[len(took) // 2], took[int(len(took) * 0.99)], took[-1]
    return [
        f"{ADDRESSES:,} addresses in {len(book):,} streets, {len(took):,} keystrokes, half of the walks with a slip of",
        f"the finger; the street meant is among the six shown after {found} of {WALKS} walks.",
        "",
        "| | measured | target |",
        "|---|---|---|",
        f"| index of the streets made | {built * 1000:.0f} ms | |",
        f"| one keystroke, median | {p50:.2f} ms | |",
        f"| one keystroke, 99th percentile | {p99:.1f} ms | {TARGET_MS} ms |",
        f"| one keystroke, slowest | {worst:.1f} ms | |",
    ]


if __name__ == "__main__":
    print("\n".join(measure()))
