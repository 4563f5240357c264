"""The pages of signing in with an identity card: placing it, its print, its reading, taking it back, and other ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from screens.icons import Icon
from screens.pages import (
    Answer,
    Cells,
    Checklist,
    CheckRow,
    Dot,
    Explain,
    Heading,
    Key,
    KeyboardKind,
    KeyState,
    Layout,
    Machine,
    Note,
    Option,
    Options,
    Steps,
    Submit,
    Tone,
    TurnPage,
    Typed,
    Waiting,
    Weight,
)
from screens.presenting.bulky_place import keyboard as typing_keys
from screens.presenting.identify import DATE_GROUPS, NUMBER_PROBLEMS, birth_date_problem, day_problem, keyboard
from screens.presenting.life import KINDS, where_now
from screens.presenting.occasion import primary
from screens.presenting.services import step_header
from screens.steps import BACK, NumberProblem, Retry, ServiceKey
from screens.steps_card import CardEnd, CardProblem, Placed, PrintInstead, Stage
from screens.wording import later

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screens.pages import Block, Page, StepHeader
    from screens.presenting.occasion import Occasion
    from screens.steps_card import (
        CardEnds,
        ChooseMyDocument,
        EnterCan,
        EnterCardBirthDate,
        EnterCardExpiry,
        EnterCardNumber,
        PlaceCard,
        ReadingCard,
        TakeCardBack,
    )

CAN_DIGITS: Final = 6

LEAST_NUMBER: Final = 5
MOST_NUMBER: Final = 9
"""Characters of a document number in a machine-readable zone (ICAO 9303-4 and -5); hardly a state has fewer than 5."""

_THIRDS: Final = ("0123456789ABCDEFGHI", "0123456789JKLMNOPQR", "0123456789STUVWXYZ")
_ALL: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_AT_ONCE: Final = 3
"""Documents to choose from on one page."""

_PROBLEMS: Final[Mapping[CardProblem, tuple[str, str]]] = {
    CardProblem.LEFT: (later("The card was taken away too early."), later("Place it on the reader again.")),
    CardProblem.UNREADABLE: (later("The reader does not feel a chip yet."), later("Take the card out of its cover.")),
    CardProblem.NOT_IDENTITY: (
        later("This is not an identity card."),
        later("Place your identity card, passport or residence permit."),
    ),
    CardProblem.MUTE: (later("The card does not answer."), later("Take it off, then lay it flat again.")),
    CardProblem.BUSY: (later("The reader was busy for a moment."), later("Take the card off, then place it again.")),
    CardProblem.DAMAGED: (
        later("We could not read this card."),
        later("Take it off, then place it again, or choose another way."),
    ),
}

_ENDS: Final[Mapping[CardEnd, tuple[str, str]]] = {
    CardEnd.EXPIRED: (
        later("The last day of this card is over"),
        later("We can sign you in with a valid card only."),
    ),
    CardEnd.REFUSED: (
        later("We cannot sign you in with this card"),
        later("We could not check its chip to the end. At the counter we look at it together."),
    ),
    CardEnd.NOT_PROVEN: (
        later("We cannot sign you in with this card"),
        later("This terminal cannot check who issued it. The counter can."),
    ),
    CardEnd.NO_NAME: (
        later("This card does not tell us your name"),
        later("Its chip holds a number only. Choose another way."),
    ),
    CardEnd.OTHER_WAY: (
        later("With this card we need another way"),
        later("We cannot read it here yet. Choose another way."),
    ),
}


def _header(o: Occasion, service: ServiceKey) -> StepHeader:
    return step_header(o, service, 2, 3)


def place_card(step: PlaceCard, o: Occasion) -> Page:
    """Ask to lay the card on the reader, and say what was amiss with the last one."""
    say = o.say
    words, body, art = say("Place your card on the reader"), say("The reader is below this screen, on the right."), ""
    if step.again:
        words, body = say("Place your card on the reader again"), say("Then we read it.")
    if step.problem is CardProblem.UNREADABLE:
        words, body, art = say("Turn your card over"), say("Lay it flat, in the middle of the reader."), "reader-turn"
    steps = Steps(
        (
            say("Lay the card flat on the reader. Either side works."),
            say("Leave it there until we tell you to take it back."),
        )
    )
    waiting = Waiting(say("Waiting for your card"), Icon.CONTACTLESS)
    middle: Block = steps
    if step.problem is not None:
        strong, what_to_do = _PROBLEMS[step.problem]
        middle = Note(Tone.WARN, Icon.INFO, say(what_to_do), strong=say(strong))
    not_here = Key("not_with_me", say("I do not have my card here"), Answer(Placed.NOT_WITH_ME), Weight.SECONDARY)
    return o.page(
        step,
        Layout.CARD,
        Heading(words, body),
        Machine(art or "reader-wait"),
        middle,
        waiting,
        step_header=_header(o, step.service),
        actions=(o.back(), not_here),
    )


_BAR: Final[Mapping[Stage, int]] = {
    Stage.FOUND: 1,
    Stage.OPENING: 3,
    Stage.READING: 5,
    Stage.PROVING: 7,
    Stage.LOOKING: 9,
}
_BAR_LENGTH: Final = 10


def reading_card(step: ReadingCard, o: Occasion) -> Page:
    """Tell how far the card is read."""
    say, stage = o.say, step.stage
    looking = stage is Stage.LOOKING
    first = Dot.NOW if stage is Stage.FOUND else Dot.DONE
    second = Dot.DONE if looking else Dot.LATER if stage is Stage.FOUND else Dot.NOW
    third = say("Looking for your document")
    rows = (
        CheckRow(first, say("Looking at the card") if first is Dot.NOW else say("Card recognised")),
        CheckRow(second, say("Reading your name and date of birth"), say("Nothing else is read from the card")),
        CheckRow(Dot.NOW if looking else Dot.LATER, third),
    )
    stop = Key("stop", say("Stop reading"), Answer(BACK), Weight.SECONDARY, Icon.CLOSE, icon_first=True)
    return o.page(
        step,
        Layout.CARD,
        Heading(say("Leave your card on the reader"), say("This takes about 10 seconds.")),
        Machine("reader-read"),
        Checklist(_BAR[stage], _BAR_LENGTH, rows),
        step_header=_header(o, step.service),
        actions=() if looking else (stop,),
    )


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
    by_print = Key("no_digits", say("No 6 digits"), Answer(PrintInstead.NO_DIGITS), Weight.SECONDARY)
    return o.page(
        step,
        Layout.ENTRY,
        Heading(
            say("Type the 6 digits printed on your card"),
            say("They are on the front, at the bottom right. This is not your PIN."),
            art="eid-card-can",
        ),
        Cells((CAN_DIGITS,), text),
        keyboard(o, KeyboardKind.DIGITS, full=full),
        step_header=_header(o, step.service),
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
    refused = step.refused and not text
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
        step_header=_header(o, step.service),
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
        step_header=_header(o, step.service),
        actions=(o.back(), go_on),
        explanation=Note(Tone.BAD, Icon.ERROR, sentence) if sentence else None,
        private=True,
    )


def card_ends(step: CardEnds, o: Occasion) -> Page:
    """Say kindly that this card does not help here."""
    say = o.say
    title, sentence = _ENDS[step.why]
    finish = Key("finish", say("Finish"), Answer(Retry.FINISH), Weight.SECONDARY)
    return o.page(
        step,
        Layout.QUESTION,
        Heading(say(title), say(sentence)),
        Note(Tone.INFO, Icon.ID_CARD, o.help_here(), strong=say("Take your card back.")),
        o.places(say("Who can help you now")),
        step_header=step_header(o, step.service),
        actions=(finish, primary("other_way", say("Another way"), Answer(Retry.OTHER_WAY))),
    )


def take_card_back(step: TakeCardBack, o: Occasion) -> Page:
    """Ask to take the card off the reader."""
    say = o.say
    if step.last:
        body, go_on = say("It still lies on the reader."), primary("finish", say("Finish"), Answer(None), Icon.CHECK)
    else:
        body, go_on = say("We have read it. Then we go on."), primary("go_on", say("Continue"), Answer(None))
    return o.page(
        step,
        Layout.CARD,
        Heading(say("Take your card back"), body),
        Machine("reader-take"),
        Note(Tone.QUIET, Icon.LOCK, say("Nothing from the card is stored on this terminal.")),
        step_header=_header(o, step.service),
        actions=(go_on,),
    )


def choose_my_document(step: ChooseMyDocument, o: Occasion) -> Page:
    """Ask which of several documents is meant."""
    say, count = o.say, len(step.documents)
    parts = -(-count // _AT_ONCE)
    part = min(o.entry.part, parts - 1)
    shown = range(part * _AT_ONCE, min(count, (part + 1) * _AT_ONCE))
    options = tuple(
        Option(
            Key(
                f"document_{place}",
                say(KINDS[step.documents[place].kind].name),
                Answer(place),
                icon=Icon.CHEVRON_RIGHT,
            ),
            "",
            f"{where_now(o, step.documents[place])} · {step.documents[place].reference}",
        )
        for place in shown
    )
    actions: tuple[Key, ...] = (o.back(),)
    if parts > 1:
        following = (part + 1) % parts
        words = say("More documents") if following else say("First documents")
        actions += (Key("turn", words, TurnPage(following), Weight.SECONDARY),)
    return o.page(
        step,
        Layout.QUESTION,
        Heading(say("Which document is it about?"), say("Several documents are under way for you.")),
        Options(options),
        step_header=step_header(o, ServiceKey.DOCUMENT_STATUS, 3, 3),
        actions=actions,
        private=True,
        part=part,
        parts=parts,
    )
