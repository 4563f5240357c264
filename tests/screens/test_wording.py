from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import date, time
from string import Formatter
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

from screens.wording import CATALOGUES, NoSuchLanguage, Words, languages, source
from screens.wording.__main__ import check, said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST_SENTENCE = 12
"""Words in a sentence, as the design board asks; a gap counts as one."""


def sentences(language: str) -> Iterator[str]:
    with source(language).open("rb") as file:
        for message in read_po(file, locale=language):
            if message.id:
                forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
                for form in forms:
                    yield from re.split(r"(?<=[.?:])\s", re.sub(r"\{\w+\}", "x", str(form)))


def test_the_catalogues_are_in_step_with_the_program() -> None:
    assert list(check()) == []


def test_german_and_english_are_there() -> None:
    assert {"de", "en"} <= set(languages())


@pytest.mark.parametrize("language", languages())
def test_sentences_are_short(language: str) -> None:
    assert [one for one in sentences(language) if len(one.split()) > LONGEST_SENTENCE] == []


def test_every_gap_has_a_name() -> None:
    for message in said():
        for text in message.id if isinstance(message.id, tuple) else (message.id,):
            assert all(name is None or name.isidentifier() for _, name, _, _ in Formatter().parse(str(text)))


def test_germans_are_addressed_formally() -> None:
    for sentence in sentences("de"):
        assert not re.search(r"\b(du|dich|dir|dein\w*|euch|euer)\b", sentence, re.IGNORECASE), sentence


def test_days_and_times_are_said_as_people_say_them() -> None:
    german, english, day = Words("de"), Words("en"), date(2026, 6, 16)
    assert (english.weekday(day), english.day(day), english.day_of_year(day)) == (
        "Tuesday, 16 June",
        "16 June",
        "16 June 2026",
    )
    assert (german.weekday(day), german.day(day), german.day_of_year(day)) == (
        "Dienstag, 16. Juni",
        "16. Juni",
        "16. Juni 2026",
    )
    assert (english.time(time(16)), german.time(time(9, 5)), german.clock(time(9, 5))) == ("16:00", "9:05 Uhr", "9:05")


def test_one_and_many_are_said_differently() -> None:
    say = Words("de").several
    one, many = "{number} try left.", "{number} tries left."
    assert say(one, many, 1) == "Sie haben noch 1 Versuch."
    assert say(one, many, 2) == "Sie haben noch 2 Versuche."


@pytest.mark.parametrize("language", ["tlh", "", "../de", "de/LC_MESSAGES"])
def test_a_language_without_a_catalogue_is_refused(language: str) -> None:
    with pytest.raises(NoSuchLanguage, match="de, en"):
        Words(language)


def test_words_can_be_read_after_checkout_after_compiling_and_after_a_correction(tmp_path: Path) -> None:
    """In a copy of the packages, as the binary catalogue of the checkout is not a test's to write."""
    copy = tmp_path / "screens"
    shutil.copytree(CATALOGUES.parent, copy / "wording", ignore=shutil.ignore_patterns("*.mo", "__pycache__"))
    (copy / "__init__.py").write_text("")
    compile_it = (
        "from screens.wording import compiled, source; source('de').with_suffix('.mo').write_bytes(compiled('de'))"
    )
    say = "from screens.wording import Words; import sys; print(Words('de')('Back'), 'babel' in sys.modules)"

    def run(*arguments: str) -> str:
        environment = os.environ | {"PYTHONPATH": str(tmp_path)}
        return subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        ).stdout.strip()

    assert run("-c", say) == "Zurück True"
    run("-c", compile_it)
    assert run("-c", say) == "Zurück False"

    text = copy / "wording" / "locale" / "de" / "LC_MESSAGES" / "kiosk.po"
    text.write_text(text.read_text("utf-8").replace('msgstr "Zurück"', 'msgstr "Rückwärts"'), "utf-8")
    later = text.with_suffix(".mo").stat().st_mtime + 10
    os.utime(text, (later, later))
    assert run("-c", say) == "Rückwärts True"


def test_a_language_is_begun_with_its_own_plurals_and_found_incomplete(tmp_path: Path) -> None:
    copy = tmp_path / "screens"
    shutil.copytree(CATALOGUES.parent, copy / "wording", ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "__init__.py").write_text("def say(_): ...\nsay('Back')\n")
    shutil.rmtree(copy / "wording" / "locale" / "de")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PYTHONPATH": str(tmp_path)}
        command = [sys.executable, "-m", "screens.wording", *arguments]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert "Now translate" in run("add", "uk").stdout
    assert "nplurals=3" in (copy / "wording" / "locale" / "uk" / "LC_MESSAGES" / "kiosk.po").read_text()
    checked = run("check")
    assert checked.returncode == 1
    assert "uk: not translated: 'Back'" in checked.stderr
    assert "already" in run("add", "uk").stderr
    assert "not the tag of a language" in run("add", "zzz").stderr
