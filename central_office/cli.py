"""The command `office`: start the server, load a town, give out tickets and letters.

Django is loaded only once the settings are read, so that a wrong settings file is told in one sentence.
"""

from __future__ import annotations

import argparse
import json
import os
import pwd
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from central_office.contract.tables import BadSettings
from central_office.contract.town import read_town
from central_office.office.audit import terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from central_office.contract.bulky import WasteRules
    from central_office.contract.tariff import Tariff
    from central_office.office.models import Town
    from central_office.office.settings import OfficeSettings

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class _Stop(Exception):
    """Something the technician must know; the command ends with this sentence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; 0 when it did its work, 1 when a sentence on standard error says what to do, 2 for usage."""
    parser = _parser()
    chosen, rest = parser.parse_known_args(arguments)
    if rest and chosen.run is not _manage:
        parser.error(f"unknown argument: {rest[0]}")
    chosen.rest = rest
    try:
        _start(chosen)
        run: Callable[[argparse.Namespace], int] = chosen.run
        return run(chosen)
    except _Stop as stop:
        sys.stderr.write(f"office: {stop}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--data", type=Path, default=Path("office-data"), metavar="DIR",
        help="where the office keeps its database, secrets and snapshots (default: ./office-data)",
    )  # fmt: skip
    shared.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        help="settings file (default: office.toml in the data directory, if any)",
    )
    parser = argparse.ArgumentParser(prog="office", description="The central office: documents, staff pages, kiosks.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[argparse.Namespace], int], words: str, epilog: str = ""
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, parents=[shared], help=words, description=f"{words}.", epilog=epilog)
        made.set_defaults(run=run)
        return made

    serve = command("serve", _serve, "start the office's web server; ends with Ctrl-C")
    serve.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1, this machine alone)"
    )
    serve.add_argument("--port", type=int, default=8000, help="port to listen on (default: 8000; 0: any free one)")

    command(
        "manage", _manage, "run one of Django's own commands, such as createsuperuser, dumpdata or tidy",
        "Everything after the options above goes to Django: office manage --data DIR tidy",
    )  # fmt: skip

    town = command("town", _town, "load or refresh the town from its file")
    town.add_argument("file", type=Path, metavar="FILE", help="the town's file, see town/musterstadt.toml")

    demo = command("demo", _demo, "load the demonstration town, staff to sign in as, and letters to show to a kiosk")
    demo.add_argument("--letters", type=Path, required=True, metavar="DIR", help="where the letters (PDF) go")
    demo.add_argument("--documents", type=int, default=300, metavar="N", help="how many documents (default: 300)")
    demo.add_argument("--seed", type=int, default=2026, help="another number makes other people (default: 2026)")
    demo.add_argument("--town", type=Path, metavar="FILE", help="the town's file (default: town/musterstadt.toml)")
    demo.add_argument(
        "--now", type=_moment, metavar="TIME", help="pretend it is this moment, such as 2026-06-16T10:00:00Z"
    )

    imported = command("import", _import, "take documents from a CSV file; good rows are kept, bad ones are listed")
    imported.add_argument("file", type=Path, metavar="FILE.csv")

    letter = command("letter", _letter, "write the letter of one document")
    letter.add_argument("reference", metavar="REFERENCE", help="as on the staff page, such as MS-26-00123")
    letter.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.pdf")

    ticket = command("enrol-token", _enrol_token, "make a one-time ticket for a new kiosk, good for one hour")
    ticket.add_argument("--site", required=True, help='where the kiosk stands, such as "Town hall, foyer"')
    ticket.add_argument(
        "--office", dest="office_url", metavar="URL", help="address under which the kiosk reaches this office"
    )
    ticket.add_argument("--json", action="store_true", help="print JSON for scripts")

    revoke = command("revoke", _revoke, "never listen to a kiosk again")
    revoke.add_argument("device", metavar="DEVICE", help="the kiosk's identifier, such as MS-01")
    terminal.add(commands, shared)
    return parser


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _start(chosen: argparse.Namespace) -> None:
    from central_office.office import occupancy  # noqa: PLC0415  # settings first, then Django
    from central_office.office.settings import BadSettings, read  # noqa: PLC0415
    from central_office.office.start import NoDatabase, migrate, start  # noqa: PLC0415

    moment: datetime | None = getattr(chosen, "now", None)
    try:
        chosen.office = read(chosen.data.absolute(), chosen.settings)
        start(chosen.office, (lambda: moment) if moment else None)
        if chosen.rest[:1] != ["restore"]:
            occupancy.join(chosen.office.data)
        if chosen.run is not _manage:
            migrate()
    except (BadSettings, NoDatabase, occupancy.Occupied) as problem:
        raise _Stop(str(problem)) from problem
    except PermissionError as problem:
        raise _Stop(f"{problem.filename}: not allowed. Choose a directory of your own with --data.") from problem


def _serve(chosen: argparse.Namespace) -> int:
    from dataclasses import replace  # noqa: PLC0415

    from django.conf import settings  # noqa: PLC0415
    from django.contrib.auth.models import User  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from central_office.office import demo, here, retention, server  # noqa: PLC0415

    office: OfficeSettings = chosen.office
    try:
        listener = server.listen(server.Address(chosen.host, chosen.port))
    except server.PortTaken as taken:
        raise _Stop(str(taken)) from taken
    retention.tidy(here.now())
    open_door = User.objects.filter(username__in=[colleague.user for colleague in demo.COLLEAGUES]).exists()
    if open_door and chosen.host not in _LOOPBACK:
        sys.stderr.write(
            "office: warning: the demonstration's log-ins are known to everybody; this machine is not alone.\n"
        )
    connection.close()
    host = f"[{chosen.host}]" if ":" in chosen.host else chosen.host
    port = listener.getsockname()[1]
    if host not in settings.ALLOWED_HOSTS:
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, host]
    settings.OFFICE = replace(office, public_url=office.public_url or f"http://{host}:{port}")
    server.serve(listener, office.threads, f"The office is ready: http://{host}:{port}/")
    return 0


def _manage(chosen: argparse.Namespace) -> int:
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(["office manage", *(chosen.rest or ["help"])])
    return 0


def _town(chosen: argparse.Namespace) -> int:
    from central_office.office import here, town_book  # noqa: PLC0415

    try:
        town = town_book.load(read_town(chosen.file), here.now())
        waste = _waste(chosen, town, chosen.file)
        _tariff(chosen, town, chosen.file)
    except (BadSettings, town_book.OtherTown) as problem:
        raise _Stop(str(problem)) from problem
    _publish(chosen, chosen.file)
    sys.stdout.write(f"{town.name} ({town.key}) is in the books{', with its bulky waste' if waste else ''}.\n")
    return 0


def _publish(chosen: argparse.Namespace, file: Path) -> None:
    """Let every kiosk use the town's files from now on."""
    from central_office.office.line.blobs import TooLarge  # noqa: PLC0415
    from central_office.office.publishing import publish_town  # noqa: PLC0415

    try:
        publish_town(chosen.office.data / "blobs", file)
    except (OSError, TooLarge) as problem:
        raise _Stop(f"{file}: cannot be published ({problem}).") from problem


def _waste(chosen: argparse.Namespace, town: Town, file: Path) -> WasteRules | None:
    """Take in the rules of bulky waste that lie beside the town's file, if there are any."""
    from central_office.contract.bulky import beside  # noqa: PLC0415
    from central_office.office import here  # noqa: PLC0415
    from central_office.office.bulky import rules  # noqa: PLC0415
    from central_office.office.bulky.voucher_key import voucher_key  # noqa: PLC0415

    if not beside(file).exists():
        return None
    text = beside(file).read_text(encoding="utf-8")
    key = voucher_key(chosen.office.data).public_key().public_bytes_raw()
    return rules.take_in(town, text, key, here.now(), str(beside(file)))


def _tariff(chosen: argparse.Namespace, town: Town, file: Path) -> Tariff | None:
    """Take in the tariff of bags that lies beside the town's file, if there is one."""
    from central_office.contract.tariff import tariff_beside  # noqa: PLC0415
    from central_office.office import here  # noqa: PLC0415
    from central_office.office.bulky.voucher_key import voucher_key  # noqa: PLC0415
    from central_office.office.sales import tariff_book  # noqa: PLC0415

    path = tariff_beside(file)
    if not path.exists():
        tariff_book.forget(town)
        return None
    text = path.read_text(encoding="utf-8")
    key = voucher_key(chosen.office.data).public_key().public_bytes_raw()
    return tariff_book.take_in(town, text, key, here.now(), str(path))


def _demo(chosen: argparse.Namespace) -> int:
    from central_office.office import demo, here, town_book  # noqa: PLC0415
    from central_office.office.bulky.voucher_key import voucher_key  # noqa: PLC0415

    try:
        path = chosen.town or _demonstration_town()
        town = demo.load(read_town(path), chosen.documents, chosen.seed, here.now(), _say)
        if (waste := _waste(chosen, town, path)) is not None:
            _say(f"{demo.load_bulky(town, waste, path, chosen.seed, here.now())} pickups of bulky waste are ordered.")
        if (tariff := _tariff(chosen, town, path)) is not None:
            key = voucher_key(chosen.office.data)
            count = demo.load_vouchers(town, tariff, chosen.letters, key, chosen.seed, here.now())
            _say(f"{count} vouchers for free bags are given out.")
    except (BadSettings, town_book.OtherTown) as problem:
        raise _Stop(str(problem)) from problem
    _publish(chosen, path)
    at_kiosks = demo.give_passes(town, chosen.letters, chosen.seed, here.now())
    manifest = demo.write_letters(town, chosen.letters, here.now())
    _say(f"{len(manifest)} letters are in {chosen.letters}.")
    for colleague in demo.COLLEAGUES:
        _say(f"Sign in as {colleague.user} with password {demo.PASSWORD} ({colleague.role.value}).")
    for line in at_kiosks:
        _say(line)
    if at_kiosks:
        _say("Staff mode at the kiosk: hold the town's shield on the first page for three seconds.")
    return 0


def _demonstration_town() -> Path:
    here = Path("town/musterstadt.toml")
    return here if here.exists() else Path(__file__).parents[1] / here


def _import(chosen: argparse.Namespace) -> int:
    from central_office.office import csv_import, here  # noqa: PLC0415

    try:
        content = chosen.file.read_bytes()
    except OSError as problem:
        raise _Stop(f"{chosen.file}: cannot be read ({problem.strerror}).") from problem
    report = csv_import.take(content, by=f"office import ({_account()})", at=here.now())
    for row in report.bad:
        sys.stderr.write(f"{chosen.file}:{row.line}: {row.problem}\n")
    known = f"{report.moved} moved, {report.changed} changed, {report.unchanged} unchanged"
    _say(f"{report.new} new, {known}, {report.refused} refused.")
    return 1 if report.bad else 0


def _account() -> str:
    return pwd.getpwuid(os.getuid()).pw_name


def _letter(chosen: argparse.Namespace) -> int:
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    from central_office.office import here, letters  # noqa: PLC0415
    from central_office.office.models import Document, Town  # noqa: PLC0415

    document = Document.objects.filter(reference=chosen.reference).first()
    town = Town.objects.first()
    if document is None or town is None:
        raise _Stop(f"There is no document {chosen.reference}. The staff page lists the references.")
    chosen.output.write_bytes(letters.write(document, town, here.now().astimezone(ZoneInfo(town.time_zone)).date()))
    _say(f"{chosen.output} is written.")
    return 0


def _enrol_token(chosen: argparse.Namespace) -> int:
    from central_office.contract.enrolment_ticket import NotATicket  # noqa: PLC0415
    from central_office.office import here  # noqa: PLC0415
    from central_office.office.line import enrolment  # noqa: PLC0415

    office: OfficeSettings = chosen.office
    address = chosen.office_url or office.public_url or "http://127.0.0.1:8000"
    try:
        ticket = enrolment.new_ticket(chosen.site, address, f"office enrol-token ({_account()})", here.now())
    except NotATicket as problem:
        raise _Stop(f"{address}: {problem}. Give it with --office http://...") from problem
    if chosen.json:
        _say(
            json.dumps({"office": ticket.office, "token": ticket.typed, "payload": ticket.payload, "site": chosen.site})
        )
    else:
        _say(f"Ticket for {chosen.site}, good once and for one hour:\n\n    {ticket.typed}\n\nOffice: {ticket.office}")
        _say(f"As QR code or pasted whole: {ticket.payload}")
    return 0


def _revoke(chosen: argparse.Namespace) -> int:
    from central_office.office import here  # noqa: PLC0415
    from central_office.office.line import enrolment  # noqa: PLC0415
    from central_office.office.models import Kiosk  # noqa: PLC0415

    kiosk = Kiosk.objects.filter(pk=chosen.device).first()
    if kiosk is None:
        raise _Stop(f"There is no kiosk {chosen.device}. Known: {', '.join(_kiosks()) or 'none'}.")
    enrolment.revoke(kiosk, here.now())
    _say(f"{kiosk} is revoked.")
    return 0


def _kiosks() -> list[str]:
    from central_office.office.models import Kiosk  # noqa: PLC0415

    return list(Kiosk.objects.values_list("pk", flat=True))


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")


if __name__ == "__main__":
    sys.exit(main())
