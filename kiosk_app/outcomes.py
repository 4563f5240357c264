"""How a service ended, as the office is told: words of `contract.messages.VisitReported`."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What became of a visit."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"
    ENDED_BY_CITIZEN = "ended_by_citizen"
    ENDED_IDLE = "ended_idle"
    LOCKED = "locked"
    FAULT = "fault"
