"""A wall of lockers for stories: doors that open, stick or lie, as a test wishes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devices.conditions import Ready
from devices.errors import Disconnected
from devices.roles import BoardSilent, Door, Incident, Opened, StillClosed, TooLate
from devices.walls import Compartment, Rectangle, Size, WallLayout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from threading import Event

    from devices.conditions import Condition
    from devices.roles import OpenCommand, OpenOutcome

LAYOUT = WallLayout(
    tuple(Compartment(number, Size.SMALL, Rectangle(400 * number, 900, 400, 260)) for number in (7, 31, 32, 33)),
    Rectangle(0, 0, 500, 1820),
)


@dataclass
class Wall:
    """Answers each command from `outcomes` (the last one again and again), and each look from `contacts`."""

    outcomes: list[OpenOutcome | type[Exception]] = field(default_factory=lambda: [Opened()])
    contacts: list[Door | type[Exception]] = field(default_factory=lambda: [Door.OPEN, Door.CLOSED])
    incidents: tuple[Incident, ...] = ()
    commands: list[OpenCommand] = field(default_factory=list)
    before_opening: Callable[[], object] = lambda: None
    before_looking: Callable[[], object] = lambda: None

    @property
    def layout(self) -> WallLayout:
        return LAYOUT

    def open(self, command: OpenCommand, cancel: Event) -> OpenOutcome:
        assert not cancel.is_set()
        self.before_opening()
        self.commands.append(command)
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, Opened | StillClosed | BoardSilent | TooLate):
            return outcome
        raise outcome

    def door(self, compartment: int, cancel: Event) -> Door:
        assert LAYOUT.compartment(compartment) is not None
        assert not cancel.is_set()
        self.before_looking()
        said = self.contacts.pop(0) if len(self.contacts) > 1 else self.contacts[0]
        if isinstance(said, Door):
            return said
        raise said

    def doors(self, cancel: Event) -> Mapping[int, Door]:
        return {each.number: self.door(each.number, cancel) for each in LAYOUT.compartments}

    def take_incidents(self) -> tuple[Incident, ...]:
        taken, self.incidents = self.incidents, ()
        return taken

    def condition(self) -> Condition:
        return Ready()

    def lent(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing to close."""


GONE = Disconnected
