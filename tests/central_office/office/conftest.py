"""Kiosks for the office's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from central_office.office import here
from central_office.office.line.enrolment import new_ticket
from tests.central_office.kiosk_end import KioskEnd

if TYPE_CHECKING:
    from central_office.office.models import Town


@pytest.fixture
def stranger(town: Town) -> KioskEnd:
    """A machine that nobody enrolled yet."""

    return KioskEnd(Client())


@pytest.fixture
def kiosk(stranger: KioskEnd) -> KioskEnd:
    """An enrolled kiosk in the foyer."""

    ticket = new_ticket("Foyer", "http://testserver", "Demir", here.now())
    assert stranger.enrol(ticket.typed).status_code == 200
    return stranger
