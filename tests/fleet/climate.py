"""What a history is like: drawn from its seed, so that rare things meet each other in some of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from random import Random


@dataclass(frozen=True)
class Climate:
    """What a history is like; every number is drawn for each seed, so that rare things meet each other somewhere.

    The first group is shares of messages or deeds that go wrong, the second how often something happens, against
    one another.
    """

    lost: float
    late: float
    doubled: float
    old: float
    killed: float
    cut: float
    courier_killed: float
    torn: float
    meanwhile: float

    visit: float
    poison: float
    promise: float
    cancel: float
    give_back: float
    want: float
    drawer: float
    ask: float
    round: float
    edit: float
    offer: float
    prune: float
    plug: float
    clock: float
    unplugged: float
    deliver: float
    copy: float
    restore: float
    clone: float
    revoke: float
    technician: float
    dies: float

    kiosks: int
    events: int
    minutes: float
    capacity: int
    spare: int
    days: int
    older_office: bool
    fresh: bool
    audited: bool


_SHARES = {"lost": 0.3, "late": 0.3, "doubled": 0.2, "old": 0.5, "killed": 0.25, "cut": 0.15, "courier_killed": 0.1,
           "torn": 0.3, "meanwhile": 0.5}  # fmt: skip
_SELDOM = {"poison": 1.0, "cancel": 1.5, "give_back": 2.5, "want": 2.0, "drawer": 2.0, "edit": 2.5, "offer": 0.5,
           "prune": 0.4, "plug": 1.0, "clock": 0.7, "unplugged": 0.7, "deliver": 1.0, "copy": 1.0, "restore": 0.8,
           "clone": 0.8, "revoke": 0.5, "technician": 0.5, "dies": 0.3}  # fmt: skip

_OFTEN = {"visit", "promise", "ask", "round"}


def climate(seed: int) -> Climate:
    """The weather of this seed: about half of all faults do not exist in it, the others are of any strength."""
    chance = Random(f"climate {seed}")
    calm = chance.random() * 0.7
    shares = {name: chance.random() * most if chance.random() > calm else 0.0 for name, most in _SHARES.items()}
    seldom = {name: chance.random() * most if chance.random() > calm else 0.0 for name, most in _SELDOM.items()}
    return Climate(
        **shares,
        **seldom,
        visit=1.0,
        promise=1.0 + 3.0 * chance.random(),
        ask=1.0,
        round=3.0 + 2.0 * chance.random(),
        kiosks=chance.choice((3, 3, 3, 4)),
        events=chance.randint(18, 55),
        minutes=chance.choice((0.5, 10.0, 60.0)),
        capacity=chance.randint(2, 14),
        spare=chance.randint(0, 3),
        days=chance.choice((1, 1, 2)),
        older_office=chance.random() < 0.2,
        fresh=chance.random() < 0.2,
        audited=chance.random() < 0.25,
    )


EVENTS = tuple(one.name for one in fields(Climate) if one.name in _SELDOM or one.name in _OFTEN)
BESIDE = (
    "visit",
    "promise",
    "give_back",
    "want",
    "ask",
    "edit",
    "offer",
    "round",
    "copy",
    "restore",
    "clock",
    "deliver",
)
"""What may happen while a courier waits for its answer."""
