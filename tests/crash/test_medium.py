"""What a medium may hold after a cut, before anybody relies on it."""

from __future__ import annotations

from random import Random

import pytest

from tests.crash.medium import (
    FOLDER,
    Flaw,
    Medium,
    Named,
    NamesSynced,
    Remains,
    Renamed,
    Resized,
    Synced,
    Unnamed,
    Written,
)

HONEST = [Flaw.ORDERED, Flaw.OWN_NAME, Flaw.UNORDERED]
EMPTY = Remains({"/d": FOLDER})
TRIES = 200


def remains(flaw: Flaw, *steps: object, before: Remains = EMPTY) -> list[Remains]:
    found = []
    for seed in range(TRIES):
        medium = Medium(before, flaw)
        for step in steps:
            medium.obey(step)  # type: ignore[arg-type]
        found.append(medium.after_the_cut(Random(seed)))
    return found


@pytest.mark.parametrize("flaw", HONEST)
def test_what_was_synced_is_there_always(flaw: Flaw) -> None:
    for found in remains(flaw, Named("/d/a", 1), Written(1, 0, b"x" * 2000), Synced(1), NamesSynced("/d")):
        assert found.content[found.names["/d/a"]] == b"x" * 2000


@pytest.mark.parametrize("flaw", HONEST)
def test_what_was_written_over_something_synced_survives_in_part_and_in_any_order(flaw: Flaw) -> None:
    before = Remains({"/d": FOLDER, "/d/a": 1}, {1: b"." * 2048})
    written = [Written(1, sector * 512, bytes([65 + sector]) * 512) for sector in range(4)]
    seen = {found.content[1] for found in remains(flaw, *written, before=before)}
    heads = {bytes(content[sector * 512] for sector in range(4)) for content in seen}
    assert {b"....", b"ABCD", b"AB..", b"..CD", b".B.."} <= heads
    torn = [content for content in seen if any(len(set(content[at : at + 512])) == 2 for at in range(0, 2048, 512))]
    assert torn
    assert all(len(content) == 2048 for content in seen)


def test_a_file_may_be_longer_without_what_was_written_there() -> None:
    before = Remains({"/d": FOLDER, "/d/a": 1}, {1: b""})
    seen = {found.content[1] for found in remains(Flaw.ORDERED, Written(1, 0, b"x" * 1024), before=before)}
    assert bytes(1024) in seen
    assert any(len(content) == 1024 and content[0] not in b"\0x" for content in seen)


def test_a_file_may_keep_what_was_cut_off() -> None:
    before = Remains({"/d": FOLDER, "/d/a": 1}, {1: b"x" * 1024})
    assert {len(found.content[1]) for found in remains(Flaw.ORDERED, Resized(1, 0), before=before)} == {0, 1024}


def test_names_keep_their_order_on_one_medium_and_not_on_another() -> None:
    steps = (Named("/d/a", 1), Named("/d/b", 2), Unnamed("/d/a"))
    ordered = {tuple(sorted(found.names)) for found in remains(Flaw.ORDERED, *steps)}
    unordered = {tuple(sorted(found.names)) for found in remains(Flaw.UNORDERED, *steps)}
    assert ordered == {("/d",), ("/d", "/d/a"), ("/d", "/d/a", "/d/b"), ("/d", "/d/b")}
    assert unordered == ordered
    late = (Unnamed("/d/a"), Named("/d/b", 2))
    before = Remains({"/d": FOLDER, "/d/a": 1}, {1: b""})
    assert ("/d", "/d/a", "/d/b") not in {tuple(sorted(f.names)) for f in remains(Flaw.ORDERED, *late, before=before)}
    assert ("/d", "/d/a", "/d/b") in {tuple(sorted(f.names)) for f in remains(Flaw.UNORDERED, *late, before=before)}


@pytest.mark.parametrize("flaw", HONEST)
def test_a_file_that_takes_the_name_of_another_takes_it_at_once_or_not_at_all(flaw: Flaw) -> None:
    before = Remains({"/d": FOLDER, "/d/a": 1}, {1: b"old"})
    steps = (Named("/d/draft", 2), Written(2, 0, b"new"), Synced(2), Renamed("/d/draft", "/d/a", 2))
    seen = {found.content[found.names["/d/a"]] for found in remains(flaw, *steps, before=before)}
    assert seen == {b"old", b"new"}
    settled = remains(flaw, *steps, NamesSynced("/d"), before=before)
    assert all(found.names == {"/d": FOLDER, "/d/a": 2} and found.content == {2: b"new"} for found in settled)


def test_what_a_sync_of_a_file_takes_along_differs() -> None:
    steps = (Unnamed("/d/old"), Named("/d/a", 1), Written(1, 0, b"x"), Synced(1))
    before = Remains({"/d": FOLDER, "/d/old": 7}, {7: b""})
    seen = {flaw: {tuple(sorted(f.names)) for f in remains(flaw, *steps, before=before)} for flaw in HONEST}
    assert seen[Flaw.ORDERED] == {("/d", "/d/a")}
    assert seen[Flaw.OWN_NAME] == {("/d", "/d/a"), ("/d", "/d/a", "/d/old")}
    assert ("/d", "/d/old") in seen[Flaw.UNORDERED]


def test_a_folder_whose_name_is_lost_takes_its_files_with_it() -> None:
    steps = (Named("/d/new", FOLDER), Named("/d/new/a", 1), Written(1, 0, b"x"), Synced(1), NamesSynced("/d/new"))
    assert set(map(len, (found.names for found in remains(Flaw.UNORDERED, *steps)))) == {1, 3}


def test_a_deaf_medium_forgets_what_it_said_it_had_synced() -> None:
    before = Remains({"/d": FOLDER, "/d/a": 1}, {1: b""})
    seen = {found.content[1] for found in remains(Flaw.DEAF, Written(1, 0, b"x"), Synced(1), before=before)}
    assert seen == {b"", b"x", b"\0"} | {content for content in seen if len(content) == 1}


def test_the_same_numbers_leave_the_same_remains() -> None:
    steps = (Named("/d/a", 1), Written(1, 0, bytes(range(256)) * 20), Named("/d/b", 2), Written(2, 77, b"y" * 999))
    assert remains(Flaw.UNORDERED, *steps) == remains(Flaw.UNORDERED, *steps)
