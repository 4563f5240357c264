from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from central_office.contract.chain import GENESIS, command_hash
from central_office.contract.documents import DocumentId, DocumentStatus, StageReached
from central_office.contract.messages import COMMANDS, MAX_COMMANDS, Command, CommandId, SyncAnswer, SyncRequest
from central_office.contract.stages import NEXT_STAGES, READY_STAGES, DocumentKind, Stage

AT = datetime(2026, 6, 16, 8, 24, tzinfo=UTC)


def _command(**changed: Any) -> Command:  # noqa: ANN401  # strange values are the point
    fields: dict[str, Any] = {
        "seq": 1, "id": CommandId("a-1"), "type": "visit.reported", "tv": 1, "at": AT, "body": {}, "prev": GENESIS,
    }  # fmt: skip
    return Command.model_validate(fields | changed)


def test_unknown_fields_are_kept_and_travel_on() -> None:
    text = json.dumps({"v": 1, "attempt": 1, "ack": 0, "as_of": "2026-06-16T08:24:00Z", "novelty": {"a": [1]}})
    assert json.loads(SyncAnswer.model_validate_json(text).model_dump_json())["novelty"] == {"a": [1]}


@pytest.mark.parametrize(
    "changed",
    [
        {"seq": 0},
        {"seq": "one"},
        {"id": ""},
        {"id": "x" * 65},
        {"id": "a\0b"},
        {"type": "Visit"},
        {"type": "x" * 41},
        {"tv": 100},
        {"at": "2026-06-16T08:24:00"},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"at": "9999-12-31T23:59:59-14:00"},
        {"prev": "f" * 63},
        {"body": []},
    ],
)
def test_a_command_outside_its_bounds_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as told:
        _command(**changed)
    assert "input_value" not in str(told.value)


def test_a_batch_has_its_limit() -> None:
    fields = {"db": "0" * 36, "attempt": 1, "at": AT, "commands": [_command()] * (MAX_COMMANDS + 1)}
    with pytest.raises(ValidationError):
        SyncRequest.model_validate(fields)


def test_moments_are_utc_on_both_ends() -> None:
    assert _command(at="2026-06-16T10:24:00+02:00").at == AT
    assert '"at":"2026-06-16T08:24:00Z"' in _command(at="2026-06-16T10:24:00+02:00").model_dump_json()


def test_both_ends_compute_the_same_hash_after_a_journey() -> None:
    command = _command(
        body={"ü": 1.5, "a": [True, None], "when": "2026-06-16T08:24:00Z"}, at=AT.replace(microsecond=12_000)
    )
    travelled = Command.model_validate_json(command.model_dump_json())
    assert command_hash(travelled) == command_hash(command)


@pytest.mark.parametrize(
    "changed",
    [{"seq": 2}, {"id": "a-2"}, {"type": "other"}, {"tv": 2}, {"body": {"a": 1}}, {"prev": "f" * 64}, {"x": 1}],
)
def test_every_part_of_a_command_counts_for_its_hash(changed: dict[str, Any]) -> None:
    assert command_hash(_command(**changed)) != command_hash(_command())


def test_every_command_has_a_version_and_a_body() -> None:
    for (name, version), message in COMMANDS.items():
        assert name.islower()
        assert version >= 1
        assert message.__doc__


def test_the_life_cycle_knows_every_stage_and_ends() -> None:
    assert set(NEXT_STAGES) == set(Stage)
    ends = {stage for stage, following in NEXT_STAGES.items() if not following}
    assert ends == {Stage.HANDED_OVER, Stage.DELIVERED, Stage.DESTROYED}
    for stage in Stage:
        reached, wave = {stage}, {stage}
        while wave := {one for here in wave for one in NEXT_STAGES[here]} - reached:
            reached |= wave
        assert reached & ends


@pytest.mark.parametrize("stage", list(Stage))
def test_a_status_knows_whether_it_can_be_collected(stage: Stage) -> None:
    status = DocumentStatus(
        document=DocumentId("x"),
        kind=DocumentKind.PASSPORT,
        reference="MS-26-00001",
        history=(StageReached(stage=stage, on=date(2026, 6, 16)),),
    )
    assert status.ready is (stage in READY_STAGES)
