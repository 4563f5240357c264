"""A kiosk without glass: the production conductor, desk, disk and services, and a citizen who answers at the stage.

`python -m tests.drills.lean_kiosk KIOSK.toml LETTERS.json FIRST-DAY SEED HASTE`. One citizen after the other asks for
a document by number and birth date, lets herself be promised a unit of a neutral resource and be handed a token for
it, takes a promise back, or walks away. What a citizen saw is written to `witness.log`, what fell into her hand to
`hand.log`: both outlive a killed process as she would. SIGTERM ends it as it ends `kiosk run`.
"""

from __future__ import annotations

import json
import logging
import os
import random
import signal
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from central_office.contract.capacity import Resource
from central_office.contract.town import read_town
from central_office.contract.values import value
from devices.noticeboard import Noticeboard
from devices.rig import Rig
from devices.supervisor import Supervisor
from kiosk_app.conductor import Conductor, House, Programme
from kiosk_app.memory import Disk
from kiosk_app.outcomes import Outcome
from kiosk_app.services.document_status import document_status
from kiosk_app.settings import read_settings
from offline_cache.journal import Settled
from offline_cache.leases import NoneLeft
from screens.stage import Ending, Stage
from screens.steps import (
    BACK,
    Attract,
    Begin,
    ChooseWay,
    EnterBirthDate,
    EnterDocumentNumber,
    ExplainUnavailable,
    Farewell,
    Home,
    OutOfService,
    Retry,
    ServiceKey,
    ShowNotFound,
    ShowStatus,
    StatusChoice,
    Step,
    Way,
)
from screens.surroundings import OtherPlace, Surroundings
from tests.drills.field import KEY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from central_office.contract.capacity import ReservationId
    from kiosk_app.desk import Desk
    from offline_cache.journal import Settler, Unfinished

TOKEN = "token.drop"
"""The kind of the effect: a token falls into a citizen's hand, once."""

DAYS = 3
"""For how many service days, from the first on, citizens ask."""


@value
class ChooseDay(Step[date]):
    """When?"""


@value
class ChooseUnits(Step[int]):
    """How many? Meanwhile the kiosk asks its office for more."""


@value
class Confirm(Step[None]):
    """You have it."""

    reservation: ReservationId


@value
class Sorry(Step[None]):
    """There is none left."""


@value
class WhichPromise(Step["ReservationId | None"]):
    """Which promise is to be taken back?"""


@value
class TakenBack(Step[None]):
    """It is taken back."""

    reservation: ReservationId


@dataclass(frozen=True)
class Notebook:
    """A file to which whole lines are added; what is in it stays, whoever is killed."""

    path: Path

    def note(self, *words: object) -> None:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, (" ".join(map(str, words)) + "\n").encode())
        finally:
            os.close(descriptor)

    def lines(self) -> list[list[str]]:
        if not self.path.exists():
            return []
        return [line.split() for line in self.path.read_text(encoding="utf-8").splitlines()]


def witness(folder: Path) -> Notebook:
    """What citizens saw at the kiosk in this folder."""
    return Notebook(folder / "witness.log")


def hand(folder: Path) -> Notebook:
    """The tokens that fell."""
    return Notebook(folder / "hand.log")


def ordering(hand_: Notebook, rng: random.Random) -> Programme:
    """A service that promises a unit and drops a token for it."""

    def order(desk: Desk) -> Outcome:
        resource = Resource(key=KEY, day=desk.citizen.ask(ChooseDay()))
        desk.leases.want(resource, rng.randint(1, 5))
        units = desk.citizen.ask(ChooseUnits())
        made = desk.leases.promise(resource, units)
        if isinstance(made, NoneLeft):
            desk.leases.give_back(resource, rng.randint(0, 1))
            desk.citizen.ask(Sorry())
            return Outcome.NOT_FOUND
        desk.citizen.ask(Confirm(made.reservation))
        with desk.journal.effect(TOKEN, {"reservation": made.reservation}) as effect:
            hand_.note(made.reservation)
            effect.done("dropped")
        return Outcome.ANSWERED

    return Programme(order, lambda: None)


def take_back(desk: Desk) -> Outcome:
    """A service that takes a promise back."""
    which = desk.citizen.ask(WhichPromise())
    if which is None:
        return Outcome.NOT_FOUND
    desk.leases.cancel(which)
    desk.citizen.ask(TakenBack(which))
    return Outcome.ANSWERED


def settler(hand_: Notebook) -> Settler:
    """Looks into the hand whether the token fell."""

    def settle(unfinished: Unfinished) -> Settled:
        fell = [str(unfinished.detail["reservation"])] in hand_.lines()
        return Settled("dropped" if fell else "not_dropped")

    return settle


class Citizens:
    """One after the other, until they are told to stay at home; all that they do follows from `rng`."""

    def __init__(  # noqa: PLR0917  # who she is and where she stands
        self,
        stage: Stage,
        seen: Notebook,
        letters: Sequence[dict[str, str]],
        first_day: date,
        rng: random.Random,
        haste: float,
    ) -> None:
        self._stage, self._seen, self._letters, self._first_day = stage, seen, letters, first_day
        self._rng, self._haste = rng, haste
        self._letter = letters[0]
        self._mine: list[ReservationId] = []
        self._served, self._answered = False, 0
        self.stay_home = threading.Event()

    def come(self) -> None:
        while not self.stay_home.is_set():
            question = self._stage.current
            if question is None or question.number <= self._answered or isinstance(question.step, OutOfService):
                self.stay_home.wait(0.002)
                continue
            self._answered = question.number
            if not question.open:
                continue
            if isinstance(question.step, Attract):
                self.stay_home.wait(self._rng.uniform(0, self._haste))
            elif not isinstance(question.step, Home | Farewell) and self._rng.random() < 0.05:
                self._stage.abandon(self._rng.choice((Ending.BY_CITIZEN, Ending.IDLE)))
                continue
            self._stage.answer(question.number, self._answer(question.step))

    def _answer(self, step: object) -> object:
        match step:
            case Attract():
                self._letter, self._served = self._rng.choice(self._letters), False
                return Begin("de")
            case Home():
                self._served = True
                return self._rng.choice((ServiceKey.BULKY_WASTE, ServiceKey.DOCUMENT_STATUS, ServiceKey.COLLECT))
            case ChooseWay():
                return Way.NUMBER
            case EnterDocumentNumber():
                return self._letter["typed_number"]
            case EnterBirthDate():
                born = date.fromisoformat(self._letter["birth_date"])
                return f"{born:%d%m%Y}"
            case ShowStatus():
                return StatusChoice.FINISH
            case ShowNotFound():
                return Retry.FINISH
            case ExplainUnavailable():
                self._served = False
                return BACK
            case ChooseDay():
                return self._first_day + timedelta(days=self._rng.randrange(DAYS))
            case ChooseUnits():
                return 2 if self._rng.random() < 0.1 else 1
            case Confirm(reservation=reservation):
                self._seen.note("promised", reservation)
                self._mine.append(reservation)
            case WhichPromise():
                return self._mine.pop(self._rng.randrange(len(self._mine))) if self._mine else None
            case TakenBack(reservation=reservation):
                self._seen.note("cancelled", reservation)
            case Farewell() if self._served:
                self._seen.note("served")
        return None


def main(config: Path, letters: Path, first_day: date, seed: int, haste: float) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("kiosk.stage").setLevel(logging.WARNING)
    settings = read_settings(config)
    rng = random.Random(seed)
    stage, noticeboard, tokens = Stage(), Noticeboard(), hand(config.parent)
    disk = Disk(settings.data, lambda: datetime.now(UTC), settings.disk)
    town = read_town(settings.town)
    house = House(
        stage=stage,
        devices=Supervisor(Rig(()), noticeboard, rng),
        noticeboard=noticeboard,
        memory=disk.memory,
        town=town,
        now=lambda: datetime.now(UTC),
        language=lambda: "de",
        surroundings=lambda: Surroundings(
            "Musterstadt", settings.terminal, datetime.now(UTC), OtherPlace("Schalter", "", None)
        ),
        stale_after_hours=24,
        fault=disk.fault,
        settlers={TOKEN: settler(tokens)},
    )
    programmes = {
        ServiceKey.DOCUMENT_STATUS: Programme(document_status, lambda: None),
        ServiceKey.BULKY_WASTE: ordering(tokens, rng),
        ServiceKey.COLLECT: Programme(take_back, lambda: None),
    }
    known = [one for one in json.loads(letters.read_text(encoding="utf-8")) if "stage" in one]
    citizens = Citizens(stage, witness(config.parent), known, first_day, rng, haste)

    def leave(*_: object) -> None:
        citizens.stay_home.set()

    signal.signal(signal.SIGTERM, leave)
    session = threading.Thread(target=Conductor(house, programmes).run, name="session")
    session.start()
    citizens.come()
    stage.abandon(Ending.SHUTDOWN)
    session.join()


if __name__ == "__main__":
    _, kiosk_toml, letters_json, day, drawn, longest = sys.argv
    main(Path(kiosk_toml), Path(letters_json), date.fromisoformat(day), int(drawn), float(longest))
