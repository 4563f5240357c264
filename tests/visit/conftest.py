"""One town hall for all stories, left as it was found after each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.visit.town_hall import missing_tools, wait_until
from tests.visit.whole_town import WholeTown

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeTown]:
    """The started town hall."""
    if missing_tools():
        pytest.skip(f"not installed: {', '.join(missing_tools())}")
    made = WholeTown(tmp_path_factory.mktemp("town"))
    try:
        made.open()
        yield made
    finally:
        made.close()


@pytest.fixture
def hall(town: WholeTown) -> Iterator[WholeTown]:
    """The town hall with an empty lobby: the line whole, the kiosk inviting, whatever became of the story before."""
    yield town
    town.dock("/camera", {"nothing": True})
    town.dock("/ausweis", {"anew": True})
    town.dock("/line", {"cut": False})
    town.dock("/printer/take", {})
    try:
        wait_until("the kiosk invites the next citizen", town.is_inviting, 10)
    except AssertionError:
        town.kill("kiosk")
        town.start_kiosk()
