"""What the office's server writes to its log, whatever is asked of it: events, and nothing of anyone."""

from __future__ import annotations

import http.client
import io
import logging
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from django.test import Client, override_settings
from django.urls import path

from central_office.office import logs
from central_office.office.events import KioskEnrolled
from tests.central_office.conftest import DATABASE, ROOT
from tests.central_office.office.test_command import office

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.http import HttpRequest, HttpResponse

    from tests.central_office.kiosk_end import KioskEnd

PERSONAL = ("Aydin", "L01XCF7GH", "1980")


def _breaks(request: HttpRequest, holder: str) -> HttpResponse:
    raise ValueError(f"there is no {holder}")


urlpatterns = [path("dokumente/<str:holder>/", _breaks, name="document")]
handler500 = "central_office.office.pages.refusals.broken"


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """All that the office says."""
    stream = io.StringIO()
    door = logging.StreamHandler(stream)
    logging.getLogger("office").addHandler(door)
    yield stream
    logging.getLogger("office").removeHandler(door)


def test_a_page_that_breaks_is_said_by_its_name_and_not_by_its_address(office: Path, said: io.StringIO) -> None:
    with override_settings(ROOT_URLCONF=__name__):
        answer = Client(raise_request_exception=False).get("/dokumente/Aydin/?number=L01XCF7GH")
    assert answer.status_code == 500
    assert re.fullmatch(rf"document broke: ValueError at {re.escape(__name__)}:\d+\n", said.getvalue())


def test_a_kiosks_requests_say_its_name_and_words(kiosk: KioskEnd, said: io.StringIO) -> None:
    assert kiosk.enrol("AYDI-NAYD-INAY-DINA").status_code == 403
    kiosk.sync(kiosk.commands(1))
    kiosk.last -= 1
    assert kiosk.sync(kiosk.commands(1)).status_code == 409
    assert said.getvalue().splitlines() == [
        "refused: 403 ticket_unknown",
        "kiosk MS-01: fork at command 1",
        "refused: 409 fork",
    ]


def test_every_logger_of_the_libraries_ends_at_a_door_of_ours() -> None:
    handlers = logs.LOGGING["handlers"]
    assert logs.LOGGING["root"]["handlers"] == ["told_again"]
    for name, logger in logs.LOGGING["loggers"].items():
        doors = set(logger["handlers"])
        assert doors <= {"told_again", "nowhere"} or (name == "office" and doors == {"stderr"})
        assert logger["propagate"] is False
    assert handlers["stderr"]["filters"] == ["declared"]
    assert KioskEnrolled.log.startswith("office.")


def test_a_thread_that_breaks_is_said_by_its_place(said: io.StringIO) -> None:
    before = threading.excepthook
    logs.watch_threads()
    try:
        thread = threading.Thread(target=int, args=("Aydin",))
        thread.start()
        thread.join()
    finally:
        threading.excepthook = before
        logging.captureWarnings(capture=False)
    assert said.getvalue().startswith("a thread broke: ValueError at ")
    assert "Aydin" not in said.getvalue()


@pytest.mark.skipif(bool(DATABASE), reason="takes a table out of the file of SQLite")
def test_a_server_that_is_asked_for_people_and_breaks_writes_nothing_of_them(tmp_path: Path) -> None:
    assert office("town", ROOT / "town" / "musterstadt.toml", data=tmp_path).returncode == 0
    with subprocess.Popen(
        [sys.executable, "-m", "central_office.cli", "serve", "--data", str(tmp_path), "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            ready = re.search(r"http://127\.0\.0\.1:(\d+)/", server.stdout.readline())
            assert ready
            asks = Asking(int(ready[1]))
            assert asks("GET", "/dokumente/?name=Aydin&born=1980") == 302
            assert asks("GET", "/anmelden/", host="Aydin.example") == 400
            assert asks("POST", "/v1/enrol", b'{"token": "L01XCF7GH", "public_key": "Aydin"}') == 422
            assert asks("POST", "/v1/sync?holder=Aydin", b"L01XCF7GH") == 401
            assert asks("GET", "/Aydin\x01") >= 400
            with closing(sqlite3.connect(tmp_path / "office.db")) as asked:
                asked.execute("ALTER TABLE office_town RENAME TO gone")
            assert asks("GET", "/anmelden/?next=/dokumente/L01XCF7GH") == 500
        finally:
            server.send_signal(signal.SIGTERM)
            _, errors = server.communicate(timeout=30)
    assert not [one for one in PERSONAL if one in errors], errors
    assert "office.server: sign_in broke: OperationalError at django.db.backends." in errors
    assert "Traceback" not in errors


class Asking:
    """Asks the server without the manners of a browser; gives the status, or 0 if it hangs up."""

    def __init__(self, port: int) -> None:
        self._port = port

    def __call__(self, method: str, address: str, body: bytes = b"", host: str = "127.0.0.1") -> int:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            line.putrequest(method, address.replace("\x01", "%01"), skip_host=True)
            line.putheader("Host", host)
            line.putheader("Content-Type", "application/json")
            line.putheader("Content-Length", str(len(body)))
            line.endheaders(body)
            return line.getresponse().status
        finally:
            line.close()
