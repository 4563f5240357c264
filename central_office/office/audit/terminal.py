"""The command `office audit`: verify, sign, key, export, log. Django is loaded only once a subcommand runs."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from central_office.office.audit.chains import Finding
    from central_office.office.audit.verifying import Report

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  # argparse has no other name for it

_HEX = 64


def add(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Put `audit` and its subcommands beside the other commands."""
    words = "check the evidence: chains of kiosks, signed daily digests, logs"
    audit = commands.add_parser("audit", parents=[shared], help=words, description=f"{words.capitalize()}.")
    # The same options behind the subcommand, where most people write them.
    again = argparse.ArgumentParser(add_help=False)
    for option, metavar in (("--data", "DIR"), ("--settings", "FILE")):
        again.add_argument(
            option, type=Path, metavar=metavar, default=argparse.SUPPRESS, help="see office audit --help"
        )
    parts = audit.add_subparsers(required=True, metavar="COMMAND")

    def part(name: str, run: Callable[[argparse.Namespace], int], words: str) -> argparse.ArgumentParser:
        made = parts.add_parser(name, parents=[again], help=words, description=f"{words}.")
        made.set_defaults(run=run)
        return made

    verify = part(
        "verify", _verify, "compute every chain and digest again; exit status 1 if something is not as it was"
    )
    verify.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="digests that were kept elsewhere, to compare with as well"
    )
    verify.add_argument(
        "--key", type=_key, action="append", default=[], metavar="HEX",
        help="a public key that may have signed, besides the office's present one; can be repeated",
    )  # fmt: skip
    sign = part("sign", _sign, "sign the digests of days that are over and have none; office serve does so by itself")
    sign.add_argument("--all", action="store_true", help="even if more than three months are missing")
    part("key", _show_key, "print the public key with which the office signs")
    export = part("export", _export, "write signed digests to a file, to be kept elsewhere")
    export.add_argument("--since", type=date.fromisoformat, metavar="DAY", help="from this day on, such as 2026-06-16")
    export.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    log = part("log", _log, "compare a kiosk's log file with what the kiosk told of it; exit status 1 if it differs")
    log.add_argument("device", metavar="DEVICE", help="the kiosk's identifier, such as MS-01")
    log.add_argument("file", type=Path, metavar="FILE", help="run.log or courier.log, or run.log.1")


def _key(text: str) -> str:
    if len(text) != _HEX or set(text) - set("0123456789abcdef"):
        raise argparse.ArgumentTypeError("a public key is 64 characters of hexadecimal, as `office audit key` prints")
    return text


def _verify(chosen: argparse.Namespace) -> int:
    from central_office.office.audit.digest import NotADigest, public, read  # noqa: PLC0415
    from central_office.office.audit.signing import KeyBroken, kept_key  # noqa: PLC0415
    from central_office.office.audit.verifying import verify  # noqa: PLC0415
    from central_office.office.models import Town  # noqa: PLC0415

    if not Town.objects.exists():
        return _fails("There is no town yet. Load one: office town FILE.")
    try:
        own = kept_key(chosen.office.data)
        brought = read(chosen.file.read_text(encoding="ascii")) if chosen.file else []
    except (NotADigest, UnicodeDecodeError) as problem:
        return _fails(f"{chosen.file}: {problem}")
    except KeyBroken as problem:
        return _fails(str(problem))
    except OSError as problem:
        return _fails(f"{chosen.file}: cannot be read ({problem.strerror}).")
    report = verify([*chosen.key, *([public(own)] if own else [])], brought)
    _tell(report)
    return 1 if report.findings else 0


def _tell(report: Report) -> None:
    for line in (*report.sound, *(f"note: {note}" for note in report.notes)):
        _say(line)
    for one in report.settled:
        _say(f"settled: {_where(one)}{one.says} {one.settled}")
    for one in report.findings:
        _say(f"FINDING: {one}")
    found, seen = len(report.findings), len(report.settled)
    if found or seen:
        new = "No new finding" if not found else "1 finding" if found == 1 else f"{found} findings"
        _say(f"{new}, {seen} settled before.")
    else:
        _say("Nothing is missing and nothing was changed.")


def _where(finding: Finding) -> str:
    return f"{finding.device}, command {finding.seq}: " if finding.device else ""


def _sign(chosen: argparse.Namespace) -> int:
    from central_office.office import here  # noqa: PLC0415
    from central_office.office.audit.signing import (  # noqa: PLC0415
        AT_ONCE,
        ClockRanAway,
        KeyBroken,
        make_missing,
        signing_key,
    )
    from central_office.office.audit.watch import look  # noqa: PLC0415

    try:
        laid = look(here.now())
        made = make_missing(signing_key(chosen.office.data), here.now(), at_most=None if chosen.all else AT_ONCE)
    except (ClockRanAway, KeyBroken) as problem:
        return _fails(str(problem))
    _say(f"{len(made)} digests signed." if made else "Every day that is over has its digest.")
    if laid:
        return _fails(f"{laid} matters were laid on the desk. Run: office audit verify")
    return 0


def _show_key(chosen: argparse.Namespace) -> int:
    from central_office.office.audit.digest import public  # noqa: PLC0415
    from central_office.office.audit.signing import KeyBroken, signing_key  # noqa: PLC0415

    try:
        _say(public(signing_key(chosen.office.data)))
    except KeyBroken as problem:
        return _fails(str(problem))
    return 0


def _export(chosen: argparse.Namespace) -> int:
    from central_office.office.models import DailyDigest  # noqa: PLC0415

    rows = DailyDigest.objects.order_by("day")
    if chosen.since:
        rows = rows.filter(day__gte=chosen.since)
    texts = [row.signed.file for row in rows.iterator()]
    if not texts:
        return _fails("There is no digest yet: the first one is made when a day with commands is over.")
    try:
        chosen.output.write_text("".join(texts), encoding="ascii")
    except OSError as problem:
        return _fails(f"{chosen.output}: cannot be written ({problem.strerror}).")
    _say(f"{len(texts)} digests are in {chosen.output}. Keep it on another machine.")
    return 0


def _log(chosen: argparse.Namespace) -> int:
    from central_office.office.audit.logs import compare  # noqa: PLC0415
    from central_office.office.models import Kiosk  # noqa: PLC0415
    from logbook.chained import LogDamaged  # noqa: PLC0415

    kiosk = Kiosk.objects.filter(pk=chosen.device).first()
    if kiosk is None:
        return _fails(f"There is no kiosk {chosen.device}.")
    try:
        found = compare(kiosk, chosen.file)
    except LogDamaged as damaged:
        return _fails(f"{chosen.file}: {damaged}: it was changed, taken out or put in.")
    except (OSError, UnicodeDecodeError) as problem:
        return _fails(f"{chosen.file}: cannot be read ({problem}).")
    for one in found.problems:
        _say(f"FINDING: {one}")
    _say(f"{chosen.file}: lines {found.first} to {found.last}, {found.fits} heads fit what {kiosk.pk} told.")
    return 1 if found.problems else 0


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")


def _fails(words: str) -> int:
    sys.stderr.write(f"office: {words}\n")
    return 1
