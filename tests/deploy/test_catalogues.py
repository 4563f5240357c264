"""Compiling the wording: only what a translator touched, and never half a file."""

from __future__ import annotations

import gettext
import os
from typing import TYPE_CHECKING

from deploy.catalogues import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
GREETING = HEADER + 'msgid "Welcome"\nmsgstr "Willkommen"\n'


def catalogue(root: Path, words: str) -> Path:
    path = root / "screens" / "wording" / "locale" / "de" / "LC_MESSAGES" / "screens.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words, encoding="utf-8")
    return path


def test_a_translators_words_are_spoken_after_compiling(tmp_path: Path) -> None:
    path = catalogue(tmp_path, GREETING)
    assert main(tmp_path) == 0
    with path.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Welcome") == "Willkommen"


def test_a_second_start_compiles_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    catalogue(tmp_path, GREETING)
    main(tmp_path)
    main(tmp_path)
    assert capsys.readouterr().out.splitlines() == ["1 compiled", "all there"]


def test_a_changed_word_is_compiled_again(tmp_path: Path) -> None:
    path = catalogue(tmp_path, GREETING)
    main(tmp_path)
    compiled = path.with_suffix(".mo")
    catalogue(tmp_path, GREETING.replace("Willkommen", "Guten Tag"))
    later = compiled.stat().st_mtime + 1
    os.utime(path, (later, later))
    main(tmp_path)
    assert b"Guten Tag" in compiled.read_bytes()


def test_a_broken_catalogue_is_named_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = catalogue(tmp_path, HEADER + 'msgid "Welcome"\nmsgsrt "Willkommen"\n')
    assert main(tmp_path) == 1
    assert "screens.po, line 5" in capsys.readouterr().err
    assert not path.with_suffix(".mo").exists()


def test_an_uncertain_translation_is_not_shown(tmp_path: Path) -> None:
    path = catalogue(tmp_path, HEADER + '#, fuzzy\nmsgid "Welcome"\nmsgstr "Vielleicht"\n')
    main(tmp_path)
    assert b"Vielleicht" not in path.with_suffix(".mo").read_bytes()
