"""What the courier is told of the devices, and the town as the office published it."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from devices.conditions import Absent, Need, NeedsStaff, Ready, Soon
from devices.noticeboard import Noticeboard
from kiosk_app.health import Health, word
from kiosk_app.main import newest_town
from kiosk_app.settings import Settings
from offline_cache.configuration import FOLDER, POINTER
from offline_cache.telemetry import CONDITIONS_FILE, pinned_conditions

TOWN = Path(__file__).parents[2] / "town" / "musterstadt.toml"


def test_conditions_are_pinned_when_they_change_and_only_then(tmp_path: Path) -> None:
    board = Noticeboard()
    health = Health(tmp_path, board)
    board.pin({"receipt_printer": NeedsStaff(Need.PAPER), "code_scanner": Ready()})
    health.look()
    assert pinned_conditions(tmp_path) == {"receipt_printer": "needs_paper", "code_scanner": "ready"}
    (tmp_path / CONDITIONS_FILE).unlink()
    health.look()
    assert pinned_conditions(tmp_path) == {}
    board.pin({"receipt_printer": Absent()})
    health.look()
    assert pinned_conditions(tmp_path) == {"receipt_printer": "absent"}


def test_a_disk_that_refuses_does_not_end_the_session(tmp_path: Path) -> None:
    board = Noticeboard()
    board.pin({"receipt_printer": Ready()})
    Health(tmp_path / "missing", board).look()


@pytest.mark.parametrize("rubbish", [b"[]", b"\xff", b'{"a": '])
def test_rubbish_in_the_file_is_no_condition(tmp_path: Path, rubbish: bytes) -> None:
    (tmp_path / CONDITIONS_FILE).write_bytes(rubbish)
    assert pinned_conditions(tmp_path) == {}


def test_something_needed_soon_has_its_own_word() -> None:
    assert word(Ready(Soon.PAPER_NEAR_END)) == "paper_near_end"


def publish(data: Path, content: bytes) -> None:
    folder = data / FOLDER
    folder.mkdir(exist_ok=True)
    town = sha256(content).hexdigest()
    (folder / town).write_bytes(content)
    config = json.dumps({"v": 1, "files": {"town.toml": {"sha256": town, "size": len(content)}}}).encode()
    (folder / sha256(config).hexdigest()).write_bytes(config)
    (folder / POINTER).write_text(sha256(config).hexdigest())


def test_the_offices_town_file_is_read_instead_of_the_machines(tmp_path: Path) -> None:
    settings = Settings("MS-01", tmp_path, TOWN, TOWN)
    assert newest_town(settings).town.name == "Musterstadt"
    publish(tmp_path, TOWN.read_bytes().replace(b'name = "Musterstadt"', b'name = "Neustadt"', 1))
    assert newest_town(settings).town.name == "Neustadt"


def test_a_published_town_that_cannot_be_read_is_left_aside(tmp_path: Path) -> None:
    publish(tmp_path, b"no town at all")
    assert newest_town(Settings("MS-01", tmp_path, TOWN, TOWN)).town.name == "Musterstadt"
