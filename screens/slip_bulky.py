"""What a citizen takes away from an order of bulky waste: the entry for her phone's calendar, the printed slip."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from central_office.contract.calendar_entry import CalendarEntry
from central_office.contract.values import value
from screens.wording import Words

if TYPE_CHECKING:
    from datetime import date

    from central_office.contract.bulky import Item, WasteRules
    from central_office.contract.bulky_codes import OrderCode
    from screens.surroundings import Surroundings

CALENDAR_BYTES: Final = 251
"""An entry is no longer: with error correction M its code stays at 61 modules (ISO/IEC 18004, version 11)."""


def calendar_text(  # noqa: PLR0913 - what an entry is made of
    number: str, day: date, rules: WasteRules, language: str, around: Surroundings, *, place: str, made: datetime
) -> str:
    """The pickup as an iCalendar entry of at most `CALENDAR_BYTES`; the place is left out before it gets longer."""
    say, zone = Words(language), around.now.tzinfo
    entry = CalendarEntry(
        uid=number.replace(" ", ""),
        begins=datetime.combine(day, rules.timing.put_out_until, tzinfo=zone),
        ends=datetime.combine(day, rules.timing.collected_by, tzinfo=zone),
        title=say("Bulky waste {number}", number=number),
        place=place,
    )
    text = entry.text(made)
    return text if len(text.encode()) <= CALENDAR_BYTES else replace(entry, place="").text(made)


@value
class PickupSlip:
    """The words of a slip in two parts: one to stick on the things, one to keep. Never log it: it holds the code."""

    town: str
    number: str
    stick: str
    day: str
    keep: str
    pairs: tuple[tuple[str, str], ...]
    advice: tuple[str, ...]
    code: str
    code_caption: str
    closing: str

    def __repr__(self) -> str:
        return "PickupSlip(…)"


def pickup_slip(  # noqa: PLR0913, PLR0917 - what a slip is made of
    order: OrderCode,
    day: date,
    items: tuple[tuple[Item, int], ...],
    rules: WasteRules,
    language: str,
    around: Surroundings,
    *,
    calendar: str,
) -> PickupSlip:
    """The slip's words; neither name nor address stands on it, because a part of it sticks outside."""
    say, timing, number, code = Words(language), rules.timing, str(order.number), order.code
    by = say.time(timing.put_out_until)
    when = f"{say.weekday(day)} {day.year}"
    return PickupSlip(
        town=around.town,
        number=number,
        stick=say("Stick this part on the things."),
        day=when,
        keep=say("Keep this part."),
        pairs=(
            (say("Order number"), number),
            (say("Change code"), f"{code[:3]} {code[3:]}"),
            (say("Day"), when),
            (say("Items"), ", ".join(item.counted(count, language) for item, count in items)),
        ),
        advice=(
            say(
                "Out from {evening} the evening before, by {morning}.",
                evening=say.time(timing.put_out_from),
                morning=by,
            ),
            say("We collect it during the day. You need not be there."),
        ),
        code=calendar,
        code_caption=say("Scan it: your phone keeps the day."),
        closing=say("There is no name on this slip."),
    )
