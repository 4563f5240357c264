"""What lies on the emulated cards: files that a test wrote, and how each kind of card wants to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PASSPORT: Final = bytes.fromhex("A0000002471001")
GERMAN_EID: Final = bytes.fromhex("E80704007F00070302")

# ICAO 9303-10: file and short file identifiers
_PASSPORT_FILES: Final = {
    "COM": (0x011E, 0x1E),
    "SOD": (0x011D, 0x1D),
    **{f"DG{number}": (0x0100 + number, number) for number in range(1, 17)},
}

Execute = "Callable[[bytes], bytes]"


def add_passport(root: Any, folder: Path, directory: Any, file: Any) -> None:  # noqa: ANN401 - the package's types
    """Put the passport application with the files of `folder` (COM, SOD, DG1 to DG16) on the card."""
    application = directory(parent=root, fid=0x0004, dfname=PASSPORT, bertlv_data=[])
    for name, (identifier, short) in _PASSPORT_FILES.items():
        if (source := folder / name).exists():
            application.append(
                file(parent=application, fid=identifier, shortfid=short, filedescriptor=1, data=source.read_bytes())
            )
    root.append(application)


def add_files(root: Any, folder: Path, directory: Any, file: Any) -> None:  # noqa: ANN401 - as above
    """Put the files of `folder` on the card; they are named by their path, such as `DF01-4031`.

    `DF01.name` holds the name by which DF01 is selected as an application.
    """
    folders: dict[int, Any] = {}
    for source in sorted(folder.glob("????-????")):
        above, identifier = (int(part, 16) for part in source.name.split("-"))
        if above not in folders:
            name = folder / f"{above:04X}.name"
            named = {"dfname": name.read_bytes()} if name.exists() else {}
            folders[above] = directory(parent=root, fid=above, **named)
            root.append(folders[above])
        inside = folders[above]
        inside.append(file(parent=inside, fid=identifier, filedescriptor=1, data=source.read_bytes()))


def locked(system: Any) -> Callable[[bytes], bytes]:  # noqa: ANN401 - as above
    """Refuse plain reading in applications that need a secured channel: the package lets everybody read."""
    execute: Callable[[bytes], bytes] = system.execute

    def guarded(command: bytes) -> bytes:
        reads = len(command) > 3 and not command[0] & 0x0C and command[1] in (0xB0, 0xB1)
        if reads and getattr(system.mf.currentDF(), "dfname", None) in (PASSPORT, GERMAN_EID):
            return b"\x69\x82"
        return execute(command)

    return guarded


def selected_by_path(system: Any, card_data: bytes | None) -> Callable[[bytes], bytes]:  # noqa: ANN401 - as above
    """Take SELECT with a whole path, as Belgian cards do; and say nothing of a file that ended early.

    `card_data` is what a Belgian card says of its chip and applet (GET CARD DATA).
    """
    execute: Callable[[bytes], bytes] = system.execute

    def belgian(command: bytes) -> bytes:
        if command[:2] == b"\x80\xe4" and card_data is not None:
            return card_data + b"\x90\x00"
        if len(command) > 5 and command[1] == 0xA4 and command[2] in (0x02, 0x08) and command[4] in (2, 4, 6):
            path, answer = command[5 : 5 + command[4]], b"\x6a\x82"
            for start in range(0, len(path), 2):
                part = path[start : start + 2]
                how = 0 if part == b"\x3f\x00" else 1 if part[0] == 0xDF else 2
                answer = execute(bytes((0, 0xA4, how, 0x0C, 2)) + part)[-2:]
                if answer != b"\x90\x00":
                    break
            return answer
        answer = execute(command)
        return answer[:-2] + b"\x90\x00" if answer[-2:] == b"\x62\x82" else answer

    return belgian
