"""What the citizen has done on a page besides answering: typed, turned, asked why."""

from __future__ import annotations

from central_office.contract.values import value


@value
class Entry:
    """The open page's state: what was typed, the explanation asked for, the part shown, whether it is read aloud."""

    text: str = ""
    explanation: str = ""
    part: int = 0
    reading: bool = False
