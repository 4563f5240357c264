"""Whom the kiosk trusts to sign cards: certificates, master lists and revocation lists, as a city lays them down.

A certificate that lies there by itself is trusted for that; those in a master list only if its signer leads to one of
them. What can't be used is told, and never stops the rest.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from devices.cards.certificates import Certificate, RevocationList
from devices.cards.errors import CardError, Malformed
from devices.cards.passive import MasterList, Trust

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

CERTIFICATES: Final = (".cer", ".crt", ".der", ".pem")
REVOCATION_LISTS: Final = (".crl",)
MASTER_LISTS: Final = (".ml", ".mls")
_PEM: Final = re.compile(rb"-----BEGIN [A-Z0-9 ]+-----([A-Za-z0-9+/=\s]+)-----END [A-Z0-9 ]+-----")


@dataclass(frozen=True)
class Anchors:
    """Who is trusted; `certificates` and `lists` say how many, `problems` which files count for nothing, and why."""

    trust: Trust
    certificates: int
    lists: int
    problems: tuple[str, ...]


NOBODY: Final = Anchors(Trust(()), 0, 0, ())


def laid_down(files: Iterable[tuple[str, bytes]], at: datetime) -> Anchors:
    """Who is trusted by files of these names and contents, at this time (aware)."""
    anchors: list[Certificate] = []
    revocations: list[RevocationList] = []
    masters: list[tuple[str, MasterList]] = []
    problems: list[str] = []
    for name, content in files:
        kind = PurePath(name).suffix.lower()
        try:
            for der in _ders(content):
                if kind in CERTIFICATES:
                    anchors.append(Certificate.parse(der))
                elif kind in REVOCATION_LISTS:
                    revocations.append(RevocationList.parse(der))
                elif kind in MASTER_LISTS:
                    masters.append((name, MasterList.parse(der)))
                else:
                    raise Malformed("", "is no .crt, .cer, .der, .pem, .crl, .ml or .mls")
        except CardError as error:
            problems.append(f"{name}: {_why(error)}")
    own = Trust(anchors, revocations)
    listed: list[Certificate] = []
    for name, master in masters:
        verdict = master.vouched(own, at)
        if verdict.signed:
            listed += master.certificates
            if master.skipped:
                problems.append(f"{name}: {master.skipped} certificates do not decode")
        else:
            problems.append(f"{name}: {verdict.finding.value}")
    distinct = {certificate.der: certificate for certificate in (*anchors, *listed)}
    return Anchors(Trust(distinct.values(), revocations), len(distinct), len(revocations), tuple(problems))


def _why(error: CardError) -> str:
    return " ".join(str(part) for part in error.args if part)


def _ders(content: bytes) -> list[bytes]:
    """The file, or what stands in it in letters (PEM, RFC 7468)."""
    if b"-----BEGIN" not in content:
        return [content]
    try:
        return [base64.b64decode(found[1], validate=False) for found in _PEM.finditer(content)] or [content]
    except binascii.Error as broken:
        raise Malformed("PEM", "does not decode") from broken
