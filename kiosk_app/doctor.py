"""What works on this machine and what needs a hand: for a technician in front of it."""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

from central_office.contract.tables import BadSettings
from central_office.contract.town import read_town
from devices.card_reading import CardIn, CardUnreadable, NoCard
from devices.conditions import Absent, Condition, NeedsStaff, Ready
from devices.drivers.pcsc_reader import PCSC_READER
from devices.drivers.pcsc_reader.trust_folder import TrustFolder
from devices.errors import Unavailable
from devices.noticeboard import Noticeboard
from devices.online_ausweis import GivenUp, ServiceRefused
from devices.payments import Declined, TerminalStatus
from devices.rig import RigError
from devices.roles import CARD_READER, CARD_TERMINAL, DISPENSER, ONLINE_AUSWEIS
from devices.supervisor import Supervisor, load_rig
from offline_cache.at_rest import open_disk
from offline_cache.database import StoreError
from offline_cache.identity import IdentityBroken, NotEnrolled, load
from offline_cache.store import LEDGER_FILE, REPLICA_FILE, open_ledger, open_replica

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from devices.online_ausweis import CanWanted, CardWanted, NewPinWanted, Over, PadWanted, PinWanted, Wish
    from devices.rig import Rig
    from kiosk_app.settings import Settings

LOOK_FOR_DEVICES_SECONDS = 3.0
ASK_EID_SERVICE_SECONDS = 10.0
FREE_BYTES = 200 * 1024 * 1024


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is well, and a sentence that says what to do if not."""

    what: str
    well: bool
    says: str


def examine(settings: Settings) -> tuple[Finding, ...]:
    """Look at everything once; takes a few seconds when a device does not answer."""
    return (*_files(settings), *_memory(settings), *_devices(settings))


def _files(settings: Settings) -> Iterator[Finding]:
    try:
        town = read_town(settings.town)
        yield Finding("town", well=True, says=f"{town.town.name}, {len(town.place)} places, {len(town.street)} streets")
    except BadSettings as error:
        yield Finding("town", well=False, says=str(error))
    folder = settings.data if settings.data.exists() else settings.data.parent
    free = shutil.disk_usage(folder).free if folder.exists() else 0
    yield Finding("disk", well=free > FREE_BYTES, says=f"{free // 1024 // 1024} MiB free below {folder}")


def _memory(settings: Settings) -> Iterator[Finding]:
    try:
        identity = load(settings.data)
    except NotEnrolled:
        yield Finding("identity", well=False, says="not enrolled: get a ticket at the office, then `kiosk enrol`")
        return
    except IdentityBroken as error:
        yield Finding("identity", well=False, says=f"{error}; enrol anew with `kiosk enrol --replace`")
        return
    yield Finding("identity", well=True, says=f"{identity.device}, {identity.site}, {identity.fingerprint}")
    try:
        table = settings.disk
        disk = open_disk(settings.data, key_file=table.key, encrypted_partition=table.encrypted_partition)
        ledger = open_ledger(settings.data / LEDGER_FILE, disk=disk)
    except StoreError as error:
        yield Finding("ledger", well=False, says=f"{error}; keep the file and call the office before anything else")
        return
    line = ledger.outbox.line()
    closed = "the partition is encrypted" if disk.key is None else f"closed with the key in {disk.key.file}"
    yield Finding("encryption", well=True, says=closed)
    yield Finding("ledger", well=True, says=f"{ledger.outbox.waiting()} commands wait for the office")
    contact = "never" if line.last_contact is None else _ago(line.last_contact)
    well = line.trouble is None and line.last_contact is not None
    yield Finding("office", well=well, says=f"last contact: {contact}{'' if well else f'; {line.trouble}'}")
    ledger.close()
    replica = open_replica(settings.data / REPLICA_FILE, identity.pepper, disk=disk)
    as_of = replica.as_of()
    says = "no data yet: start `kiosk courier` with a line to the office" if as_of is None else f"as of {_ago(as_of)}"
    yield Finding("replica", well=as_of is not None, says=says)
    replica.close()


def _devices(settings: Settings) -> Iterator[Finding]:
    try:
        rig = load_rig(settings.rig)
    except (RigError, OSError) as error:
        yield Finding("rig", well=False, says=str(error))
        return
    noticeboard, stop = Noticeboard(), threading.Event()
    supervisor = Supervisor(rig, noticeboard, Random())  # noqa: S311 - spreads retries
    watch = threading.Thread(target=supervisor.watch, args=(stop,), name="watch")
    watch.start()
    began = time.monotonic()
    while time.monotonic() - began < LOOK_FOR_DEVICES_SECONDS and any(
        isinstance(condition, Absent) for condition in noticeboard.latest().values()
    ):
        stop.wait(0.1)
    conditions = noticeboard.latest()
    diagnosis = [
        *_diagnosis(supervisor, conditions),
        *_columns(supervisor, conditions),
        *_card(supervisor, conditions),
        *_issuers(rig),
        *_eid_service(supervisor, conditions),
    ]
    stop.set()
    watch.join()
    for fitted in rig.devices:
        role = fitted.driver.role.name
        condition = conditions.get(role, Absent())
        yield Finding(role, well=isinstance(condition, Ready), says=f"{_condition(condition)} ({fitted.driver.name})")
    yield from diagnosis


def _diagnosis(supervisor: Supervisor, conditions: Mapping[str, Condition]) -> Iterator[Finding]:
    """Let a card terminal call its host: a terminal may be ready while its line to the bank is not."""
    if not isinstance(conditions.get(CARD_TERMINAL.name), Ready):
        return
    what = "card payments"
    try:
        with supervisor.lease(CARD_TERMINAL) as terminal:
            found = terminal.diagnose(threading.Event())
            able = asdict(terminal.capabilities)
            switched_off = [name for name, has in able.items() if has is False]
    except Unavailable as error:
        yield Finding(what, well=False, says=_condition(error.condition))
        return
    match found:
        case TerminalStatus(condition=Ready()):
            without = f"; the rig says that it has no {', '.join(switched_off)}" if switched_off else ""
            yield Finding(what, well=True, says=f"the terminal reached its host{without}")
        case TerminalStatus(code=code):
            yield Finding(what, well=False, says=f"its diagnosis ended with status {code:02X}: look at its display")
        case Declined(refusal=refusal, code=code):
            yield Finding(what, well=False, says=f"its diagnosis failed: {refusal} ({code:02X}); check its network")
        case _:
            yield Finding(what, well=False, says="it fell silent during its diagnosis; look at its display and cable")


def _columns(supervisor: Supervisor, conditions: Mapping[str, Condition]) -> Iterator[Finding]:
    """What the sensors of a dispenser show; no motor is turned."""
    if not isinstance(conditions.get(DISPENSER.name), Ready):
        return
    what = "bag columns"
    try:
        with supervisor.lease(DISPENSER) as dispenser:
            sight = dispenser.look(threading.Event())
            kinds = {each.number: f"{each.article} {each.year}" for each in dispenser.layout.columns}
    except Unavailable as error:
        yield Finding(what, well=False, says=_condition(error.condition))
        return
    troubled = [f"{each.column} ({kinds[each.column]}) is {each.trouble}" for each in sight.columns if each.trouble]
    low = [f"{each.column} ({kinds[each.column]}) is low" for each in sight.columns if each.low]
    says = "; ".join(troubled + low) or f"all {len(sight.columns)} at home, the chute is clear"
    yield Finding(what, well=not troubled, says=says)


def _card(supervisor: Supervisor, conditions: Mapping[str, Condition]) -> Iterator[Finding]:
    """What lies in a reader of chip cards; nothing is read from it."""
    if not isinstance(conditions.get(CARD_READER.name), Ready):
        return
    what = "chip card"
    try:
        with supervisor.lease(CARD_READER) as reader:
            there = reader.presence()
    except Unavailable as error:
        yield Finding(what, well=False, says=_condition(error.condition))
        return
    match there:
        case NoCard():
            yield Finding(what, well=True, says="the reader is empty: lay a card in and look again")
        case CardIn(atr=atr):
            yield Finding(what, well=True, says=f"a card answers: {atr.hex(' ')}")
        case CardUnreadable():
            yield Finding(what, well=False, says="what lies in the reader says nothing: turn it, or take it out")


class _Decliner:
    """Hears who asks for what, and does not want that."""

    def __init__(self) -> None:
        self.wish: Wish | None = None

    def allow(self, wish: Wish, _over: Over) -> bool:
        self.wish = wish
        return False

    def work(self, over: Over) -> bool:
        began = time.monotonic()
        while not over():
            if time.monotonic() - began > ASK_EID_SERVICE_SECONDS:
                return False
            time.sleep(0.05)
        return True

    def want_card(self, _wanted: CardWanted, _over: Over) -> bool:
        return False

    def type_on_reader(self, _wanted: PadWanted, _over: Over) -> bool:
        return False

    def pin(self, _wanted: PinWanted, _over: Over) -> str | None:
        return None

    def can(self, _wanted: CanWanted, _over: Over) -> str | None:
        return None

    def new_pin(self, _wanted: NewPinWanted, _over: Over) -> str | None:
        return None


def _eid_service(supervisor: Supervisor, conditions: Mapping[str, Condition]) -> Iterator[Finding]:
    """Have the municipality's eID service say what it wants to read of a German card; no card is needed for that."""
    if not isinstance(conditions.get(ONLINE_AUSWEIS.name), Ready):
        return
    what = "eID service"
    decliner = _Decliner()
    try:
        with supervisor.lease(ONLINE_AUSWEIS) as ausweis:
            outcome = ausweis.identify(decliner, threading.Event())
    except Unavailable as error:
        yield Finding(what, well=False, says=_condition(error.condition))
        return
    match outcome, decliner.wish:
        case GivenUp(), wish if wish is not None:
            until = "" if wish.valid_until is None else f", certificate until {wish.valid_until}"
            asked = ", ".join(sorted(wish.rights))
            yield Finding(what, well=True, says=f"{wish.service} would read {asked}{until}")
        case ServiceRefused(refusal=refusal, code=code), _:
            yield Finding(
                what, well=False, says=f"{refusal} ({code}): look at tc_token in the rig file and at the line"
            )
        case _:
            yield Finding(what, well=False, says="it does not answer: look at tc_token in the rig file and at the line")


def _issuers(rig: Rig) -> Iterator[Finding]:
    """Whose cards are believed; nothing is wrong with a kiosk that reads none."""
    for fitted in rig.devices:
        if fitted.driver is PCSC_READER:
            survey = TrustFolder(str(fitted.options.get("trust", "")), lambda: datetime.now(UTC)).survey()
            yield Finding("issuers", well=survey.believes, says=survey.says)


def _condition(condition: Condition) -> str:
    match condition:
        case Ready(soon=None):
            return "ready"
        case Ready(soon=soon):
            return f"ready, soon needed: {soon}"
        case NeedsStaff(need=need):
            return f"needs a hand: {need}"
        case Absent():
            return "not there: look at cable, power and the address in the rig file"


def _ago(moment: datetime) -> str:
    minutes = int((datetime.now(UTC) - moment).total_seconds()) // 60
    return f"{moment:%Y-%m-%d %H:%M} UTC, {minutes} min ago"
