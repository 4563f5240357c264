"""Tries on disk: locks that neither a pulled plug nor a clock that jumps can shorten or make eternal.

What counts is how long ago the last miss was. Within one boot that is measured by the clock that nobody can set. Over
a boot it is the difference of dates, if that is positive; a clock that came back wrong gives no credit, but from then
on time runs again, so that a lock ends after its own length of running at the latest.

A number never stands on the disk, only its HMAC under the kiosk's pepper, and that for a day at most.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from central_office.contract.bulky_codes import OrderCode
from central_office.contract.claims import TypedNumber
from offline_cache.tries import Allowed, EmployeeTries, Locked

if TYPE_CHECKING:
    import apsw

    from central_office.contract.claims import Pepper
    from offline_cache.clocks import Clock, RunningClock
    from offline_cache.database import Database
    from offline_cache.tries import Guess

FREE_MISSES: Final = 5
FIRST_LOCK: Final = timedelta(seconds=15)
LONGEST_LOCK: Final = timedelta(hours=2)
NUMBER_LOCK: Final = timedelta(hours=24)
FORGOTTEN_AFTER: Final = timedelta(hours=24)
"""A day without a miss forgets the count, the kiosk's and a number's: never sooner than the longest lock ends."""

_KIOSK: Final = b""
"""The row that counts all misses at this kiosk; a number's row has 32 bytes."""
_STAFF: Final = b"staff"
"""The row that counts all misses of staff: who guesses as a citizen does not lock staff out, nor the other way."""


@dataclass(frozen=True)
class _Count:
    misses: int
    rested: timedelta


_NONE: Final = _Count(0, timedelta(0))


class StoredTries:
    """The counts in `ledger.db`; implements `offline_cache.tries.Tries`."""

    def __init__(self, database: Database, *, pepper: Pepper, clock: Clock, uptime: RunningClock) -> None:
        self._database = database
        self._pepper = pepper
        self._clock = clock
        self._uptime = uptime

    def state(self, claim: Guess) -> Allowed | Locked:
        """Whether a guess at `claim` may be looked up now."""
        with self._database.reading() as connection:
            booted = connection.execute("SELECT count(*) FROM tries WHERE boot <> ?", (self._uptime().boot,)).get
        if booted:
            with self._database.writing() as connection:
                self._carry_over(connection)
        with self._database.reading() as connection:
            return self._judge(claim, connection)

    def missed(self, claim: Guess) -> Allowed | Locked:
        """Count a miss durably, before the citizen is told."""
        who = self._who(claim)
        with self._database.writing() as connection:
            self._carry_over(connection)
            now = self._uptime()
            connection.execute(
                "DELETE FROM tries WHERE waited + ? - uptime >= ?", (now.seconds, FORGOTTEN_AFTER.total_seconds())
            )
            connection.executemany(
                "INSERT INTO tries (who, misses, waited, boot, uptime, wall) VALUES (?, 1, 0, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET misses = misses + 1, waited = 0, uptime = excluded.uptime,"
                " wall = excluded.wall",
                [(key, now.boot, now.seconds, self._clock().timestamp()) for key in (_door(claim), who)],
            )
            return self._judge(claim, connection)

    def hit(self, claim: Guess) -> None:
        """Note that the claim was right: the kiosk's count is forgiven, a number's never is, an employee's is."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM tries WHERE who = ?", (_door(claim),))
            if isinstance(claim, EmployeeTries):
                connection.execute("DELETE FROM tries WHERE who = ?", (self._who(claim),))

    def _who(self, claim: Guess) -> bytes:
        if isinstance(claim, TypedNumber):
            return hmac.new(self._pepper, b"tries\0" + claim.number.characters.encode(), sha256).digest()
        if isinstance(claim, OrderCode):
            # The number is no secret; it is hashed like the others, so that no row tells what it counts.
            return hmac.new(self._pepper, b"tries of an order\0" + claim.number.characters.encode(), sha256).digest()
        if isinstance(claim, EmployeeTries):
            return hmac.new(self._pepper, b"tries of staff\0" + claim.number.encode(), sha256).digest()
        # By its selector, whether there is such a pickup or not: an answer must not tell.
        return hmac.new(self._pepper, b"tries of a pickup\0" + claim.selector.encode(), sha256).digest()

    def _carry_over(self, connection: apsw.Connection) -> None:
        """Credit the time the machine was off, once, and measure by this boot's running clock from here."""
        now = self._uptime()
        wall = self._clock().timestamp()
        connection.execute(
            "UPDATE tries SET waited = waited + max(0.0, ? - wall), boot = ?, uptime = ?, wall = ? WHERE boot <> ?",
            (wall, now.boot, now.seconds, wall, now.boot),
        )

    def _count(self, connection: apsw.Connection, who: bytes) -> _Count:
        row = connection.execute("SELECT misses, waited, uptime FROM tries WHERE who = ?", (who,)).get
        if row is None:
            return _NONE
        rested = timedelta(seconds=max(0.0, row[1] + self._uptime().seconds - row[2]))
        return _NONE if rested >= FORGOTTEN_AFTER else _Count(row[0], rested)

    def _judge(self, claim: Guess, connection: apsw.Connection) -> Allowed | Locked:
        kiosk, number = self._count(connection, _door(claim)), self._count(connection, self._who(claim))
        # Everybody can type an employee's number: a lock of a day would be a way to keep staff out.
        of_number = _kiosk_lock if isinstance(claim, EmployeeTries) else _number_lock
        left = max(_kiosk_lock(kiosk.misses) - kiosk.rested, of_number(number.misses) - number.rested)
        if left > timedelta(0):
            return Locked(self._clock() + left)
        return Allowed(max(1, min(FREE_MISSES - kiosk.misses, FREE_MISSES - number.misses)))


def _door(claim: Guess) -> bytes:
    return _STAFF if isinstance(claim, EmployeeTries) else _KIOSK


def _kiosk_lock(misses: int) -> timedelta:
    if misses < FREE_MISSES:
        return timedelta(0)
    # The exponent is bounded: counts are not, and 2**misses would not fit a timedelta.
    return min(LONGEST_LOCK, FIRST_LOCK * (1 << min(misses - FREE_MISSES, 20)))


def _number_lock(misses: int) -> timedelta:
    return NUMBER_LOCK if misses >= FREE_MISSES else timedelta(0)
