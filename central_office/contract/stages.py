"""An identity document's life, from the application to the citizen's hand.

The life cycle is the town's; the office alone moves a document from stage to stage. Plain words without any library,
so that a screen can speak of them before anything heavy is loaded.
"""

from __future__ import annotations

from enum import StrEnum


class DocumentKind(StrEnum):
    """What was applied for."""

    IDENTITY_CARD = "identity_card"
    PASSPORT = "passport"
    RESIDENCE_PERMIT = "residence_permit"
    EID_CARD = "eid_card"
    CHILD_PASSPORT = "child_passport"


class Stage(StrEnum):
    """Where a document is in its life."""

    APPLIED = "applied"
    SENT_TO_PRODUCER = "sent_to_producer"
    IN_PRODUCTION = "in_production"
    SHIPPED_TO_OFFICE = "shipped_to_office"
    ARRIVED = "arrived"
    READY_COUNTER = "ready_counter"
    READY_BOX = "ready_box"
    RETURNED_TO_COUNTER = "returned_to_counter"
    HANDED_OVER = "handed_over"
    DIRECT_SHIP = "direct_ship"
    DELIVERED = "delivered"
    AT_POST_BRANCH = "at_post_branch"
    RETURNED_TO_OFFICE = "returned_to_office"
    CANCELLED = "cancelled"
    DESTROYED = "destroyed"
    LOST_IN_TRANSIT = "lost_in_transit"


NEXT_STAGES: dict[Stage, frozenset[Stage]] = {
    Stage.APPLIED: frozenset({Stage.SENT_TO_PRODUCER, Stage.CANCELLED}),
    Stage.SENT_TO_PRODUCER: frozenset({Stage.IN_PRODUCTION, Stage.CANCELLED}),
    Stage.IN_PRODUCTION: frozenset({Stage.SHIPPED_TO_OFFICE, Stage.DIRECT_SHIP, Stage.CANCELLED}),
    Stage.SHIPPED_TO_OFFICE: frozenset({Stage.ARRIVED, Stage.LOST_IN_TRANSIT}),
    Stage.ARRIVED: frozenset({Stage.READY_COUNTER, Stage.READY_BOX, Stage.CANCELLED}),
    Stage.READY_COUNTER: frozenset({Stage.READY_BOX, Stage.HANDED_OVER, Stage.CANCELLED, Stage.DESTROYED}),
    Stage.READY_BOX: frozenset({Stage.HANDED_OVER, Stage.RETURNED_TO_COUNTER}),
    Stage.RETURNED_TO_COUNTER: frozenset({Stage.READY_BOX, Stage.HANDED_OVER, Stage.CANCELLED, Stage.DESTROYED}),
    Stage.DIRECT_SHIP: frozenset({Stage.DELIVERED, Stage.AT_POST_BRANCH, Stage.LOST_IN_TRANSIT}),
    Stage.AT_POST_BRANCH: frozenset({Stage.DELIVERED, Stage.RETURNED_TO_OFFICE, Stage.LOST_IN_TRANSIT}),
    Stage.RETURNED_TO_OFFICE: frozenset({Stage.READY_COUNTER, Stage.READY_BOX, Stage.CANCELLED}),
    Stage.LOST_IN_TRANSIT: frozenset({Stage.ARRIVED, Stage.SENT_TO_PRODUCER, Stage.CANCELLED}),
    Stage.HANDED_OVER: frozenset(),
    Stage.DELIVERED: frozenset(),
    Stage.CANCELLED: frozenset({Stage.DESTROYED}),
    Stage.DESTROYED: frozenset(),
}
"""The legal moves; every other move is refused by the office."""


class ToBring(StrEnum):
    """What a citizen needs to collect a document."""

    PICKUP_CODE = "pickup_code"
    OLD_DOCUMENT = "old_document"
    THIS_LETTER = "this_letter"
    PIN_LETTER_CONFIRMATION = "pin_letter_confirmation"
    WRITTEN_AUTHORITY = "written_authority"
    SECOND_IDENTITY_DOCUMENT = "second_identity_document"


READY_STAGES = frozenset({Stage.READY_COUNTER, Stage.READY_BOX, Stage.RETURNED_TO_COUNTER})
"""The stages in which a citizen can collect the document."""
