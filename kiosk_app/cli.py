"""The command `kiosk`: what a technician, a service manager or a demonstration starts on this machine."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from screens.views.lean import lean

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from kiosk_app.settings import Settings
    from offline_cache.disk import Disk

_FOLLOW_UP = """\
first steps on a new machine:
  1. write kiosk.toml (see the comments in rigs/example.toml and town/musterstadt.toml)
  2. kiosk enrol --config kiosk.toml        type or scan the ticket that the office's kiosks page shows
  3. kiosk doctor --config kiosk.toml       says what works and what needs a hand
  4. kiosk courier --config kiosk.toml      keeps in step with the office (its own process)
     kiosk run --config kiosk.toml          the screen
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; 0 when it did what it says, 1 when it could not, 2 when the settings are wrong."""
    parsed = _parsed(sys.argv[1:] if arguments is None else arguments)
    with lean():
        import logging  # noqa: PLC0415 - `--help` loads nothing

        from central_office.contract.tables import BadSettings  # noqa: PLC0415
    logging.basicConfig(
        level=logging.DEBUG if parsed.verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )
    try:
        return int(parsed.do(parsed))
    except BadSettings as error:
        print(error, file=sys.stderr)
        return 2


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    match arguments:
        case ["run", "--config", file] if not file.startswith("-"):
            # As the service manager starts it: the first frame does not wait for a parser of everything else.
            return cast("argparse.Namespace", SimpleNamespace(verbose=False, do=_run, config=Path(file)))
        case _:
            return _parser().parse_args(arguments)


def _parser() -> argparse.ArgumentParser:
    import argparse  # noqa: PLC0415 - see above

    parser = argparse.ArgumentParser(
        prog="kiosk",
        description="The citizen kiosk: its screen, its courier to the office, its devices.",
        epilog=_FOLLOW_UP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="say more in the log (never personal data)")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    run = commands.add_parser(
        "run",
        help="the screen: serve citizens until stopped",
        description="Open the window and serve citizens. Needs no network: what the office said is on the disk.",
    )
    _config(run)
    run.set_defaults(do=_run)

    courier = commands.add_parser(
        "courier",
        help="keep in step with the office until stopped",
        description="Carry visits to the office and bring back what changed, whenever the line is up. One per kiosk.",
    )
    _config(courier)
    courier.set_defaults(do=_courier)

    enrol = commands.add_parser(
        "enrol",
        help="make this machine known to the office, once",
        description="Make a key on this machine and show it to the office together with a one-time ticket. "
        "The office's kiosks page shows the ticket as a QR code and as groups of characters to type. "
        "Compare the fingerprint that is printed with the one on that page.",
    )
    _config(enrol)
    enrol.add_argument(
        "--ticket", help='what the QR code says ("BTE1 https://… XXXX"), or the typed groups; asked for if not given'
    )
    enrol.add_argument("--office", help="address of the office, if the ticket is typed and kiosk.toml has none")
    enrol.add_argument("--replace", action="store_true", help="throw the old identity away and take a new one")
    enrol.set_defaults(do=_enrol)

    doctor = commands.add_parser(
        "doctor",
        help="say what works on this machine and what needs a hand",
        description="Look at settings, disk, identity, office and every device of the rig; exit status 1 if something "
        "needs a hand. Stop `kiosk run` first: a device has one owner at a time.",
    )
    _config(doctor)
    doctor.set_defaults(do=_doctor)

    fill = commands.add_parser(
        "fill",
        help="say that every column of the bag dispenser is full, once it was set up",
        description="Write down that each column holds as much as fits in, and tell the office who filled it. For the "
        "first filling: later ones are told on the screen, in staff mode. Stop `kiosk run` first.",
    )
    _config(fill)
    fill.add_argument("--employee", required=True, metavar="NUMBER", help="your staff number, four digits")
    fill.set_defaults(do=_fill)

    simulate = commands.add_parser(
        "simulate",
        help="be the other end of every wire: camera, scanner, printer, lockers, card terminal, bags, line",
        description="Simulate the devices of a kiosk and the line to its office, and offer a page on loopback (the "
        "dock) where a person shows letters, scans, takes paper away, opens and shuts lockers, holds up cards, unplugs "
        "things and cuts the line.",
    )
    _simulate_options(simulate)
    simulate.set_defaults(do=_simulate)
    return parser


def _config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, default=Path("kiosk.toml"), metavar="FILE", help="this machine's settings (kiosk.toml)"
    )


def _settings(parsed: argparse.Namespace) -> Settings:
    from kiosk_app.settings import read_settings  # noqa: PLC0415

    return read_settings(parsed.config)


def _disk(settings: Settings) -> Disk:
    from offline_cache.at_rest import open_disk  # noqa: PLC0415

    table = settings.disk
    return open_disk(settings.data, key_file=table.key, encrypted_partition=table.encrypted_partition)


@contextmanager
def _kept_log(settings: Settings, name: str) -> Iterator[None]:
    """Write what is said into a chained file below the data directory too; a disk that refuses stops nobody."""
    if not settings.data.is_dir():  # made by `kiosk enrol`, for its owner alone
        yield
        return
    import logging  # noqa: PLC0415 - see `main`
    from datetime import UTC, datetime  # noqa: PLC0415

    from logbook.chained import FOLDER, ChainedLog, LogTaken  # noqa: PLC0415

    try:
        kept = ChainedLog(settings.data / FOLDER / f"{name}.log", lambda: datetime.now(UTC))
    except (LogTaken, OSError) as trouble:
        from kiosk_app.events import LogNotKept  # noqa: PLC0415
        from logbook import say  # noqa: PLC0415

        say(LogNotKept(type(trouble)))
        yield
        return
    logging.getLogger().addHandler(kept)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(kept)
        kept.close()


def _run(parsed: argparse.Namespace) -> int:
    gc.disable()  # until the first frame: what is made until then stays for ever
    with lean():
        settings = _settings(parsed)
        from kiosk_app.main import run  # noqa: PLC0415

    with _kept_log(settings, "run"):
        return run(settings)


def _courier(parsed: argparse.Namespace) -> int:
    settings = _settings(parsed)
    from offline_cache import courier  # noqa: PLC0415
    from offline_cache.database import StoreError  # noqa: PLC0415
    from offline_cache.identity import IdentityBroken, NotEnrolled  # noqa: PLC0415
    from offline_cache.line import AddressRefused, LineError  # noqa: PLC0415

    try:
        with _kept_log(settings, "courier"):
            pace = courier.Pace(longest=settings.office.longest_pause)
            courier.run_until_signalled(settings.data, pace=pace, disk=_disk(settings))
    except NotEnrolled:
        return _fails("this kiosk is not enrolled yet: run `kiosk enrol` first")
    except (courier.CourierAlreadyRuns, IdentityBroken, StoreError, LineError, AddressRefused) as error:
        return _fails(str(error))
    return 0


def _enrol(parsed: argparse.Namespace) -> int:
    settings = _settings(parsed)
    from central_office.contract import enrolment_ticket  # noqa: PLC0415
    from offline_cache import enrolment  # noqa: PLC0415
    from offline_cache.courier import CourierAlreadyRuns  # noqa: PLC0415
    from offline_cache.database import StoreError  # noqa: PLC0415
    from offline_cache.line import AddressRefused, LineError  # noqa: PLC0415

    said = (parsed.ticket or input("Ticket: ")).strip()
    try:
        if said.startswith(enrolment_ticket.PREFIX):
            ticket = enrolment_ticket.parse_payload(said.encode())
            office, token = ticket.office, ticket.typed
        else:
            office, token = parsed.office or settings.office.address, said
        if not office:
            return _fails("a typed ticket does not say where the office is: give --office, or [office] address")
        identity = enrolment.enrol(
            settings.data, office, token, ca_file=settings.office.ca, replace=parsed.replace, disk=_disk(settings)
        )
    except (
        enrolment_ticket.NotATicket,
        enrolment.AlreadyEnrolled,
        enrolment.TicketRefused,
        enrolment.OtherKeyEnrolled,
        enrolment.FirstSyncFailed,
        CourierAlreadyRuns,
        AddressRefused,
        StoreError,
    ) as error:
        return _fails(str(error))
    except LineError as error:
        return _fails(f"the office at {office} cannot be asked ({error.word}): look at its address and the network")
    print(f"Enrolled as {identity.device} at {identity.site}. Fingerprint: {identity.fingerprint}")
    return 0


def _fill(parsed: argparse.Namespace) -> int:
    settings = _settings(parsed)
    from central_office.contract.staff_card import EmployeeNumber, is_number  # noqa: PLC0415
    from devices.rig import RigError  # noqa: PLC0415
    from kiosk_app.filling import fill_columns  # noqa: PLC0415
    from offline_cache.database import StoreError  # noqa: PLC0415
    from offline_cache.identity import IdentityBroken, NotEnrolled  # noqa: PLC0415

    if not is_number(parsed.employee):
        return _fails("--employee is a staff number of four digits, as the office's staff page shows it")
    try:
        filled = fill_columns(settings, EmployeeNumber(parsed.employee))
    except NotEnrolled:
        return _fails("this kiosk is not enrolled yet: run `kiosk enrol` first")
    except (RigError, OSError, IdentityBroken, StoreError) as error:
        return _fails(str(error))
    if not filled:
        return _fails("the rig file has no dispenser")
    print(f"{filled} columns are full.")
    return 0


def _doctor(parsed: argparse.Namespace) -> int:
    settings = _settings(parsed)
    from kiosk_app.doctor import examine  # noqa: PLC0415

    findings = examine(settings)
    width = max(len(finding.what) for finding in findings)
    for finding in findings:
        print(f"{'ok  ' if finding.well else 'LOOK'}  {finding.what:<{width}}  {finding.says}")
    return 0 if all(finding.well for finding in findings) else 1


def _simulate_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--run", type=Path, required=True, metavar="DIR", help="where the rig file and sockets go")
    parser.add_argument("--letters", type=Path, metavar="DIR", help="letters to show (PDFs and letters.json)")
    parser.add_argument("--dock-port", type=int, default=0, metavar="N", help="port of the dock; 0 takes a free one")
    parser.add_argument("--office-port", type=int, metavar="N", help="port of the office that the line leads to")
    parser.add_argument("--camera-port", type=int, default=0, metavar="N", help="port of the camera's pictures")
    parser.add_argument("--printer-port", type=int, default=0, metavar="N", help="port of the receipt printer")
    parser.add_argument("--terminal-port", type=int, default=0, metavar="N", help="port of the card terminal")
    parser.add_argument("--terminal-on-serial", action="store_true", help="hang the card terminal on a serial line")
    parser.add_argument(
        "--german-card", action="store_true", help="have an AusweisApp with a German identity card, too"
    )
    parser.add_argument("--line-port", type=int, default=0, metavar="N", help="port at which the line begins")
    parser.add_argument(
        "--wall", choices=("modbus", "kerong"), default="modbus", help="the boards of the locker wall (default: modbus)"
    )


def _simulate(parsed: argparse.Namespace) -> int:
    import json  # noqa: PLC0415

    from devices import simulators  # noqa: PLC0415

    settings = simulators.Settings(
        run_directory=parsed.run,
        letters_directory=parsed.letters,
        office=None if parsed.office_port is None else ("127.0.0.1", parsed.office_port),
        dock_port=parsed.dock_port,
        camera_port=parsed.camera_port,
        printer_port=parsed.printer_port,
        line_port=parsed.line_port,
        terminal_port=parsed.terminal_port,
        terminal_on_serial=parsed.terminal_on_serial,
        german_card=parsed.german_card,
        wall=simulators.Boards(f"{parsed.wall}_wall"),
    )
    try:
        simulators.run(settings, _stop_on_signals(), lambda addresses: print(json.dumps(addresses), flush=True))
    except OSError as error:
        return _fails(f"the simulators cannot start: {error}")
    return 0


def _fails(why: str) -> int:
    print(why, file=sys.stderr)
    return 1


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    return stop


if __name__ == "__main__":
    raise SystemExit(main())
