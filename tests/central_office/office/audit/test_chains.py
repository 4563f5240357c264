"""What happens at a kiosk, at the office and in between is seen in the chain, and told in a sentence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central_office.contract.chain import command_hash
from central_office.contract.messages import Command
from central_office.office import desk, durability, retention
from central_office.office.audit.chains import stored_hash
from central_office.office.models import DailyDigest, DeskEntry, Kiosk, ReceivedCommand
from tests.central_office.kiosk_end import VISIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from central_office.office.audit.digest import Signed
    from central_office.office.audit.verifying import Report
    from central_office.office.models import Town
    from tests.central_office.conftest import HandClock
    from tests.central_office.kiosk_end import KioskEnd


def _found(report: Report) -> list[tuple[str, str, int]]:
    return [(one.kind, one.device, one.seq) for one in report.findings]


def test_a_chain_that_nobody_touched_is_sound(
    kiosk: KioskEnd, verified: Callable[[], Report], next_day: Callable[[], list[Signed]]
) -> None:
    kiosk.sync(kiosk.commands(3))
    next_day()
    kiosk.sync(kiosk.commands(2))
    report = verified()
    assert report.findings == []
    assert any("MS-01: commands 1 to 5 follow one another" in line for line in report.sound)


def test_somebody_changes_the_body_of_a_stored_command(kiosk: KioskEnd, verified: Callable[[], Report]) -> None:
    kiosk.sync(kiosk.commands(3))
    ReceivedCommand.objects.filter(seq=2).update(body=json.dumps(VISIT | {"seconds": 1}))
    report = verified()
    assert _found(report) == [("altered", "MS-01", 2)]
    assert "MS-01, command 2: what is stored is not what the kiosk sent" in str(report.findings[0])


@pytest.mark.parametrize("change", [{"type": "x.y"}, {"tv": 2}, {"command": "other"}, {"extra": '{"n":1}'}])
def test_somebody_changes_anything_else_of_a_stored_command(
    kiosk: KioskEnd, verified: Callable[[], Report], change: dict[str, object]
) -> None:
    kiosk.sync(kiosk.commands(2))
    ReceivedCommand.objects.filter(seq=1).update(**change)
    assert _found(verified()) == [("altered", "MS-01", 1)]


def test_somebody_deletes_a_command_from_the_middle(kiosk: KioskEnd, verified: Callable[[], Report]) -> None:
    kiosk.sync(kiosk.commands(4))
    ReceivedCommand.objects.filter(seq__in=(2, 3)).delete()
    report = verified()
    assert _found(report) == [("gap", "MS-01", 2)]
    assert "commands 2 to 3 are missing at the office" in report.findings[0].says


def test_somebody_deletes_the_last_command(kiosk: KioskEnd, verified: Callable[[], Report]) -> None:
    kiosk.sync(kiosk.commands(3))
    ReceivedCommand.objects.filter(seq=3).delete()
    assert _found(verified()) == [("gap", "MS-01", 3)]


def test_somebody_deletes_the_beginning_after_it_was_signed(
    kiosk: KioskEnd, verified: Callable[[], Report], next_day: Callable[[], list[Signed]]
) -> None:
    kiosk.sync(kiosk.commands(4))
    next_day()
    ReceivedCommand.objects.filter(seq__lte=2).delete()
    assert _found(verified()) == [("gap", "MS-01", 1)]


def test_somebody_writes_the_whole_chain_anew_and_the_signed_digest_still_knows(
    kiosk: KioskEnd, verified: Callable[[], Report], next_day: Callable[[], list[Signed]]
) -> None:
    kiosk.sync(kiosk.commands(3))
    next_day()
    prev = "0" * 64
    for row in ReceivedCommand.objects.order_by("seq"):
        row.body, row.prev = json.dumps(VISIT | {"outcome": "fault"}), prev
        row.hash = prev = stored_hash(row, prev)
        row.save()
    Kiosk.objects.update(head=prev)
    report = verified()
    assert _found(report) == [("altered", "MS-01", 3)]
    assert "was signed over another content" in report.findings[0].says


def test_somebody_sets_the_number_of_a_kiosk_back(kiosk: KioskEnd, verified: Callable[[], Report]) -> None:
    kiosk.sync(kiosk.commands(3))
    Kiosk.objects.update(last_seq=2)
    report = verified()
    assert _found(report) == [("altered", "MS-01", 2), ("altered", "MS-01", 3)]
    assert "keeps commands up to 3, but counts 2" in report.findings[1].says


def test_a_kiosk_whose_memory_was_touched_is_found_until_a_person_saw_to_it(
    kiosk: KioskEnd, verified: Callable[[], Report], clock: HandClock
) -> None:
    kiosk.sync(kiosk.commands(2))
    kiosk.prev = "a" * 64
    kiosk.sync(kiosk.commands(2))
    report = verified()
    assert _found(report) == [("chain", "MS-01", 3)]
    assert "does not follow command 2" in report.findings[0].says
    desk.close(DeskEntry.objects.get(kind="chain"), "Demir", "card exchanged", clock())
    report = verified()
    assert (report.findings, [one.seq for one in report.settled]) == ([], [3])
    assert "Demir: card exchanged" in report.settled[0].settled


def test_a_fork_is_found(kiosk: KioskEnd, verified: Callable[[], Report]) -> None:
    kiosk.sync(kiosk.commands(2))
    kiosk.last, kiosk.prev = 1, "b" * 64
    assert kiosk.sync(kiosk.commands(1)).status_code == 409
    report = verified()
    assert _found(report) == [("fork", "MS-01", 2)]
    assert "Revoke it" in str(report.findings[0])


def test_bodies_that_nobody_has_any_more_leave_the_chain_whole(kiosk: KioskEnd, verified: Callable[[], Report]) -> None:
    first, second, third = kiosk.commands(3)
    shells = [one.model_dump(mode="json", exclude={"body"}) | {"hash": command_hash(one)} for one in (first, second)]
    assert kiosk.sync([third], scrubbed=shells).status_code == 200
    report = verified()
    assert report.findings == []
    assert any("(2 without their bodies)" in line for line in report.sound)
    ReceivedCommand.objects.filter(seq=2).update(hash="c" * 64)
    assert _found(verified()) == [("chain", "MS-01", 3)]


def test_fields_of_a_newer_kiosk_are_part_of_its_chain(kiosk: KioskEnd, verified: Callable[[], Report]) -> None:
    kiosk.last = 1
    new = Command.model_validate(
        {
            "seq": 1, "id": "a", "type": "visit.reported", "tv": 1, "at": "2026-06-16T08:21:00.123456Z",
            "body": VISIT, "prev": "0" * 64, "shift": {"who": 3},
        }
    )  # fmt: skip
    kiosk.prev = command_hash(new)
    kiosk.sync([new])
    kiosk.sync(kiosk.commands(1))
    assert verified().findings == []
    ReceivedCommand.objects.filter(seq=1).update(extra="")
    assert _found(verified()) == [("altered", "MS-01", 1)]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(st.text(max_size=4), _JSON, max_size=4))
def test_whatever_a_body_holds_gives_the_same_hash_again(kiosk: KioskEnd, body: dict[str, object]) -> None:
    command = kiosk.command(body, type_="unheard.of")
    if kiosk.sync([command]).status_code != 200:
        kiosk.last, kiosk.prev = command.seq - 1, command.prev  # what no office takes has no place in a chain
        return
    row = ReceivedCommand.objects.get(seq=command.seq)
    assert stored_hash(row, row.prev) == row.hash == command_hash(command)


def test_commands_of_an_office_that_kept_no_prev_are_verified_by_the_one_before(
    kiosk: KioskEnd, verified: Callable[[], Report]
) -> None:
    kiosk.sync(kiosk.commands(3))
    ReceivedCommand.objects.update(prev="")
    assert verified().findings == []
    ReceivedCommand.objects.filter(seq=2).update(code="x", type="a.b")
    assert _found(verified()) == [("altered", "MS-01", 2)]


def test_what_is_forgotten_after_a_year_leaves_a_chain_that_begins_at_a_signed_head(
    kiosk: KioskEnd,
    verified: Callable[[], Report],
    next_day: Callable[[], list[Signed]],
    clock: HandClock,
) -> None:
    kiosk.sync(kiosk.commands(3))
    next_day()
    kiosk.sync(kiosk.commands(2))
    clock.forward(days=365)
    assert retention.tidy(clock())["commands"] == 6  # three commands and their visits
    assert list(ReceivedCommand.objects.values_list("seq", flat=True)) == [4, 5]
    assert verified().findings == []


def test_what_no_digest_covers_is_not_forgotten(kiosk: KioskEnd, clock: HandClock) -> None:
    kiosk.sync(kiosk.commands(3))
    assert retention.tidy(clock.forward(days=800))["commands"] == 0


def test_a_kiosk_of_which_everything_is_forgotten_is_still_verified(
    kiosk: KioskEnd, verified: Callable[[], Report], next_day: Callable[[], list[Signed]], clock: HandClock
) -> None:
    kiosk.sync(kiosk.commands(3))
    next_day()
    next_day()
    retention.tidy(clock.forward(days=366))
    assert not ReceivedCommand.objects.exists()
    assert verified().findings == []
    Kiosk.objects.update(head="d" * 64)
    assert _found(verified()) == [("altered", "MS-01", 3)]


def test_an_office_that_forgot_before_it_ever_signed_says_where_its_evidence_begins(
    kiosk: KioskEnd, verified: Callable[[], Report], next_day: Callable[[], list[Signed]]
) -> None:
    kiosk.sync(kiosk.commands(4))
    ReceivedCommand.objects.filter(seq__lte=2).delete()
    assert verified().findings == []
    next_day()
    assert DailyDigest.objects.get().signed.digest.kiosks[0].first == 3
    assert verified().findings == []
    ReceivedCommand.objects.filter(seq=3).delete()
    assert _found(verified()) == [("gap", "MS-01", 1)]


def test_a_kiosk_that_skips_a_number_in_this_life_of_the_office_needs_a_human(kiosk: KioskEnd, town: Town) -> None:
    kiosk.sync(kiosk.commands(1))
    kiosk.command()
    assert kiosk.sync(kiosk.commands(1), life=town.epoch).json()["ack"] == 1
    entry = DeskEntry.objects.get()
    assert (entry.kind, entry.seq, entry.role) == ("gap", 2, "technician")


def test_a_kiosk_that_has_not_heard_of_a_restore_yet_leaves_no_gap(kiosk: KioskEnd, town: Town) -> None:
    kiosk.sync(kiosk.commands(1), life=town.epoch)
    durability.begin_new_life()
    kiosk.command()
    kiosk.sync(kiosk.commands(1), life=town.epoch)
    assert not DeskEntry.objects.exists()
