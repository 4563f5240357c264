"""What every drill begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.drills.field import Office

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def town_hall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office on SQLite that holds Musterstadt and has never served."""
    office = Office(tmp_path_factory.mktemp("town-hall"))
    office.begins()
    return office.folder
