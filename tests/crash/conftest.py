"""What every story about a power cut needs: something to lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crash.ram_disk import anchors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.crash.ram_disk import Anchors


@pytest.fixture
def place() -> Iterator[Anchors]:
    with anchors() as found:
        yield found
