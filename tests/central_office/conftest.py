"""An office in this process: real database, real Django, a clock that tests turn by hand.

Django is told its settings here, before any test module is read, so that those can import the office as usual.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import django as django_library
import pytest
from django.conf import settings

from central_office.office import settings as office_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from central_office.office.models import Document, Town

ROOT = Path(__file__).parents[2]
DATABASE = os.environ.get("OFFICE_TEST_DATABASE", "")
"""Empty: SQLite. The same tests run on PostgreSQL: `python -m tests.postgresql` says where."""
collect_ignore_glob = [] if DATABASE else ["*_on_postgresql.py"]
MORNING = datetime(2026, 6, 16, 8, 24, tzinfo=UTC)
HOME = Path(tempfile.mkdtemp(prefix="office-test-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)


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

if not settings.configured:
    told = office_settings.django(
        office_settings.OfficeSettings(
            data=HOME,
            database=DATABASE,
            hosts=("testserver", "127.0.0.1"),
        ),
        CLOCK,
    )
    # A slow hash protects real passwords; here it would only cost time.
    told["PASSWORD_HASHERS"] = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.configure(**told)
    django_library.setup(set_prefix=False)

# Whatever needs a configured Django comes after it.
from django.contrib.auth.models import Group, User  # noqa: E402
from django.core.management.color import no_style  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client as Browser  # noqa: E402

from central_office.contract.document_number import DocumentNumber  # noqa: E402
from central_office.contract.stages import DocumentKind  # noqa: E402
from central_office.contract.town import read_town  # noqa: E402
from central_office.office import town_book  # noqa: E402
from central_office.office.lifecycle import Application, register  # noqa: E402
from central_office.office.roles import make_groups  # noqa: E402
from central_office.office.start import migrate  # noqa: E402


@pytest.fixture(scope="session")
def office_home() -> Path:
    """The data directory of the one office of this test run, its database ready."""
    migrate()
    return HOME


@pytest.fixture
def office(office_home: Path) -> Iterator[Path]:
    """An empty office; what a test leaves in it is gone before the next."""
    CLOCK.moment = MORNING
    _empty()
    make_groups()
    yield office_home
    connection.close()


@pytest.fixture
def town(office: Path) -> Town:
    """Musterstadt, without documents."""
    return town_book.load(read_town(ROOT / "town" / "musterstadt.toml"), MORNING)


@pytest.fixture
def clock(office: Path) -> HandClock:
    """The office's clock."""
    return CLOCK


@pytest.fixture
def passport(town: Town) -> Document:
    """A passport that Kemal Aydin has just applied for."""
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


def _empty() -> None:
    """Forget everything. Django's own `flush` would truncate: half a second on PostgreSQL, against a hundredth."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    counters = connection.introspection.sequence_list()
    with transaction.atomic(), connection.cursor() as asked:
        # In any order: what refers to what is looked at when the transaction ends.
        for table in tables:
            asked.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
        for reset in connection.ops.sequence_reset_by_name_sql(no_style(), counters):
            asked.execute(reset)


def signed_in(name: str, role: str) -> Client:
    """A browser of a colleague with one role."""
    user = User.objects.create_user(name, password="a long password", first_name="Test", last_name=name.title())
    user.groups.add(Group.objects.get(name=role))
    browser = Browser()
    browser.force_login(user)
    return browser
