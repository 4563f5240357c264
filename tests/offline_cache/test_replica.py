"""What the office told: found by claims, whole or not at all, and never a false "there is none"."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import TYPE_CHECKING

import apsw
import pytest

from central_office.contract.claims import MOST_OF_ONE, CardHolder, Pepper
from central_office.contract.documents import Place, StageReached
from central_office.contract.messages import Changes, DocumentRow, SnapshotEnd
from central_office.contract.mrz_names import mrz_name
from central_office.contract.sealed_row import FEWEST_SLOTS, SLOTS
from central_office.contract.stages import Stage, ToBring
from offline_cache.database import Database
from offline_cache.migrations.replica import REPLICA
from offline_cache.replica import ReplicaUnavailable
from offline_cache.store import open_replica, open_replica_for_writing
from offline_cache.stored_replica import Cursor, ReplicaWriter, owner_mark
from tests.offline_cache.clockwork import NOON
from tests.offline_cache.letters import (
    CHEAP,
    PEPPER,
    claims,
    document,
    letter,
    number,
    of_holder,
    row,
    row_name,
    sealed,
    status,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from central_office.contract.documents import DocumentStatus
    from offline_cache.replica import Replica
    from offline_cache.stored_replica import StoredReplica

LATER = NOON + timedelta(minutes=5)
ERIKA = CardHolder(mrz_name("Mustermann", "Erika"), date(1964, 8, 12))
MAX = CardHolder(mrz_name("Mustermann", "Max"), date(1964, 8, 12))


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[ReplicaWriter]:
    writer = open_replica_for_writing(tmp_path / "replica.db", PEPPER)
    yield writer
    writer.close()


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[StoredReplica]:
    reader = open_replica(tmp_path / "replica.db", PEPPER, cost=CHEAP)
    yield reader
    reader.close()


def snapshot(writer: ReplicaWriter, *rows: DocumentRow, to: str = "e1.10") -> None:
    writer.begin_snapshot()
    writer.add_to_snapshot(rows)
    writer.finish_snapshot(SnapshotEnd(rows=len(rows), epoch="e1", to=to, as_of=NOON))


def changes(to: str, *up: DocumentRow, gone: tuple[int, ...] = (), more: bool = False) -> Changes:
    return Changes(epoch="e1", to=to, up=up, gone=tuple(map(row_name, gone)), more=more)


def stage(replica: Replica, which: int) -> Stage | None:
    found = [replica.document(claim) for claim in claims(which)]
    assert found[0] == found[1]
    return None if found[0] is None else found[0].stage


def test_a_document_is_found_by_letter_and_by_number_alike(writer: ReplicaWriter, reader: StoredReplica) -> None:
    snapshot(writer, row(1), row(2, Stage.READY_COUNTER))
    assert reader.document(letter(1)) == reader.document(number(1)) == status(1)
    assert stage(reader, 2) is Stage.READY_COUNTER
    assert stage(reader, 3) is None
    assert reader.as_of() == NOON


def test_fields_that_a_later_office_adds_are_kept(writer: ReplicaWriter, reader: StoredReplica) -> None:
    later = status(1).model_validate({**status(1).model_dump(), "fee": 3})
    snapshot(writer, sealed(later, 1))
    found = reader.document(letter(1))
    assert found is not None
    assert found.model_extra == {"fee": 3}


def test_before_the_first_snapshot_nobody_says_that_there_is_no_document(
    writer: ReplicaWriter, reader: StoredReplica
) -> None:
    assert reader.as_of() is None
    with pytest.raises(ReplicaUnavailable):
        reader.document(letter(1))
    writer.begin_snapshot()
    writer.add_to_snapshot([row(1)])
    with pytest.raises(ReplicaUnavailable):
        reader.document(letter(1))
    assert writer.cursor() == Cursor()


def test_a_card_finds_all_documents_of_its_holder_and_nobody_elses(
    writer: ReplicaWriter, reader: StoredReplica
) -> None:
    snapshot(writer, of_holder(ERIKA, 1, 0), of_holder(ERIKA, 2, 3), of_holder(MAX, 3, 0), row(4))
    assert reader.documents(ERIKA) == (status(1), status(2))
    assert reader.documents(MAX) == (status(3),)
    assert reader.documents(CardHolder(ERIKA.name, date(1964, 8, 13))) == ()
    assert reader.document(number(2)) == reader.document(letter(2)) == status(2)


def test_what_a_card_finds_changes_as_the_office_tells(writer: ReplicaWriter, reader: StoredReplica) -> None:
    snapshot(writer, of_holder(ERIKA, 1, 0), of_holder(ERIKA, 2, 1))
    writer.apply(changes("e1.11", of_holder(ERIKA, 2, 1, Stage.ARRIVED), of_holder(ERIKA, 5, 2), gone=(1,)), LATER)
    assert reader.documents(ERIKA) == (status(2, Stage.ARRIVED), status(5))
    writer.apply(changes("e1.12", row(2), row(5)), LATER)
    assert reader.documents(ERIKA) == (), "the office learnt that there are two people of that name"
    assert stage(reader, 2) is Stage.APPLIED


def test_a_card_is_never_told_that_there_is_nothing_where_nobody_knows(
    tmp_path: Path, writer: ReplicaWriter, reader: StoredReplica
) -> None:
    with pytest.raises(ReplicaUnavailable):
        reader.documents(ERIKA)
    snapshot(writer, of_holder(ERIKA, 1, 0), row(2))
    with writer._database.writing() as connection:
        connection.execute("UPDATE documents SET sealed = (SELECT sealed FROM documents WHERE id = ?)", (row_name(2),))
    with pytest.raises(ReplicaUnavailable):
        reader.documents(ERIKA)
    assert writer.damage_reported()


def test_a_miss_looks_up_as_often_as_a_hit(tmp_path: Path, writer: ReplicaWriter, reader: StoredReplica) -> None:
    snapshot(writer, of_holder(ERIKA, 1, 0), row(2))
    asked: list[int] = []
    with reader._database.reading() as connection:
        connection.trace_v2(apsw.SQLITE_TRACE_STMT, lambda _told: asked.append(1))
    counts = []
    for holder in (ERIKA, MAX):
        asked.clear()
        reader.documents(holder)
        counts.append(len(asked))
    assert counts == [MOST_OF_ONE, MOST_OF_ONE]


def test_rows_of_an_office_of_before_answer_until_those_with_a_third_slot_are_there(
    writer: ReplicaWriter, reader: StoredReplica
) -> None:
    snapshot(writer, *(of_holder(ERIKA, which, which, slots=FEWEST_SLOTS) for which in range(3)))
    assert (stage(reader, 1), reader.documents(ERIKA)) == (Stage.APPLIED, ())
    writer.apply(changes("e1.11", of_holder(ERIKA, 1, 1, Stage.ARRIVED, slots=FEWEST_SLOTS), gone=(2,)), LATER)
    assert (stage(reader, 1), stage(reader, 2)) == (Stage.ARRIVED, None)
    writer.begin_snapshot()
    writer.add_to_snapshot([of_holder(ERIKA, which, which) for which in range(3)])
    writer.finish_snapshot(SnapshotEnd(rows=3, epoch="e1-3", to="e1-3.12", as_of=LATER))
    assert reader.documents(ERIKA) == (status(0), status(1), status(2))
    with writer._database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM keys").get == 3 * SLOTS


def test_changes_come_in_with_their_cursor(writer: ReplicaWriter, reader: StoredReplica) -> None:
    snapshot(writer, row(1), row(2), row(3))
    writer.apply(changes("e1.13", row(2, Stage.ARRIVED), row(4), gone=(3,)), LATER)
    assert [stage(reader, which) for which in (1, 2, 3, 4)] == [Stage.APPLIED, Stage.ARRIVED, None, Stage.APPLIED]
    assert writer.cursor() == Cursor("e1", "e1.13")
    assert reader.as_of() == LATER


def test_the_same_changes_twice_change_nothing(writer: ReplicaWriter, reader: StoredReplica) -> None:
    snapshot(writer, row(1), row(2))
    for _ in range(2):
        writer.apply(changes("e1.12", row(1, Stage.ARRIVED), gone=(2,)), LATER)
    assert (stage(reader, 1), stage(reader, 2)) == (Stage.ARRIVED, None)


def test_a_part_of_the_changes_makes_the_replica_no_younger(writer: ReplicaWriter, reader: StoredReplica) -> None:
    snapshot(writer, row(1))
    writer.apply(changes("e1.11", row(2), more=True), LATER)
    assert reader.as_of() == NOON
    writer.apply(changes("e1.12", row(3)), LATER)
    assert reader.as_of() == LATER


def test_a_letter_written_anew_closes_the_old_one(writer: ReplicaWriter, reader: StoredReplica) -> None:
    snapshot(writer, row(1))
    again = sealed(status(1), 5)
    writer.apply(changes("e1.11", again), LATER)
    assert reader.document(letter(1)) is None
    assert reader.document(letter(5)) == status(1)


def test_nothing_new_makes_the_replica_younger_all_the_same(writer: ReplicaWriter, reader: StoredReplica) -> None:
    writer.still_complete(LATER)
    assert reader.as_of() is None
    snapshot(writer, row(1))
    writer.still_complete(LATER)
    assert reader.as_of() == LATER


def test_the_old_rows_answer_until_the_new_snapshot_is_whole(writer: ReplicaWriter, reader: StoredReplica) -> None:
    snapshot(writer, row(1))
    writer.start_over()
    writer.begin_snapshot()
    writer.add_to_snapshot([row(1, Stage.ARRIVED), row(2)])
    assert (stage(reader, 1), stage(reader, 2)) == (Stage.APPLIED, None)
    assert writer.cursor().place == ""
    writer.finish_snapshot(SnapshotEnd(rows=2, epoch="e2", to="e2.1", as_of=LATER))
    assert (stage(reader, 1), stage(reader, 2)) == (Stage.ARRIVED, Stage.APPLIED)
    assert writer.cursor() == Cursor("e2", "e2.1")


def test_a_half_built_snapshot_is_cleared_away_by_the_next_courier(tmp_path: Path, writer: ReplicaWriter) -> None:
    snapshot(writer, row(1))
    writer.begin_snapshot()
    writer.add_to_snapshot([row(2)])
    writer.close()
    again = open_replica_for_writing(tmp_path / "replica.db", PEPPER)
    snapshot(again, row(3))
    reader = open_replica(tmp_path / "replica.db", PEPPER, cost=CHEAP)
    assert (stage(reader, 2), stage(reader, 3)) == (None, Stage.APPLIED)
    reader.close()
    again.close()


def test_after_a_new_enrolment_the_old_rows_are_not_taken_for_an_empty_town(
    tmp_path: Path, writer: ReplicaWriter
) -> None:
    snapshot(writer, row(1))
    fresh = Pepper(b"q" * 32)
    stranger = open_replica(tmp_path / "replica.db", fresh, cost=CHEAP)
    assert stranger.as_of() is None
    with pytest.raises(ReplicaUnavailable):
        stranger.document(letter(1))
    writer.close()
    anew = open_replica_for_writing(tmp_path / "replica.db", fresh)
    assert anew.cursor() == Cursor()
    snapshot(anew, row(1, pepper=fresh))
    assert stage(stranger, 1) is Stage.APPLIED
    stranger.close()
    anew.close()


def test_a_damaged_replica_is_noticed_reported_and_made_anew_under_a_running_kiosk(
    tmp_path: Path, writer: ReplicaWriter, reader: StoredReplica
) -> None:
    snapshot(writer, *(row(which) for which in range(2000)))
    writer.close()
    path = tmp_path / "replica.db"
    reader.close()
    damaged = bytearray(path.read_bytes())
    for page in range(4096, len(damaged), 4096):
        damaged[page : page + 64] = b"\xa5" * 64
    path.write_bytes(damaged)
    assert reader.as_of() is None
    with pytest.raises(ReplicaUnavailable):
        reader.document(letter(1))
    again = open_replica_for_writing(path, PEPPER)
    assert not again.damage_reported()
    assert again.cursor() == Cursor()
    assert reader.as_of() is None
    snapshot(again, row(1))
    assert stage(reader, 1) is Stage.APPLIED
    again.close()


def test_a_replica_dropped_while_it_is_read_is_found_again(
    tmp_path: Path, writer: ReplicaWriter, reader: StoredReplica
) -> None:
    snapshot(writer, row(1))
    assert stage(reader, 1) is Stage.APPLIED
    (tmp_path / "replica.db.damaged").touch()
    assert writer.damage_reported()
    writer.drop()
    assert not writer.damage_reported()
    with pytest.raises(ReplicaUnavailable):
        reader.document(letter(1))
    snapshot(writer, row(1, Stage.ARRIVED))
    reader.close()
    assert stage(reader, 1) is Stage.ARRIVED


def test_citizens_read_while_the_courier_writes(writer: ReplicaWriter, reader: StoredReplica) -> None:
    snapshot(writer, *(row(which) for which in range(50)))
    done = threading.Event()
    seen: list[DocumentStatus | None] = []

    def look() -> None:
        while not done.is_set():
            seen.extend(reader.document(letter(which)) for which in (1, 30))

    looking = threading.Thread(target=look)
    looking.start()
    for turn in range(40):
        if turn % 10 == 9:
            snapshot(writer, *(row(which) for which in range(50)))
        writer.apply(changes(f"e1.{turn + 20}", *(row(which, Stage.ARRIVED) for which in range(25))), LATER)
    done.set()
    looking.join()
    assert seen
    assert {found.stage for found in seen if found} == {Stage.APPLIED, Stage.ARRIVED}
    assert None not in seen


def test_no_token_number_or_birth_date_stands_in_the_file(tmp_path: Path, writer: ReplicaWriter) -> None:
    snapshot(writer, *(row(which) for which in range(100)))
    writer.close()
    stored = (tmp_path / "replica.db").read_bytes()
    for which in range(1, 100):
        assert letter(which).token not in stored
        assert number(which).number.characters.encode() not in stored
    assert b"1984-02-29" not in stored


def test_root_with_the_pepper_but_without_a_citizen_reads_nothing(tmp_path: Path, writer: ReplicaWriter) -> None:
    stages = list(Stage)
    told = [full(which, stages[which % len(stages)]) for which in range(400)]
    snapshot(writer, *(sealed(one, which) for which, one in enumerate(told)))
    writer.apply(changes("e1.11", *(row(which, Stage.READY_BOX) for which in range(20)), gone=(30, 31)), LATER)
    writer.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    words = {str(word) for one in told for word in _leaves(one.model_dump(mode="json", exclude_none=True))}
    assert {"identity_card", "ready_box", "Schalter 3", "2026-11-27"} <= words
    for word in words:
        if len(word) > 3:  # three letters occur by chance
            assert word.encode() not in stored, word
    for which in range(400):
        for secret in (document(which).encode(), letter(which).token, number(which).number.characters.encode()):
            assert secret not in stored


def test_no_row_can_be_told_from_another_by_its_size(tmp_path: Path, writer: ReplicaWriter) -> None:
    snapshot(writer, row(1), sealed(full(2, Stage.READY_BOX), 2), row(3, Stage.ARRIVED))
    rows = writer._database.connection.execute(
        "SELECT typeof(id), length(id), length(slots), length(sealed) FROM documents"
    )
    assert len(set(rows)) == 1


def test_rows_kept_open_by_an_older_program_leave_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "replica.db"
    old = Database(path, REPLICA[:1])
    with old.writing() as connection:
        for which in range(300):
            text = full(which, Stage.READY_BOX).model_dump_json()
            connection.execute("INSERT INTO documents VALUES (?, ?, ?)", (document(which), bytes(64), text))
        connection.execute(
            "INSERT INTO sets VALUES ('docs', ?, 'e1', 'e1.300', ?)", (owner_mark(PEPPER), NOON.isoformat())
        )
    old.close()
    writer = open_replica_for_writing(path, PEPPER)
    assert writer.cursor() == Cursor()
    writer.close()
    stored = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    for word in (b"ready_box", b"Schalter 3", document(7).encode()):
        assert word not in stored


def test_a_row_that_somebody_wrote_into_is_asked_for_again(
    tmp_path: Path, writer: ReplicaWriter, reader: StoredReplica
) -> None:
    snapshot(writer, row(1), row(2))
    with writer._database.writing() as connection:
        connection.execute("UPDATE documents SET sealed = (SELECT sealed FROM documents WHERE id = ?)", (row_name(2),))
    assert stage(reader, 2) is Stage.APPLIED
    with pytest.raises(ReplicaUnavailable):
        reader.document(letter(1))
    assert writer.damage_reported()


def full(which: int, stage: Stage) -> DocumentStatus:
    reached = StageReached(stage=stage, on=date(2026, 3, 11))
    return status(which, stage).model_copy(
        update={
            "history": (reached,),
            "reference": f"MS-26-{which:05d}",
            "place": Place(key="counter-3", name="Schalter 3", way="Vom Eingang links"),
            "collect_until": date(2026, 11, 27),
            "bring": tuple(ToBring),
        }
    )


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _leaves(one)
    else:
        yield value
