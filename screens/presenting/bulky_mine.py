"""The pages about an order that there is already: number and code, how it stands, another day, none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from central_office.contract.bulky_codes import (
    ALPHABET,
    CODE_DIGITS,
    NUMBER_CHARACTERS,
    PREFIX,
    NotAnOrderNumber,
    order_number,
)
from central_office.contract.bulky_orders import LeftReason, OrderState
from screens.icons import Icon
from screens.pages import (
    Answer,
    Banner,
    Cells,
    DayCard,
    Explain,
    FactRow,
    Facts,
    Heading,
    Key,
    KeyboardKind,
    KeyState,
    Layout,
    Note,
    ReviewRow,
    ReviewRows,
    Submit,
    Tone,
    Turn,
    TurnPage,
    Typed,
    Weight,
)
from screens.presenting.booking import money, pieces
from screens.presenting.bulky import SERVICE
from screens.presenting.bulky_place import keyboard as typing_keys
from screens.presenting.identify import keyboard
from screens.presenting.occasion import primary
from screens.presenting.services import step_header
from screens.steps import Retry
from screens.steps_bulky_mine import Wish
from screens.wording import later

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screens.pages import Block, Page
    from screens.presenting.occasion import Occasion
    from screens.steps_bulky_mine import (
        ConfirmCancel,
        ConfirmMove,
        EnterChangeCode,
        EnterOrderNumber,
        OrderNotFound,
        ShowOrder,
    )

CODE_GROUPS: Final = (3, 3)
MOST_FACTS: Final = 4
HALVES: Final = ("23456789ABCDEFGHJKL", "23456789MNPQRSTUVWXYZ")
"""The characters of a number where there is no room for all of them at once."""

_RESULTS: Final[Mapping[OrderState, tuple[Tone, Icon, str, str]]] = {
    OrderState.COLLECTED: (
        Tone.OK,
        Icon.CHECK_CIRCLE,
        later("We have collected everything"),
        later("There is nothing left to do."),
    ),
    OrderState.PARTLY_LEFT: (
        Tone.WARN,
        Icon.INFO,
        later("We had to leave something behind"),
        later("Take it back in today. Below you see why."),
    ),
    OrderState.NOT_PRESENTED: (
        Tone.WARN,
        Icon.INFO,
        later("Nothing stood outside when we came"),
        later("You can order another pickup."),
    ),
    OrderState.MISSED: (
        Tone.WARN,
        Icon.LOCAL_SHIPPING,
        later("We did not get to you"),
        later("That was our fault. Tell us, at the counter or by telephone."),
    ),
    OrderState.CANCELLED: (
        Tone.INFO,
        Icon.CANCEL,
        later("This pickup is called off"),
        later("Nobody comes. Leave your things inside."),
    ),
}

_LEFT: Final[Mapping[LeftReason, str]] = {
    LeftReason.NOT_ORDERED: later("it was not in the order"),
    LeftReason.NEVER_BULKY: later("it is no bulky waste"),
    LeftReason.ELECTRICAL: later("electrical goods need their own order"),
    LeftReason.TOO_HEAVY: later("it was too heavy"),
    LeftReason.TOO_LONG: later("it was too long"),
    LeftReason.BLOCKED: later("we could not get to it"),
}


def enter_order_number(step: EnterOrderNumber, o: Occasion) -> Page:
    """Ask for the number of the slip."""
    say, text = o.say, o.entry.text
    full = len(text) == NUMBER_CHARACTERS
    fits = not full or _fits(text)
    missing = NUMBER_CHARACTERS - len(text)
    why = say.several("{number} character is still missing.", "{number} characters are still missing.", missing)
    if full:
        why = say("The characters do not fit together. Compare them with your slip.")
    go_on = primary("continue", say("Continue"), Submit())
    if not full or not fits:
        go_on = primary("continue", say("Continue"), Explain(why), state=KeyState.NOT_YET)
    refused = not fits or (step.problem is not None and not text)
    if full and not fits and not o.roomy:
        why = say("Look at the characters again.")
    heading = Heading(
        say("Type the order number"),
        say("It has {number} characters. It stands on your slip, behind {prefix}.", number=8, prefix=PREFIX),
    )
    shown = f"{text[:4]} {text[4:]}".strip()
    line = Typed(say("Order number"), shown, NUMBER_CHARACTERS, wrong=not fits)
    part = min(o.entry.part, len(HALVES) - 1)
    few = typing_keys(o, HALVES[part], full=full)
    other = HALVES[1 - part]
    letters = [one for one in other if one.isalpha()]
    turn = Key("turn", f"{letters[0]}-{letters[-1]}", TurnPage(1 - part))
    few = replace(few, keys=(*few.keys, turn))
    return o.page(
        step,
        Layout.SEARCH,
        heading,
        line,
        typing_keys(o, ALPHABET, full=full),
        step_header=step_header(o, SERVICE),
        actions=(o.back(), go_on),
        explanation=Note(Tone.BAD, Icon.ERROR, why) if refused and o.roomy else None,
        private=True,
        compact_blocks=(Heading(why if refused else heading.words), line, few),
        part=part,
        parts=len(HALVES),
    )


def _fits(text: str) -> bool:
    try:
        order_number(text)
    except NotAnOrderNumber:
        return False
    return True


def enter_change_code(step: EnterChangeCode, o: Occasion) -> Page:
    """Ask for the code that only the slip's owner has."""
    say, text = o.say, o.entry.text
    full = len(text) == CODE_DIGITS
    missing = CODE_DIGITS - len(text)
    go_on = primary("continue", say("Continue"), Submit())
    if not full:
        why = say.several("{number} digit is still missing.", "{number} digits are still missing.", missing)
        go_on = primary("continue", say("Continue"), Explain(why), state=KeyState.NOT_YET)
    return o.page(
        step,
        Layout.ENTRY,
        Heading(
            say("Type the change code"),
            say("It has {number} digits. It stands on the part of the slip that you kept.", number=CODE_DIGITS),
        ),
        Cells(CODE_GROUPS, text),
        keyboard(o, KeyboardKind.DIGITS, full=full),
        step_header=step_header(o, SERVICE),
        actions=(o.back(), go_on),
        private=True,
    )


def order_not_found(step: OrderNotFound, o: Occasion) -> Page:
    """Say that nothing was found; the same words whatever did not fit."""
    say = o.say
    tries = say.several("{number} try left.", "{number} tries left.", step.tries_left)
    heading = Heading(say("We did not find an order"), say("We know no order with this number and change code."))
    note = Note(Tone.WARN, Icon.INFO, tries, strong=say("Compare both with your slip."))
    reasons = say("What may be the reason")
    elsewhere = FactRow(Icon.SCHEDULE, say("You ordered elsewhere, and we have not heard of it yet."))
    over = FactRow(Icon.EVENT, say("The pickup was long ago, and we have deleted it."))
    helped = FactRow(Icon.STOREFRONT, o.help_here())
    return o.page(
        step,
        Layout.QUESTION,
        heading,
        note,
        Facts(reasons, (elsewhere, over, helped)),
        step_header=step_header(o, SERVICE),
        actions=(
            Key("finish", say("Finish"), Answer(Retry.FINISH), Weight.SECONDARY),
            primary("again", say("Try again"), Answer(Retry.AGAIN), Icon.REFRESH),
        ),
        compact_blocks=(heading, note, Facts(reasons, (helped,))),
    )


def show_order(step: ShowOrder, o: Occasion) -> Page:
    """Say how the order stands; before its day it can be changed, after it there is a result."""
    return _booked(step, o) if step.order.state is OrderState.BOOKED else _result(step, o)


def _booked(step: ShowOrder, o: Occasion) -> Page:
    say, order = o.say, step.order
    day = f"{say.weekday(order.day)} {order.day.year}"
    until = step.until.astimezone(o.surroundings.now.tzinfo) if o.surroundings.now.tzinfo else step.until
    limit = say("{day}, {time}", day=say.weekday(until.date()), time=say.time(until.time()))
    late = say("That was possible until {limit}. Now the crew has its list.", limit=limit)
    rows = ReviewRows(
        (
            ReviewRow(Icon.WEEKEND, say("Items"), pieces(o, step.items)),
            ReviewRow(Icon.EVENT, say("Day"), day, _change(step, Wish.MOVE, say("Change"), Icon.EDIT, late)),
            ReviewRow(Icon.PIN_DROP, say("Pickup place"), f"{order.street} {order.house}", private=True),
            ReviewRow(
                Icon.RECEIPT_LONG,
                say("Order number"),
                step.number,
                Key("show", say("Receipt"), Answer(Wish.CONFIRMATION), icon=Icon.PRINT, icon_first=True),
                private=True,
            ),
            ReviewRow(
                Icon.SCHEDULE,
                say("Changes until"),
                limit,
                _change(step, Wish.CANCEL, say("Cancel"), Icon.CLOSE, late),
            ),
        )
    )
    note = Note(Tone.OK, Icon.CHECK, say("We collect it during the day. You need not be there."))
    if step.gone:
        by = say.time(step.rules.timing.collected_by)
        note = Note(
            Tone.WARN, Icon.INFO, o.help_here(), strong=say("Do your things still stand outside after {time}?", time=by)
        )
    elif step.late:
        note = Note(Tone.WARN, Icon.INFO, o.help_here(), strong=say("It is too late to change it here."))
    elif step.stale is not None:
        note = _stale(step, o)
    card = DayCard(day, say("out by {time}", time=say.time(step.rules.timing.put_out_until)), "truck")
    heading = Heading(say("Your pickup is booked"), _standing(step, o))
    # Where there is no room for card and note, their words stand in the row and below the heading.
    told = f"{note.strong} {note.words}" if note.strong else _money(o, order.cents, order.paid)
    when = replace(rows.rows[1], words=f"{day}, {card.line}")
    compact = ReviewRows((rows.rows[0], when, *rows.rows[2:]))
    return o.page(
        step,
        Layout.REVIEW,
        heading,
        card,
        rows,
        note,
        step_header=step_header(o, SERVICE),
        actions=(o.back(), primary("finish", say("Finish"), Answer(Wish.FINISH), Icon.CHECK)),
        private=True,
        compact_blocks=(Heading(heading.words, told), compact, note),
    )


def _change(step: ShowOrder, wish: Wish, words: str, sign: Icon, late: str) -> Key:
    if step.late:
        return Key(wish.value, words, Explain(late), icon=sign, icon_first=True, state=KeyState.NOT_YET)
    return Key(wish.value, words, Answer(wish), icon=sign, icon_first=True)


def _standing(step: ShowOrder, o: Occasion) -> str:
    if step.order.cents or step.order.paid:
        return _money(o, step.order.cents, step.order.paid)
    return o.say("You can still change it, or call it off.") if not step.late else o.say("The day is certain.")


def _money(o: Occasion, cents: int, paid: int) -> str:
    """What was paid with the order, and what is still to be paid or comes back now that it costs `cents`."""
    words = [o.say("Paid: {money}.", money=money(o, paid))] if paid else []
    if cents > paid:
        words.append(o.say("You pay {money} at the office.", money=money(o, cents - paid)))
    elif cents < paid:
        words.append(o.say("You get {money} back at the office.", money=money(o, paid - cents)))
    return " ".join(words)


def _stale(step: ShowOrder, o: Occasion) -> Note:
    say, zone = o.say, o.surroundings.now.tzinfo
    assert step.stale is not None
    heard = step.stale.astimezone(zone) if zone else step.stale
    when = say("{day}, {time}", day=say.weekday(heard.date()), time=say.time(heard.time()))
    return Note(Tone.INFO, Icon.HISTORY, say("As the office said it last: {when}.", when=when))


def _result(step: ShowOrder, o: Occasion) -> Page:
    say, order = o.say, step.order
    tone, sign, words, sentence = _RESULTS[order.state]
    rows = [
        FactRow(Icon.EVENT, say("The day: {day}", day=f"{say.weekday(order.day)} {order.day.year}")),
        FactRow(Icon.WEEKEND, say("The things: {things}", things=pieces(o, step.items))),
    ]
    if order.left:
        reasons = ", ".join(say(_LEFT[one]) for one in order.left)
        rows.insert(0, FactRow(Icon.BLOCK, say("Left because {reasons}.", reasons=reasons)))
    if order.note:
        rows.insert(
            1, FactRow(Icon.EDIT, say("The crew writes: {words}", words=order.note), aloud=say("The crew wrote."))
        )
    number = say("Order number")
    rows.append(FactRow(Icon.RECEIPT_LONG, f"{number}: {step.number}", aloud=number))
    if order.paid:
        cents = 0 if order.state is OrderState.CANCELLED else order.cents
        rows.insert(1, FactRow(Icon.PAYMENTS, _money(o, cents, order.paid)))
    notes = [Note(Tone.INFO, Icon.STOREFRONT, o.help_here())] if order.state is not OrderState.COLLECTED else []
    if step.stale is not None:
        notes = [_stale(step, o)]
    banner = Banner(tone, sign, say(words), say(sentence), aloud=say(words))
    part = min(o.entry.part, 1)
    turning, counting = (
        say("More") if not part else say("From the beginning"),
        say("Page {part} of {parts}", part=part + 1, parts=2),
    )
    turn = Turn(
        Key("turn", turning, TurnPage(1 - part), icon=Icon.UNDO if part else Icon.EXPAND_MORE, icon_first=True),
        counting,
    )
    first: tuple[Block, ...] = (Facts(say("Your pickup"), tuple(rows[:1])),)
    second: tuple[Block, ...] = (Facts(say("Your pickup"), tuple(rows[1:MOST_FACTS])),)
    if not order.left and not order.note:
        first = (*first, *notes)
    return o.page(
        step,
        Layout.RESULT,
        banner,
        Facts(say("Your pickup"), tuple(rows[:MOST_FACTS])),
        *notes,
        actions=(o.back(), primary("finish", say("Finish"), Answer(Wish.FINISH), Icon.CHECK)),
        private=True,
        compact_blocks=(banner, *(second if part else first), turn),
        part=part,
        parts=2,
    )


def confirm_move(step: ConfirmMove, o: Occasion) -> Page:
    """Ask whether the pickup is to move."""
    say = o.say
    by = say.time(step.rules.timing.put_out_until)
    rows = [
        FactRow(Icon.HISTORY, say("Until now: {day}", day=f"{say.weekday(step.was)} {step.was.year}")),
        FactRow(
            Icon.EVENT,
            say("From now on: {day}, out by {time}", day=f"{say.weekday(step.to)} {step.to.year}", time=by),
            strong=f"{say.weekday(step.to)} {step.to.year}",
        ),
    ]
    if step.cents or step.paid:
        rows.append(FactRow(Icon.PAYMENTS, _money(o, step.cents, step.paid)))
    return o.page(
        step,
        Layout.QUESTION,
        Heading(say("Move the pickup to this day?"), say("Number and change code stay the same.")),
        Facts(say("Your pickup"), tuple(rows)),
        Note(Tone.INFO, Icon.INFO, say("You keep the old day until the new one is certain.")),
        step_header=step_header(o, SERVICE),
        actions=(o.back(), primary("move", say("Move the pickup"), Answer(value=True), Icon.CHECK)),
    )


def confirm_cancel(step: ConfirmCancel, o: Occasion) -> Page:
    """Ask whether the pickup is to be called off."""
    say = o.say
    rows = [
        FactRow(Icon.EVENT, f"{say.weekday(step.day)} {step.day.year}"),
        FactRow(Icon.WEEKEND, pieces(o, step.items)),
    ]
    if step.paid:
        rows.append(FactRow(Icon.PAYMENTS, _money(o, 0, step.paid)))
    return o.page(
        step,
        Layout.QUESTION,
        Heading(say("Call this pickup off?"), say("The day goes to somebody else. You can order anew at any time.")),
        Facts(say("Your pickup"), tuple(rows)),
        Note(Tone.INFO, Icon.INFO, say("A free pickup or a voucher can be used again afterwards.")),
        step_header=step_header(o, SERVICE),
        actions=(
            Key("keep", say("Keep it"), Answer(value=False), Weight.SECONDARY, Icon.UNDO, icon_first=True),
            primary("call_off", say("Call it off"), Answer(value=True), Icon.CHECK),
        ),
    )
