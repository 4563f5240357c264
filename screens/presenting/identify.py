"""The pages that find out which document is meant: way, letter, number, birth date, searching, not found, locked."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from central_office.contract.document_number import (
    ALPHABET,
    LENGTH_WITH_CHECK_DIGIT,
    NotADocumentNumber,
    parse_typed,
)
from screens.icons import Icon
from screens.pages import (
    Answer,
    Cells,
    DeleteCharacter,
    Explain,
    FactRow,
    Facts,
    Heading,
    Key,
    Keyboard,
    KeyboardKind,
    KeyState,
    Layout,
    Note,
    Option,
    Options,
    StartAgain,
    Submit,
    Tone,
    TypeCharacter,
    Waiting,
    Weight,
)
from screens.presenting.occasion import primary
from screens.presenting.scanning import LETTER, scanning
from screens.presenting.services import REASONS, step_header
from screens.steps import CodeProblem, EnterDocumentNumber, NumberProblem, Reason, Retry, ServiceKey, TypeInstead, Way
from screens.wording import later

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screens.pages import Block, Page
    from screens.presenting.occasion import Occasion
    from screens.steps import (
        ChooseWay,
        EnterBirthDate,
        ScanLetter,
        Searching,
        ShowNotFound,
        TooManyTries,
    )

_STATUS: Final = ServiceKey.DOCUMENT_STATUS
_STEPS: Final = 3

NUMBER_GROUPS: Final = (4, 5, 1)
"""Authority, number, check digit: as the letter prints a document number."""

DATE_GROUPS: Final = (2, 2, 4)
"""Day, month, year."""

OLDEST_BIRTH_YEAR: Final = 1900

_WAYS: Final[Mapping[Way, tuple[str, str, str]]] = {
    Way.CARD: (
        "eid-card",
        later("With my ID card"),
        later("Place it on the reader."),
    ),
    Way.LETTER: ("letter-qr", later("With my letter"), later("Show the QR code in the letter.")),
    Way.NUMBER: ("number", later("With the document number"), later("Type the number and your birthday.")),
}

CODE_PROBLEMS: Final[Mapping[CodeProblem, tuple[str, str]]] = {
    CodeProblem.NOT_OURS: (later("This code is not from our letter."), later("Show the code in our letter.")),
    CodeProblem.DAMAGED: (
        later("We can read only a part of this code."),
        later("Lay the letter flat and show it again."),
    ),
    CodeProblem.OTHER_TOWN: (
        later("This letter comes from another town."),
        later("Only that town can tell you where your document is."),
    ),
    CodeProblem.READER_GONE: (
        later("We cannot read letters at the moment."),
        later("Nothing is lost. Type the number instead."),
    ),
}

NUMBER_PROBLEMS: Final[Mapping[NumberProblem, str]] = {
    NumberProblem.CHECK_DIGIT: later("The characters do not fit together. Compare them with your letter."),
    NumberProblem.NO_SUCH_DAY: later("This day is not in the calendar. Look at it again."),
    NumberProblem.IN_THE_FUTURE: later("This day is still to come. Look at the year again."),
}


def choose_way(step: ChooseWay, o: Occasion) -> Page:
    """Ask how to find the document."""
    say, closed = o.say, dict(step.closed)
    # Typing the number is never quickest; of the others, the first that can be used now.
    quickest = next((way for way in step.ways if way not in closed and way is not Way.NUMBER), None)
    options = tuple(
        _option(o, way, closed.get(way), quickest=way is quickest and len(step.ways) > 1) for way in step.ways
    )
    return o.page(
        step,
        Layout.QUESTION,
        Heading(
            say("How should we find your document?"),
            say("We only show a document to the person it belongs to. Choose the way that suits you."),
        ),
        Note(Tone.QUIET, Icon.LOCK, say("Nothing you show here is stored on this terminal.")),
        Options(options),
        step_header=step_header(o, _STATUS, 1, _STEPS),
        actions=(o.back(),),
    )


def _option(o: Occasion, way: Way, reason: Reason | None, *, quickest: bool) -> Option:
    art, title, sentence = _WAYS[way]
    if reason is not None:
        choose_another = o.say("Choose another way.")
        why = Explain(f"{o.say(REASONS[reason][0])} {choose_another}")
        key = Key(way.value, o.say(title), why, state=KeyState.NOT_YET)
        return Option(key, art, o.say("Not available at the moment"), available=False)
    key = Key(way.value, o.say(title), Answer(way), icon=Icon.CHEVRON_RIGHT)
    if quickest:
        return Option(key, art, o.say(sentence), o.say("Quickest way"), Icon.BOLT)
    return Option(key, art, o.say(sentence))


def scan_letter(step: ScanLetter, o: Occasion) -> Page:
    """Ask to show the letter's code to the camera or the scanner."""
    say = o.say
    problem = None if step.problem is None else CODE_PROBLEMS[step.problem]
    type_instead = Key(
        "type_instead",
        say("Type the number instead"),
        Answer(TypeInstead()),
        Weight.SECONDARY,
        Icon.PIN,
        icon_first=True,
    )
    return o.page(
        step,
        Layout.SCAN,
        *scanning(o, step, LETTER, problem),
        step_header=step_header(o, _STATUS, 2, _STEPS),
        actions=(o.back(), type_instead),
    )


def enter_document_number(step: EnterDocumentNumber, o: Occasion) -> Page:
    """Ask for the ten characters of the document number."""
    say, text = o.say, o.entry.text
    problem = number_problem(text) if len(text) == LENGTH_WITH_CHECK_DIGIT else None
    missing = LENGTH_WITH_CHECK_DIGIT - len(text)
    heading = Heading(
        say("Type the document number"),
        say("It has {number} characters. You find it in your letter.", number=LENGTH_WITH_CHECK_DIGIT),
        art="letter-number",
    )
    return _entry_page(
        step,
        o,
        heading,
        Cells(NUMBER_GROUPS, text, wrong=problem is not None),
        kind=KeyboardKind.LETTERS,
        problem=problem or (step.problem if not text else None),
        still_missing=say.several(
            "{number} character is still missing.", "{number} characters are still missing.", missing
        ),
    )


def enter_birth_date(step: EnterBirthDate, o: Occasion) -> Page:
    """Ask for the holder's birth date."""
    say, text = o.say, o.entry.text
    problem = birth_date_problem(text, o.surroundings.now.date()) if len(text) == sum(DATE_GROUPS) else None
    missing = sum(DATE_GROUPS) - len(text)
    heading = Heading(
        say("Type the birthday"), say("We need it from the person the document belongs to. Example: 04 09 1980.")
    )
    cells = Cells(DATE_GROUPS, text, wrong=problem is not None, labels=(say("Day"), say("Month"), say("Year")))
    return _entry_page(
        step,
        o,
        heading,
        cells,
        kind=KeyboardKind.DIGITS,
        problem=problem or (step.problem if not text else None),
        still_missing=say.several("{number} digit is still missing.", "{number} digits are still missing.", missing),
        by_card=Key("by_card", say("With my ID card"), Answer(Way.CARD), Weight.SECONDARY) if step.by_card else None,
    )


def number_problem(text: str) -> NumberProblem | None:
    """What does not fit in a complete entry."""
    try:
        parse_typed(text)
    except NotADocumentNumber:
        return NumberProblem.CHECK_DIGIT
    return None


def day_problem(digits: str) -> NumberProblem | None:
    """What does not fit in eight digits of day, month and year, be it gone or to come."""
    try:
        date(int(digits[4:8]), int(digits[2:4]), int(digits[:2]))
    except ValueError:
        return NumberProblem.NO_SUCH_DAY
    return None


def birth_date_problem(digits: str, today: date) -> NumberProblem | None:
    """What does not fit in eight digits of day, month and year of a birth."""
    if (problem := day_problem(digits)) is not None:
        return problem
    day = date(int(digits[4:8]), int(digits[2:4]), int(digits[:2]))
    if day > today:
        return NumberProblem.IN_THE_FUTURE
    return None if day.year >= OLDEST_BIRTH_YEAR else NumberProblem.NO_SUCH_DAY


def _entry_page(  # noqa: PLR0913  what the two entries differ in
    step: EnterDocumentNumber | EnterBirthDate,
    o: Occasion,
    heading: Heading,
    cells: Cells,
    *,
    kind: KeyboardKind,
    problem: NumberProblem | None,
    still_missing: str,
    by_card: Key | None = None,
) -> Page:
    say = o.say
    complete = len(cells.text) == sum(cells.groups)
    sentence = say(NUMBER_PROBLEMS[problem]) if problem is not None else ""
    service = _STATUS if isinstance(step, EnterDocumentNumber) else step.service
    go_on = primary("continue", say("Continue"), Submit())
    if not complete or cells.wrong:
        why = sentence if complete else still_missing
        go_on = primary("continue", say("Continue"), Explain(why), state=KeyState.NOT_YET)
    return o.page(
        step,
        Layout.ENTRY,
        heading,
        cells,
        keyboard(o, kind, full=complete),
        step_header=step_header(o, service, 2, _STEPS),
        actions=(o.back(), go_on) if by_card is None else (o.back(), by_card, go_on),
        explanation=Note(Tone.BAD, Icon.ERROR, sentence) if sentence else None,
        private=True,
    )


def keyboard(o: Occasion, kind: KeyboardKind, *, full: bool) -> Keyboard:
    """The keys to type with; once it is `full`, each says so."""
    say = o.say
    characters = ALPHABET if kind is KeyboardKind.LETTERS else "1234567890"
    state = KeyState.NOT_YET if full else KeyState.NORMAL
    all_there = Explain(say("All places are filled. Touch “Continue” or “Delete”."))
    return Keyboard(
        kind,
        tuple(
            Key(f"key_{character}", character, all_there if full else TypeCharacter(character), state=state)
            for character in characters
        ),
        Key("delete", say("Delete"), DeleteCharacter(), icon=Icon.BACKSPACE, icon_first=True),
        Key("start_again", say("Start again"), StartAgain(), icon=Icon.REFRESH, icon_first=True),
    )


def searching(step: Searching, o: Occasion) -> Page:
    """Tell that the document, or the order, is being looked up."""
    say, mine = o.say, step.service is ServiceKey.BULKY_WASTE
    return o.page(
        step,
        Layout.WAITING,
        Heading(say("We are looking for your order") if mine else say("We are looking for your document")),
        Waiting(say("This takes a moment.")),
        step_header=step_header(o, step.service, 3, _STEPS),
    )


def show_not_found(step: ShowNotFound, o: Occasion) -> Page:
    """Say that nothing was found, without blame."""
    say = o.say
    reason = FactRow(Icon.MAIL, say("You have a newer letter. Use that one."))
    match step.way:
        case Way.LETTER:
            body = say("There is no document with this letter’s code.")  # noqa: RUF001  an apostrophe
        case Way.CARD:
            body = say("Nothing is on its way for the holder of this card.")
            reason = FactRow(Icon.MAIL, say("It is for a child, or under another name. Use the letter."))
        case Way.NUMBER:
            body = say("There is no document with this number and birthday.")
    again, other = Answer(Retry.AGAIN), Answer(Retry.OTHER_WAY)
    other_way = Key("other_way", say("Another way"), other, Weight.SECONDARY)
    go_on = primary("again", say("Try again"), again, Icon.REFRESH)
    blocks: tuple[Block, ...] = (Heading(say("We did not find a document"), body),)
    if step.way is Way.NUMBER:
        blocks += (Note(Tone.WARN, Icon.INFO, _tries(o, step.tries_left), strong=say("Compare it with your letter.")),)
    if step.tries_left == 0:
        go_on = primary("finish", say("Finish"), Answer(Retry.FINISH), Icon.CHECK)
    return o.page(
        step,
        Layout.QUESTION,
        *blocks,
        Facts(
            say("What may be the reason"),
            (
                FactRow(Icon.SCHEDULE, say("Your application is new. Look again tomorrow.")),
                reason,
                FactRow(Icon.STOREFRONT, o.help_here()),
            ),
        ),
        step_header=step_header(o, _STATUS, 3, _STEPS),
        actions=(other_way, go_on),
    )


def _tries(o: Occasion, left: int | None) -> str:
    if left is None:
        return o.say("Then try again.")
    return o.say.several("{number} try left.", "{number} tries left.", left)


def too_many_tries(step: TooManyTries, o: Occasion) -> Page:
    """Say that we stop here to protect the document, until when, and who can help now."""
    say, now = o.say, o.surroundings.now
    words = say("We stop here to protect the document")
    if step.service is ServiceKey.BULKY_WASTE:
        words = say("We stop here to protect the order")
    until = step.until.astimezone(now.tzinfo) if now.tzinfo else step.until
    if until.date() == now.date():
        when = say("You can try again today at {time}.", time=say.time(until.time()))
    else:
        when = say("You can try again on {day} at {time}.", day=say.weekday(until.date()), time=say.time(until.time()))
    return o.page(
        step,
        Layout.QUESTION,
        Heading(words, when),
        Note(Tone.INFO, Icon.SHIELD, o.help_here(), strong=say("Nothing is lost.")),
        o.places(say("Who can help you now")),
        step_header=step_header(o, step.service),
        actions=(primary("finish", say("Finish"), Answer(None), Icon.CHECK),),
    )
