"""The questions of who sets a PIN of her own for her German card, besides those that every reading of a card asks."""

from __future__ import annotations

from central_office.contract.values import value
from screens.steps import Back, Retry, Step


@value
class BeginOwnPin(Step[bool | Back]):
    """Say what is needed for a PIN of her own: the card, and the letter's digits or the PIN it has; True: begin."""


@value
class OwnPinSet(Step[None]):
    """Say that the card has her new PIN."""


@value
class OwnPinUnsure(Step[Retry]):
    """Say that nobody knows whether the card took the new PIN, and that it is not lost: it has this one or the old."""
