"""The office of a simulation: the production functions on a real SQLite in memory, with a clock that the world turns.

What runs is what `office serve` runs behind its door: `line.sync.sync` and `poll`, `line.snapshot`, enrolment, the
life cycle of documents, capacity, backups (`durability.back_up`, a file) and what `office restore` does with one. Left
out are HTTP, gzip and signatures, which tests of their own try; whose key speaks is still looked at.

Django is told its settings when this module is first imported, so it belongs into a process of its own.
"""

from __future__ import annotations

import atexit
import base64
import logging
import os
import shutil
import sqlite3
import tempfile
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, cast

import django as django_library
from django.conf import settings

from central_office.office import settings as office_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from central_office.contract.letter_code import LetterCode
    from central_office.contract.messages import DeviceId, SyncAnswer, SyncRequest
    from central_office.office.models import Document

MORNING = datetime(2026, 6, 16, 8, 24, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
MEMORY = Path("/dev/shm")
HOME = Path(tempfile.mkdtemp(prefix="fleet-", dir=MEMORY if MEMORY.is_dir() else None))
_MADE_BY = os.getpid()
REFUSED_MARK = "xx-refused"
"""A visit in this language is refused by the database, and by nobody before it."""


@atexit.register
def _tidy() -> None:
    if os.getpid() == _MADE_BY:
        shutil.rmtree(HOME, ignore_errors=True)


class OfficeClock:
    """The office's own time; only forward."""

    def __init__(self) -> None:
        self.moment = MORNING

    def __call__(self) -> datetime:
        return self.moment


CLOCK = OfficeClock()

assert not settings.configured, "a simulation has a process of its own"
_told = office_settings.django(office_settings.OfficeSettings(data=HOME, hosts=("127.0.0.1",)), CLOCK)
_told["DATABASES"]["default"]["NAME"] = ":memory:"
settings.configure(**_told)
django_library.setup(set_prefix=False)
logging.getLogger("office").setLevel(logging.CRITICAL)
logging.getLogger("kiosk").setLevel(logging.CRITICAL)

# Whatever needs a configured Django comes after it.
from django.db import connection  # noqa: E402

from central_office.contract.document_number import DocumentNumber  # noqa: E402
from central_office.contract.letter_code import LetterCode as _LetterCode  # noqa: E402
from central_office.contract.messages import COMMANDS, EnrolRequest  # noqa: E402
from central_office.contract.stages import DocumentKind  # noqa: E402
from central_office.contract.town import read_town  # noqa: E402
from central_office.office import changes, durability, escrow, lifecycle, town_book  # noqa: E402
from central_office.office.audit.verifying import verify  # noqa: E402
from central_office.office.line import enrolment, row_shapes, rows, snapshot  # noqa: E402
from central_office.office.line import sync as line_sync  # noqa: E402
from central_office.office.line.refusals import Refused as OfficeRefused  # noqa: E402
from central_office.office.line.upcasting import VOCABULARY, Vocabulary  # noqa: E402
from central_office.office.models import Document as DocumentRow  # noqa: E402
from central_office.office.models import Kiosk, Town  # noqa: E402
from central_office.office.start import migrate  # noqa: E402
from offline_cache.line import FileStream, Refused, Unreachable  # noqa: E402

_REFUSES = f"""
    CREATE TRIGGER no_such_visit BEFORE INSERT ON office_visit WHEN NEW.language = '{REFUSED_MARK}'
    BEGIN SELECT RAISE(ABORT, 'no such visit'); END
"""
_STANDING = "SELECT number, token, stage FROM office_document ORDER BY number"
DOCUMENTS = 5
"""How many documents the office knows in the morning."""

OLDER = Vocabulary({key: kind for key, kind in COMMANDS.items() if key[0] != "effect.unsettled"})
"""What an office understands that is one release behind its kiosks."""

Rows = list[tuple[Any, ...]]


def _application(which: int) -> lifecycle.Application:
    number = DocumentNumber(f"L01XCF7{which:02d}")
    return lifecycle.Application(DocumentKind.PASSPORT, number, date(1980, 3, 1), f"Nobody {which}")


TOWN = read_town(ROOT / "town" / "musterstadt.toml")


class OfficeKilled(BaseException):
    """The office's process ended in the middle of a request; what was not committed is gone."""


@dataclass(frozen=True)
class Identity:
    """Who a machine is to the office: what enrolment gave it, and the key it made itself."""

    device: DeviceId
    key: bytes
    pepper: bytes


@dataclass(frozen=True)
class Copy:
    """A finished backup, and how far it heard each kiosk."""

    file: Path
    number: int


class Office:
    """The one office of this process; `begin` makes it what it was when the day began."""

    def __init__(self) -> None:
        self.home = HOME / str(os.getpid())
        self.home.mkdir(exist_ok=True)
        self.rng = Random(0)
        self.older = False
        self.policy = durability.BACKUP
        self._lives = 0
        self._copies = 0
        self._statements_left: int | None = None

    # the morning

    @staticmethod
    def build() -> None:
        """An office with its town and its documents, in the database of this process."""
        migrate()
        with connection.cursor() as cursor:
            cursor.execute(_REFUSES)
        CLOCK.moment = MORNING
        chance = Random(7)
        town_book.load(TOWN, MORNING, chance.randbytes)
        durability.begin_new_life("e0")
        lifecycle.register_all([_application(one) for one in range(DOCUMENTS)], "Weber", MORNING, chance.randbytes)

    @staticmethod
    def photograph() -> sqlite3.Connection:
        """The whole database as it is."""
        connection.ensure_connection()
        kept = sqlite3.connect(":memory:", check_same_thread=False)
        cast("sqlite3.Connection", connection.connection).backup(kept)
        return kept

    def begin(self, photograph: sqlite3.Connection, seed: int, *, older: bool) -> None:
        """Be as in `photograph`."""
        connection.ensure_connection()
        photograph.backup(cast("sqlite3.Connection", connection.connection))
        CLOCK.moment = MORNING
        self.rng = Random(f"office {seed}")
        self.older = older
        self._lives = self._copies = 0
        self._statements_left = None

    # the line

    def sync(self, who: Identity, request: SyncRequest) -> SyncAnswer:
        """What the office answers.

        Raises:
            Refused, Unreachable: as a kiosk would see it.
        """
        with self._at_work():
            kiosk = self._kiosk(who)
            vocabulary = OLDER if self.older else VOCABULARY
            return line_sync.sync(kiosk, request, self.town(), CLOCK(), self.policy, vocabulary)

    def poll(self, who: Identity, tag: str) -> datetime | None:
        """The present if nothing is new."""
        with self._at_work():
            return CLOCK() if line_sync.poll(self._kiosk(who), tag, self.town(), CLOCK(), self.policy) else None

    @contextmanager
    def snapshot(self, who: Identity, epoch: str, have: int, digest: str | None, piece: int) -> Iterator[FileStream]:
        """The documents for one kiosk, as the door gives them out, `piece` bytes at a time."""
        with self._at_work():
            kiosk = self._kiosk(who)
            town = self.town()
            if kiosk.state != Kiosk.State.ACTIVE:
                raise OfficeRefused(409, "fork", "")
            slots = row_shapes.slots_of(epoch, town)
            if slots is None:
                raise OfficeRefused(410, "epoch", "")
            resumed = snapshot.kept(self.home, kiosk, town, digest or "", slots) if have else None
            file = resumed or snapshot.make(self.home, kiosk, town, CLOCK(), slots)
            start = have if resumed else 0
            if resumed and start >= file.size:
                raise OfficeRefused(416, "", "")
            content = b"".join(file.piece(start, file.size))
        yield FileStream(file.sha256, start, (content[at : at + piece] for at in range(0, len(content), piece)))

    def killed_after(self, statements: int) -> None:
        """Let the process end before it says its next but so many statements to the database."""
        self._statements_left = statements

    def spared(self) -> None:
        """It was not killed, or it runs again."""
        self._statements_left = None

    def window(self) -> None:
        """A moment at which the process may end, for those who do wrongly what belongs into one transaction."""
        if self._statements_left is not None and self._statements_left % 2:
            self._statements_left = None
            raise OfficeKilled

    # at the console

    def enrol(self, site: str) -> Identity:
        """Make a machine a kiosk."""
        with self._at_work():
            ticket = enrolment.new_ticket(site, "http://127.0.0.1", "Demir", CLOCK(), self.rng.randbytes)
            key = self.rng.randbytes(32)
            wish = EnrolRequest(token=ticket.typed, public_key=base64.b64encode(key).decode())
            answer = enrolment.enrol(wish, CLOCK(), self.rng.randbytes)
        return Identity(answer.device, key, base64.b64decode(answer.pepper))

    def revoke(self, device: str) -> None:
        """Listen no more."""
        with self._at_work():
            enrolment.revoke(Kiosk.objects.get(pk=device), CLOCK())

    def open_day(self, key: str, day: date, capacity: int, spare: int) -> bool:
        """Offer so much; False if more is taken already."""
        with self._at_work():
            try:
                escrow.open_day(key, day, capacity, spare)
            except escrow.NotEnough:
                return False
            return True

    def edit(self, what: Callable[[], object]) -> None:
        """Let a colleague do something."""
        with self._at_work():
            what()

    def standing(self) -> dict[str, tuple[str, str]]:
        """By number, each document's letter and stage."""
        return {number: (token, stage) for number, token, stage in self.asked(_STANDING)}

    def documents(self) -> list[Document]:
        """All of them, in an order that is the same every time."""
        return list(DocumentRow.objects.order_by("number"))

    def registers(self, which: int) -> None:
        """A new document, which no other history or hour called by this number."""
        with self._at_work():
            lifecycle.register(_application(which), "Weber", CLOCK(), self.rng.randbytes)

    @staticmethod
    def letter(token: str) -> LetterCode:
        """What stands on a document's letter."""
        return _LetterCode(TOWN.key, bytes.fromhex(token))

    def prune_changes(self) -> None:
        """Forget the log of changes."""
        with self._at_work():
            changes.prune(self.town(), CLOCK() + timedelta(seconds=1))

    def back_up(self) -> Copy:
        """Make a copy, and call durable what it holds."""
        self._copies += 1
        file = self.home / f"copy-{self._copies}.db"
        with self._at_work():
            durability.back_up(file, self._new_life())
        return Copy(file, self._copies)

    def restore(self, copy: Copy) -> None:
        """The machine burnt down; be what the copy says, in a life of its own (as `office restore` does it)."""
        draft = self.home / "restored.db"
        shutil.copyfile(copy.file, draft)
        durability.wake(draft, self._new_life())
        with closing(sqlite3.connect(draft)) as found:
            found.backup(cast("sqlite3.Connection", connection.connection))

    # what lies on its tables

    @staticmethod
    def asked(question: str, *values: str | bytes | int | date) -> Rows:
        """The answer of the database itself; dates stand in it as text."""
        found = cast("sqlite3.Connection", connection.connection)
        given = [one.isoformat() if isinstance(one, date) else one for one in values]
        return cast("Rows", found.execute(question, given).fetchall())

    @staticmethod
    def broken_chains() -> list[str]:
        """What a verification of all chains finds; a fork is noticed as it happens."""
        return [str(one) for one in verify([]).findings if one.kind != "fork"]

    def poor(self) -> list[str]:
        """The kiosks that hold less than their spare though there is something free."""
        rows = self.asked(
            "SELECT k.id FROM office_kiosk k, office_resource r LEFT JOIN office_lease l"
            " ON l.kiosk_id = k.id AND l.resource_id = r.id WHERE k.state = 'active' AND r.day >= ?"
            " AND r.capacity > r.promised + r.leased AND ifnull(l.units, 0) < r.spare ORDER BY k.id",
            self.today(),
        )
        return [str(name) for (name,) in rows]

    @staticmethod
    def today() -> date:
        """The service day it is."""
        return escrow.today(Office.town(), CLOCK())

    @staticmethod
    def town() -> Town:
        """The one town."""
        town = rows.instance(Town, "LIMIT 1", [])
        assert town is not None
        return town

    def _new_life(self) -> str:
        self._lives += 1
        return f"e{self._lives}"

    @staticmethod
    def _kiosk(who: Identity) -> Kiosk:
        found = rows.instance(Kiosk, "WHERE id = %s", [who.device])
        if found is None or bytes(found.public_key) != who.key:
            raise OfficeRefused(401, "unknown_kiosk", "")
        return found

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        try:
            with ExitStack() as around:
                if self._statements_left is not None:
                    around.enter_context(connection.execute_wrapper(self._statement))
                yield
        except OfficeRefused as refused:
            raise Refused(refused.status, refused.code, refused.detail, refused.retry_after) from None
        except OfficeKilled:
            self.spared()
            raise Unreachable("no_connection") from None

    def _statement(  # Django's own signature
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,  # noqa: ANN401
        many: bool,  # noqa: FBT001
        context: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        if self._statements_left is not None:
            self._statements_left -= 1
            if self._statements_left < 0:
                self._statements_left = None
                raise OfficeKilled
        return execute(sql, params, many, context)
