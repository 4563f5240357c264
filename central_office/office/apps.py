"""The office as one Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.signals import got_request_exception
from django.db.models.signals import post_migrate

from central_office.office.logs import page_broke


class OfficeConfig(AppConfig):
    """Names the application, and makes the groups of staff exist after every migration."""

    name = "central_office.office"
    label = "office"
    verbose_name = "Office"

    def ready(self) -> None:
        """Connect what must happen after a migration, and when a page breaks."""
        post_migrate.connect(_make_groups, sender=self)
        got_request_exception.connect(page_broke)


def _make_groups(**_signal: object) -> None:
    # Models can be imported only once Django is ready.
    from central_office.office.roles import make_groups  # noqa: PLC0415

    make_groups()
