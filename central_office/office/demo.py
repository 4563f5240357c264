"""The demonstration town: some hundred documents in all stages, staff to sign in as, letters to show to a kiosk.

Everything follows from a seed and the present, so that two demonstrations on one day are the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User
from django.utils import translation

from central_office.contract.addresses import read_streets
from central_office.contract.bulky import streets_beside
from central_office.contract.document_number import ALPHABET, DocumentNumber
from central_office.contract.pickup_code import SALT_BYTES
from central_office.contract.staff import card_secret
from central_office.contract.staff_card import TOKEN_BYTES, EmployeeNumber, StaffCard
from central_office.contract.stages import NEXT_STAGES, READY_STAGES, DocumentKind, Stage
from central_office.contract.town import read_town
from central_office.office import letters, town_book
from central_office.office.bulky import demo as bulky
from central_office.office.employees import cards, labels, passes
from central_office.office.employees.loading import to_load
from central_office.office.lifecycle import COLLECT_DAYS, Application, Life, take_over
from central_office.office.models import Document, Pickup, Place, StaffPass, Town
from central_office.office.pickups.issuing import LIVE, Into, issue
from central_office.office.roles import StaffRole
from central_office.office.sales import demo as sales
from central_office.office.stretching import stretch_all
from central_office.office.words import KINDS, STAGES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from central_office.contract.bulky import WasteRules
    from central_office.contract.tariff import Tariff
    from central_office.contract.town import Town as TownFile
    from central_office.office.models import Kiosk

PINS = {"weber": "471100", "demir": "471111", "leitung": "471122"}
"""The demonstration's PINs, printed for everybody to see."""
BY_DEMO = "demonstration"
STAFF_CARDS = "staff-cards.json"
BAG_VOUCHERS = "bag-vouchers.json"
"""What the dock is told of staff's cards, beside the letters."""

LABELS = 6
"""So many labels of documents to load lie on the dock, those first that the kiosk names first."""
_SITS_FROM = 80
"""From this age on the demonstration's people need a compartment that can be reached sitting."""

PASSWORD = "musterstadt"  # noqa: S105  # the demonstration's, printed for everybody to see


HOLDER = "Mustermann, Erika"
HOLDER_BORN = date(1964, 8, 12)
"""Who the demonstration's identity card says its holder is: that of the printed specimens of German cards."""
_HERS = {
    Stage.READY_COUNTER: DocumentKind.IDENTITY_CARD,
    Stage.IN_PRODUCTION: DocumentKind.PASSPORT,
}
"""What she has applied for, and where it stands."""


@dataclass(frozen=True)
class DemoColleague:
    """Somebody to sign in as."""

    user: str
    first: str
    last: str
    role: StaffRole


COLLEAGUES = (
    DemoColleague("weber", "Martina", "Weber", StaffRole.CLERK),
    DemoColleague("demir", "Deniz", "Demir", StaffRole.TECHNICIAN),
    DemoColleague("leitung", "Ruth", "Okafor", StaffRole.ADMIN),
)

DEMO_COMPARTMENTS = (32, 9, 24, 18, 5, 12, 27, 33, 2, 20)
"""Where the demonstration's documents lie: some high, some low, on both sides."""

_TO_PRODUCER = (Stage.APPLIED, Stage.SENT_TO_PRODUCER)
_MADE = (*_TO_PRODUCER, Stage.IN_PRODUCTION)
_ARRIVED = (*_MADE, Stage.SHIPPED_TO_OFFICE, Stage.ARRIVED)
_POSTED = (*_MADE, Stage.DIRECT_SHIP)
_PATHS: dict[Stage, tuple[int, tuple[Stage, ...]]] = {
    Stage.APPLIED: (8, (Stage.APPLIED,)),
    Stage.SENT_TO_PRODUCER: (10, _TO_PRODUCER),
    Stage.IN_PRODUCTION: (20, _MADE),
    Stage.SHIPPED_TO_OFFICE: (8, (*_MADE, Stage.SHIPPED_TO_OFFICE)),
    Stage.ARRIVED: (6, _ARRIVED),
    Stage.READY_COUNTER: (20, (*_ARRIVED, Stage.READY_COUNTER)),
    Stage.READY_BOX: (6, (*_ARRIVED, Stage.READY_BOX)),
    Stage.RETURNED_TO_COUNTER: (2, (*_ARRIVED, Stage.READY_BOX, Stage.RETURNED_TO_COUNTER)),
    Stage.HANDED_OVER: (10, (*_ARRIVED, Stage.READY_COUNTER, Stage.HANDED_OVER)),
    Stage.DIRECT_SHIP: (3, _POSTED),
    Stage.DELIVERED: (2, (*_POSTED, Stage.DELIVERED)),
    Stage.AT_POST_BRANCH: (2, (*_POSTED, Stage.AT_POST_BRANCH)),
    Stage.RETURNED_TO_OFFICE: (1, (*_POSTED, Stage.AT_POST_BRANCH, Stage.RETURNED_TO_OFFICE)),
    Stage.CANCELLED: (1, (*_TO_PRODUCER, Stage.CANCELLED)),
    Stage.DESTROYED: (1, (*_ARRIVED, Stage.READY_COUNTER, Stage.DESTROYED)),
    Stage.LOST_IN_TRANSIT: (1, (*_MADE, Stage.SHIPPED_TO_OFFICE, Stage.LOST_IN_TRANSIT)),
}
"""How often a stage is met, and the way that leads there."""

_POST_BOUND = frozenset({Stage.DIRECT_SHIP, Stage.DELIVERED, Stage.AT_POST_BRANCH, Stage.RETURNED_TO_OFFICE})
_KINDS = {
    DocumentKind.IDENTITY_CARD: 50,
    DocumentKind.PASSPORT: 28,
    DocumentKind.RESIDENCE_PERMIT: 12,
    DocumentKind.CHILD_PASSPORT: 7,
    DocumentKind.EID_CARD: 3,
}
_FIRST = """
Anna Emre Sabine Uwe Lina Kemal Grace Oksana Dieter Ayşe Ioana Jan Maria Peter Fatma Thomas Julia Andreas Elif Michael
Katharina Stefan Nadja Hans Zeynep Jürgen Claudia Mehmet Petra Wolfgang Olena Samuel Birgit Ali Karin Giulia Pavel
Ingrid Tariq Sofia
""".split()  # noqa: SIM905  # names read better as a text than as forty strings
_LAST = """
Fischer Kaya Hoffmann Brandt Haddad Aydın Okafor Petrenko Schulz Demir Popescu Nowak Müller Schmidt Schneider Weber
Meyer Wagner Becker Koch Richter Klein Wolf Neumann Schwarz Krüger Öztürk Rossi Horváth Nguyen Kowalska Arslan Bauer
Vogel Lange Winter Sommer Marković Ziegler Böhm
""".split()  # noqa: RUF001, SIM905  # same; Turkish has a letter like that
_LETTERS = (
    Stage.READY_COUNTER, Stage.READY_BOX, Stage.IN_PRODUCTION, Stage.APPLIED, Stage.SENT_TO_PRODUCER,
    Stage.SHIPPED_TO_OFFICE, Stage.ARRIVED, Stage.RETURNED_TO_COUNTER, Stage.HANDED_OVER, Stage.DIRECT_SHIP,
    Stage.DELIVERED, Stage.AT_POST_BRANCH, Stage.RETURNED_TO_OFFICE, Stage.LOST_IN_TRANSIT, Stage.CANCELLED,
    Stage.DESTROYED,
)  # fmt: skip


def load(file: TownFile, count: int, seed: int, now: datetime, tell: Callable[[str], None]) -> Town:
    """Fill the office's books, unless they hold documents already; staff to sign in as are made in any case."""
    random = Random(seed)  # noqa: S311  # a demonstration must come out the same every time
    town = town_book.load(file, now, random.randbytes)
    password = make_password(PASSWORD)  # once: it takes its time on purpose
    for colleague in COLLEAGUES:
        if not User.objects.filter(username=colleague.user).exists():
            user = User.objects.create(
                username=colleague.user, password=password, first_name=colleague.first, last_name=colleague.last
            )
            user.groups.add(Group.objects.get(name=colleague.role.value))
    if Document.objects.exists():
        tell("The town has documents already; they stay as they are.")
        return town
    places = {place.key: place for place in Place.objects.all()}
    around = _Surroundings(town, places, random, now)
    stages = _stages(count, random)
    numbers = _numbers(len(stages), town, random)
    lives = [_life(around, stage, number) for stage, number in zip(stages, numbers, strict=True)]
    lives.sort(key=lambda life: life.steps[0][1])  # references count up as people came
    _give_the_holder_hers(lives, places[town.main_place])
    take_over(lives, "Martina Weber", now, random.randbytes)
    stretch_all(now)
    tell(f"{count} documents of {town.name} are in the books.")
    return town


def give_passes(town: Town, folder: Path, seed: int, now: datetime) -> list[str]:
    """Let the demonstration's staff sign in at kiosks, with PINs that everybody may read and cards to show on the dock.

    A line for each of them; what was given out before stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines, shown = [], []
    for colleague in COLLEAGUES:
        random = Random(f"{seed} {colleague.user}")  # noqa: S311  # as above
        user = User.objects.get(username=colleague.user)
        known = StaffPass.objects.filter(user=user).first()
        if known is None:
            passes.new_pin(user, BY_DEMO, now, pin=PINS[colleague.user], random=random.randbytes)
            known = StaffPass.objects.get(user=user)
            card = passes.new_card(known, now, random=random.randbytes)
        else:
            random.randbytes(SALT_BYTES)
            random.randbytes(8)  # the number
            card = StaffCard(EmployeeNumber(known.number), random.randbytes(TOKEN_BYTES))
        known.refresh_from_db()
        name = user.get_full_name()
        if known.set_by == BY_DEMO:
            pin = PINS[colleague.user]
            lines.append(f"At the kiosk {name} types {known.number} and PIN {pin} ({colleague.role.value}).")
        if known.card is not None and bytes(known.card) == card_secret(card):
            file = f"90-staff-card-{known.number}.pdf"
            (folder / file).write_bytes(cards.card_pdf(card, name, town))
            payload = card.payload(town.town_key)
            shown.append({"file": file, "title": f"Dienstausweis: {name}", "kind": "staff_card", "payload": payload})
    if shown:
        text = json.dumps(shown, ensure_ascii=False, indent=2)
        (folder / STAFF_CARDS).write_text(f"{text}\n", encoding="utf-8")
    return lines


def load_bulky(town: Town, rules: WasteRules, file: Path, seed: int, now: datetime) -> int:
    """Order pickups of bulky waste in the town's streets; how many."""
    streets = (*read_town(file).street, *(read_streets(more) if (more := streets_beside(file)).exists() else ()))
    random = Random(seed)  # noqa: S311  # as above
    return bulky.load(town, rules, streets, tuple(_LAST), random, now)


def load_vouchers(  # noqa: PLR0913, PLR0917 - what a demonstration is made of
    town: Town, tariff: Tariff, folder: Path, key: Ed25519PrivateKey, seed: int, now: datetime
) -> int:
    """Give out vouchers for free bags, unless there are some, and write one of each kind to show on the dock."""
    made = sales.load(town, tariff, Random(seed), now)  # noqa: S311  # as above
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(sales.write(town, tariff, folder, key), ensure_ascii=False, indent=2)
    (folder / BAG_VOUCHERS).write_text(f"{text}\n", encoding="utf-8")
    return made


def fill_compartments(kiosk: Kiosk, now: datetime) -> list[Pickup]:
    """Lay the demonstration's documents that wait in a box into the kiosk's compartments, and give out their codes."""
    taken = set(Pickup.objects.filter(kiosk=kiosk, state__in=LIVE).values_list("compartment", flat=True))
    free = (number for number in DEMO_COMPARTMENTS if number not in taken)
    waiting = Document.objects.filter(stage=Stage.READY_BOX).exclude(pickups__state__in=LIVE).order_by("reference")
    return [
        issue(document, Into(kiosk, compartment, "Martina Weber"), now)
        for document, compartment in zip(waiting, free, strict=False)
    ]


def write_letters(town: Town, folder: Path, now: datetime) -> list[dict[str, str]]:
    """Write one letter for every stage that the books hold, and `letters.json` that says what each is.

    The labels of what staff can load at a kiosk are written beside them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / "letters.json"
    known = json.loads(index.read_text(encoding="utf-8")) if index.exists() else []
    zone = ZoneInfo(town.time_zone)
    manifest = []
    for position, stage in enumerate(_LETTERS, start=1):
        # An identity card tells the story best; the first letter is the one that a visitor will show first.
        waiting = Document.objects.filter(stage=stage).order_by("reference")
        document = waiting.filter(kind=DocumentKind.IDENTITY_CARD).first() or waiting.first()
        if document is None:
            continue
        entry = _entry(position, document, town)
        manifest.append(entry)
        path = folder / entry["file"]
        if entry in known and path.exists():
            continue  # a second start takes a moment only
        applied = document.history.order_by("id").first()
        path.write_bytes(letters.write(document, town, (applied.at if applied else now).astimezone(zone).date()))
    beside = [folder / name for name in (BAG_VOUCHERS, STAFF_CARDS)]
    more = [one for path in beside if path.exists() for one in json.loads(path.read_text(encoding="utf-8"))]
    text = json.dumps([*manifest, *_labels(town, folder), *more], ensure_ascii=False, indent=2)
    index.write_text(f"{text}\n", encoding="utf-8")
    return manifest


def _labels(town: Town, folder: Path) -> list[dict[str, str]]:
    shown = []
    for document in to_load()[:LABELS]:
        file = f"80-label-{document.reference}.pdf"
        (folder / file).write_bytes(labels.label_pdf(document, town))
        title = f"Etikett: {document.reference}"
        shown.append({"file": file, "title": title, "kind": "label", "payload": document.reference})
    return shown


def _entry(position: int, document: Document, town: Town) -> dict[str, str]:
    with translation.override("de"):
        title = f"{KINDS[document.of_kind]}: {STAGES[document.at_stage]}"
    return {
        "file": f"{position:02d}-{document.stage}-{document.kind}.pdf",
        "title": title,
        "kind": document.kind,
        "stage": document.stage,
        "payload": document.letter_code(town.town_key).payload,
        "typed_number": document.document_number.typed,
        "birth_date": document.birth_date.isoformat(),
        "reference": document.reference,
    }


def _numbers(count: int, town: Town, random: Random) -> list[DocumentNumber]:
    """Different numbers, all of this town's authority."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[town.authority + "".join(random.choices(ALPHABET, k=5))] = None
    return [DocumentNumber(characters) for characters in found]


def _stages(count: int, random: Random) -> list[Stage]:
    """Every stage at least once, if there is room, and then as often as it is met."""
    stages = list(_PATHS)[:count]
    weights = [weight for weight, _ in _PATHS.values()]
    stages += random.choices(list(_PATHS), weights, k=max(0, count - len(stages)))
    random.shuffle(stages)
    return stages


@dataclass(frozen=True)
class _Surroundings:
    """What all lives share."""

    town: Town
    places: dict[str, Place]
    random: Random
    now: datetime


def _life(around: _Surroundings, stage: Stage, number: DocumentNumber) -> Life:
    """Let one document live from its application to `stage`, in working hours and by the legal moves alone."""
    random, now, town = around.random, around.now, around.town
    kind = random.choices(list(_KINDS), list(_KINDS.values()))[0]
    if stage in _POST_BOUND and kind is DocumentKind.CHILD_PASSPORT:
        kind = DocumentKind.PASSPORT  # direct shipping is for adults
    path = _PATHS[stage][1]
    days = [random.randint(0, 12)]
    for _ in path[1:]:
        days.append(days[-1] + random.randint(1, 5))
    moments = [_in_office_hours(now - timedelta(days=day), town, now, random) for day in reversed(days)]
    counter = around.places["counter-5" if kind is DocumentKind.RESIDENCE_PERMIT else town.main_place]
    ready = stage in READY_STAGES
    born = _birth_date(kind, random, now.date())
    application = Application(
        kind=kind,
        number=number,
        birth_date=born,
        holder=f"{random.choice(_LAST)}, {random.choice(_FIRST)}",
        place=(around.places["box-foyer"] if stage is Stage.READY_BOX else counter) if ready else None,
        collect_until=(moments[-1] + timedelta(days=COLLECT_DAYS[stage])).date() if ready else None,
        expected_on=None if ready or not NEXT_STAGES[stage] else (moments[0] + timedelta(days=21)).date(),
        reach=now.year - born.year >= _SITS_FROM,
    )
    return Life(application, tuple(zip(path, moments, strict=True)))


def _give_the_holder_hers(lives: list[Life], counter: Place) -> None:
    """Let one document of each stage of `_HERS` be that of the holder of the demonstration's card: the latest."""
    for stage, kind in _HERS.items():
        found = (at for at in reversed(range(len(lives))) if lives[at].steps[-1][0] is stage)
        if (at := next(found, None)) is not None:
            one = lives[at].application
            place = None if one.place is None else counter
            hers = replace(one, kind=kind, holder=HOLDER, birth_date=HOLDER_BORN, place=place, reach=False)
            lives[at] = replace(lives[at], application=hers)


def _in_office_hours(day: datetime, town: Town, now: datetime, random: Random) -> datetime:
    local = day.astimezone(ZoneInfo(town.time_zone))
    return min(now, local.replace(hour=random.randint(8, 15), minute=random.randint(0, 59), second=0, microsecond=0))


def _birth_date(kind: DocumentKind, random: Random, today: date) -> date:
    youngest, oldest = (0, 11) if kind is DocumentKind.CHILD_PASSPORT else (17, 88)
    return today - timedelta(days=random.randint(youngest * 366, oldest * 365))
