"""Getting Django ready inside this process: settings first, then everything that needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import django as django_library
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from central_office.office.settings import OfficeSettings, django

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class NoDatabase(RuntimeError):
    """The database does not answer; the sentence says what to look at."""


def start(office: OfficeSettings, clock: Callable[[], datetime] | None = None) -> None:
    """Tell Django the settings and load the models; once per process."""
    settings.configure(**django(office, clock))
    django_library.setup(set_prefix=False)


def migrate() -> None:
    """Bring the database to this version of the office.

    Raises:
        NoDatabase: it does not answer.
    """
    try:
        executor = MigrationExecutor(connection)
        # Usually there is nothing to do, and Django's own command would still take its second.
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise NoDatabase(f"The database does not answer: {reason}. Look at 'database' in office.toml.") from error
    finally:
        connection.close()
