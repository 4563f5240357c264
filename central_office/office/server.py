"""The office's web server: gunicorn in one process with threads, told everything here and not in a file of its own."""

from __future__ import annotations

import socket
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.handlers.wsgi import WSGIHandler
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from central_office.office import logs

if TYPE_CHECKING:
    from gunicorn.config import Config
    from gunicorn.workers.base import Worker


class PortTaken(RuntimeError):
    """Somebody else listens at this address already."""


@dataclass(frozen=True)
class Address:
    """Where the office listens; port 0 lets the system choose."""

    host: str
    port: int


def listen(address: Address) -> socket.socket:
    """Take the port, so that a taken one is told in a sentence and not in a retry loop.

    Raises:
        PortTaken: the port is in use, not allowed, or the host is not of this machine.
    """
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address.host, address.port))
    except OSError as error:
        listener.close()
        raise PortTaken(
            f"Cannot listen on {address.host} port {address.port}: {error.strerror}. "
            "Choose another with --port, or end the program that has it."
        ) from error
    listener.listen(128)
    return listener


class _Log(Logger):
    """Gunicorn's own log, told again: it names addresses of pages."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        self.error_log.handlers = [logs.told_again()]


class _Office(BaseApplication):
    """Gunicorn with settings given in code."""

    def __init__(self, listener: socket.socket, threads: int, ready: str) -> None:
        self._listener = listener
        self._threads = threads
        self._ready = ready
        self._stop = threading.Event()
        self._beside: list[threading.Thread] = []
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": [f"fd://{self._listener.fileno()}"],
            "workers": 1,
            "threads": self._threads,
            "worker_class": "gthread",
            "worker_tmp_dir": None,
            "proc_name": "office",
            "timeout": 60,
            "graceful_timeout": 10,
            "keepalive": 20,
            "limit_request_line": 2048,
            "limit_request_fields": 50,
            "limit_request_field_size": 8190,
            "accesslog": None,  # addresses of pages could hold what somebody looked for
            "logger_class": _Log,
            "loglevel": "warning",
            "post_worker_init": self._ready_now,
            "worker_exit": self._end,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIHandler:  # type: ignore[override]  # WSGI in Django's words
        return WSGIHandler()

    def _ready_now(self, _worker: Worker) -> None:
        from central_office.office import here  # noqa: PLC0415  # models want a Django that is set up
        from central_office.office.audit.watch import keep_watch  # noqa: PLC0415
        from central_office.office.stretching import keep_stretching  # noqa: PLC0415

        self._beside = [
            threading.Thread(target=keep_stretching, args=(self._stop, here.now), name="stretching", daemon=True),
            threading.Thread(
                target=keep_watch, args=(self._stop, here.this_office().data, here.now), name="audit", daemon=True
            ),
        ]
        for thread in self._beside:
            thread.start()
        sys.stdout.write(f"{self._ready}\n")
        sys.stdout.flush()

    def _end(self, _server: object, _worker: Worker) -> None:
        # A transaction that is open now comes to its end; it is short.
        self._stop.set()
        for thread in self._beside:
            thread.join(5)


def serve(listener: socket.socket, threads: int, ready: str) -> None:
    """Answer requests until the process is told to end; `ready` is printed once it does."""
    logs.watch_threads()
    _Office(listener, threads, ready).run()
