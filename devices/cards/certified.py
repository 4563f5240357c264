"""Cards whose holder stands in a certificate: Estonian, Latvian and Finnish ones.

The certificate is signed by the state's issuer, but it is public, and some are in open directories: without the
holder's PIN nothing shows that the chip has its key. Estonian cards also have the data as texts, which nobody signed;
they count where the certificate says the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from devices.cards.certificates import Certificate
from devices.cards.errors import Malformed
from devices.cards.passive import Finding, Verdict, of_certificate
from devices.cards.person import Person, born, day, named, text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from devices.cards.passive import Trust

PART: Final = "Estonian text"
_DATE: Final = re.compile(r"(\d\d)[ .](\d\d)[ .](\d{4})", re.ASCII)
_CUT: Final = 40
"""Letters after which a name in a certificate may be cut off (X.520 allows no more of a surname)."""


def judged(files: Mapping[str, bytes], trust: Trust, at: datetime) -> tuple[Person, Verdict]:
    """Who the holder of a Latvian or Finnish card is; `files` is "certificate".

    Raises:
        Malformed: it is no person's certificate.
    """
    certificate = Certificate.parse(files["certificate"])
    surname, given, serial_number = named(certificate)
    person = Person(surname, given, born(serial_number), expiry=certificate.not_after.date())
    return person, of_certificate(certificate, trust, at)


def judged_estonian(files: Mapping[str, bytes], trust: Trust, at: datetime) -> tuple[Person, Verdict]:
    """Who the holder of an Estonian card is; `files` are the texts "surname" … "expiry", and "certificate".

    Raises:
        Malformed: a text is none, or the certificate is no person's.
    """
    certificate = Certificate.parse(files["certificate"])
    surname, given, serial_number = named(certificate)
    texts = {name: text(file, PART) for name, file in files.items() if name != "certificate"}
    person = Person(
        family_name=texts["surname"],
        given_names=texts["given names"],
        birth_date=_date(texts["birth"]),
        expiry=_date(texts["expiry"]),
    )
    same = (
        _same(person.family_name, surname)
        and _same(person.given_names, given)
        and serial_number == f"PNOEE-{texts['code']}"
        and person.birth_date == born(serial_number)
    )
    return person, of_certificate(certificate, trust, at) if same else Verdict(Finding.HASH_WRONG)


def _same(written: str, certified: str) -> bool:
    if len(certified) >= _CUT:
        return written.casefold().startswith(certified.casefold())
    return written.casefold() == certified.casefold()


def _date(written: str) -> date:
    """The date a text begins with; the place of birth may follow."""
    found = _DATE.match(written)
    if found is None:
        raise Malformed(PART, "a date is none")
    number, month, year = (int(part) for part in found.groups())
    return day(year, month, number, PART)
