"""A kiosk's log file against the heads that the kiosk told while it was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from central_office.contract.messages import LogHead
from logbook.chained import read

if TYPE_CHECKING:
    from pathlib import Path

    from central_office.office.models import Kiosk


@dataclass(frozen=True)
class Compared:
    """Which lines the file has, how many told heads fit it, and a sentence for each that does not."""

    first: int
    last: int
    fits: int
    problems: tuple[str, ...]


def compare(kiosk: Kiosk, path: Path) -> Compared:
    """Whether the file is the log that the kiosk told of; its name says which log it is.

    Raises:
        LogDamaged: it does not even fit itself.
        OSError, UnicodeDecodeError: it cannot be read.
    """
    name = path.name.split(".")[0]
    heads = {end.lines: end.head for end in read(path)}
    first, last = min(heads, default=0), max(heads, default=0)
    fits, problems = 0, []
    told = kiosk.commands.filter(type="log.head", code="").order_by("seq")
    for body, at in told.values_list("body", "received_at"):
        said = LogHead.model_validate_json(body)
        if said.log != name or said.lines < first or (said.lines > last and path.suffix == ".1"):
            continue
        when = f"on {at:%Y-%m-%d} the kiosk told of line {said.lines}"
        if said.lines not in heads:
            problems.append(f"{when}, and the file ends at {last}: it was cut, or an older file was shown.")
        elif heads[said.lines] != said.head:
            problems.append(f"{when} another content than the file has: it was written anew.")
        else:
            fits += 1
    return Compared(first, last, fits, tuple(problems))
