"""Commands of older kiosks, lifted to their present version by pure functions, one version at a time.

A kiosk may be two releases behind, or carry commands that it wrote before it was updated; bodies in an outbox are
never rewritten. So the office reads the present version of each type and the two before it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from central_office.contract.messages import COMMANDS

if TYPE_CHECKING:
    from central_office.contract.base import Message

OLDER_VERSIONS = 2
"""How far behind a command may be."""

Lift = Callable[[dict[str, Any]], dict[str, Any]]
"""Makes the body of the next version; gets a copy of its own."""


@dataclass(frozen=True)
class Vocabulary:
    """What the office understands: each type in its present version, and how older ones become it.

    `lifts[type, n]` makes a body of version n one of version n + 1.
    """

    present: Mapping[tuple[str, int], type[Message]]
    lifts: Mapping[tuple[str, int], Lift] = field(default_factory=dict)

    @cached_property
    def _newest(self) -> dict[str, int]:
        return dict(sorted(self.present))

    def read(self, name: str, version: int, body: dict[str, Any], text: str = "") -> Message | str:
        """The command's body as a present message, or the code with which it is rejected.

        `text` is the body as JSON, if the caller has it: then it is not made again.
        """
        newest = self._newest.get(name, 0)
        if not newest:
            return "unknown_type"
        if not newest - OLDER_VERSIONS <= version <= newest:
            return "unknown_version"
        try:
            for step in range(version, newest):
                lift = self.lifts.get((name, step))
                if lift is None:
                    return "unknown_version"
                body, text = lift(dict(body)), ""
            return self.present[name, newest].model_validate_json(text or json.dumps(body))
        except (ValidationError, KeyError, TypeError, ValueError):
            # An old body that lacks what its version promised is as invalid as a new one.
            return "invalid_body"


def _as_it_was(body: dict[str, Any]) -> dict[str, Any]:
    """The newer version knows one more word; whatever the older one said means the same."""
    return body


VOCABULARY = Vocabulary(COMMANDS, {("visit.reported", 1): _as_it_was})
"""What this office understands; a new version of a type is lifted here."""
