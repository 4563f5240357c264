"""Keep the catalogues in step with the program: `python -m screens.wording extract|check|add LANGUAGE`.

`python -m deploy.catalogues` compiles them.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from screens.wording import DOMAIN, languages, source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Message

SCREENS: Final = Path(__file__).parent.parent

KEYWORDS: Final = {"say": None, "later": None, "several": (1, 2), "apart": ((1, "c"), 2)}

ORIGINAL: Final = "en"
"""The language of the message identifiers; its catalogue fills itself."""

_CHANGING: Final = (
    b'"POT-Creation-Date',
    b'"PO-Revision-Date',
    b'"Report-Msgid',
    b'"Last-Tr',
    b'"Language-Team',
    b'"Gener',
)
"""Lines of a catalogue's head that say nothing and change every time."""


def main() -> None:
    """Do what was asked for; `check` ends with 1 when something is missing."""
    parser = argparse.ArgumentParser(prog="python -m screens.wording", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("extract", help="add what the program says to the catalogues")
    commands.add_parser("check", help="tell what the catalogues lack; ends with 1 if they lack something")
    commands.add_parser("add", help="begin a catalogue").add_argument("language", help="a tag such as tr or uk")
    arguments = parser.parse_args()
    match arguments.command:
        case "extract":
            for language in languages():
                _bring_in_step(language)
        case "check":
            complaints = list(check())
            for complaint in complaints:
                sys.stderr.write(complaint + "\n")
            sys.exit(1 if complaints else 0)
        case _:
            _begin(arguments.language)


def _begin(language: str) -> None:
    if language in languages():
        sys.exit(f"There is a catalogue for {language} already.")
    catalogue = Catalog(locale=language, domain=DOMAIN, project="citizen-kiosk")
    if catalogue.locale is None:
        sys.exit(f'"{language}" is not the tag of a language.')
    source(language).parent.mkdir(parents=True)
    _write(language, catalogue)
    _bring_in_step(language)
    sys.stdout.write(f"Now translate {source(language)}.\n")


def said() -> Catalog:
    """Everything the program says."""
    catalogue = Catalog(domain=DOMAIN, project="citizen-kiosk")
    for path, _, message, comments, context in extract_from_dir(SCREENS, keywords=KEYWORDS):
        catalogue.add(message, None, [(f"screens/{path}", 1)], auto_comments=comments, context=context)
    return catalogue


def check() -> Iterator[str]:
    """What the catalogues lack, a sentence each."""
    program = said()
    for language in languages():
        catalogue = _read(language)
        for message in program:
            if not message.id:
                continue
            there = catalogue.get(message.id, message.context)
            if there is None:
                yield f"{language}: missing: {message.id!r}"
            else:
                yield from (f"{language}: {complaint}: {message.id!r}" for complaint in _complaints(there))
        for message in catalogue:
            if message.id and program.get(message.id, message.context) is None:
                yield f"{language}: no longer said: {message.id!r}"


def _complaints(message: Message) -> Iterator[str]:
    if message.fuzzy:
        yield "not yet looked through"
    identifiers, strings = _forms(message.id), _forms(message.string)
    if not all(strings):
        yield "not translated"
    elif {gap for text in identifiers for gap in _gaps(text)} != {gap for text in strings for gap in _gaps(text)}:
        yield "other gaps"


def _forms(value: object) -> list[str]:
    return [str(form) for form in value] if isinstance(value, list | tuple) else [str(value or "")]


def _gaps(text: str) -> Iterator[str]:
    return (name for _, name, _, _ in Formatter().parse(text) if name is not None)


def _read(language: str) -> Catalog:
    with source(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def _bring_in_step(language: str) -> None:
    catalogue = _read(language)
    catalogue.update(said(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    if language == ORIGINAL:
        for message in catalogue:
            if message.id:
                message.string = message.id
    _write(language, catalogue)


def _write(language: str, catalogue: Catalog) -> None:
    text = io.BytesIO()
    write_po(text, catalogue, width=120, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    lines = text.getvalue().splitlines(keepends=True)
    source(language).write_bytes(b"".join(line for line in lines if not line.startswith(_CHANGING)))


if __name__ == "__main__":
    main()
