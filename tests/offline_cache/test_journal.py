"""What was begun in the world has an end, an enquiry, or a person who looks; and is never done twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from offline_cache.database import Database
from offline_cache.journal import EndedWithoutOutcome, Settled, Undecided, Unfinished
from offline_cache.migrations.ledger import LEDGER
from offline_cache.store import Ledger, open_ledger
from tests.offline_cache.clockwork import NOON, Clockwork
from tests.offline_cache.letters import visit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from offline_cache.journal import Journal


class PulledPlug(BaseException):
    """Nothing runs after it."""


def outcomes(path: Path) -> list[tuple[object, ...]]:
    database = Database(path / "ledger.db", LEDGER)
    try:
        return database.connection.execute("SELECT kind, outcome FROM effects ORDER BY effect").fetchall()
    finally:
        database.close()


def told(ledger: Ledger) -> list[tuple[str, dict[str, object]]]:
    return [(one.type, one.body) for one in ledger.outbox.take(limit=100, room=100_000).commands]


def test_the_intent_is_on_disk_before_and_the_outcome_after(ledger: Ledger, tmp_path: Path) -> None:
    journal: Journal = ledger.journal
    with journal.effect("drawer.open", {"drawer": 4}) as effect:
        assert outcomes(tmp_path) == [("drawer.open", None)]
        assert journal.unfinished() == (Unfinished(1, "drawer.open", {"drawer": 4}, NOON),)
        effect.done("opened")
        assert outcomes(tmp_path) == [("drawer.open", "opened")]
    assert journal.unfinished() == ()


def test_outcome_and_report_are_kept_together(ledger: Ledger) -> None:
    with ledger.journal.effect("drawer.open") as effect:
        effect.done("opened", visit(9))
    assert [kind for kind, _ in told(ledger)] == ["visit.reported"]
    with pytest.raises(TypeError), ledger.journal.effect("drawer.open") as effect:
        effect.done("opened", Unfinished)  # type: ignore[arg-type]
    assert (len(told(ledger)), len(ledger.journal.unfinished())) == (1, 1)


def test_a_block_that_does_not_say_its_end_is_refused(ledger: Ledger) -> None:
    with pytest.raises(EndedWithoutOutcome, match=r"drawer\.open"), ledger.journal.effect("drawer.open"):
        pass
    assert len(ledger.journal.unfinished()) == 1


@pytest.mark.parametrize("way", [PulledPlug, KeyboardInterrupt, ValueError])
def test_whatever_tears_the_block_leaves_the_effect_unfinished(ledger: Ledger, way: type[BaseException]) -> None:
    with pytest.raises(way), ledger.journal.effect("drawer.open"):
        raise way
    assert [one.kind for one in ledger.journal.unfinished()] == ["drawer.open"]


def test_an_exception_after_the_end_does_not_undo_it(ledger: Ledger) -> None:
    def opens_and_stumbles() -> None:
        with ledger.journal.effect("drawer.open") as effect:
            effect.done("opened")
            raise PulledPlug

    with pytest.raises(PulledPlug):
        opens_and_stumbles()
    assert ledger.journal.unfinished() == ()


def test_an_end_is_told_once(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.journal.effect("drawer.open") as effect:
        effect.done("opened")
        with pytest.raises(RuntimeError):
            effect.done("closed")
    assert outcomes(tmp_path) == [("drawer.open", "opened")]


def test_after_a_power_cut_the_settler_is_asked_and_nothing_is_repeated(tmp_path: Path, clockwork: Clockwork) -> None:
    ledger = open_ledger(tmp_path / "ledger.db", clock=clockwork.now)
    with pytest.raises(PulledPlug), ledger.journal.effect("drawer.open", {"drawer": 4}):
        raise PulledPlug
    ledger.close()
    asked: list[Unfinished] = []

    def sensor(one: Unfinished) -> Settled:
        asked.append(one)
        return Settled("opened", visit(1))

    again = open_ledger(tmp_path / "ledger.db", clock=clockwork.now)
    assert again.journal.settle({"drawer.open": sensor}) == 1
    assert again.journal.settle({"drawer.open": sensor}) == 0
    assert [one.detail for one in asked] == [{"drawer": 4}]
    assert outcomes(tmp_path) == [("drawer.open", "opened")]
    assert [kind for kind, _ in told(again)] == ["visit.reported"]
    again.close()


def broken(_: Unfinished) -> Settled:
    raise OSError("what the device said")


@pytest.mark.parametrize(
    ("settlers", "why"),
    [
        ({}, "no_settler"),
        ({"drawer.open": broken}, "settler_failed"),
        ({"drawer.open": lambda _: Undecided("sensor_silent")}, "sensor_silent"),
    ],
)
def test_what_nobody_can_tell_goes_to_a_person_at_the_office(
    ledger: Ledger, tmp_path: Path, settlers: dict[str, Callable[[Unfinished], Settled]], why: str
) -> None:
    with pytest.raises(PulledPlug), ledger.journal.effect("drawer.open", {"drawer": 4}):
        raise PulledPlug
    ledger.journal.settle(settlers)
    ((kind, body),) = told(ledger)
    assert kind == "effect.unsettled"
    assert (body["kind"], body["why"], body["detail"]) == ("drawer.open", why, {"drawer": 4})
    assert outcomes(tmp_path) == [("drawer.open", "unsettled")]
    assert ledger.journal.unfinished() == ()


def test_a_power_cut_between_two_enquiries_asks_only_what_is_left(ledger: Ledger) -> None:
    for drawer in (1, 2):
        with pytest.raises(PulledPlug), ledger.journal.effect("drawer.open", {"drawer": drawer}):
            raise PulledPlug

    def cut_at_the_second(one: Unfinished) -> Settled:
        if one.detail["drawer"] == 2:
            raise PulledPlug
        return Settled("opened")

    with pytest.raises(PulledPlug):
        ledger.journal.settle({"drawer.open": cut_at_the_second})
    assert [one.detail for one in ledger.journal.unfinished()] == [{"drawer": 2}]


def test_a_detail_longer_than_a_line_is_refused_before_anything_is_done(ledger: Ledger) -> None:
    with (
        pytest.raises(ValueError, match="bytes"),
        ledger.journal.effect("drawer.open", {"story": "x" * 3000}),
    ):
        pytest.fail("it was done")
    assert ledger.journal.unfinished() == ()


@pytest.mark.parametrize("days", [400, -400])
def test_a_clock_that_jumps_forgets_nothing_unfinished(ledger: Ledger, clockwork: Clockwork, days: int) -> None:
    with pytest.raises(PulledPlug), ledger.journal.effect("drawer.open"):
        raise PulledPlug
    clockwork.is_set(timedelta(days=days))
    with ledger.journal.effect("receipt.print") as effect:
        effect.done("printed")
    assert [one.kind for one in ledger.journal.unfinished()] == ["drawer.open"]
