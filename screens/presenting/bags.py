"""The pages of a visit that buys bags, from the choice to the receipt, and those of every payment by card.

Longer than most, as the pages of one visit share their words about money.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from screens.icons import Icon
from screens.pages import (
    Answer,
    Assurance,
    Banner,
    Bill,
    Choices,
    Coming,
    ComingRow,
    Dot,
    Explain,
    Heading,
    Key,
    KeyState,
    Layout,
    Machine,
    Note,
    OnSale,
    Places,
    Proof,
    Shop,
    Steps,
    Tone,
    ToPay,
    Total,
    Turn,
    TurnPage,
    Waiting,
    Weight,
)
from screens.presenting.occasion import primary
from screens.presenting.scanning import VOUCHER, scanning
from screens.presenting.services import step_header
from screens.steps import ServiceKey, SlipState
from screens.steps_bags import BagsAsk, BagVoucherProblem, Full, OneMoreBag, PayState, Receipt, Stop
from screens.wording import later

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screens.pages import Block, Page
    from screens.presenting.occasion import Occasion
    from screens.steps_bags import (
        Bag,
        BagsComing,
        ChooseBags,
        Chosen,
        PayByCard,
        SaleStopped,
        ScanBagVoucher,
        TakeBags,
    )

BAGS: Final = ServiceKey.BAGS
STEPS: Final = 3
AT_ONCE: Final = 4
COMPACT_AT_ONCE: Final = 2
LOW_AT_ONCE: Final = 3
SECONDS_A_BAG: Final = 5
"""A turn of the motor and the fall, as citizens wait for it."""

_FULL: Final[Mapping[Full, str]] = {
    Full.SOLD_OUT: later("These bags are sold out here."),
    Full.NO_MORE_HERE: later("There are no more of these bags here."),
    Full.AT_ONCE: later("You can buy so many at once. Then start again."),
    Full.QUOTA: later("Your voucher is good for no more."),
    Full.NO_CARD: later("We cannot take cards at the moment."),
}

_STATES: Final[Mapping[PayState, tuple[str, Icon]]] = {
    PayState.WAIT: (later("One moment"), Icon.CREDIT_CARD),
    PayState.CONFIRM_AMOUNT: (later("Confirm the amount at the card machine"), Icon.CREDIT_CARD),
    PayState.PRESENT_CARD: (later("Waiting for your card"), Icon.CONTACTLESS),
    PayState.LOOK_AT_TERMINAL: (later("Look at the card machine"), Icon.CREDIT_CARD),
    PayState.PIN_WRONG: (later("The PIN did not fit. Type it once more."), Icon.INFO),
    PayState.REMOVE_CARD: (later("Take your card"), Icon.CREDIT_CARD),
    PayState.CARD_UNREADABLE: (later("The card could not be read. Try once more."), Icon.INFO),
    PayState.TAKE_ANOTHER_CARD: (later("Try another card"), Icon.INFO),
    PayState.NOT_PAID: (later("The payment was not made"), Icon.INFO),
    PayState.GIVING_BACK: (later("You get your money back"), Icon.UNDO),
    PayState.TAKE_GOODS: (later("Payment accepted"), Icon.CHECK_CIRCLE),
    PayState.CANNOT_CANCEL: (later("The payment is under way. One moment."), Icon.CREDIT_CARD),
}
_NO_WAY_BACK: Final = frozenset({PayState.GIVING_BACK, PayState.TAKE_GOODS, PayState.CANNOT_CANCEL, PayState.NOT_PAID})

_VOUCHERS: Final[Mapping[BagVoucherProblem, tuple[str, str]]] = {
    BagVoucherProblem.NOT_OURS: (later("This is not a voucher for bags."), later("Show the code on the voucher.")),
    BagVoucherProblem.DAMAGED: (
        later("We can read only a part of this code."),
        later("Lay it flat and show it again."),
    ),
    BagVoucherProblem.OTHER_TOWN: (
        later("This voucher comes from another town."),
        later("It is good only there."),
    ),
    BagVoucherProblem.NOT_SIGNED: (later("We cannot confirm this voucher."), later("Show it at the counter.")),
    BagVoucherProblem.OVER: (later("This voucher is over."), later("You get a new one at the counter.")),
    BagVoucherProblem.USED: (later("This voucher is used."), later("You get a new one at the counter.")),
    BagVoucherProblem.NONE_HERE: (
        later("We have none of these bags here now."),
        later("Show the voucher at the counter."),
    ),
    BagVoucherProblem.READER_GONE: (later("We cannot read vouchers at the moment."), later("Try it again later.")),
}

_STOPPED: Final[Mapping[Stop, tuple[str, str]]] = {
    Stop.DECLINED: (later("Your card was not accepted"), later("The bank or the card said no. Another card may work.")),
    Stop.ABORTED: (later("The payment was not made"), later("It was ended before your card was accepted.")),
    Stop.REVERSED: (
        later("Sorry, your bags did not come out"),
        later("The machine is jammed. That is not your fault."),
    ),
    Stop.UNCLEAR: (later("Sorry, we do not know how your payment ended"), later("Our staff will find out.")),
}

_SLIPS: Final[Mapping[SlipState, str]] = {
    SlipState.PRINTED: later("It is printed. Take it below the screen."),
    SlipState.NOT_PRINTED: later("We cannot print now. Scan the code."),
    SlipState.UNKNOWN: later("Look below the screen whether it is there."),
    SlipState.NO_PRINTER: later("We cannot print now. Scan the code."),
}


def euros(o: Occasion, cents: int) -> str:
    """An amount with its cents, as the language writes it."""
    amount = f"{cents // 100}.{cents % 100:02}"
    return f"{amount.replace('.', ',')} €" if o.say.language == "de" else f"€{amount}"


def counted(o: Occasion, chosen: Chosen) -> tuple[str, ...]:
    """Such as "2 bags", with a sign of multiplication between."""
    times = "{number} × {thing}"  # noqa: RUF001  the sign of multiplication, in every language
    return tuple(times.format(number=number, thing=bag.called(o.say.language)) for bag, number in chosen if number)


def choose_bags(step: ChooseBags, o: Occasion) -> Page:
    """Ask for the bags, and say what they cost."""
    say = o.say
    full = dict(step.full)
    cards = [_card(o, bag, count, full.get(bag.key)) for bag, count in zip(step.bags, step.counts, strict=True)]
    at_once = LOW_AT_ONCE if o.look.low_reach and o.roomy else AT_ONCE
    whole, _ = _shop(o, cards, at_once)
    compact, parts = _shop(o, cards, COMPACT_AT_ONCE if at_once == AT_ONCE else LOW_AT_ONCE)
    pieces = sum(step.counts)
    cents = sum(bag.cents * count for bag, count in zip(step.bags, step.counts, strict=True))
    body = say("You pay by card. The bags come out on the right.")
    if step.voucher:
        body = say("You have a voucher. The bags come out on the right.")
    heading = Heading(say("Which bags would you like?"), body)
    on_page = step.note.page(say.language) if step.note is not None else ""
    note = Note(Tone.QUIET, Icon.INFO, on_page) if on_page else None
    if step.voucher:
        note = Note(Tone.OK, Icon.CHECK_CIRCLE, say("Your voucher is good. You pay nothing."))
    if step.no_card:
        words = say("You get free bags with a voucher.")
        note = Note(Tone.WARN, Icon.CREDIT_CARD_OFF, words, strong=say("We cannot take cards at the moment."))
    if step.gone:
        words = say("Nothing was charged. Please choose anew.")
        note = Note(Tone.WARN, Icon.INFO, words, strong=say("There are not so many bags left."))
    total = Total(
        say("Total"),
        say.several("{number} piece", "{number} pieces", pieces) if pieces else say("None chosen yet."),
        say("Free") if step.voucher else euros(o, cents),
    )
    words, sign = (say("Get the bags"), Icon.SHOPPING_BAG) if step.voucher else (say("Pay by card"), Icon.CREDIT_CARD)
    go_on = primary("pay", words, Answer(BagsAsk.PAY), sign)
    if not pieces:
        why = Explain(say("Touch plus for the bags that you would like."))
        go_on = primary("pay", words, why, sign, state=KeyState.NOT_YET)
    told = (note,) if note is not None else ()
    urgent = told if note is not None and note.tone is Tone.WARN else ()
    return o.page(
        step,
        Layout.SHOP,
        heading,
        *told,
        whole,
        total,
        step_header=step_header(o, BAGS, 1, STEPS),
        actions=(o.back(), go_on),
        compact_blocks=(Heading(heading.words), *urgent, compact, total),
        part=min(o.entry.part, parts - 1),
        parts=parts,
    )


def _card(o: Occasion, bag: Bag, count: int, full: Full | None) -> OnSale:
    say = o.say
    by_voucher = not bag.cents and full is not Full.QUOTA and not count
    more = Key(f"more_{bag.key}", say("One more"), Answer(OneMoreBag(bag.key, 1)), icon=Icon.ADD)
    if full is not None:
        more = replace(more, act=Explain(say(_FULL[full])), state=KeyState.NOT_YET)
    less = Key(f"less_{bag.key}", say("One less"), Answer(OneMoreBag(bag.key, -1)), icon=Icon.REMOVE)
    if not count:
        less = replace(less, act=Explain(say("None chosen yet.")), state=KeyState.NOT_YET)
    tag = say("with a voucher") if by_voucher else ""
    if full is Full.SOLD_OUT:
        tag = say("sold out")
    price = euros(o, bag.cents) if bag.cents else say("Free")
    litres, size = say("{litres} litres", litres=bag.product.litres), bag.product.sized(say.language)
    return OnSale(
        f"bag-{bag.product.picture.value}",
        bag.called(say.language),
        f"{litres} · {size}" if size else litres,
        price,
        count,
        less,
        more,
        tag,
    )


def _shop(o: Occasion, cards: list[OnSale], at_once: int) -> tuple[Shop, int]:
    """The cards of the open part, and how many parts there are."""
    if len(cards) == at_once + 1 and at_once == COMPACT_AT_ONCE:
        at_once += 1  # three need no second part
    parts = max(1, -(-len(cards) // at_once))
    part = min(o.entry.part, parts - 1)
    below: tuple[Turn, ...] = ()
    if parts > 1:
        following = (part + 1) % parts
        words = o.say("More bags") if following else o.say("First bags")
        sign = Icon.EXPAND_MORE if following else Icon.UNDO
        counting = o.say("Page {part} of {parts}", part=part + 1, parts=parts)
        below = (Turn(Key("turn", words, TurnPage(following), icon=sign, icon_first=True), counting),)
    return Shop(tuple(cards[part * at_once : (part + 1) * at_once]), below), parts


def scan_bag_voucher(step: ScanBagVoucher, o: Occasion) -> Page:
    """Ask to show a voucher for bags to the camera or the scanner."""
    problem = None if step.problem is None else _VOUCHERS[step.problem]
    return o.page(
        step,
        Layout.SCAN,
        *scanning(o, step, VOUCHER, problem),
        step_header=step_header(o, BAGS, 1, STEPS),
        actions=(o.back(),),
    )


def pay_by_card(step: PayByCard, o: Occasion) -> Page:
    """Say how much is to be paid, and what to do at the card machine."""
    say = o.say
    words, sign = _STATES[step.state]
    lines = counted(o, step.chosen) or (say("Fee for your pickup"),)
    amount = ToPay(say("To pay"), euros(o, step.cents), lines, say("Girocard, Visa, Mastercard or your phone"))
    steps = Steps(
        (say("Hold your card on the card machine, or insert it."), say("If it asks for your PIN, type it there."))
    )
    waiting = Waiting(say(words), sign)
    heading = Heading(say("Pay at the card machine"), say("It is to the right of this screen."))
    actions: tuple[Key, ...] = ()
    if step.state not in _NO_WAY_BACK:
        cancel = Answer(value=True)
        key = Key("cancel", say("Cancel the payment"), cancel, Weight.SECONDARY, Icon.CLOSE, icon_first=True)
        actions = (key,)
    header = step_header(o, step.service, 2, STEPS) if step.service is BAGS else step_header(o, step.service)
    return o.page(
        step,
        Layout.SALE,
        heading,
        amount,
        steps,
        waiting,
        step_header=header,
        actions=actions,
        compact_blocks=(Heading(heading.words), amount, steps, waiting),
    )


def bags_coming(step: BagsComing, o: Occasion) -> Page:
    """Show the bags coming out, one by one."""
    say, of = o.say, sum(number for _, number in step.chosen)
    left = max(1, of - step.done) * SECONDS_A_BAG
    rows: list[ComingRow] = []
    for bag, number in step.chosen:
        for piece in range(1, number + 1):
            place = len(rows)
            dot = Dot.DONE if place < step.done else Dot.NOW if place == step.done else Dot.LATER
            name = bag.called(say.language)
            rows.append(
                ComingRow(dot, say("{thing}, number {number}", thing=name, number=piece) if number > 1 else name)
            )
    body = say.several("Please wait until it is in the tray.", "Please wait until all {number} are in the tray.", of)
    if step.paid:
        body = say(
            "Payment accepted. {wait}",
            wait=body,
        )
    heading = Heading(say("Your bags are coming out"), body)
    coming = Coming(
        say("{done} of {of}", done=step.done, of=of),
        say("about {number} seconds left", number=left) if step.done < of else say("One moment"),
        step.done,
        of,
        tuple(rows),
    )
    why = say("You can end the session when all bags are out.")
    page = o.page(
        step,
        Layout.SALE,
        heading,
        Machine("dispense-run"),
        coming,
        Note(Tone.INFO, Icon.INFO, why),
        step_header=step_header(o, BAGS, 3, STEPS),
        compact_blocks=(Heading(heading.words), Machine("dispense-run"), coming),
    )
    return replace(page, bar=_not_yet(page.bar, why), compact_bar=_not_yet(page.compact_bar, why))


def _not_yet(bar: tuple[Key, ...], why: str) -> tuple[Key, ...]:
    """The bar whose last key ends nothing now."""
    return tuple(replace(key, act=Explain(why), state=KeyState.NOT_YET) if key.name == "end" else key for key in bar)


def take_bags(step: TakeBags, o: Occasion) -> Page:
    """Say where the bags are and what was paid, and offer the receipt."""
    say = o.say
    heading = Heading(say("Take your bags"), say("They are in the tray, below right. It is lit yellow."))
    wanted, came = (sum(number for _, number in one) for one in (step.chosen, step.issued))
    number = say("Receipt {number}", number=step.number)
    things = ", ".join(counted(o, step.issued))
    if step.charged is None:
        bill = Bill(Tone.WARN, Icon.WARNING, say("We are still looking into the payment"), number, things)
    elif step.charged:
        bill = Bill(Tone.OK, Icon.CHECK_CIRCLE, say("Paid: {money}", money=euros(o, step.charged)), number, things)
    elif any(bag.cents for bag, _ in step.issued):
        bill = Bill(Tone.OK, Icon.CHECK_CIRCLE, say("You were not charged"), number, things)
    else:
        bill = Bill(Tone.OK, Icon.CHECK_CIRCLE, say("Free, with your voucher"), number, things)
    blocks: list[Block] = [bill]
    if came < wanted:
        words = say("You paid only for what came out.") if step.charged else ""
        strong = say.several("One bag did not come out.", "{number} bags did not come out.", wanted - came)
        blocks.append(Note(Tone.WARN, Icon.WARNING, words, strong=strong))
    qr = step.qr or step.slip in {SlipState.NO_PRINTER, SlipState.NOT_PRINTED}
    scene: tuple[Block, ...] = (Machine("dispense-take"),)
    if qr:
        scene = ()
        blocks.append(Proof(say("Your receipt for the phone"), say("Scan it with your phone."), step.code))
    question = say(_SLIPS[step.slip]) if step.slip in _SLIPS else say("Would you like a receipt?")
    keys: list[Key] = []
    if (printing := _print_key(o, step.slip, say("Print it"))) is not None:
        keys.append(printing)
    if not qr:
        show = Answer(Receipt.QR)
        keys.append(Key("qr", say("Show a QR code"), show, Weight.SECONDARY, Icon.QR_CODE_2, icon_first=True))
    other = Key("else", say("Do something else"), Answer(Receipt.ELSE), Weight.SECONDARY, Icon.APPS, icon_first=True)
    choices = Choices(question, tuple(keys))
    return o.page(
        step,
        Layout.SALE,
        heading,
        *scene,
        *blocks,
        choices,
        step_header=step_header(o, BAGS, 3, STEPS),
        actions=(other, primary("finish", say("Finish"), Answer(Receipt.FINISH), Icon.LOGOUT)),
        compact_blocks=(heading, *scene, *blocks, choices),
    )


def _print_key(o: Occasion, slip: SlipState, words: str) -> Key | None:
    if slip is SlipState.NO_PRINTER:
        return None
    busy = slip is SlipState.PRINTING
    return Key(
        "print",
        o.say("One moment") if busy else words,
        Answer(Receipt.PRINT),
        Weight.SECONDARY,
        Icon.PRINT,
        icon_first=True,
        state=KeyState.BUSY if busy else KeyState.NORMAL,
    )


def sale_stopped(step: SaleStopped, o: Occasion) -> Page:
    """Say that nothing was sold, whose fault it is not, and what became of the money."""
    say = o.say
    title, sentence = _STOPPED[step.stop]
    if step.stop is Stop.REVERSED and step.service is not BAGS:
        title, sentence = later("Sorry, this did not work"), later("The machine made a mistake. It is not your fault.")
    banner = Banner(Tone.WARN, Icon.WARNING, say(title), say(sentence), aloud=say(title))
    amount = euros(o, step.cents)
    if not step.cents:
        sure = Assurance(
            Tone.OK, Icon.CHECK, say("Your voucher is still good"), say("You can show it again at another place.")
        )
    elif step.not_charged and step.stop is Stop.REVERSED:
        sure = Assurance(
            Tone.OK,
            Icon.CHECK,
            say("You were not charged"),
            say("We cancelled the payment of {money}.", money=amount),
        )
    elif step.not_charged:
        sure = Assurance(Tone.OK, Icon.CHECK, say("You were not charged"), say("Nothing was taken from your card."))
    else:
        words = say("Show it at the counter if {money} are taken from your account.", money=amount)
        if step.issued:
            words = say("Take the bags that came out. We compare them with what was charged.")
        sure = Assurance(Tone.INFO, Icon.INFO, say("Keep your proof"), words)
    again = step.stop in {Stop.DECLINED, Stop.ABORTED}
    places = _places(o, step)
    blocks: tuple[Block, ...] = (banner, sure, places)
    finish = primary("finish", say("Finish"), Answer(Receipt.FINISH), Icon.LOGOUT)
    if again:
        back = Key("finish", finish.words, finish.act, Weight.SECONDARY, Icon.LOGOUT, icon_first=True)
        more = primary("again", say("Try again"), Answer(Receipt.AGAIN), Icon.REFRESH)
        return o.page(
            step,
            Layout.SALE,
            *blocks,
            step_header=step_header(o, step.service),
            actions=(back, more),
            compact_blocks=(banner, sure),
        )
    if not step.cents:  # no money moved: nothing is to be proved
        return o.page(
            step,
            Layout.SALE,
            *blocks,
            step_header=step_header(o, step.service),
            actions=(finish,),
            compact_blocks=(banner, sure),
        )
    line = say(
        "Scan it or print it. Show it at {place} if {money} are missing from your account.",
        place=o.surroundings.counter.name,
        money=amount,
    )
    if o.surroundings.phone:
        line += " " + say("Or call {phone}.", phone=o.surroundings.phone)
    if step.slip in _SLIPS:
        line = say(_SLIPS[step.slip])
    proof = Proof(say("Your proof: {number}", number=step.number), line, step.code)
    actions: tuple[Key, ...] = (finish,)
    if (printing := _print_key(o, step.slip, say("Print proof"))) is not None:
        actions = (printing, finish)
    parts = 2
    part = o.entry.part % parts
    words = say("Your proof") if not part else say("What happened")
    sign = Icon.EXPAND_MORE if not part else Icon.UNDO
    counting = say("Page {part} of {parts}", part=part + 1, parts=parts)
    turn = Turn(Key("turn", words, TurnPage(1 - part), icon=sign, icon_first=True), counting)
    compact: tuple[Block, ...] = (banner, sure, turn)
    if part:
        compact = (Heading(proof.words), Proof("", line, step.code), turn)
    return o.page(
        step,
        Layout.SALE,
        *blocks,
        proof,
        step_header=step_header(o, step.service),
        actions=actions,
        private=True,
        compact_blocks=compact,
        part=part,
        parts=parts,
    )


def _places(o: Occasion, step: SaleStopped) -> Places:
    """The counter and the nearest other place; what does not help here is left out."""
    say = o.say
    if step.stop is Stop.REVERSED and step.service is BAGS:
        title = say("How to get your bags")
    else:
        title = say("Who can help you now")
    return Places(title, o.places(title).rows[:2])
