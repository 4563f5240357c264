"""The end of the till's day: the terminal's own totals beside what the kiosk's sales come to; the office compares.

After midnight of the town, while nobody is served, as soon as there is a payment of an earlier day that is not closed;
and whenever the terminal refused a payment, or says that it will refuse one, because its day has to be closed first.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from devices.conditions import Ready, Soon
from devices.errors import Cancelled, Unavailable
from devices.payments import Declined, Refusal, Totals
from devices.roles import CARD_TERMINAL

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from threading import Event

    from central_office.contract.sales import TillClosed
    from central_office.contract.town import Town
    from devices.noticeboard import Noticeboard
    from kiosk_app.desk import Devices
    from offline_cache.sales import Sales, TillBook, TillDay

MAX_DIFFERENCES: Final = 50

ONCE_IN: Final = timedelta(hours=1)
"""How often a day is closed at most that the terminal's status asks for: one whose journal stays full is broken."""


class Till:
    """Closes the day of one terminal; what is asked of it may take minutes."""

    def __init__(  # noqa: PLR0913  # who is asked, what is kept, and when that is
        self,
        devices: Devices,
        noticeboard: Noticeboard,
        sales: Sales,
        book: TillBook,
        *,
        town: Town,
        now: Callable[[], datetime],
        cancel: Event,
    ) -> None:
        self._devices = devices
        self._noticeboard = noticeboard
        self._sales = sales
        self._book = book
        self._town = town
        self._now = now
        self._cancel = cancel

    def due(self) -> bool:
        """Whether there is a day to close, and a terminal that can be asked; reads the disk alone."""
        if self._book.closing() is not None:
            return True
        condition = self._noticeboard.of(CARD_TERMINAL)
        if not isinstance(condition, Ready) or self._sales.unfinished():
            return False
        day = self._book.day()
        if day.asked_for or self._over(day):
            return True
        closed = self._book.closed()
        # A clock that was set back does not keep it shut: what counts is how far the two are apart.
        return condition.soon is Soon.DAY_TO_CLOSE and (closed is None or abs(self._now() - closed) >= ONCE_IN)

    def close(self) -> bool:
        """Close the day and tell the office; False when the terminal would not, so that it is to be tried later.

        A closing that the power cut, or whose answer never came, is told without the terminal's figures: asked once
        more, it would tell of a day that has just begun.
        """
        if (torn := self._book.closing()) is not None:
            self._book.ended(self._report(torn, None))
            return True
        try:
            with self._devices.lease(CARD_TERMINAL) as terminal:
                day = self._book.day()
                self._book.close(day.upto)
                try:
                    said = terminal.end_of_day(self._cancel)
                except Cancelled:
                    # By the driver's promise nothing had gone out: the day is as open as it was.
                    said = Declined(Refusal.TERMINAL_NOT_READY, 0)
        except Unavailable:
            return False
        # A day that somebody else closes is told when it is over, and not whenever the terminal asks for its end.
        if isinstance(said, Declined) and (said.refusal is not Refusal.NOT_SUPPORTED or not self._over(day)):
            self._book.ended(None)
            return False
        self._book.ended(self._report(day, said if isinstance(said, Totals) else None))
        return True

    def _report(self, day: TillDay, said: Totals | None) -> TillClosed:
        from central_office.contract.sales import CardTally, TillClosed  # noqa: PLC0415 - after the first frame

        agreed = said is not None and said.amount == day.amount
        return TillClosed(
            closed_at=self._now(),
            terminal=day.terminal,
            amount=said.amount if said is not None else None,
            count=sum(tally.count for tally in said.tallies) if said is not None and said.tallies else None,
            tallies=tuple(
                CardTally(card=tally.card[:40], count=tally.count, amount=tally.amount)
                for tally in (said.tallies[:20] if said is not None else ())
            ),
            first_receipt=said.first_receipt if said is not None else None,
            last_receipt=said.last_receipt if said is not None else None,
            expected_amount=day.amount,
            expected_count=day.count,
            differences=() if agreed else day.doubtful[:MAX_DIFFERENCES],
        )

    def _over(self, day: TillDay) -> bool:
        return day.first is not None and self._local(day.first) < self._local(self._now())

    def _local(self, moment: datetime) -> date:
        return moment.astimezone(self._town.zone).date()
