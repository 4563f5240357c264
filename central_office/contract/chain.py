"""How each command of a kiosk is chained to the one before: evidence that none was altered or left out."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from central_office.contract.messages import Command

GENESIS = "0" * 64
"""The `prev` of a kiosk's first command."""


def command_hash(command: Command) -> str:
    """SHA-256 (hexadecimal) over the whole command as canonical JSON, its own `prev` included.

    Canonical: the command's JSON form with sorted keys, no spaces, plain ASCII.
    """
    return sha256(_canonical(command.model_dump(mode="json")).encode("ascii")).hexdigest()


_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode
