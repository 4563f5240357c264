"""An office in this process: real database, real Django, a clock that tests turn by hand."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from central_office.office.settings import OfficeSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from central_office.office.models import Document, Town

ROOT = Path(__file__).parents[2]
MORNING = datetime(2026, 6, 16, 8, 24, tzinfo=UTC)


class HandClock:
    """Stands still until a test turns it."""

    def __init__(self) -> None:
        self.moment = MORNING

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **how_far: float) -> datetime:
        self.moment += timedelta(**how_far)
        return self.moment


CLOCK = HandClock()


@pytest.fixture(scope="session")
def office_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of the one office of this test run; OFFICE_TEST_DATABASE=postgresql://... puts it there."""
    from django.conf import settings

    home = tmp_path_factory.mktemp("office")
    if not settings.configured:
        import django as library

        from central_office.office import settings as office_settings

        told = office_settings.django(
            OfficeSettings(
                data=home, database=os.environ.get("OFFICE_TEST_DATABASE", ""), hosts=("testserver", "127.0.0.1")
            ),
            CLOCK,
        )
        # A slow hash protects real passwords; here it would only cost time.
        told["PASSWORD_HASHERS"] = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        settings.configure(**told)
        library.setup(set_prefix=False)
    from central_office.office.start import migrate

    migrate()
    return home


@pytest.fixture
def office(office_home: Path) -> Iterator[Path]:
    """An empty office; what a test leaves in it is gone before the next."""
    from django.core.management import call_command
    from django.db import connection

    CLOCK.moment = MORNING
    call_command("flush", verbosity=0, interactive=False)
    yield office_home
    connection.close()


@pytest.fixture
def town(office: Path) -> Town:
    """Musterstadt, without documents."""
    from central_office.office import town_book, town_file

    return town_book.load(town_file.read(ROOT / "town" / "musterstadt.toml"))


@pytest.fixture
def clock(office: Path) -> HandClock:
    """The office's clock."""
    return CLOCK


@pytest.fixture
def passport(town: Town) -> Document:
    """A passport that Kemal Aydın has just applied for."""
    from datetime import date

    from central_office.contract.document_number import DocumentNumber
    from central_office.contract.stages import DocumentKind
    from central_office.office.lifecycle import Application, register

    return register(
        Application(DocumentKind.PASSPORT, DocumentNumber("L01XCF7GH"), date(1980, 3, 1), "Aydin, Kemal"),
        "Weber",
        MORNING,
    )


@pytest.fixture
def clerk(town: Town) -> Client:
    """A browser in which a clerk is signed in."""
    return signed_in("weber", "clerk")


@pytest.fixture
def technician(town: Town) -> Client:
    """A browser in which a technician is signed in."""
    return signed_in("demir", "technician")


def signed_in(name: str, role: str) -> Client:
    """A browser of a colleague with one role."""
    from django.contrib.auth.models import Group, User
    from django.test import Client

    user = User.objects.create_user(name, password="a long password", first_name="Test", last_name=name.title())
    user.groups.add(Group.objects.get(name=role))
    browser = Client()
    browser.force_login(user)
    return browser
