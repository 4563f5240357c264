"""An office that has been told something, and a reader of what its verification finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from central_office.office import here
from central_office.office.audit.digest import public
from central_office.office.audit.signing import make_missing, signing_key
from central_office.office.audit.verifying import Report, verify
from tests.central_office.office.conftest import kiosk, stranger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from central_office.office.audit.digest import Signed
    from central_office.office.models import Town
    from tests.central_office.conftest import HandClock

__all__ = ["kiosk", "stranger"]


@pytest.fixture
def next_day(town: Town, office: Path, clock: HandClock) -> Callable[[], list[Signed]]:
    """Let a day go by, and its digest be signed."""

    def go_by() -> list[Signed]:
        clock.forward(days=1)
        return make_missing(signing_key(office), here.now())

    return go_by


@pytest.fixture
def verified(town: Town, office: Path) -> Callable[..., Report]:
    """Verify with the office's own key."""

    def look(brought: Sequence[Signed] = ()) -> Report:
        return verify([public(signing_key(office))], brought)

    return look
