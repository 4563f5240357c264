"""Nothing of a person can get into a log: declarations, types and a look at the source refuse it."""

from __future__ import annotations

import ast
import inspect
import logging
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import central_office.office.events
import devices.events
import kiosk_app.events
import offline_cache.events
import screens.events
from devices.conditions import Need, NeedsStaff, Ready
from devices.events import DeviceCondition, DeviceGone
from logbook import SAYABLE, CodePlace, Event, Level, NotSayable, declared, place_of, say, word
from offline_cache.events import FilledAnew, RoundFailed
from screens.events import Asked
from screens.steps import Home

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[2]
TABLES: tuple[ModuleType, ...] = (
    central_office.office.events,
    devices.events,
    kiosk_app.events,
    offline_cache.events,
    screens.events,
)
PACKAGES = ("kiosk_app", "screens", "devices", "offline_cache", "central_office")
WORDS = {
    "trouble.word",  # the line's own, or the office's code (contract: `Word`)
    "result.code",  # the office's code
    "slot.role",  # a role of `devices.roles`
    "slot.fitted.driver.name",  # a driver of `devices.drivers`
    "incident.mishap",  # an enumeration of `devices.roles`
    "one.kind",  # an effect's, given in the code that begins it
    "found.outcome",  # a settler's
    "found.why",  # same
    "end.ending.value",  # an enumeration of `contract.sale_words`
    "end.why or 'none'",  # a word that the saga gives, or the name of an enumeration's member
    "refused.code",  # the office's, given in the code that refuses
    "match.url_name if match else None",  # the name of a page, as `urls` gives it
}
"""What may be made a word: expressions that somebody looked at."""
SPEAKS_TO_LOGGING = {"kiosk_app/cli.py"}
"""Says where the log goes; writes nothing into it."""


@pytest.mark.parametrize(
    "kind", ["str", "bytes", "date", "LetterCode", "TypedNumber", "Claim", "object", "Any", "Word | str"]
)
def test_an_event_cannot_be_declared_with_a_field_that_could_hold_something_of_a_person(kind: str) -> None:
    lines = [
        "from __future__ import annotations",
        "from logbook import Event, Level",
        "class Found(Event, level=Level.INFO, says='found {what}', log='test'):",
        f"    what: {kind}",
    ]
    with pytest.raises(NotSayable, match="what"):
        exec(compile("\n".join(lines), "declared", "exec"), {"__name__": "declared"})


REFUSED = (
    'FilledAnew(documents="Aydin")',
    "FilledAnew(documents=birth_date)",
    "FilledAnew(1, holder=holder)",
    'CommandRejected(number=1, code="L01XCF7GH")',
    "RoundFailed(word=holder, seconds=1.0)",
    "ServiceFailed(service, error, place_of(error))",
    "holder",
    '"a free sentence"',
)
CHECKING = ("--strict", "--config-file=", "--follow-imports=silent")
SOUND = ("FilledAnew(documents=3)", 'CommandRejected(1, word("unknown_type"))', "RoundFailed(type(error), 2.0)")


def test_the_type_checker_refuses_personal_values() -> None:
    head = (
        "from datetime import date",
        "from kiosk_app.events import ServiceFailed",
        "from logbook import place_of, say, word",
        "from offline_cache.events import CommandRejected, FilledAnew, RoundFailed",
        "from screens.steps import ServiceKey",
        "def told(holder: str, birth_date: date, error: ValueError, service: ServiceKey) -> None:",
    )
    said = [f"    say({one})" for one in (*SOUND, *REFUSED)]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *CHECKING, "-c", "\n".join((*head, *said))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    lines = {int(found) for found in re.findall(r"^<string>:(\d+): error", done.stdout, re.MULTILINE)}
    first = len(head) + len(SOUND) + 1
    assert lines == set(range(first, first + len(REFUSED))), done.stdout


@pytest.mark.parametrize(
    "personal", ["Aydin", "L01XCF7GH", "l01xcf7gh", "1980-03-01", "geboren_19800301", "Kemal Aydin", "müller", "", None]
)
def test_what_is_no_word_of_a_program_is_not_repeated(personal: str | None) -> None:
    assert word(personal) == "strange"


@pytest.mark.parametrize("known", ["unknown_type", "no_connection", "code_camera", "status_502", "settler_failed"])
def test_words_of_programs_are_said(known: str) -> None:
    assert word(known) == known


def test_every_event_stands_in_a_table_and_says_all_its_fields() -> None:
    events = [event for event in declared() if event.__module__ != "declared"]
    assert len(events) > 30
    for event in events:
        assert event.__module__ in {table.__name__ for table in TABLES}
        assert event.__doc__
        for name in inspect.get_annotations(event):
            assert f"{{{name}" in event.says, (event, name)
    assert all(SAYABLE.values())


@pytest.mark.parametrize("package", PACKAGES)
def test_nobody_else_speaks_to_logging(package: str) -> None:
    for path in (ROOT / package).rglob("*.py"):
        if path.relative_to(ROOT).as_posix() in SPEAKS_TO_LOGGING:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [one.name for one in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                continue
            assert not any(name.split(".")[0] == "logging" for name in names), path


@pytest.mark.parametrize("package", PACKAGES)
def test_words_come_from_where_only_programs_put_them(package: str) -> None:
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "logbook":
                assert all(one.asname is None for one in node.names), path
                if any(one.name == "word" for one in node.names):
                    _words_in(path)


def _words_in(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"word", "Word"}:
            assert ast.unparse(node.args[0]) in WORDS, f"{path.name}: {ast.unparse(node)}"


def test_events_are_said_at_their_level_in_their_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    say(Asked(Home))
    say(DeviceCondition(word("receipt_printer"), Ready()))
    say(DeviceCondition(word("receipt_printer"), NeedsStaff(Need.PAPER)))
    say(DeviceGone(word("code_camera"), word("opencv_camera"), OSError))
    say(RoundFailed(ValueError, 2.04))
    say(FilledAnew(3))
    assert [(one.name, one.levelname, one.getMessage()) for one in caplog.records] == [
        ("screens.stage", "INFO", "asked Home"),
        ("devices.supervisor", "INFO", "device_condition role=receipt_printer condition=Ready(soon=None)"),
        (
            "devices.supervisor",
            "INFO",
            "device_condition role=receipt_printer condition=NeedsStaff(need=<Need.PAPER: 'paper'>)",
        ),
        ("devices.supervisor", "WARNING", "device_gone role=code_camera driver=opencv_camera error=OSError"),
        ("kiosk.courier", "WARNING", "The round failed: ValueError. The next one begins in 2.0 s."),
        ("kiosk.courier", "INFO", "The replica was filled anew with 3 documents."),
    ]


def test_an_error_is_said_by_its_place_and_never_by_its_text() -> None:
    with pytest.raises(ValueError, match="could not convert") as caught:
        float("L01XCF7GH")
    place = place_of(caught.value)
    assert place.module == __name__
    assert "L01" not in str(place)
    assert place_of(ValueError()) == CodePlace("nowhere", 0)


def test_levels_are_those_of_logging() -> None:
    assert [level.name for level in Level] == [logging.getLevelName(level) for level in Level]
    assert issubclass(FilledAnew, Event)
