from __future__ import annotations

import gzip
import json
import threading
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction

from central_office.contract.messages import SyncRequest
from central_office.contract.stages import Stage
from central_office.office import changes, escrow, lifecycle
from central_office.office.line.sync import sync
from central_office.office.models import Kiosk, ReceivedCommand, Visit
from central_office.office.models import Town as TownRow
from tests.central_office.kiosk_end import VISIT, Answer, KioskEnd, said

if TYPE_CHECKING:
    from central_office.office.models import Document, Town
    from tests.central_office.conftest import HandClock

MORNING = datetime(2026, 6, 16, 8, 24, tzinfo=UTC)


def _visits() -> int:
    return Visit.objects.count()


def _results(answer: Answer) -> list[tuple[int, str]]:
    return [(one["seq"], one.get("code", one["r"])) for one in said(answer)["results"]]


def test_a_visit_arrives(kiosk: KioskEnd) -> None:
    answer = said(kiosk.sync(kiosk.commands(1)))
    assert answer["ack"] == 1
    assert answer["attempt"] == 1
    visit = Visit.objects.get()
    assert (visit.service, visit.outcome, visit.seconds, visit.taken_away) == (
        "document_status",
        "answered",
        44,
        ["receipt"],
    )


def test_the_answer_was_lost_and_the_batch_comes_again(kiosk: KioskEnd) -> None:
    commands = kiosk.commands(3)
    first, second = kiosk.sync(commands), kiosk.sync(commands)
    assert _results(first) == _results(second) == [(1, "ok"), (2, "ok"), (3, "ok")]
    assert _visits() == 3


def test_what_a_kiosk_holds_is_listed_only_when_it_changed(kiosk: KioskEnd) -> None:
    slots = escrow.open_day("slots", MORNING.date(), 10)
    told = said(kiosk.sync())
    assert [one["granted"] for one in told["leases"]] == [2]
    known = {"leases": told["leases_tag"]}
    assert "leases" not in said(kiosk.sync(kiosk.commands(1), **known))
    told = said(kiosk.sync([kiosk.command(_promise(slots.key), type_="reservation.made")], **known))
    assert [(one["granted"], one["as_of"]) for one in told["leases"]] == [(2, 2)]
    assert said(kiosk.sync((), **known))["leases"] == told["leases"]  # as if that answer had been lost
    known = {"leases": told["leases_tag"]}
    told = said(kiosk.sync([kiosk.command(_promise("no.such.thing"), type_="reservation.made")], **known))
    assert [(one["granted"], one["as_of"]) for one in told["leases"]] == [(2, 3)], "it took one off in vain"


def _promise(key: str) -> dict[str, Any]:
    day = MORNING.date().isoformat()
    return {"reservation": str(uuid.uuid4()), "resource": {"key": key, "day": day}, "units": 1}


def test_half_of_the_batch_is_known_already(kiosk: KioskEnd) -> None:
    commands = kiosk.commands(5)
    kiosk.sync(commands[:3])
    answer = kiosk.sync(commands)
    assert said(answer)["ack"] == 5
    assert _visits() == 5


def test_commands_in_disorder_are_applied_in_order(kiosk: KioskEnd) -> None:
    commands = kiosk.commands(4)
    assert _results(kiosk.sync(commands[::-1])) == [(seq, "ok") for seq in (1, 2, 3, 4)]


def test_behind_a_gap_nothing_is_applied(kiosk: KioskEnd) -> None:
    commands = kiosk.commands(5)
    answer = said(kiosk.sync([*commands[:2], *commands[3:]]))
    assert answer["ack"] == 2
    assert _visits() == 2
    assert said(kiosk.sync(commands[2:]))["ack"] == 5


def test_the_same_command_twice_in_one_batch_counts_once(kiosk: KioskEnd) -> None:
    command = kiosk.command()
    assert said(kiosk.sync([command, command]))["ack"] == 1
    assert _visits() == 1


def test_a_copied_kiosk_is_found_out_and_frozen(kiosk: KioskEnd) -> None:
    kiosk.sync(kiosk.commands(2))
    copy = KioskEnd(kiosk.browser, key=kiosk.key, device=kiosk.device, database=kiosk.database)
    answer = copy.sync(copy.commands(2))
    assert (answer.status_code, said(answer)["code"]) == (409, "fork")
    assert Kiosk.objects.get().state == Kiosk.State.FORKED
    assert kiosk.sync(kiosk.commands(1)).status_code == 409
    assert _visits() == 2


def test_an_altered_command_under_its_old_id_is_a_fork(kiosk: KioskEnd) -> None:
    command = kiosk.command()
    kiosk.sync([command])
    altered = command.model_copy(update={"body": VISIT | {"seconds": 1}})
    assert kiosk.sync([altered]).status_code == 409


def test_a_kiosk_whose_memory_began_anew_is_a_fork(kiosk: KioskEnd) -> None:
    kiosk.sync(kiosk.commands(1))
    answer = kiosk.sync(db="00000000-0000-4000-8000-000000000000")
    assert (answer.status_code, said(answer)["code"]) == (409, "fork")


def test_two_copies_in_one_batch_are_a_fork(kiosk: KioskEnd) -> None:
    first = kiosk.command()
    kiosk.last = 0
    assert kiosk.sync([first, kiosk.command()]).status_code == 409


@pytest.mark.parametrize(
    ("spoiled", "code"),
    [
        ({"type_": "weather.turned"}, "unknown_type"),
        ({"tv": 3}, "unknown_version"),
        ({"body": {"service": "document_status"}}, "invalid_body"),
        ({"body": VISIT | {"seconds": -1}}, "invalid_body"),
        ({"body": VISIT | {"outcome": "danced"}}, "invalid_body"),
    ],
)
def test_a_poison_command_is_rejected_and_blocks_nobody(kiosk: KioskEnd, spoiled: dict[str, Any], code: str) -> None:
    answer = kiosk.sync([kiosk.command(), kiosk.command(**spoiled), kiosk.command()])
    assert _results(answer) == [(1, "ok"), (2, code), (3, "ok")]
    assert said(answer)["ack"] == 3
    assert _visits() == 2
    assert ReceivedCommand.objects.get(result="rejected").code == code


def test_a_body_that_no_database_would_take_is_kept_all_the_same(kiosk: KioskEnd) -> None:
    answer = kiosk.sync([kiosk.command(VISIT | {"language": "d\0e", "\ud7ff": ["\0"]}), kiosk.command()])
    assert said(answer)["ack"] == 2


def test_unknown_fields_of_a_newer_kiosk_are_kept(kiosk: KioskEnd) -> None:
    assert said(kiosk.sync([kiosk.command(VISIT | {"mood": "good"})], novelty=[1]))["ack"] == 1
    assert json.loads(ReceivedCommand.objects.get().body)["mood"] == "good"


def test_a_broken_chain_is_shown_but_loses_nothing(kiosk: KioskEnd) -> None:
    kiosk.sync(kiosk.commands(1))
    kiosk.prev = "f" * 64
    assert said(kiosk.sync(kiosk.commands(1)))["ack"] == 2
    assert Kiosk.objects.get().chain_broken_at == 2


def test_an_unbroken_chain_stays_unmarked(kiosk: KioskEnd) -> None:
    kiosk.sync(kiosk.commands(3))
    kiosk.sync(kiosk.commands(3))
    assert Kiosk.objects.get().chain_broken_at is None


def test_a_replayed_request_does_no_harm(kiosk: KioskEnd, clock: HandClock) -> None:
    request = kiosk.request("POST", "/v1/sync", kiosk.sync_body(kiosk.commands(2)))
    assert kiosk.send(request).status_code == 200
    clock.forward(days=30)
    assert kiosk.send(request).status_code == 200
    assert _visits() == 2


def test_more_than_a_hundred_commands_are_refused(kiosk: KioskEnd) -> None:
    answer = kiosk.sync(kiosk.commands(101))
    assert (answer.status_code, said(answer)["code"]) == (422, "malformed")
    assert _visits() == 0


def test_the_first_sync_is_sent_to_the_snapshot(kiosk: KioskEnd, passport: Document) -> None:
    docs = said(kiosk.sync())["changes"]["docs"]
    assert docs["snapshot"] is True
    assert docs["up"] == []


@pytest.mark.parametrize(
    "cursor", ["", "e0.0.0", "nonsense", "e.1.2.3", "....", "e1.-1.5", "e1.\u0661.\u0662", "e1.0." + "9" * 25]
)
def test_a_cursor_that_cannot_be_leads_to_the_snapshot(kiosk: KioskEnd, cursor: str) -> None:
    assert said(kiosk.sync(cursor=cursor))["changes"]["docs"]["snapshot"] is True


def test_a_move_reaches_the_kiosk_as_a_change(
    kiosk: KioskEnd, passport: Document, town: Town, clock: HandClock
) -> None:

    start = str(changes.head(town))
    assert said(kiosk.sync(cursor=start))["changes"]["docs"]["up"] == []
    lifecycle.move(passport, Stage.SENT_TO_PRODUCER, "Weber", clock.forward(hours=1))
    docs = said(kiosk.sync(cursor=start))["changes"]["docs"]
    found = kiosk.finds(docs["up"], passport.letter_code(town.town_key))
    assert found is not None
    assert [one.stage for one in found.history] == [Stage.APPLIED, Stage.SENT_TO_PRODUCER]
    assert said(kiosk.sync(cursor=docs["to"]))["changes"]["docs"]["up"] == []


def test_nothing_personal_travels_to_the_kiosk(kiosk: KioskEnd, passport: Document, town: Town) -> None:
    text = json.dumps(said(kiosk.sync(cursor=f"{town.epoch}.0.0")))
    for secret in ("Aydin", "Kemal", passport.number, "1980-03-01", passport.token, passport.reference, "applied"):
        assert secret not in text


def test_a_forgotten_document_leaves_a_tombstone(
    kiosk: KioskEnd, passport: Document, town: Town, clock: HandClock
) -> None:

    name = kiosk.name_of(passport)
    lifecycle.forget([passport], clock())
    docs = said(kiosk.sync(cursor=f"{town.epoch}.0.0"))["changes"]["docs"]
    assert (docs["gone"], docs["up"]) == ([name], [])


def test_many_changes_come_in_pieces(kiosk: KioskEnd, passport: Document, town: Town, clock: HandClock) -> None:
    for _ in range(3):
        changes.note([passport.pk], clock())
    step = changes.since(changes.Cursor(town.epoch, 0, 0), limit=3)
    assert step.more
    rest = changes.since(step.to, limit=3)
    assert (rest.more, rest.changed) == (False, (passport.pk,))


def test_a_cursor_older_than_the_log_leads_to_the_snapshot(
    kiosk: KioskEnd, passport: Document, town: Town, clock: HandClock
) -> None:

    old = f"{town.epoch}.0.0"
    changes.prune(town, clock.forward(days=100))
    assert said(kiosk.sync(cursor=old))["changes"]["docs"]["snapshot"] is True
    fresh = str(changes.head(TownRow.objects.get()))
    assert (
        "snapshot" not in said(kiosk.sync(cursor=fresh))["changes"]["docs"]
        or not said(kiosk.sync(cursor=fresh))["changes"]["docs"]["snapshot"]
    )


def test_a_thousand_queued_visits_need_ten_requests(kiosk: KioskEnd) -> None:
    for _ in range(10):
        assert kiosk.sync(kiosk.commands(100)).status_code == 200
    assert _visits() == 1000


def test_a_zip_bomb_stays_small(kiosk: KioskEnd) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    answer = kiosk.send(kiosk.request("POST", "/v1/sync", bomb, Content_Encoding="gzip"))
    assert (answer.status_code, said(answer)["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (b" " * (256 * 1024 + 1), "identity", 413),
        (b"not gzip", "gzip", 400),
        (gzip.compress(b"{}")[:-3], "gzip", 400),
        (gzip.compress(b"{}") + b"more", "gzip", 400),
        (b"{}", "br", 415),
        (b"{}", "identity", 422),
        (b"\xff", "identity", 422),
        (b"[" * 100_000, "identity", 422),
    ],
)
def test_a_spoiled_body_is_a_problem_and_no_crash(kiosk: KioskEnd, body: bytes, encoding: str, status: int) -> None:
    answer = kiosk.send(kiosk.request("POST", "/v1/sync", body, Content_Encoding=encoding))
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("application/problem+json")


def test_a_clock_that_is_wrong_is_reported_not_punished(kiosk: KioskEnd) -> None:
    assert kiosk.sync(kiosk.commands(1), at="2031-01-01T00:00:00Z", clock="unsure").status_code == 200
    assert Kiosk.objects.get().clock_ahead > 100_000_000


def test_no_change_is_lost_while_many_write(passport: Document, town: Town, clock: HandClock) -> None:
    """A low number that is committed late must not be passed over by a reader."""
    written: list[uuid.UUID] = []
    done = threading.Event()

    def writer() -> None:
        try:
            for _ in range(15):
                mine = uuid.uuid4()
                with transaction.atomic():
                    changes.note([mine], clock())
                written.append(mine)
        finally:
            connection.close()

    threads = [threading.Thread(target=writer) for _ in range(4)]
    cursor, seen = changes.Cursor(town.epoch, 0, 0), set[uuid.UUID]()
    for thread in threads:
        thread.start()
    while not done.is_set():
        if not any(thread.is_alive() for thread in threads):
            done.set()  # one more look after the last writer
        step = changes.since(cursor)
        seen.update(step.changed)
        cursor = step.to
    assert seen == {passport.pk, *written}


def test_two_requests_of_one_kiosk_at_once_apply_each_command_once(kiosk: KioskEnd, town: Town) -> None:
    """A proxy repeated the request; both run at the same time."""
    request = SyncRequest.model_validate_json(kiosk.sync_body(kiosk.commands(20)))
    row = Kiosk.objects.get()
    together = threading.Barrier(2)
    acks: list[int] = []

    def deliver() -> None:
        together.wait()
        try:
            acks.append(sync(row, request, town, MORNING).ack)
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert acks == [20, 20]
    assert _visits() == 20
