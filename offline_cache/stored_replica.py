"""The replica on disk: sealed rows, changed by the courier alone, rebuilt whenever it is damaged.

A row is found and opened with what a citizen brings, and with nothing else (see `central_office.contract.sealing`).

Everything that came in one answer goes in together with its cursor, in one transaction. A snapshot grows in tables of
its own and takes the place of the old ones in one transaction; until then the old rows answer.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from central_office.contract.claims import (
    COST,
    LOOKUP_KEY_BYTES,
    MOST_OF_ONE,
    card_secret,
    claim_keys,
    secret,
    stretched_holder,
)
from central_office.contract.sealed_row import SLOT_BYTES, SLOTS, SealedRow
from offline_cache.database import REBUILDABLE, Database, FileBroken, FileMissing, FileTooNew
from offline_cache.disk import MACHINE
from offline_cache.migrations.replica import DOCUMENTS, REPLICA
from offline_cache.replica import ReplicaUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import apsw

    from central_office.contract.bulky_orders import HouseholdUse, OrderStatus
    from central_office.contract.claims import CardHolder, Claim, Cost, Pepper, Secret
    from central_office.contract.documents import DocumentStatus
    from central_office.contract.messages import Changes, DocumentRow, SnapshotEnd
    from central_office.contract.sealed_row import RowId
    from offline_cache.disk import Disk

DOCS: Final = "docs"
"""The set of documents, as the office calls it."""


@dataclass(frozen=True)
class Cursor:
    """How far a set was received; both texts are empty before the first snapshot."""

    epoch: str = ""
    place: str = ""


class StoredReplica:
    """The rows of `replica.db` for reading; implements `offline_cache.replica.Replica`."""

    def __init__(self, path: Path, pepper: Pepper, *, disk: Disk = MACHINE, cost: Cost = COST) -> None:
        self._path = path
        self._disk = disk
        self._pepper = pepper
        self._cost = cost
        self._owner = owner_mark(pepper)
        self._database = Database(path, REPLICA, mode="reader", disk=self._disk)

    def as_of(self) -> datetime | None:
        """When the office last said that this replica is complete; None before the first snapshot, or if damaged."""
        try:
            with self._database.reading() as connection:
                return _as_of(connection, self._owner)
        except FileBroken:
            self._ask_for_another()
        except FileMissing:
            pass
        return None

    def document(self, claim: Claim) -> DocumentStatus | None:
        """The document that `claim` opens, or None if there is none.

        Raises:
            ReplicaUnavailable: nobody can say, because there are no rows; `as_of` is None then.
        """
        # Not at the top: it costs a third of a second, and the kiosk wants its first picture before that.
        from central_office.contract.documents import DocumentStatus  # noqa: PLC0415

        text = self._opened(secret(claim, self._cost))
        return None if text is None else DocumentStatus.model_validate_json(text)

    def documents(self, claim: CardHolder) -> tuple[DocumentStatus, ...]:
        """All documents of the holder whom a signed card names; none if there are none, or two people of that name.

        It takes as long whether there are any or not: one stretching, and as many look-ups.

        Raises:
            ReplicaUnavailable: nobody can say, because there are no rows; `as_of` is None then.
        """
        from central_office.contract.documents import DocumentStatus  # noqa: PLC0415 - as above

        stretched = stretched_holder(claim, self._cost)
        texts = [self._opened(card_secret(stretched, place)) for place in range(MOST_OF_ONE)]
        return tuple(DocumentStatus.model_validate_json(text) for text in texts if text is not None)

    def household(self, key: bytes) -> HouseholdUse | None:
        """How many pickups the household of this key had (`bulky_codes.household_key`), or None if it had none.

        Raises:
            ReplicaUnavailable: nobody can say, because there are no rows.
        """
        from central_office.contract.bulky_codes import household_secret  # noqa: PLC0415 - seldom needed
        from central_office.contract.bulky_orders import HouseholdUse  # noqa: PLC0415

        text = self._opened(household_secret(key))
        return None if text is None else HouseholdUse.model_validate_json(text)

    def order(self, key: bytes) -> OrderStatus | None:
        """The order of bulky waste of this key (`bulky_codes.order_key`), as the office last told it, or None.

        Raises:
            ReplicaUnavailable: nobody can say, because there are no rows.
        """
        from central_office.contract.bulky_codes import order_secret  # noqa: PLC0415 - seldom needed
        from central_office.contract.bulky_orders import OrderStatus  # noqa: PLC0415

        text = self._opened(order_secret(key))
        return None if text is None else OrderStatus.model_validate_json(text)

    def _opened(self, brought: Secret) -> bytes | None:
        """What the row says that this secret opens."""
        from central_office.contract.sealing import SealBroken, unseal  # noqa: PLC0415 - as in `document`

        keys = claim_keys(self._pepper, brought)
        try:
            with self._database.reading() as connection:
                row = connection.execute(
                    "SELECT sets.as_of, documents.id, documents.slots, documents.sealed FROM sets"
                    " LEFT JOIN keys ON keys.key = ? LEFT JOIN documents USING (id)"
                    " WHERE sets.name = ? AND sets.owner = ?",
                    (keys.find, DOCS, self._owner),
                ).get
        except FileBroken as trouble:
            self._ask_for_another()
            raise ReplicaUnavailable("the replica is damaged") from trouble
        except FileMissing as trouble:
            raise ReplicaUnavailable("there is no replica yet") from trouble
        if row is None or row[0] is None:
            raise ReplicaUnavailable("there is no replica yet")
        if row[1] is None:
            return None
        try:
            return unseal(_parted(*row[1:]), keys)
        except SealBroken as trouble:
            # Somebody wrote into it: what the office sends anew is the remedy for that too.
            self._ask_for_another()
            raise ReplicaUnavailable("a row of the replica does not open") from trouble

    def close(self) -> None:
        """Close the file; no thread may be reading."""
        self._database.close()

    def _ask_for_another(self) -> None:
        # On a full disk the mark may not fit; the courier finds the damage itself when it begins anew.
        with suppress(OSError):
            self._disk.make_file(damage_mark(self._path))


class ReplicaWriter:
    """The rows of `replica.db` for the courier: the only one who changes them."""

    def __init__(self, path: Path, pepper: Pepper, *, disk: Disk = MACHINE) -> None:
        self._path = path
        self._disk = disk
        self._owner = owner_mark(pepper)
        self._database = self._open()
        with self._database.writing() as connection:
            # Rows under another pepper belong to an earlier enrolment: nobody finds them any more.
            if connection.execute("DELETE FROM sets WHERE owner <> ? RETURNING 1", (self._owner,)).fetchall():
                connection.execute("DELETE FROM documents; DELETE FROM keys")
            connection.execute(_DROP_NEW)

    def cursor(self) -> Cursor:
        """How far the documents were received."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT epoch, cursor FROM sets WHERE name = ?", (DOCS,)).get
        return Cursor() if row is None else Cursor(row[0], row[1])

    def as_of(self) -> datetime | None:
        """When the office last said that this replica is complete."""
        with self._database.reading() as connection:
            return _as_of(connection, self._owner)

    def apply(self, changes: Changes, as_of: datetime) -> None:
        """Take in one answer's rows, tombstones and cursor, all or nothing."""
        with self._database.writing() as connection:
            _forget(connection, [row.id for row in changes.up])
            _forget(connection, changes.gone)
            for row in changes.up:
                connection.execute("INSERT INTO documents VALUES (?, ?, ?)", (row.id, b"".join(row.slots), row.sealed))
                keys = [(slot[:LOOKUP_KEY_BYTES], row.id) for slot in row.slots]
                connection.executemany("INSERT OR REPLACE INTO keys VALUES (?, ?)", keys)
            self._note(connection, Cursor(changes.epoch, changes.to), None if changes.more else as_of)

    def still_complete(self, as_of: datetime) -> None:
        """Note that nothing had changed at `as_of`."""
        with self._database.writing() as connection:
            connection.execute("UPDATE sets SET as_of = ? WHERE name = ? AND cursor <> ''", (as_of.isoformat(), DOCS))

    def start_over(self) -> None:
        """Forget the cursor, so that the next answer offers a snapshot; the rows go on answering."""
        with self._database.writing() as connection:
            connection.execute("UPDATE sets SET cursor = '' WHERE name = ?", (DOCS,))

    def begin_snapshot(self) -> None:
        """Make empty tables beside the old ones."""
        with self._database.writing() as connection:
            connection.execute(_DROP_NEW)
            connection.execute(DOCUMENTS.format("_new"))

    def add_to_snapshot(self, rows: Sequence[DocumentRow]) -> None:
        """Put `rows` into the new tables."""
        written = [(row.id, b"".join(row.slots), row.sealed) for row in rows]
        with self._database.writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO documents_new VALUES (?, ?, ?)", written)

    def finish_snapshot(self, end: SnapshotEnd) -> None:
        """Let the new tables take the place of the old ones, together with their cursor."""
        with self._database.writing() as connection:
            connection.execute(_KEYS_OF_NEW, (SLOT_BYTES, LOOKUP_KEY_BYTES, _PLACES, SLOT_BYTES))
            connection.execute(
                "DROP TABLE documents; DROP TABLE keys;"
                "ALTER TABLE documents_new RENAME TO documents; ALTER TABLE keys_new RENAME TO keys"
            )
            self._note(connection, Cursor(end.epoch, end.to), end.as_of)

    def damage_reported(self) -> bool:
        """Whether a reader found the file damaged."""
        return self._disk.inode(damage_mark(self._path)) is not None

    def drop(self) -> None:
        """Throw the damaged file away and begin an empty one; its rows come again from the office."""
        self._database.close()
        self._put_away()
        self._database = Database(self._path, REPLICA, settings=REBUILDABLE, disk=self._disk)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _open(self) -> Database:
        try:
            return Database(self._path, REPLICA, settings=REBUILDABLE, disk=self._disk)
        except (FileBroken, FileTooNew):
            # Damaged, or of a newer program that was rolled back: either way its rows can be had again.
            self._put_away()
            return Database(self._path, REPLICA, settings=REBUILDABLE, disk=self._disk)

    def _put_away(self) -> None:
        # The file itself goes first: whoever opens now finds none, rather than an old file with a new log.
        for name in (self._path.name, f"{self._path.name}-wal", f"{self._path.name}-shm"):
            self._disk.remove(self._path.with_name(name))
        self._disk.remove(damage_mark(self._path))

    def _note(self, connection: apsw.Connection, cursor: Cursor, as_of: datetime | None) -> None:
        connection.execute(
            "INSERT INTO sets (name, owner, epoch, cursor, as_of) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET owner = excluded.owner, epoch = excluded.epoch, cursor = excluded.cursor,"
            " as_of = ifnull(excluded.as_of, as_of)",
            (DOCS, self._owner, cursor.epoch, cursor.place, None if as_of is None else as_of.isoformat()),
        )


_PLACES: Final = str(list(range(SLOTS)))
_KEYS_OF_NEW: Final = """
    INSERT OR REPLACE INTO keys_new
    SELECT substr(slots, 1 + ? * place.value, ?) AS key, documents_new.id
    FROM documents_new JOIN json_each(?) AS place ON length(slots) > ? * place.value
    ORDER BY key
"""
"""All keys at once and sorted: one by one in their random order, each batch would touch every page of the tree."""

_DROP_NEW: Final = "DROP TABLE IF EXISTS documents_new; DROP TABLE IF EXISTS keys_new"


def owner_mark(pepper: Pepper) -> bytes:
    """By what a replica shows under which pepper its keys were made, without saying the pepper."""
    return sha256(b"replica of\0" + pepper).digest()


def damage_mark(path: Path) -> Path:
    """The empty file with which a reader tells the courier that the replica is damaged."""
    return path.with_name(path.name + ".damaged")


def _as_of(connection: apsw.Connection, owner: bytes) -> datetime | None:
    text = connection.execute("SELECT as_of FROM sets WHERE name = ? AND owner = ?", (DOCS, owner)).get
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)


def _parted(row: RowId, slots: bytes, sealed: bytes) -> SealedRow:
    return SealedRow(row, tuple(slots[at : at + SLOT_BYTES] for at in range(0, len(slots), SLOT_BYTES)), sealed)


def _forget(connection: apsw.Connection, rows: Iterable[RowId]) -> None:
    for row in rows:
        slots = connection.execute("DELETE FROM documents WHERE id = ? RETURNING slots", (row,)).get
        if slots is not None:
            keys = [slots[at : at + LOOKUP_KEY_BYTES] for at in range(0, len(slots), SLOT_BYTES)]
            connection.executemany("DELETE FROM keys WHERE key = ? AND id = ?", [(key, row) for key in keys])
