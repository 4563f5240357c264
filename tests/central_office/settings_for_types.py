"""Settings that the type checker reads to know the models; nothing runs with them."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from central_office.office.settings import OfficeSettings

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "central_office.office",
]
AUTH_USER_MODEL = "auth.User"
SECRET_KEY = "for the type checker alone"
USE_TZ = True
OFFICE = OfficeSettings(data=Path())
OFFICE_CLOCK: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731  # a setting is a value
