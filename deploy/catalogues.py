"""Compiles the wording catalogues, `*.po` to `*.mo`, where a translator's file is newer than the compiled one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

if TYPE_CHECKING:
    from collections.abc import Iterator

# The packages that speak to people.
WORDING_FOLDERS = ("screens", "central_office")


def stale_catalogues(root: Path) -> Iterator[Path]:
    """Find the catalogues below the root whose compiled form is missing or older."""
    for folder in WORDING_FOLDERS:
        for catalogue in sorted((root / folder).rglob("LC_MESSAGES/*.po")):
            compiled = catalogue.with_suffix(".mo")
            if not compiled.exists() or compiled.stat().st_mtime_ns < catalogue.stat().st_mtime_ns:
                yield catalogue


def compile_catalogue(catalogue: Path) -> None:
    """Write the compiled form beside the catalogue, whole or not at all; uncertain (fuzzy) words stay out.

    Raises:
        PoFileError: the file is not a catalogue.
    """
    with catalogue.open("rb") as source:
        words = read_po(source, locale=catalogue.parent.parent.name, abort_invalid=True)
    # What says the same as its identifier is said without a catalogue too: all of English, read at every start.
    for message in [message for message in words if message.id and message.string == message.id]:
        words.delete(message.id, message.context)
    unfinished = catalogue.with_suffix(".mo.new")
    with unfinished.open("wb") as target:
        write_mo(target, words, use_fuzzy=False)
    unfinished.replace(catalogue.with_suffix(".mo"))


def main(root: Path) -> int:
    """Compile what is stale and print how many that were; 1 if one is broken, with its place in the file."""
    count = 0
    for catalogue in stale_catalogues(root):
        try:
            compile_catalogue(catalogue)
        except PoFileError as broken:
            print(f"{catalogue.relative_to(root)}, line {broken.lineno + 1}: {broken}", file=sys.stderr)
            return 1
        count += 1
    print(f"{count} compiled" if count else "all there")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path.cwd()))
