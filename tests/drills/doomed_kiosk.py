"""A kiosk that is killed at one chosen moment: the production conductor, services, supervisor, drivers and disk.

`python -m tests.drills.doomed_kiosk KIOSK.toml` loads the program once, then reads one order (JSON) a line and lets a
forked process live it: the kiosk starts, settles what was torn, serves one citizen, and is shut down. It dies by
SIGKILL at the n-th point: before a transaction of the ledger is committed, after it was, or when a page is shown. Every
transition of journal, outbox and leases is such a transaction. What she saw confirmed is in `witness.log` and outlives
her kiosk.

Another flow is one more entry of `FLOWS`.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import random
import signal
import sys
import threading
import time
import traceback
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import apsw

from central_office.contract.addresses import Street
from central_office.contract.bulky import OrderKind
from central_office.contract.bulky_orders import OrderState
from central_office.contract.town import read_town
from devices.conditions import Ready
from devices.noticeboard import Noticeboard
from devices.rig import Rig
from devices.roles import CARD_TERMINAL, LOCKER_WALL
from devices.supervisor import Supervisor, load_rig
from kiosk_app.bulky import bulky_waste_of
from kiosk_app.conductor import Conductor, House, Programme
from kiosk_app.memory import Disk
from kiosk_app.services.bulky_waste import bulky_waste
from kiosk_app.services.collect import collect, wall_hindrance
from kiosk_app.settings import read_settings
from kiosk_app.slips import PRINTING, settle_printing
from kiosk_app.wall_duty import settle_opening
from offline_cache.pickups import OPENING
from offline_cache.store import LEDGER_FILE, load_messages
from screens import steps_bulky
from screens.stage import Ending, Stage
from screens.steps import Begin, Retry, ServiceKey
from screens.steps_bulky import Ask, Booked, ChooseDay, OneMore, Review, ShowBooked, Told
from screens.steps_bulky_mine import ShowOrder, Wish
from screens.steps_collect import LockerOpen
from screens.surroundings import OtherPlace, Surroundings
from tests.crash.flow import CODE, NUMBER
from tests.drills.lean_kiosk import witness

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kiosk_app.settings import Settings
    from screens.steps import Step

PATIENCE: Final = 60.0
"""Seconds after which a life that does not go on is a mishap."""
MOST_PAGES: Final = 200
"""Pages after which a visit goes round in circles."""


class Stuck(RuntimeError):
    """Nothing was asked for so long; the text is the page."""


@dataclass(frozen=True)
class Flow:
    """One thing that a citizen does: what she answers on each page, one after the other, the last one again and again.

    An answer that is a function gets the page. `torn`: the visit before hers is killed while the compartment is open.
    """

    service: ServiceKey
    answers: Mapping[str, tuple[object, ...]]
    torn: bool = False


def _first_firm_day(step: object) -> object:
    assert isinstance(step, ChooseDay)
    # Without a card terminal an express day cannot be had: who chose one would be led back to this page for ever.
    return next(offer.day for offer in step.offers if offer.firm and offer.left and offer.express is None)


_COLLECTS: Final = Flow(
    ServiceKey.COLLECT,
    {"CodeOpensNothing": (Retry.FINISH,), "Collected": (None,), "GoToCounter": (None,), "TooManyTries": (None,)},
)

_ORDERS: Final[dict[str, tuple[object, ...]]] = {
    "BulkyStart": (steps_bulky.Start.ORDER,),
    "EnterStreet": (Street("Lindenstraße"),),
    "EnterHouse": ("14",),
    "ShowRules": (OrderKind.BULKY,),
    "ChooseItems": (OneMore("chair", 1), Ask.GO_ON),
    "ChooseDay": (_first_firm_day, Ask.GO_ON),
    "EnterName": ("MUSTER",),
    "EnterPhone": ("",),
    "ReviewOrder": (Review.AGREE, Review.BOOK),
    "ShowBooked": (Booked.PRINT, Booked.FINISH),
}
_COMES_BACK: Final[dict[str, tuple[object, ...]]] = {
    **_ORDERS,
    "BulkyStart": (steps_bulky.Start.ORDER, steps_bulky.Start.MINE),
    "ShowBooked": (Booked.ELSE, Booked.FINISH),
    "EnterOrderNumber": (NUMBER,),
    "EnterChangeCode": (CODE,),
}

FLOWS: Final = {
    "bulky waste ordered": Flow(ServiceKey.BULKY_WASTE, _ORDERS),
    "bulky waste moved": Flow(
        ServiceKey.BULKY_WASTE,
        _COMES_BACK
        | {
            "ShowOrder": (Wish.MOVE,),
            "ChooseDay": (_first_firm_day, Ask.GO_ON, _first_firm_day, Ask.GO_ON),
            "ConfirmMove": (True,),
        },
    ),
    "bulky waste called off": Flow(
        ServiceKey.BULKY_WASTE,
        _COMES_BACK | {"ShowOrder": (Wish.CANCEL, Wish.FINISH), "ConfirmCancel": (True,)},
    ),
    "document collected": _COLLECTS,
    "settlement at the start": Flow(_COLLECTS.service, _COLLECTS.answers, torn=True),
}
"""Every flow by its name."""


class Doom:
    """Counts the points of a life, and ends it at one of them."""

    def __init__(self, point: int | None, page: str | None) -> None:
        self._point = point
        self._page = page
        self._lock = threading.Lock()
        self.points: list[str] = []

    def watch(self, connection: apsw.Connection) -> None:
        """Have every transaction of the ledger pass here."""
        if not connection.filename.endswith(LEDGER_FILE):
            return
        connection.set_commit_hook(self._committing)
        connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, self._committed)

    def passes(self, what: str) -> None:
        """One point more."""
        with self._lock:
            self.points.append(what)
            if len(self.points) == self._point or what == self._page:
                os.kill(os.getpid(), signal.SIGKILL)

    def _committing(self) -> bool:
        self.passes("before a commit")
        return False

    def _committed(self, event: dict[str, Any]) -> None:
        if event["sql"] == "COMMIT":
            self.passes("after a commit")


class Citizen:
    """Answers what she is asked, and shuts the compartment's door by the dock."""

    def __init__(self, stage: Stage, flow: Flow, order: Mapping[str, Any], folder: Path, doom: Doom) -> None:
        self._stage = stage
        self._answers = {page: list(answers) for page, answers in flow.answers.items()}
        self._answers |= {
            "Attract": [Begin("de")], "Home": [flow.service], "Farewell": [None],
            **{page: [answer] for page, answer in order["answers"].items()},
        }  # fmt: skip
        self._compartment = order.get("compartment")
        self._dock = order["dock"]
        self._seen = witness(folder)
        self._doom = doom
        self._slip: dict[str, str] = {}

    def comes_and_goes(self, session: threading.Thread) -> None:
        """From the invitation to the next one."""
        answered, attracted, pages, since = 0, 0, 0, time.monotonic()
        while pages < MOST_PAGES:
            question = self._stage.current
            if question is None or question.number <= answered:
                if time.monotonic() - since > PATIENCE or not session.is_alive():
                    raise Stuck(type(question.step).__name__ if question is not None else "no page")
                time.sleep(0.002)
                continue
            answered, pages, since = question.number, pages + 1, time.monotonic()
            step, name = question.step, type(question.step).__name__
            if name == "Attract":
                attracted += 1
                if attracted > 1:
                    return
            self._reads(step)
            self._doom.passes(name)
            if isinstance(step, LockerOpen):
                self._shuts_the_door()
            elif question.open:
                self._stage.answer(question.number, self._answer(step, name))
        raise Stuck(f"{pages} pages")

    def _reads(self, step: Step[Any]) -> None:
        """What she reads as done outlives her kiosk."""
        match step:
            case ShowBooked(told=Told.MOVED):
                self._seen.note("moved", step.number.replace(" ", "_"), step.day.isoformat())
            case ShowBooked():
                self._seen.note("booked", step.number.replace(" ", "_"))
                self._slip = {NUMBER: step.number, CODE: step.code}
            case ShowOrder() if step.order.state is OrderState.CANCELLED:
                self._seen.note("called_off", step.number.replace(" ", "_"))
            case _:
                pass

    def _answer(self, step: Step[Any], name: str) -> object:
        answers = self._answers.get(name)
        if answers is None:
            raise Stuck(name)
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, str):
            return self._slip.get(answer, answer)
        return answer(step) if callable(answer) else answer

    def _shuts_the_door(self) -> None:
        body = json.dumps({"compartment": self._compartment, "door": "closed"}).encode()
        request = urllib.request.Request(f"{self._dock}wall", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            answer.read()


def live(config: Path, order: Mapping[str, Any], tell: Callable[[list[str]], None]) -> None:
    """One life of the kiosk, from its start to its end or its death."""
    doom = Doom(order.get("point"), order.get("page"))
    apsw.connection_hooks.append(doom.watch)
    settings, flow = read_settings(config), FLOWS[order["flow"]]
    town = read_town(settings.town)
    stage, noticeboard, stop = Stage(), Noticeboard(), threading.Event()
    # Without a card terminal what a pickup costs is paid at the office; sales have a matrix of their own.
    rig = Rig(tuple(one for one in load_rig(settings.rig).devices if one.driver.role.name != CARD_TERMINAL.name))
    supervisor = Supervisor(rig, noticeboard, random.Random(os.getpid()))
    watch = threading.Thread(target=supervisor.watch, args=(stop,), name="watch")
    watch.start()
    began = time.monotonic()
    while not isinstance(noticeboard.of(LOCKER_WALL), Ready):
        if time.monotonic() - began > PATIENCE:
            raise Stuck("the wall")
        time.sleep(0.005)
    house = _house(settings, stage, supervisor, noticeboard, stop)
    bulky = bulky_waste_of(settings.data, settings.town, town)
    assert bulky is not None
    programmes = {
        ServiceKey.BULKY_WASTE: Programme(lambda desk: bulky_waste(bulky, desk), lambda: None),
        ServiceKey.COLLECT: Programme(collect, lambda: wall_hindrance(noticeboard)),
    }
    session = threading.Thread(target=Conductor(house, programmes).run, name="session")
    session.start()
    try:
        Citizen(stage, flow, order, config.parent, doom).comes_and_goes(session)
    finally:
        stage.abandon(Ending.SHUTDOWN)
        stop.set()
        session.join()
        watch.join()
        supervisor.close()
    tell(doom.points)


def _house(
    settings: Settings, stage: Stage, supervisor: Supervisor, noticeboard: Noticeboard, stop: threading.Event
) -> House:
    disk = Disk(settings.data, lambda: datetime.now(UTC), settings.disk)
    around = Surroundings("Musterstadt", settings.terminal, datetime.now(UTC), OtherPlace("Schalter", "", None))
    return House(
        stage=stage,
        devices=supervisor,
        noticeboard=noticeboard,
        memory=disk.memory,
        town=read_town(settings.town),
        now=lambda: datetime.now(UTC),
        language=lambda: "de",
        surroundings=lambda: around,
        stale_after_hours=24,
        fault=disk.fault,
        settlers={
            PRINTING: settle_printing(supervisor, stop, stop.wait),
            OPENING: settle_opening(supervisor, stop, stop.wait),
        },
    )


def main(config: Path) -> None:
    """Read orders, let each be lived by a process of its own, and say how it ended."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    load_messages()
    gc.freeze()
    for line in sys.stdin:
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.close(read)
            _live_and_end(config, json.loads(line), write)
        os.close(write)
        with os.fdopen(read) as pipe:
            points = json.loads(pipe.read() or "null")
        _, status = os.waitpid(child, 0)
        sys.stdout.write(json.dumps({"ended": os.waitstatus_to_exitcode(status), "points": points}) + "\n")
        sys.stdout.flush()


def _live_and_end(config: Path, order: Mapping[str, Any], told_to: int) -> NoReturn:
    def tell(points: list[str]) -> None:
        with os.fdopen(told_to, "w") as pipe:
            json.dump(points, pipe)

    code = 1
    try:
        live(config, order, tell)
        code = 0
    except BaseException:  # noqa: BLE001 - the process ends here, whatever it was
        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
