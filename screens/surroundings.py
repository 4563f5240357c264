"""What a page may say about this place and moment besides its step: town, terminal, counter, clock."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from central_office.contract.values import value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, time


@value
class OtherPlace:
    """Where else a citizen is helped today; `open_until` None means closed for today."""

    name: str
    way: str
    open_until: time | None


@value
class Surroundings:
    """The town and the terminal as pages name them; `now` is local wall time, for the header's clock and greetings."""

    town: str
    terminal: str
    now: datetime
    counter: OtherPlace
    other_places: tuple[OtherPlace, ...] = ()
    phone: str = "115"
    phone_hours: str = ""
    website: str = ""
    languages: tuple[str, ...] = ("de", "en")
    idle_seconds: int = 90
    can_read_aloud: bool = False
    places: Mapping[str, OtherPlace] = field(default_factory=dict)
    """Every place by its key, in the page's language: a document's place is named by it where it is known."""
