"""This office's own settings: one file, read once into a frozen value, and what Django is told because of it.

`office.toml` may be missing: then the office runs on SQLite in its data directory and speaks on loopback. Secrets are
files in that directory, made on first start and readable by their owner alone.
"""

from __future__ import annotations

import difflib
import secrets
import sqlite3
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from central_office.office.logs import LOGGING

if TYPE_CHECKING:
    from collections.abc import Callable

_KINDS: dict[str, type] = {
    "database": str,
    "hosts": list,
    "public_url": str,
    "behind_proxy": bool,
    "language": str,
    "threads": int,
    "durable": str,
}
_HERE = Path(__file__).parent
MAX_UPLOAD = 20 * 1024 * 1024
"""Bytes of a CSV file that the staff page takes."""


class BadSettings(ValueError):
    """The settings cannot be used; the sentence says where and what to do."""


@dataclass(frozen=True)
class OfficeSettings:
    """What one office needs to know of its surroundings.

    `database`: empty for SQLite in `data`, else `postgresql://user:password@host:port/name`.
    `hosts`: names under which browsers and kiosks reach the office. `public_url`: its address as it stands in tickets
    (empty: the address of the request that made the ticket). `behind_proxy`: a proxy in front speaks TLS and sets
    `X-Forwarded-Proto`; cookies are then for TLS alone. `threads`: requests answered at once.
    `durable`: when kiosks may drop what they sent, `backup` (once it is in a copy) or `committed`; see `durability`.
    """

    data: Path
    database: str = ""
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    public_url: str = ""
    behind_proxy: bool = False
    language: str = "de"
    threads: int = 8
    durable: str = "backup"


def read(data: Path, file: Path | None) -> OfficeSettings:
    """Read `file`, or `office.toml` in the data directory if it is there.

    Raises:
        BadSettings: no such file, no TOML, a key that nobody knows, a value of another kind.
    """
    path = file or data / "office.toml"
    if file is None and not path.exists():
        return OfficeSettings(data=data)
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettings(f"{path}: cannot be read ({error.strerror}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path}: {error}") from error
    for key, value in values.items():
        if key not in _KINDS:
            near = difflib.get_close_matches(key, _KINDS, n=1, cutoff=0.4)
            hint = f"Did you mean {near[0]!r}?" if near else f"Known are {', '.join(sorted(_KINDS))}."
            raise BadSettings(f"{path}: unknown key {key!r}. {hint}")
        if type(value) is not _KINDS[key]:
            raise BadSettings(f"{path}: {key} must be a {_KINDS[key].__name__}, not {type(value).__name__}.")
    if "hosts" in values:
        values["hosts"] = tuple(str(host) for host in values["hosts"])
    if values.get("database"):
        _postgresql(values["database"], str(path))
    if values.get("language", "de") not in {"de", "en"}:
        raise BadSettings(f"{path}: language must be 'de' or 'en'.")
    if not 1 <= values.get("threads", 8) <= 64:
        raise BadSettings(f"{path}: threads must be between 1 and 64.")
    if values.get("durable", "backup") not in {"backup", "committed"}:
        raise BadSettings(f"{path}: durable must be 'backup' or 'committed'.")
    return OfficeSettings(data=data, **values)


def django(office: OfficeSettings, clock: Callable[[], datetime] | None = None) -> dict[str, Any]:
    """What Django is told, given this office's settings.

    `clock` gives the present as an aware UTC moment; all code of the office asks it alone.
    """
    return {
        "DEBUG": False,
        "SECRET_KEY": secret(office.data / "secret_key"),
        "ALLOWED_HOSTS": list(office.hosts),
        "ROOT_URLCONF": "central_office.office.urls",
        "DATABASES": {"default": _database(office)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "INSTALLED_APPS": [
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "central_office.office",
        ],
        "MIDDLEWARE": [
            "central_office.office.line.polling.polls_first",
            "django.middleware.security.SecurityMiddleware",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "central_office.office.pages.headers.safe_headers",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.locale.LocaleMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                        "central_office.office.pages.surroundings.surroundings",
                    ]
                },
            }
        ],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
            {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
        ],
        "LOGIN_URL": "sign_in",
        "LANGUAGE_CODE": office.language,
        "LANGUAGES": [("de", "Deutsch"), ("en", "English")],
        "LOCALE_PATHS": [_HERE / "locale"],
        "USE_I18N": True,
        "USE_TZ": True,
        "TIME_ZONE": "Europe/Berlin",
        "STATIC_URL": "static/",
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_AUTOREFRESH": False,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 1024 * 1024,
        "FILE_UPLOAD_MAX_MEMORY_SIZE": MAX_UPLOAD,
        "FILE_UPLOAD_HANDLERS": ["django.core.files.uploadhandler.MemoryFileUploadHandler"],
        "SESSION_COOKIE_AGE": 8 * 3600,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "SESSION_COOKIE_SECURE": office.behind_proxy,
        "CSRF_COOKIE_SECURE": office.behind_proxy,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_FAILURE_VIEW": "central_office.office.pages.refusals.csrf_failed",
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_HSTS_SECONDS": 31_536_000 if office.behind_proxy else 0,
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if office.behind_proxy else None,
        "X_FRAME_OPTIONS": "DENY",
        "LOGGING": LOGGING,
        # The office's own: read through `here`.
        "OFFICE": office,
        "OFFICE_CLOCK": clock or (lambda: datetime.now(UTC)),
    }


def secret(path: Path) -> str:
    """The secret kept in `path`; made on first use, readable by its owner alone."""
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = secrets.token_urlsafe(50)
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(made, encoding="ascii")
    return made


def _database(office: OfficeSettings) -> dict[str, Any]:
    if office.database:
        return _postgresql(office.database, "database")
    office.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(office.data / "office.db"),
        "OPTIONS": {
            # Writers queue at the start of a transaction instead of failing in its middle.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL: a kiosk forgets what the office acknowledged, so an acknowledgement must be on the disk.
            "init_command": f"PRAGMA journal_mode={journal_mode(sqlite3.sqlite_version_info)}; "
            "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA journal_size_limit=67108864;",
        },
        "CONN_MAX_AGE": None,
    }


def journal_mode(sqlite: tuple[int, ...]) -> str:
    """How this version of SQLite keeps a transaction whole.

    Before 3.51.3 two connections that write and checkpoint at the same moment may damage a database in WAL mode (SQLite
    calls it the WAL-reset bug; backports are 3.44.6 and 3.50.7), and Python brings whatever version it was built with.
    There a rollback journal is kept, which costs three syncs a transaction instead of one. Truncated, not deleted: with
    `synchronous=FULL` SQLite syncs the truncation, but not the folder after a deletion.
    """
    backports = {(3, 44): 6, (3, 50): 7}
    safe = sqlite >= (3, 51, 3) or sqlite[2] >= backports.get((sqlite[0], sqlite[1]), sqlite[2] + 1)
    return "WAL" if safe else "TRUNCATE"


def _postgresql(address: str, where: str) -> dict[str, Any]:
    parts = urlsplit(address)
    if parts.scheme not in {"postgresql", "postgres"} or len(parts.path) < 2:
        raise BadSettings(f"{where}: database must look like postgresql://user:password@host:5432/name.")
    # A socket's directory cannot stand where a host stands: libpq takes it as ?host=/run/postgresql.
    host = parts.hostname or ""
    for pair in parts.query.split("&"):
        name, _, value = pair.partition("=")
        if name == "host":
            host = unquote(value)
        elif name:
            raise BadSettings(f"{where}: database knows no option {name!r}; only host is known.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path[1:],
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # For the one statement that asks for it (`rows.one`); Django itself prepares none.
        "OPTIONS": {"prepare_threshold": 5},
    }
