"""The pages of signing in with a card on which something is typed: its six digits, its number and days, its PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from screens.icons import Icon
from screens.pages import (
    Answer,
    Cells,
    Explain,
    Heading,
    Key,
    KeyboardKind,
    KeyState,
    Layout,
    Note,
    Submit,
    Tone,
    TurnPage,
    Typed,
    Weight,
)
from screens.presenting.bulky_place import keyboard as typing_keys
from screens.presenting.identify import DATE_GROUPS, NUMBER_PROBLEMS, birth_date_problem, day_problem, keyboard
from screens.presenting.occasion import primary
from screens.presenting.services import step_header
from screens.steps_card import PrintInstead

if TYPE_CHECKING:
    from screens.pages import Block, Page, StepHeader
    from screens.presenting.occasion import Occasion
    from screens.steps import NumberProblem, ServiceKey
    from screens.steps_card import (
        EnterCan,
        EnterCardBirthDate,
        EnterCardExpiry,
        EnterCardNumber,
        EnterNewPin,
        EnterPin,
    )

CAN_DIGITS: Final = 6

LEAST_NUMBER: Final = 5
MOST_NUMBER: Final = 9
"""Characters of a document number in a machine-readable zone (ICAO 9303-4 and -5); hardly a state has fewer than 5."""

_THIRDS: Final = ("0123456789ABCDEFGHI", "0123456789JKLMNOPQR", "0123456789STUVWXYZ")
_ALL: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def second_of_three(o: Occasion, service: ServiceKey) -> StepHeader:
    """Where signing in stands in every visit that asks for it."""
    return step_header(o, service, 2, 3)


def enter_can(step: EnterCan, o: Occasion) -> Page:
    """Ask for the six digits printed on the card."""
    say, text = o.say, o.entry.text
    full = len(text) == CAN_DIGITS
    missing = CAN_DIGITS - len(text)
    go_on = primary("continue", say("Continue"), Submit())
    if not full:
        why = say.several("{number} digit is still missing.", "{number} digits are still missing.", missing)
        go_on = primary("continue", say("Continue"), Explain(why), state=KeyState.NOT_YET)
    note = None
    if step.refused and not text:
        where = say("Look at the bottom right of the front.")
        if step.tries_left is not None:
            where = say.several("{number} try left.", "{number} tries left.", step.tries_left)
        note = Note(Tone.BAD, Icon.ERROR, where, strong=say("These 6 digits do not belong to the card."))
    body = say("They are on the front, at the bottom right. This is not your PIN.")
    if step.before_pin:
        body = say("The card wants them before the last try of the PIN.")
    by_print = Key("no_digits", say("No 6 digits"), Answer(PrintInstead.NO_DIGITS), Weight.SECONDARY)
    return o.page(
        step,
        Layout.ENTRY,
        Heading(
            say("Type the 6 digits printed on your card"),
            body,
            art="eid-card-can",
        ),
        Cells((CAN_DIGITS,), text),
        keyboard(o, KeyboardKind.DIGITS, full=full),
        step_header=second_of_three(o, step.service),
        actions=(o.back(), by_print, go_on) if step.by_print else (o.back(), go_on),
        explanation=note,
        private=True,
    )


def enter_card_number(step: EnterCardNumber, o: Occasion) -> Page:
    """Ask for the number of the passport or card."""
    say, text = o.say, o.entry.text
    go_on = primary("continue", say("Continue"), Submit())
    if len(text) < LEAST_NUMBER:
        why = say("Type all characters of the number.")
        go_on = primary("continue", say("Continue"), Explain(why), state=KeyState.NOT_YET)
    refused = step.refused
    strong, what_to_do = say("This does not open the card"), say("Compare number, birthday and last day.")
    heading = Heading(
        say("Type the number of your document"),
        say("It stands on the page with your picture, at the top right."),
        art="passport-number",
    )
    if refused:
        heading = Heading(strong)
    line = Typed(say("Document number"), text, MOST_NUMBER)
    full = len(text) == MOST_NUMBER
    part = o.entry.part % len(_THIRDS)
    following = (part + 1) % len(_THIRDS)
    few = typing_keys(o, _THIRDS[part], full=full)
    letters = _THIRDS[following].lstrip("0123456789")
    turn = Key("turn", f"{letters[0]}-{letters[-1]}", TurnPage(following))
    few = type(few)(few.kind, (*few.keys, turn), few.delete, few.again)
    compact: tuple[Block, ...] = (Heading(heading.words), line, few)
    return o.page(
        step,
        Layout.SEARCH,
        heading,
        line,
        few if o.look.low_reach else typing_keys(o, _ALL, full=full),
        step_header=second_of_three(o, step.service),
        actions=(o.back(), go_on),
        explanation=Note(Tone.BAD, Icon.ERROR, what_to_do) if refused and o.roomy else None,
        private=True,
        compact_blocks=compact,
        part=part,
        parts=len(_THIRDS),
    )


def enter_card_birth_date(step: EnterCardBirthDate, o: Occasion) -> Page:
    """Ask for the birth date, as the card has it."""
    text = o.entry.text
    problem = birth_date_problem(text, o.surroundings.now.date()) if len(text) == sum(DATE_GROUPS) else None
    heading = Heading(o.say("Type your birthday"), o.say("Type it as it stands on the card. Example: 04 09 1980."))
    return _day(step, o, heading, problem)


def enter_card_expiry(step: EnterCardExpiry, o: Occasion) -> Page:
    """Ask for the last day of the card."""
    text = o.entry.text
    problem = day_problem(text) if len(text) == sum(DATE_GROUPS) else None
    heading = Heading(
        o.say("Until when is the card valid?"), o.say("The day is printed on it. Example: 04 09 2031."), art=""
    )
    return _day(step, o, heading, problem)


def _day(
    step: EnterCardBirthDate | EnterCardExpiry, o: Occasion, heading: Heading, problem: NumberProblem | None
) -> Page:
    say, text = o.say, o.entry.text
    full = sum(DATE_GROUPS)
    missing = say.several("{number} digit is still missing.", "{number} digits are still missing.", full - len(text))
    told = problem or (step.problem if not text else None)
    sentence = say(NUMBER_PROBLEMS[told]) if told is not None else ""
    go_on = primary("continue", say("Continue"), Submit())
    if len(text) < full or problem is not None:
        why = sentence if problem is not None else missing
        go_on = primary("continue", say("Continue"), Explain(why), state=KeyState.NOT_YET)
    return o.page(
        step,
        Layout.ENTRY,
        heading,
        Cells(DATE_GROUPS, text, wrong=problem is not None, labels=(say("Day"), say("Month"), say("Year"))),
        keyboard(o, KeyboardKind.DIGITS, full=len(text) == full),
        step_header=second_of_three(o, step.service),
        actions=(o.back(), go_on),
        explanation=Note(Tone.BAD, Icon.ERROR, sentence) if sentence else None,
        private=True,
    )


def tries_left(o: Occasion, number: int | None) -> str:
    """How often the PIN may still be typed, where the card says it; of the last one, what follows if it is wrong."""
    if number is None:
        return ""
    if number == 1:
        return o.say("If the next PIN does not fit, the online function is blocked.")
    return o.say.several("{number} try left.", "{number} tries left.", number)


def last_try(o: Occasion) -> Note:
    """Warn before the try that may block the card."""
    return Note(Tone.WARN, Icon.WARNING, tries_left(o, 1), strong=o.say("This is the last try."))


def enter_pin(step: EnterPin, o: Occasion) -> Page:
    """Ask for the PIN; a dot stands for each digit."""
    say = o.say
    note = None
    if step.refused and not o.entry.text:
        left = tries_left(o, step.tries_left)
        note = Note(Tone.BAD, Icon.ERROR, left, strong=say("This is not the PIN of the card."))
    elif step.tries_left == 1:  # stays while she types: it is about what she is going to do
        note = last_try(o)
    heading = Heading(
        say("Type the PIN of your card"),
        say("It has 6 digits, chosen by you. Only 5, from a letter? Then choose “Your card’s own PIN” first."),  # noqa: RUF001  an apostrophe, as printed
    )
    if note is not None:
        heading = Heading(heading.words)
    elif len(step.lengths) > 1:
        heading = Heading(heading.words, say("Type your own 6 digits, or the 5 from the letter."))
    return _secret(step, o, heading, step.lengths, note)


def enter_new_pin(step: EnterNewPin, o: Occasion) -> Page:
    """Ask for a PIN of her own, twice."""
    say = o.say
    heading = Heading(say("Choose a PIN of your own"), say("It has 6 digits. Your birthday is easy to guess."))
    if step.again:
        heading = Heading(say("Type your new PIN once more"), say("So that we know it is what you meant."))
    note = None
    if step.differed and not o.entry.text:
        note = Note(Tone.WARN, Icon.INFO, say("Choose it once more."), strong=say("The two were not the same."))
    return _secret(step, o, heading, (CAN_DIGITS,), note)


def _secret(
    step: EnterPin | EnterNewPin, o: Occasion, heading: Heading, lengths: tuple[int, ...], note: Note | None
) -> Page:
    say, text, most = o.say, o.entry.text, max(lengths)
    missing = say.several("{number} digit is still missing.", "{number} digits are still missing.", most - len(text))
    go_on = primary("continue", say("Continue"), Submit())
    if len(text) not in lengths:
        go_on = primary("continue", say("Continue"), Explain(missing), state=KeyState.NOT_YET)
    return o.page(
        step,
        Layout.ENTRY,
        heading,
        Cells((most,), text, hidden=True),
        keyboard(o, KeyboardKind.DIGITS, full=len(text) == most),
        step_header=second_of_three(o, step.service),
        actions=(o.back(), go_on),
        explanation=note,
        private=True,
    )
