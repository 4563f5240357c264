"""Kiosks that stand beside the office, in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.central_office.together.in_process import Machine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from central_office.office.models import Town


@pytest.fixture
def machines(town: Town, tmp_path: Path) -> Iterator[Callable[[str], Machine]]:
    """Makes enrolled kiosks."""
    made: list[Machine] = []

    def make(name: str) -> Machine:
        made.append(Machine(tmp_path / name, name))
        return made[-1]

    yield make
    for machine in made:
        machine.close()
