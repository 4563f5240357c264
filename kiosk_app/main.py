"""The composition root: the one module that knows all others.

Read the settings, draw the first page, then open the disk and the rig, start `watch` and `session`, and run the stage
until someone says stop. Whatever is heavy is loaded after the first frame.
"""

from __future__ import annotations

import gc
import signal
import threading
import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from central_office.contract.tables import BadSettings
from central_office.contract.town import read_town
from kiosk_app.neighbourhood import neighbourhood
from kiosk_app.watchdog import Watchdog, address_of_service_manager
from logbook import say
from offline_cache.configuration import configured
from screens.look import Look
from screens.present import load as load_pages
from screens.present import present
from screens.show import IdleRules, Show
from screens.stage import Ending, Stage
from screens.steps import Attract, Reason, ServiceKey
from screens.voice import SelfVoicing, available

if TYPE_CHECKING:
    from pathlib import Path

    from central_office.contract.town import Town
    from devices.rig import Rig
    from kiosk_app.power import Power
    from kiosk_app.settings import Settings

SERVICES = (ServiceKey.DOCUMENT_STATUS,)


def now() -> datetime:
    """This moment, aware UTC."""
    return datetime.now(UTC)


def run(settings: Settings) -> int:
    """Be the kiosk until SIGTERM or SIGINT; the exit status of the process."""
    town = newest_town(settings)
    voice = SelfVoicing()
    stage = Stage()
    show = Show(
        stage,
        present,
        neighbourhood(settings, town, now, can_read_aloud=available()),
        opening=Attract(SERVICES),
        look=Look(language=settings.language),
        idle=IdleRules(
            settings.session.idle_seconds, settings.session.warning_seconds, dim=settings.session.dim_seconds
        ),
        clock=time.monotonic,
        voice=voice,
    )
    backstage = Backstage(settings, town, stage, show)

    from screens.views import app  # noqa: PLC0415 - Kivy opens its window when it is imported

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: app.leave())
    app.run(
        show,
        form=settings.screen.format,
        fullscreen=settings.screen.fullscreen,
        rotation=settings.screen.rotation,
        after_first_frame=backstage.open,
        each_second=backstage.look_after,
    )
    voice.stop()
    return backstage.close()


def newest_town(settings: Settings) -> Town:
    """The town as the office published it, if it did and its file can be read; else as this machine has it."""
    published = configured(settings.data).get("town.toml")
    if published is not None:
        try:
            return read_town(published)
        except BadSettings as error:
            from kiosk_app.events import TownFileUnusable  # noqa: PLC0415 - seldom needed, never before the first frame

            say(TownFileUnusable(error))
    return read_town(settings.town)


class Backstage:
    """The threads behind the stage: `session` and `watch`, started after the first frame, ended with the window."""

    def __init__(self, settings: Settings, town: Town, stage: Stage, show: Show) -> None:
        self._settings = settings
        self._town = town
        self._stage = stage
        self._show = show
        self._stop = threading.Event()
        self._watchdog = Watchdog(address_of_service_manager(), time.monotonic)
        self._threads: tuple[threading.Thread, ...] = ()
        self._power: Power | None = None

    def open(self) -> None:
        """Start the threads; called once, on the main thread, when the first frame is drawn."""
        gc.enable()
        self._watchdog.ready()
        session = threading.Thread(target=self._session, name="session")
        self._threads = (session,)
        session.start()

    def look_after(self) -> None:
        """Feed the watchdog; leave when a thread died, so that the service manager starts everything anew."""
        self._watchdog.beat("main")
        self._watchdog.feed()
        if self._power is not None:
            self._power.look()
        if any(not thread.is_alive() for thread in self._threads):
            from screens.views import app  # noqa: PLC0415

            app.leave()

    def close(self) -> int:
        """End the threads; 1 if one of them had died by itself."""
        died = any(not thread.is_alive() for thread in self._threads)
        self._stage.abandon(Ending.SHUTDOWN)
        # Money and goods that move come to their end while their devices are still open.
        for session in self._threads[:1]:
            session.join(timeout=SALE_ENDS_WITHIN)
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=5)
        return 1 if died else 0

    def _session(self) -> None:  # noqa: PLR0915  the whole house is put together here
        from random import Random  # noqa: PLC0415 - all of this after the first frame

        from devices.dispensing import layout_in as columns_in  # noqa: PLC0415
        from devices.noticeboard import Noticeboard  # noqa: PLC0415
        from devices.roles import ONLINE_AUSWEIS  # noqa: PLC0415
        from devices.supervisor import Supervisor  # noqa: PLC0415
        from devices.walls import layout_in  # noqa: PLC0415
        from kiosk_app.bag_sale import bag_sale_of  # noqa: PLC0415
        from kiosk_app.bulky import bulky_waste_of  # noqa: PLC0415
        from kiosk_app.conductor import Conductor, House, Programme  # noqa: PLC0415
        from kiosk_app.health import Health  # noqa: PLC0415
        from kiosk_app.memory import Disk  # noqa: PLC0415
        from kiosk_app.money_duty import MoneyDuty  # noqa: PLC0415
        from kiosk_app.power import Power  # noqa: PLC0415
        from kiosk_app.services.bulky_waste import bulky_waste  # noqa: PLC0415
        from kiosk_app.services.collect import collect, wall_hindrance  # noqa: PLC0415
        from kiosk_app.services.document_status import document_status  # noqa: PLC0415
        from kiosk_app.services.own_pin import own_pin, own_pin_hindrance  # noqa: PLC0415
        from kiosk_app.services.staff import staff  # noqa: PLC0415
        from kiosk_app.slips import PRINTING, settle_printing  # noqa: PLC0415
        from kiosk_app.tariff import tariff_of  # noqa: PLC0415
        from kiosk_app.wall_duty import note_incidents, settle_loading, settle_looking, settle_opening  # noqa: PLC0415
        from offline_cache.pickups import OPENING  # noqa: PLC0415
        from offline_cache.staff import LOADING, LOOKING, TAKING  # noqa: PLC0415
        from offline_cache.store import load_messages  # noqa: PLC0415

        disk = Disk(self._settings.data, now, self._settings.disk)
        noticeboard = Noticeboard()
        rig = _rig(self._settings.rig)
        supervisor = Supervisor(rig, noticeboard, Random())  # noqa: S311 - spreads retries
        watch = threading.Thread(target=supervisor.watch, args=(self._stop,), name="watch")
        self._threads = (*self._threads, watch)
        watch.start()
        bulky = bulky_waste_of(self._settings.data, self._settings.town, self._town)
        load_messages()  # now, so that the first citizen does not wait
        load_pages()

        def no_data() -> Reason | None:
            memory = disk.memory()
            return Reason.NO_DATA_YET if memory is None or memory.replica.as_of() is None else None

        health = Health(self._settings.data, noticeboard)

        def beat() -> None:
            health.look()
            self._watchdog.beat("session")
            if time.monotonic() - supervisor.beat() < OVERDUE:
                self._watchdog.beat("watch")

        self._stage.beat = beat
        power = Power(noticeboard, self._stage, now, time.monotonic, self._settings.power.off)
        self._power = power
        money = MoneyDuty(
            supervisor,
            noticeboard,
            town=self._town,
            now=now,
            stop=self._stop,
            clock=time.monotonic,
            beat=beat,
        )
        surroundings = neighbourhood(self._settings, self._town, now, can_read_aloud=available())
        walled = layout_in(rig) is not None
        house = House(
            stage=self._stage,
            devices=supervisor,
            noticeboard=noticeboard,
            memory=disk.memory,
            town=self._town,
            now=now,
            language=lambda: self._show.look.language,
            surroundings=lambda: surroundings(self._show.look.language),
            stale_after_hours=self._settings.session.stale_hours,
            fault=lambda: power.fault() or disk.fault(),
            stand_still=power.stand_still,
            settlers={
                PRINTING: settle_printing(supervisor, self._stop, self._stop.wait),
                OPENING: settle_opening(supervisor, self._stop, self._stop.wait),
                LOADING: settle_loading(supervisor, self._stop, self._stop.wait),
                TAKING: settle_opening(supervisor, self._stop, self._stop.wait),
                LOOKING: settle_looking(supervisor, self._stop, self._stop.wait),
            },
            staff=partial(staff, tariff=tariff_of(self._settings.data, self._settings.town), walled=walled)
            if walled or columns_in(rig) is not None
            else None,
            tidy=gc.collect,
            duty=lambda memory: (note_incidents(supervisor, noticeboard, memory.outbox), money.look(memory)),
            settle_sales=money.settle,
            columns=columns_in(rig),
            ends_with_card=self._settings.session.ends_with_card,
        )
        # All of the program is loaded and stays: only what visits leave is looked through from now on, between them.
        gc.collect()
        gc.freeze()
        gc.set_threshold(OBJECTS_OF_A_VISIT)
        programmes = {ServiceKey.DOCUMENT_STATUS: Programme(document_status, no_data)}
        if walled:
            programmes[ServiceKey.COLLECT] = Programme(collect, lambda: wall_hindrance(noticeboard))
        if bulky is not None:
            programmes[ServiceKey.BULKY_WASTE] = Programme(partial(bulky_waste, bulky), no_data)
        bag_sale = bag_sale_of(self._settings.data, self._settings.town, self._town, noticeboard, columns_in(rig), now)
        if bag_sale is not None:
            programmes[ServiceKey.BAGS] = bag_sale.programme(disk.memory)
        if rig.has(ONLINE_AUSWEIS.name):
            programmes[ServiceKey.OWN_PIN] = Programme(own_pin, lambda: own_pin_hindrance(noticeboard))
        Conductor(house, programmes).run()


def _rig(path: Path) -> Rig:
    """The rig, or one without devices if the file cannot be used: number and birth date can still be typed."""
    from devices.rig import Rig, RigError  # noqa: PLC0415
    from devices.supervisor import load_rig  # noqa: PLC0415
    from kiosk_app.events import NoDeviceWorks, RigUnreadable  # noqa: PLC0415

    try:
        return load_rig(path)
    except RigError as error:
        say(NoDeviceWorks(error))
    except OSError as error:
        say(RigUnreadable(type(error)))
    return Rig(())


OBJECTS_OF_A_VISIT = 50_000
"""New objects after which garbage is collected though a citizen waits: about a hundred pages' worth."""

SALE_ENDS_WITHIN = 75.0
"""Seconds for which a sale is waited for when the program is told to end; the service manager waits for longer."""

OVERDUE = 10.0
"""Seconds after which the thread `watch` counts as stuck."""
