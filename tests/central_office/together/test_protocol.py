"""The rest of the line: what is durable, cheap polls, configuration, telemetry, new keys, old versions, the desk."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from central_office.contract.base import Message
from central_office.contract.chain import command_hash
from central_office.contract.messages import EffectUnsettled, SyncRequest
from central_office.office import desk, durability, here, retention
from central_office.office.line import blobs as office_blobs
from central_office.office.line.sync import sync
from central_office.office.line.upcasting import VOCABULARY, Vocabulary
from central_office.office.models import DeskEntry, Kiosk, ReceivedCommand, Town, Visit
from offline_cache import blobs, identity, rotation
from offline_cache.configuration import configured, in_use
from offline_cache.line import Signer
from offline_cache.round_trip import POLLS_IN_A_ROW
from offline_cache.telemetry import pin_conditions
from tests.central_office.together.in_process import lost
from tests.offline_cache.letters import visit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import requests

    from tests.central_office.conftest import HandClock
    from tests.central_office.together.in_process import Machine, Work


@pytest.fixture
def kiosk(machines: Callable[[str], Machine]) -> Machine:
    made = machines("foyer")
    made.settles()
    return made


def bare(kiosk: Machine) -> int:
    """How many commands lost their bodies at the kiosk."""
    kiosk.ledger.outbox.settle(0, [])
    return len(kiosk.ledger.outbox.take(limit=100, room=200_000).scrubbed)


class TestDurable:
    def test_bodies_stay_until_a_copy_holds_them(self, kiosk: Machine, tmp_path: Path) -> None:
        if connection.vendor != "sqlite":
            pytest.skip("PostgreSQL has its own tools; see mark and confirm")
        for seconds in range(3):
            kiosk.ledger.outbox.put(visit(seconds))
        kiosk.settles()
        assert bare(kiosk) == 0
        kiosk.settles()
        call_command("backup", str(tmp_path / "copy.db"), verbosity=0)
        kiosk.ledger.outbox.put(visit(3))
        kiosk.settles()
        assert bare(kiosk) == 3
        copy = sqlite3.connect(tmp_path / "copy.db")
        assert copy.execute("SELECT epoch FROM office_town").fetchone()[0] != Town.objects.get().epoch
        assert copy.execute("SELECT count(*) FROM office_receivedcommand").fetchone()[0] == 3
        assert copy.execute("SELECT count(*) FROM office_lease").fetchone()[0] == 0
        copy.close()
        assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600

    def test_a_backup_that_cannot_be_written_promises_nothing(self, kiosk: Machine, tmp_path: Path) -> None:
        kiosk.ledger.outbox.put(visit())
        kiosk.settles()
        with pytest.raises(CommandError):
            call_command("backup", str(tmp_path / "nowhere" / "copy.db"), verbosity=0)
        assert Kiosk.objects.get().durable_seq == 0

    def test_between_mark_and_confirm_lies_the_backup(self, kiosk: Machine, tmp_path: Path) -> None:
        mark = str(tmp_path / "mark")
        kiosk.ledger.outbox.put(visit(1))
        kiosk.settles()
        call_command("durable", "mark", mark, verbosity=0)
        kiosk.ledger.outbox.put(visit(2))
        kiosk.settles()
        call_command("durable", "confirm", mark, verbosity=0)
        kiosk.settles()
        kiosk.settles()
        assert bare(kiosk) == 1
        (tmp_path / "mark").write_text('["no mark"]')
        with pytest.raises(CommandError, match="no mark"):
            call_command("durable", "confirm", mark, verbosity=0)

    def test_what_the_office_has_had_for_a_season_is_durable(self, kiosk: Machine, clock: HandClock) -> None:
        kiosk.ledger.outbox.put(visit())
        kiosk.settles()
        retention.tidy(clock.forward(days=89))
        assert Kiosk.objects.get().durable_seq == 0
        retention.tidy(clock.forward(days=2))
        assert Kiosk.objects.get().durable_seq == 1

    def test_an_office_older_than_its_word_gets_shells_and_a_person_looks(self, kiosk: Machine) -> None:
        for seconds in range(3):
            kiosk.ledger.outbox.put(visit(seconds))
        kiosk.settles()
        durability.confirm({kiosk.device: 2})
        kiosk.ledger.outbox.put(visit(3))
        kiosk.settles()
        ReceivedCommand.objects.all().delete()
        Kiosk.objects.update(last_seq=0, head="0" * 64, durable_seq=0)
        durability.begin_new_life()
        kiosk.settles()
        assert list(ReceivedCommand.objects.order_by("seq").values_list("result", "code")) == [
            ("rejected", "scrubbed"),
            ("rejected", "scrubbed"),
            ("ok", ""),
            ("ok", ""),
        ]
        assert Kiosk.objects.get().chain_broken_at is None
        assert DeskEntry.objects.filter(kind="rejected", code="scrubbed").count() == 2


class TestPolls:
    def test_a_quiet_kiosk_asks_cheaply_and_hears_of_what_is_new(self, kiosk: Machine, town: Town) -> None:
        kiosk.cable.seen.clear()
        attempt = kiosk.ledger.outbox.line().attempt
        for _ in range(3):
            assert kiosk.go() == 15.0
        assert kiosk.cable.seen == [("GET", "/v1/sync", 304)] * 3
        assert kiosk.ledger.outbox.line().attempt == attempt
        Town.objects.update(config="a" * 64)
        kiosk.go()
        assert kiosk.cable.seen[3:] == [("GET", "/v1/sync", 204), ("POST", "/v1/sync", 200)]
        assert kiosk.trip.config == "a" * 64

    def test_a_command_does_not_wait_for_polls(self, kiosk: Machine) -> None:
        kiosk.cable.seen.clear()
        kiosk.ledger.outbox.put(visit())
        kiosk.go()
        assert kiosk.cable.seen == [("POST", "/v1/sync", 200)]

    def test_now_and_then_a_whole_request_is_due(self, kiosk: Machine) -> None:
        kiosk.cable.seen.clear()
        for _ in range(POLLS_IN_A_ROW + 1):
            kiosk.go()
        assert [method for method, _, _ in kiosk.cable.seen] == ["GET"] * POLLS_IN_A_ROW + ["POST"]

    def test_a_late_answer_to_another_poll_is_not_believed(self, kiosk: Machine) -> None:
        late: list[requests.Response] = []

        def delayed(work: Work) -> requests.Response:
            late.append(work())
            return lost(work)

        kiosk.cable.mishaps.append(delayed)
        assert kiosk.tries() == "no_connection"
        kiosk.cable.mishaps.append(lambda _work: late[0])
        assert kiosk.tries() == "stale_answer"
        assert kiosk.tries() == ""

    def test_a_restored_office_is_noticed_by_a_poll(self, kiosk: Machine) -> None:
        kiosk.ledger.outbox.put(visit())
        kiosk.settles()
        Visit.objects.all().delete()
        ReceivedCommand.objects.all().delete()
        Kiosk.objects.update(last_seq=0, head="0" * 64)
        for _ in range(3):
            kiosk.go()
        assert Visit.objects.count() == 1

    def test_a_poll_writes_down_once_a_minute_that_the_kiosk_is_there(self, kiosk: Machine, clock: HandClock) -> None:
        seen = Kiosk.objects.get().last_seen
        clock.forward(seconds=30)
        kiosk.go()
        assert Kiosk.objects.get().last_seen == seen
        now = clock.forward(seconds=31)
        kiosk.go()
        assert Kiosk.objects.get().last_seen == now

    def test_a_revoked_kiosk_learns_it_by_a_poll(self, kiosk: Machine) -> None:
        Kiosk.objects.update(state=Kiosk.State.REVOKED)
        assert kiosk.tries() == "unknown_kiosk"


class TestConfiguration:
    def test_the_town_comes_with_the_configuration(self, kiosk: Machine, tmp_path: Path) -> None:
        (tmp_path / "town").write_bytes(b"key = 1\n" * 100)
        call_command("publish", f"town.toml={tmp_path / 'town'}", verbosity=0)
        kiosk.settles()
        kiosk.settles()
        kiosk.errands.go()
        assert configured(kiosk.place)["town.toml"].read_bytes() == b"key = 1\n" * 100
        assert in_use(kiosk.place) == Town.objects.get().config
        office_blobs.publish(here.this_office().data / "blobs", {"other": b"x"})
        kiosk.settles()
        kiosk.settles()
        kiosk.errands.go()
        assert set(configured(kiosk.place)) == {"other"}
        assert len(list((kiosk.place / "blobs").iterdir())) == 3

    def test_a_torn_fetch_goes_on_where_it_was(self, kiosk: Machine) -> None:
        content = bytes(range(256)) * 2000
        ref = office_blobs.keep(here.this_office().data / "blobs", content)
        folder = kiosk.place / "blobs"
        folder.mkdir()
        (folder / f"{ref.sha256}.part").write_bytes(content[:300_000])
        line = kiosk.trip._line
        path = blobs.fetch(line, kiosk.place, ref.sha256, most=ref.size, beat=lambda: None)
        assert path.read_bytes() == content
        assert kiosk.cable.seen[-1] == ("GET", f"/v1/blobs/{ref.sha256}", 206)
        (folder / f"{ref.sha256}.part").write_bytes(content)
        path.unlink()
        assert blobs.fetch(line, kiosk.place, ref.sha256, most=ref.size, beat=lambda: None) == path
        assert kiosk.cable.seen[-1][2] == 416

    def test_a_damaged_part_is_thrown_away_and_comes_again(self, kiosk: Machine) -> None:
        content = b"content" * 1000
        ref = office_blobs.keep(here.this_office().data / "blobs", content)
        (kiosk.place / "blobs").mkdir()
        (kiosk.place / "blobs" / f"{ref.sha256}.part").write_bytes(b"another beginning")
        with pytest.raises(Exception, match="blob_damaged"):
            blobs.fetch(kiosk.trip._line, kiosk.place, ref.sha256, most=ref.size, beat=lambda: None)
        found = blobs.fetch(kiosk.trip._line, kiosk.place, ref.sha256, most=ref.size, beat=lambda: None)
        assert found.read_bytes() == content

    def test_a_file_longer_than_it_was_said_to_be_is_refused(self, kiosk: Machine) -> None:
        ref = office_blobs.keep(here.this_office().data / "blobs", b"x" * 100)
        with pytest.raises(Exception, match="blob_too_long"):
            blobs.fetch(kiosk.trip._line, kiosk.place, ref.sha256, most=99, beat=lambda: None)

    def test_a_command_does_not_wait_for_a_long_file(self, kiosk: Machine) -> None:
        office_blobs.publish(here.this_office().data / "blobs", {"film": bytes(300_000)})
        kiosk.settles()
        kiosk.settles()

        def meanwhile(work: Work) -> requests.Response:
            kiosk.ledger.outbox.put(visit())
            return work()

        kiosk.cable.mishaps.append(meanwhile)
        kiosk.errands.go()
        assert in_use(kiosk.place) is None
        kiosk.settles()
        assert Visit.objects.count() == 1
        kiosk.errands.go()
        assert configured(kiosk.place)["film"].stat().st_size == 300_000

    def test_a_damaged_file_is_not_used_and_fetched_again(self, kiosk: Machine) -> None:
        office_blobs.publish(here.this_office().data / "blobs", {"town.toml": b"sound"})
        kiosk.settles()
        kiosk.settles()
        kiosk.errands.go()
        configured(kiosk.place)["town.toml"].write_bytes(b"spoiled")
        assert configured(kiosk.place) == {}
        kiosk.settles()
        kiosk.errands.go()
        assert configured(kiosk.place)["town.toml"].read_bytes() == b"sound"

    @pytest.mark.parametrize("digest", ["a" * 64, "office.db", "A" * 64])
    def test_what_is_no_blob_is_not_found(self, kiosk: Machine, digest: str) -> None:
        with pytest.raises(Exception, match="no_blob"), kiosk.trip._line.blob(digest, have=0):
            pass

    def test_an_office_that_lacks_the_configuration_holds_nothing_up(self, kiosk: Machine) -> None:
        Town.objects.update(config="b" * 64)
        kiosk.settles()
        kiosk.settles()
        before = len(kiosk.cable.seen)
        for _ in range(5):
            kiosk.errands.go()
        assert [status for _, path, status in kiosk.cable.seen[before:] if "blobs" in path] == [404]
        kiosk.ledger.outbox.put(visit())
        kiosk.settles()
        assert Visit.objects.count() == 1


class TestTelemetry:
    def test_the_office_sees_how_the_machine_is(self, kiosk: Machine, clock: HandClock) -> None:
        pin_conditions(kiosk.place, {"receipt_printer": "needs_paper"})
        kiosk.errands.go()
        told = json.loads(Kiosk.objects.get().telemetry)
        assert told["conditions"] == {"receipt_printer": "needs_paper"}
        assert (told["waiting"], told["clock"], told["uptime"]) == (0, "ntp", 100)
        assert Kiosk.objects.get().telemetry_at == clock()

    def test_it_is_told_once_a_minute_and_never_while_commands_wait(self, kiosk: Machine) -> None:
        def told() -> int:
            return sum(path == "/v1/telemetry" for _, path, _ in kiosk.cable.seen)

        kiosk.errands.go()
        kiosk.errands.go()
        assert told() == 1
        kiosk.clock.running += 61
        kiosk.ledger.outbox.put(visit())
        kiosk.errands.go()
        assert told() == 1
        kiosk.settles()
        kiosk.errands.go()
        assert told() == 2

    def test_telemetry_that_fails_is_left_alone_for_a_while(self, kiosk: Machine) -> None:
        kiosk.cable.mishaps.append(lost)
        kiosk.errands.go()
        before = len(kiosk.cable.seen)
        kiosk.clock.running += 10
        kiosk.errands._told = float("-inf")
        kiosk.errands.go()
        assert len(kiosk.cable.seen) == before
        kiosk.clock.running += 61
        kiosk.errands.go()
        assert len(kiosk.cable.seen) == before + 1

    def test_words_that_are_none_are_left_out(self, kiosk: Machine) -> None:
        pin_conditions(kiosk.place, {"receipt_printer": "Kemal Aydin's passport"})
        kiosk.errands.go()
        assert json.loads(Kiosk.objects.get().telemetry)["conditions"] == {}


class TestKeys:
    def wanted(self, kiosk: Machine) -> str:
        Kiosk.objects.update(key_wanted=True)
        kiosk.settles()
        kiosk.settles()
        assert kiosk.trip.new_key_wanted
        kiosk.errands._told = kiosk.clock.running  # telemetry would use the new key at once
        return Kiosk.objects.get().fingerprint

    def test_a_new_key_takes_the_place_of_the_old_one(self, kiosk: Machine) -> None:
        old = self.wanted(kiosk)
        before = kiosk.errands.identity
        kiosk.errands.go()
        assert Kiosk.objects.get().fingerprint == old
        kiosk.settles()
        row = Kiosk.objects.get()
        assert row.fingerprint == identity.load(kiosk.place).fingerprint != old
        assert (row.next_key, row.key_wanted) == (None, False)
        kiosk.ledger.outbox.put(visit())
        kiosk.settles()
        kiosk.restarts()
        kiosk.settles()
        assert Visit.objects.count() == 1
        kiosk.trip._line.sign_with(Signer(before.device, identity.signing_key(before), kiosk.clock.now))
        kiosk.ledger.outbox.put(visit())
        assert kiosk.tries() == "signature"

    def test_an_answer_that_gets_lost_is_asked_for_again(self, kiosk: Machine) -> None:
        self.wanted(kiosk)
        kiosk.cable.mishaps.append(lost)
        kiosk.errands.go()
        kiosk.settles()
        assert Kiosk.objects.get().next_key is not None
        kiosk.clock.running += 61
        kiosk.errands.go()
        kiosk.settles()
        assert Kiosk.objects.get().fingerprint == identity.load(kiosk.place).fingerprint

    @pytest.mark.parametrize("step", ["pending", "presented", "saved", "used"])
    def test_a_power_cut_at_any_step_locks_nobody_out(self, kiosk: Machine, step: str) -> None:
        self.wanted(kiosk)
        folder = kiosk.place / identity.FOLDER
        if step == "pending":
            identity.pending_key(kiosk.place)
        else:
            old = {path.name: path.read_bytes() for path in folder.iterdir()}
            if step == "presented":
                pending = identity.pending_key(kiosk.place)
                old = {path.name: path.read_bytes() for path in folder.iterdir()}
                assert pending
            kiosk.errands.go()
            if step == "presented":
                # What was written after the office's answer never reached the disk.
                shutil.rmtree(folder)
                folder.mkdir()
                for name, content in old.items():
                    (folder / name).write_bytes(content)
            elif step == "saved":
                # Everything but the last step: the pending key was not taken away.
                new = identity.load(kiosk.place)
                shutil.copy(new.key_file, folder / "key.pending.pem")
            else:
                kiosk.settles()
        kiosk.restarts()
        kiosk.settles()
        if kiosk.trip.new_key_wanted:
            kiosk.errands.go()
        kiosk.ledger.outbox.put(visit())
        kiosk.settles()
        assert Visit.objects.count() == 1
        assert Kiosk.objects.get().fingerprint == identity.load(kiosk.place).fingerprint
        first = identity.load(kiosk.place).fingerprint
        self.wanted(kiosk)
        kiosk.errands.go()
        kiosk.settles()
        assert Kiosk.objects.get().fingerprint == identity.load(kiosk.place).fingerprint != first

    def test_an_office_restored_from_before_the_new_key_learns_it_again(self, kiosk: Machine) -> None:
        self.wanted(kiosk)
        before = Kiosk.objects.get()
        kiosk.errands.go()
        kiosk.settles()
        before.save()
        kiosk.ledger.outbox.put(visit())
        assert kiosk.tries() == "signature"
        kiosk.errands.not_known()
        kiosk.settles()
        assert Kiosk.objects.get().fingerprint == identity.load(kiosk.place).fingerprint
        assert Visit.objects.count() == 1

    def test_a_key_without_proof_or_of_another_kiosk_is_refused(
        self, kiosk: Machine, machines: Callable[[str], Machine]
    ) -> None:
        other = machines("library")
        key = identity.signing_key(other.errands.identity)
        with pytest.raises(Exception, match="key_known"):
            kiosk.trip._line.new_key(rotation._request(kiosk.errands.identity, key))
        stranger = replace(kiosk.errands.identity, device=other.errands.identity.device)
        with pytest.raises(Exception, match="proof"):
            kiosk.trip._line.new_key(rotation._request(stranger, key))
        assert not Kiosk.objects.exclude(next_key=None).exists()

    def test_after_a_year_the_office_asks_for_a_new_key(self, kiosk: Machine, clock: HandClock) -> None:
        retention.tidy(clock.forward(days=364))
        assert not Kiosk.objects.get().key_wanted
        retention.tidy(clock.forward(days=2))
        assert Kiosk.objects.get().key_wanted


class Stay(Message):
    """A visit as a third version would tell it."""

    place: str
    minutes: int
    language: str


def _minutes(body: dict[str, Any]) -> dict[str, Any]:
    return body | {"minutes": body.pop("seconds") // 60}


def _language(body: dict[str, Any]) -> dict[str, Any]:
    return body | {"language": "de"}


OLD_AND_NEW = Vocabulary({("stay", 4): Stay}, {("stay", 2): _minutes, ("stay", 3): _language})


class TestOldVersions:
    @pytest.mark.parametrize(
        ("version", "body"),
        [
            (2, {"place": "foyer", "seconds": 150}),
            (3, {"place": "foyer", "minutes": 2}),
            (4, {"place": "foyer", "minutes": 2, "language": "de"}),
        ],
    )
    def test_two_versions_back_are_lifted(self, version: int, body: dict[str, Any]) -> None:
        kept = dict(body)
        assert OLD_AND_NEW.read("stay", version, body) == Stay(place="foyer", minutes=2, language="de")
        assert body == kept

    @pytest.mark.parametrize(
        ("name", "version", "body", "code"),
        [
            ("stay", 1, {}, "unknown_version"),
            ("stay", 5, {}, "unknown_version"),
            ("gone", 4, {}, "unknown_type"),
            ("stay", 2, {"place": "foyer"}, "invalid_body"),
            ("stay", 2, {"place": "foyer", "seconds": "many"}, "invalid_body"),
            ("stay", 4, {"place": []}, "invalid_body"),
        ],
    )
    def test_what_cannot_be_lifted_is_rejected(self, name: str, version: int, body: dict[str, Any], code: str) -> None:
        assert OLD_AND_NEW.read(name, version, body) == code

    def test_a_version_without_a_way_up_is_rejected(self) -> None:
        assert Vocabulary({("stay", 4): Stay}).read("stay", 3, {}) == "unknown_version"

    def test_an_old_command_goes_through_a_whole_sync(self, town: Town, machines: Callable[[str], Machine]) -> None:
        kiosk = machines("foyer")
        kiosk.ledger.outbox.put(visit())
        batch = kiosk.ledger.outbox.take(limit=1, room=1)
        old = batch.commands[0].model_copy(update={"type": "stay", "tv": 2, "body": {"place": "x", "seconds": 60}})
        request = SyncRequest(
            db=batch.db, attempt=batch.attempt, at=kiosk.clock.now(), cursors={}, commands=(old,), waiting=0
        )
        answer = sync(Kiosk.objects.get(), request, town, here.now(), vocabulary=OLD_AND_NEW)
        assert [result.r for result in answer.results] == ["ok"]
        kept = ReceivedCommand.objects.get()
        # Kept as it came: the hash is over what the kiosk wrote.
        assert (kept.hash, json.loads(kept.body)) == (command_hash(old), {"place": "x", "seconds": 60})

    def test_every_lift_of_this_office_leads_somewhere(self) -> None:
        for name, version in VOCABULARY.lifts:
            newest = max(number for known, number in VOCABULARY.present if known == name)
            assert version < newest


class TestDesk:
    def test_what_nobody_could_settle_comes_to_a_person(self, kiosk: Machine) -> None:
        kiosk.ledger.outbox.put(
            EffectUnsettled(
                effect=1, kind="drawer.open", began=kiosk.clock.now(), why="no_settler", detail={"drawer": 4}
            )
        )
        kiosk.settles()
        entry = DeskEntry.objects.get()
        assert (entry.kind, entry.code, json.loads(entry.detail)["detail"]) == (
            "unsettled",
            "drawer.open",
            {"drawer": 4},
        )

    def test_a_matter_is_closed_once(self, kiosk: Machine, clock: HandClock) -> None:
        desk.put([desk.entry(DeskEntry.Kind.CHAIN, Kiosk.objects.get(), 1, clock())] * 2)
        entry = DeskEntry.objects.get()
        desk.close(entry, "Demir", "Looked at it.", clock())
        with pytest.raises(desk.AlreadyDone):
            desk.close(entry, "Weber", "Me too.", clock())
        assert DeskEntry.objects.get().done_by == "Demir"

    def test_a_cloned_card_is_frozen_and_laid_before_a_person_once(self, kiosk: Machine, tmp_path: Path) -> None:
        kiosk.ledger.outbox.put(visit(1))
        kiosk.close()
        shutil.copytree(kiosk.place, tmp_path / "clone")
        kiosk._open()
        kiosk.ledger.outbox.put(visit(2))
        kiosk.settles()
        kiosk.close()
        shutil.rmtree(kiosk.place)
        shutil.copytree(tmp_path / "clone", kiosk.place)
        kiosk._open()
        kiosk.ledger.outbox.put(visit(3))
        assert kiosk.tries() == "fork"
        assert kiosk.tries() == "fork"
        assert DeskEntry.objects.get().kind == "fork"
        assert Kiosk.objects.get().state == Kiosk.State.FORKED
