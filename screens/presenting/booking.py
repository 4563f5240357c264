"""The pages of bulky waste from the day on: calendar, review, confirmation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from screens.icons import Icon
from screens.pages import (
    Answer,
    Banner,
    Calendar,
    CalendarDay,
    Consent,
    DayCard,
    DayKind,
    DayList,
    Explain,
    Heading,
    Key,
    KeyState,
    Layout,
    Note,
    ReviewRow,
    ReviewRows,
    Steps,
    Ticket,
    Tone,
    Turn,
    TurnPage,
    Weight,
)
from screens.presenting.bulky import SERVICE, STEPS, cubic, week
from screens.presenting.occasion import primary
from screens.presenting.services import step_header
from screens.steps import SlipState
from screens.steps_bulky import Ask, Booked, DayTrouble, Review, Told
from screens.wording import later

if TYPE_CHECKING:
    from collections.abc import Mapping

    from central_office.contract.bulky import Item
    from central_office.contract.bulky_days import DayOffer, Price
    from screens.pages import Block, Page
    from screens.presenting.occasion import Occasion
    from screens.steps_bulky import ChooseDay, ReviewOrder, ShowBooked

DAYS_AT_ONCE: Final = 8
_SHORT: Final = (later("Mon"), later("Tue"), later("Wed"), later("Thu"), later("Fri"), later("Sat"), later("Sun"))
_MONTHS: Final = (
    later("January {year}"),
    later("February {year}"),
    later("March {year}"),
    later("April {year}"),
    later("May {year}"),
    later("June {year}"),
    later("July {year}"),
    later("August {year}"),
    later("September {year}"),
    later("October {year}"),
    later("November {year}"),
    later("December {year}"),
)
_TROUBLES: Final[Mapping[DayTrouble, tuple[str, str]]] = {
    DayTrouble.TAKEN: (
        later("Somebody else was faster."),
        later("Nothing is lost: we show you the nearest free day."),
    ),
    DayTrouble.TAKEN_NOT_CHARGED: (
        later("Somebody else was faster. You were not charged."),
        later("We cancelled the payment. This is the nearest free day."),
    ),
    DayTrouble.OFFICE_SILENT: (
        later("We cannot reserve this day at the moment."),
        later("Nothing is lost: these days are certain."),
    ),
    DayTrouble.QUOTA_USED: (
        later("All your pickups of that year are used."),
        later("Choose a day of another year."),
    ),
}
_SLIPS: Final[Mapping[SlipState, str]] = {
    SlipState.PRINTED: later("Your receipt is printed. Take it below the screen."),
    SlipState.NOT_PRINTED: later("We cannot print now. Write the number down."),
    SlipState.UNKNOWN: later("Look below the screen whether a receipt is there."),
    SlipState.NO_PRINTER: later("We cannot print now. Write the number down."),
}

_TOLD: Final[Mapping[Told, str]] = {
    Told.BOOKED: later("Your pickup is booked"),
    Told.MOVED: later("Your pickup is moved"),
    Told.AGAIN: later("Your pickup is booked"),
}


def month_starts(offers: tuple[DayOffer, ...]) -> list[date]:
    """The first of each month with a day on offer."""
    return sorted({one.day.replace(day=1) for one in offers})


def choose_day(step: ChooseDay, o: Occasion) -> Page:
    """Ask for the day: a month on roomy panels, a few days at once elsewhere."""
    say = o.say
    few = _day_list(step, o)
    trouble: tuple[Block, ...] = ()
    if step.trouble is not None:
        strong, words = _TROUBLES[step.trouble]
        trouble = (Note(Tone.WARN, Icon.INFO, say(words), strong=say(strong)),)
    body = say(
        "We collect: {days}. Put things out by {time}.", days=week(o, step.days), time=say.time(step.put_out_until)
    )
    heading = Heading(say("Choose a collection day"), body, art="truck")
    plain = Heading(heading.words)
    go_on = primary("continue", say("Continue"), Explain(say("Touch a day first.")), state=KeyState.NOT_YET)
    early = next((one.express for one in step.offers if one.day == step.chosen), None)
    if early is not None:
        words = say("{day}, express {money}", day=say.day(step.chosen or step.offers[0].day), money=money(o, early))
        go_on = primary("continue", words, Answer(Ask.GO_ON))
    elif step.chosen is not None:
        go_on = primary("continue", say.weekday(step.chosen), Answer(Ask.GO_ON))
    return o.page(
        step,
        Layout.DAYS,
        heading,
        *trouble,
        few if o.look.low_reach else _calendar(step, o),
        step_header=step_header(o, SERVICE, 2, STEPS),
        actions=(o.back(), go_on),
        compact_blocks=(plain if trouble else Heading(heading.words, body), *trouble, few),
    )


def _calendar(step: ChooseDay, o: Occasion) -> Calendar:
    say = o.say
    months = month_starts(step.offers) or [o.surroundings.now.date().replace(day=1)]
    count = len(months)
    at = (step.start + o.entry.part) % count
    first = months[at]
    offered = {one.day: one for one in step.offers}
    weeks: list[tuple[CalendarDay | None, ...]] = []
    day = first - timedelta(days=first.weekday())
    while day < first or day.month == first.month:
        row: list[CalendarDay | None] = []
        for ahead in range(7):
            one = day + timedelta(days=ahead)
            if one.month != first.month:
                row.append(None)
            elif one in offered:
                row.append(_day(offered[one], step, o, str(one.day)))
            else:
                row.append(CalendarDay(str(one.day), "", DayKind.NONE))
        weeks.append(tuple(row))
        day += timedelta(days=7)
    legend = ((DayKind.FREE, say("free")), (DayKind.FEW, say("few left")), (DayKind.FULL, say("full")))
    return Calendar(
        say(_MONTHS[first.month - 1], year=first.year),
        tuple(say(word) for word in _SHORT),
        tuple(weeks),
        _turn("earlier", say("Earlier"), Icon.CHEVRON_LEFT, (o.entry.part - 1) % count, o, on=at > 0),
        _turn("later", say("Later"), Icon.CHEVRON_RIGHT, (o.entry.part + 1) % count, o, on=at + 1 < count),
        legend,
    )


def _day_list(step: ChooseDay, o: Occasion) -> DayList:
    say = o.say
    days = [one for one in step.offers if one.state.value != "full"] or list(step.offers)
    parts = max(1, -(-len(days) // DAYS_AT_ONCE))
    before = next((place for place, one in enumerate(days) if one.day == step.chosen), 0) // DAYS_AT_ONCE
    start = before if step.start or step.chosen else 0
    at = (start + o.entry.part) % parts
    shown = days[at * DAYS_AT_ONCE : (at + 1) * DAYS_AT_ONCE]
    return DayList(
        say("The next free days"),
        tuple(_day(one, step, o, say.day(one.day)) for one in shown),
        _turn("earlier", say("Earlier"), Icon.CHEVRON_LEFT, (o.entry.part - 1) % parts, o, on=at > 0),
        _turn("later", say("Later"), Icon.CHEVRON_RIGHT, (o.entry.part + 1) % parts, o, on=at + 1 < parts),
    )


def _turn(name: str, words: str, sign: Icon, to: int, o: Occasion, *, on: bool) -> Key:  # noqa: PLR0913  one key
    if on:
        return Key(name, words, TurnPage(to), icon=sign)
    return Key(name, words, Explain(o.say("There are no days further on.")), icon=sign, state=KeyState.NOT_YET)


def _day(offer: DayOffer, step: ChooseDay, o: Occasion, number: str) -> CalendarDay:
    say, kind = o.say, DayKind(offer.state.value)
    word = {
        DayKind.FREE: say("free"),
        DayKind.FEW: say("{number} left", number=offer.left),
        DayKind.FULL: say("full"),
    }[kind]
    if offer.express is not None and kind is not DayKind.FULL:
        word = f"+ {money(o, offer.express)}"
    act: Answer | Explain = Answer(offer.day)
    state = KeyState.NORMAL
    if kind is DayKind.FULL:
        act, state = Explain(say("{day} is full. Choose another day.", day=say.weekday(offer.day))), KeyState.NOT_YET
    elif offer.day == step.chosen:
        kind, word = DayKind.CHOSEN, say("chosen")
    name = f"day_{offer.day.isoformat()}"
    moved = offer.moved[0 if say.language == "de" else 1]
    words = f"{say.weekday(offer.day)}, {moved}" if moved else say.weekday(offer.day)
    if offer.express is not None:
        words = say("{day}, express {money}", day=words, money=money(o, offer.express))
    return CalendarDay(number, word, kind, Key(name, words, act, state=state), say(_SHORT[offer.day.weekday()]))


def pieces(o: Occasion, items: tuple[tuple[Item, int], ...]) -> str:
    """Such as "1 sofa, 2 mattresses"."""
    return ", ".join(item.counted(count, o.say.language) for item, count in items)


def price_words(o: Occasion, price: Price, *, by_card: bool = False) -> str:
    """What the pickup costs, and where it is paid."""
    if price.cents and by_card:
        if price.express_cents:
            return o.say("{money} with express · you pay by card", money=money(o, price.cents))
        return o.say("{money} · you pay by card", money=money(o, price.cents))
    if price.express_cents and price.cents == price.express_cents:
        return o.say("Express {money} · you pay at the office", money=money(o, price.cents))
    if price.express_cents:
        return o.say("{money} with express · you pay at the office", money=money(o, price.cents))
    if price.cents:
        return o.say("{money} · you pay at the office", money=money(o, price.cents))
    if price.vouchers:
        return o.say("Paid with your voucher")
    if price.pickup:
        return o.say("Free · pickup {number} of {free} this year", number=price.pickup, free=price.of_free)
    return o.say("Free")


def money(o: Occasion, cents: int) -> str:
    """An amount as the language writes it, whole euros without cents."""
    if cents % 100 == 0:
        return f"{cents // 100} €" if o.say.language == "de" else f"€{cents // 100}"
    amount = f"{cents // 100}.{cents % 100:02}"
    return f"{amount.replace('.', ',')} €" if o.say.language == "de" else f"€{amount}"


def review_order(step: ReviewOrder, o: Occasion) -> Page:
    """Show the whole order; each part can still be changed."""
    say, rules = o.say, step.rules
    day = f"{say.weekday(step.day)} {step.day.year}"

    def change(what: Review) -> Key:
        return Key(f"change_{what.value}", say("Change"), Answer(what), icon=Icon.EDIT, icon_first=True)

    rows = ReviewRows(
        (
            ReviewRow(Icon.WEEKEND, say("Items"), pieces(o, step.items), change(Review.ITEMS)),
            ReviewRow(Icon.EVENT, say("Day"), day, change(Review.DAY)),
            ReviewRow(
                Icon.PIN_DROP, say("Pickup place"), f"{step.address}, {step.name}", change(Review.PLACE), private=True
            ),
            ReviewRow(
                Icon.PAYMENTS, say("Price"), price_words(o, step.price, by_card=step.by_card), _voucher_key(step, o)
            ),
        )
    )
    agree = Key(
        "agree",
        rules.consent.says(say.language),
        Answer(Review.AGREE),
        state=KeyState.ON if step.agreed else KeyState.NORMAL,
    )
    words, sign = say("Book this pickup"), Icon.CHECK
    if step.by_card and step.price.cents:
        words, sign = say("Pay {money} and book", money=money(o, step.price.cents)), Icon.CREDIT_CARD
    book = primary("book", words, Answer(Review.BOOK), sign)
    if not step.agreed:
        why = Explain(say("Touch the sentence with the box first."))
        book = primary("book", words, why, sign, state=KeyState.NOT_YET)
    kept = say.several(
        "We delete your address {number} day after the pickup.",
        "We delete your address {number} days after the pickup.",
        rules.keep_days,
    )
    small = Note(Tone.OK, Icon.SHIELD, kept)
    if step.held and not step.price.vouchers:
        held, needed = cubic(o, step.held), cubic(o, step.litres)
        words = say("Your vouchers hold {held} m³, your things have {needed} m³.", held=held, needed=needed)
        small = Note(Tone.WARN, Icon.INFO, words)
    card = DayCard(day, say("out by {time}", time=say.time(rules.timing.put_out_until)), "truck")
    heading = Heading(say("Is this right?"), say("Check your order. You can still change everything."))
    return o.page(
        step,
        Layout.REVIEW,
        heading,
        card,
        rows,
        Consent(agree),
        small,
        step_header=step_header(o, SERVICE, 3, STEPS),
        actions=(o.back(), book),
        private=True,
        compact_blocks=(Heading(heading.words), _three_keys(rows), Consent(agree), small),
    )


def _three_keys(rows: ReviewRows) -> ReviewRows:
    """Where there is room for three keys only, the pieces are changed by going back."""
    if all(row.key is not None for row in rows.rows):
        return ReviewRows((replace(rows.rows[0], key=None), *rows.rows[1:]))
    return rows


def _voucher_key(step: ReviewOrder, o: Occasion) -> Key | None:
    if not step.voucher:
        return None
    return Key("voucher", o.say("Voucher"), Answer(Review.VOUCHER), icon=Icon.QR_CODE_SCANNER, icon_first=True)


def show_booked(step: ShowBooked, o: Occasion) -> Page:
    """Confirm the order, and say what happens now."""
    say, timing = o.say, step.rules.timing
    by = say.time(timing.put_out_until)
    out = say("out by {time}", time=by)
    when = f"{say.weekday(step.day)} {step.day.year}, {out}"
    banner = Banner(Tone.OK, Icon.CHECK, say(_TOLD[step.told]), when)
    code = say("Change code: {code}", code=f"{step.code[:3]} {step.code[3:]}")
    paid = (say("Paid: {money}", money=money(o, step.paid)),) if step.paid else ()
    ticket = Ticket(
        say("Order number"),
        step.number,
        (pieces(o, step.items), step.address, code, *paid),
        say("Scan it: your phone keeps the day."),
        step.calendar,
    )
    first = say("Print your receipt and stick it on the things.")
    if step.slip in _SLIPS:
        first = say(_SLIPS[step.slip])
    steps = Steps(
        (
            first,
            say("Put everything out on {day} by {time}.", day=say.day(step.day), time=by),
            say("We collect it during the day. You need not be there."),
        ),
        title=say("What happens now"),
    )
    printing = step.slip is SlipState.PRINTING
    actions: tuple[Key, ...] = (
        Key("else", say("Do something else"), Answer(Booked.ELSE), Weight.SECONDARY, Icon.APPS, icon_first=True),
        primary("finish", say("Finish"), Answer(Booked.FINISH), Icon.LOGOUT),
    )
    print_key = Key(
        "print",
        say("Print the receipt") if not printing else say("One moment"),
        Answer(Booked.PRINT),
        Weight.SECONDARY,
        Icon.PRINT,
        icon_first=True,
        state=KeyState.BUSY if printing else KeyState.NORMAL,
    )
    if step.slip in {SlipState.OFFERED, SlipState.PRINTING, SlipState.NOT_PRINTED, SlipState.UNKNOWN}:
        actions = (print_key, *actions)
    part = min(o.entry.part, 1)
    words, sign = (say("What happens now"), Icon.EXPAND_MORE) if not part else (say("Your order"), Icon.UNDO)
    counting = say("Page {part} of {parts}", part=part + 1, parts=2)
    turn = Turn(Key("turn", words, TurnPage(1 - part), icon=sign, icon_first=True), counting)
    return o.page(
        step,
        Layout.BOOKED,
        banner,
        ticket,
        steps,
        actions=actions,
        private=True,
        compact_blocks=(banner, steps if part else ticket, turn),
        part=part,
        parts=2,
    )
