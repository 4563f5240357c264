"""What the kiosk has to tell the office: an ordered, durable list of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from central_office.contract.base import Message
    from central_office.contract.messages import Seq


class Outbox(Protocol):
    """Ours, to send; each command gets the next number and is never sent twice with another content."""

    def put(self, body: Message) -> Seq:
        """Keep `body` for the office; it is on disk, synced, when this returns.

        Raises:
            TypeError: a message that `contract.messages.COMMANDS` does not list.
        """
        ...

    def waiting(self) -> int:
        """How many commands the office has not acknowledged yet."""
        ...
