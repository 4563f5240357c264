"""A log on the disk: nobody changes, cuts or lengthens it without its heads telling so."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from logbook import say
from logbook.chained import GENESIS, ChainedLog, End, LogDamaged, LogTaken, read, synced_end
from offline_cache.events import FilledAnew

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOON = datetime(2026, 6, 16, 12, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log" / "run.log"


@pytest.fixture
def written(path: Path) -> Iterator[Callable[..., None]]:
    """Write events into the log at `path`, as one life of a program does."""
    courier = logging.getLogger("kiosk.courier")
    level = courier.level
    courier.setLevel(logging.INFO)

    def write(*counts: int, full: int = 1024 * 1024) -> None:
        kept = ChainedLog(path, lambda: NOON, full)
        courier.addHandler(kept)
        for count in counts:
            say(FilledAnew(count))
        courier.removeHandler(kept)
        kept.close()

    yield write
    courier.setLevel(level)


def test_lines_are_numbered_and_go_on_in_the_next_life(path: Path, written: Callable[..., None]) -> None:
    written(1, 2)
    written(3)
    lines = path.read_text().splitlines()
    assert [line.split()[0] for line in lines] == ["1", "2", "3"]
    assert lines[0].startswith(
        "1 2026-06-16T12:00:00.000+00:00 INFO kiosk.courier: The replica was filled anew with 1 documents. "
    )
    assert [end.lines for end in read(path)] == [1, 2, 3]
    assert list(read(path))[-1] == synced_end(path)
    assert path.stat().st_mode & 0o077 == 0


def test_only_events_are_written(path: Path, written: Callable[..., None]) -> None:
    kept = ChainedLog(path, lambda: NOON)
    kept.handle(logging.LogRecord("x", logging.ERROR, "x", 1, "Aydin, Kemal", (), None))
    kept.close()
    assert path.read_bytes() == b""


@pytest.mark.parametrize(
    "mischief",
    [
        lambda lines: [lines[0], lines[1].replace("2 documents", "9 documents"), lines[2]],
        lambda lines: [lines[0], lines[2]],
        lambda lines: [lines[1], lines[0], lines[2]],
        lambda lines: [lines[0], lines[1], lines[1], lines[2]],
        lambda lines: [lines[0], "a free sentence", lines[1], lines[2]],
    ],
)
def test_whoever_changes_the_log_breaks_its_chain(
    path: Path, written: Callable[..., None], mischief: Callable[[list[str]], list[str]]
) -> None:
    written(1, 2, 3)
    path.write_text("\n".join(mischief(path.read_text().splitlines())) + "\n")
    with pytest.raises(LogDamaged):
        list(read(path))


def test_what_a_power_cut_tore_is_cut_off(path: Path, written: Callable[..., None]) -> None:
    written(1, 2)
    whole = path.read_bytes()
    for torn in range(1, len(whole.splitlines()[1]), 13):
        path.write_bytes(whole[:-torn])
        written(3)
        assert [end.lines for end in read(path)] == [1, 2]


def test_a_full_file_makes_room_and_the_numbers_go_on(path: Path, written: Callable[..., None]) -> None:
    written(*range(9), full=600)
    written(9, full=600)
    older = path.with_name("run.log.1")
    assert path.stat().st_size <= 600
    assert [end.lines for end in read(path)][-1] == 10
    assert list(read(older))[-1].lines == next(read(path)).lines - 1
    path.write_bytes(b"")  # killed after the old file was put away
    assert synced_end(path) == list(read(older))[-1]
    written(10)
    assert next(read(path)).lines == list(read(older))[-1].lines + 1


def test_a_log_that_nobody_wrote_has_no_end(path: Path, written: Callable[..., None]) -> None:
    assert synced_end(path) is None
    written()
    assert synced_end(path) is None
    assert End() == End(0, GENESIS)


def test_two_programs_do_not_write_one_log(path: Path) -> None:
    path.parent.mkdir()
    kept = ChainedLog(path, lambda: NOON)
    with pytest.raises(LogTaken):
        ChainedLog(path, lambda: NOON)
    kept.close()


def test_a_disk_that_refuses_costs_lines_and_never_the_chain(path: Path, written: Callable[..., None]) -> None:
    written(1)
    kept = ChainedLog(path, lambda: NOON)
    courier = logging.getLogger("kiosk.courier")
    courier.addHandler(kept)
    closed = os.dup(kept._file)
    os.close(kept._file)
    say(FilledAnew(2))  # nowhere to write
    os.dup2(closed, kept._file)
    os.close(closed)
    say(FilledAnew(3))
    courier.removeHandler(kept)
    kept.close()
    assert [end.lines for end in read(path)] == [1, 2]
