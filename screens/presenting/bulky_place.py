"""The pages of bulky waste that ask where and who: street, number, district, name, telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from screens.icons import Icon
from screens.pages import (
    Answer,
    DeleteCharacter,
    Explain,
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
    Suggested,
    Tone,
    TypeCharacter,
    Typed,
)
from screens.presenting.bulky import SERVICE, STEPS
from screens.presenting.occasion import primary
from screens.presenting.services import step_header

if TYPE_CHECKING:
    from screens.pages import Act, Block, Page
    from screens.presenting.occasion import Occasion
    from screens.steps_bulky import (
        ChooseDistrict,
        EnterHouse,
        EnterName,
        EnterPhone,
        EnterStreet,
        NotCollected,
    )

LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÜß -"
PLAIN_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ "
"""Where there is room for fewer keys: streets and households are found without umlauts as well."""
HOUSE_KEYS: Final = "1234567890ABCDEFGHIJKL-/"
FEW_HOUSE_KEYS: Final = "1234567890ABCDEF-/"
LONGEST_STREET: Final = 28
LONGEST_HOUSE: Final = 8
LONGEST_NAME: Final = 28
LONGEST_PHONE: Final = 16
SUGGESTIONS: Final = 4
FEW_SUGGESTIONS: Final = 2


def titled(text: str) -> str:
    """What was typed in capitals, as names are written."""
    return text.title() if text.isupper() else text


def enter_street(step: EnterStreet, o: Occasion) -> Page:
    """Ask for the street; what fits is offered with every letter."""
    say, text = o.say, o.entry.text
    found = step.search(text)
    keys = tuple(
        Key(f"street_{place}", str(street), Answer(street)) for place, street in enumerate(found.streets[:SUGGESTIONS])
    )
    words = say("Type the first letters. Then choose your street.")
    if text and not keys:
        words = say("We do not find this street in {town}. Look at the letters again.", town=o.surroundings.town)
    typed = Typed(say("Street"), titled(text), LONGEST_STREET, wrong=bool(text) and not keys)
    heading = Heading(say("Where should we collect?"), say("Touch your street as soon as you see it."))
    full = len(text) >= LONGEST_STREET
    few = (heading, typed, Suggested(keys[:FEW_SUGGESTIONS], words), keyboard(o, PLAIN_LETTERS, full=full))
    many = (heading, typed, Suggested(keys, words), keyboard(o, LETTERS, full=full))
    return _typing(step, o, *(few if o.look.low_reach else many), compact=few)


def enter_house(step: EnterHouse, o: Occasion) -> Page:
    """Ask for the house number."""
    say, text = o.say, o.entry.text
    refused = step.refused if text == step.refused else ""
    problem = None
    if refused:
        known = say("In our list: {numbers}.", numbers=", ".join(step.known)) if step.known else ""
        problem = Note(
            Tone.BAD,
            Icon.ERROR,
            known or say("Look at it again, or ask at the counter."),
            strong=say("We do not find number {number} in this street.", number=refused),
        )
    act: Act = Submit() if text else Explain(say("Type the number of your house."))
    heading = Heading(say("Which house number?"), step.street, aloud=say("In the street that you chose."))
    typed = Typed(say("House number"), text.lower(), LONGEST_HOUSE, wrong=bool(refused))
    full = len(text) >= LONGEST_HOUSE
    return _typing(
        step,
        o,
        heading,
        typed,
        keyboard(o, HOUSE_KEYS, full=full),
        go_on=primary("continue", say("Continue"), act, state=KeyState.NORMAL if text else KeyState.NOT_YET),
        explanation=problem,
        compact=(heading, typed, keyboard(o, FEW_HOUSE_KEYS, full=full)),
    )


def enter_name(step: EnterName, o: Occasion) -> Page:
    """Ask for the name at the door."""
    say, text = o.say, o.entry.text
    act: Act = Submit() if text.strip(" -") else Explain(say("Type the name at your door."))
    ready = isinstance(act, Submit)
    heading = Heading(
        say("Which name is at the door?"), say("We need it for your free pickups. It is deleted afterwards.")
    )
    typed = Typed(say("Name at the door"), titled(text), LONGEST_NAME)
    full = len(text) >= LONGEST_NAME
    return _typing(
        step,
        o,
        heading,
        typed,
        keyboard(o, LETTERS, full=full),
        go_on=primary("continue", say("Continue"), act, state=KeyState.NORMAL if ready else KeyState.NOT_YET),
        at=STEPS,
        compact=(heading, typed, keyboard(o, PLAIN_LETTERS, full=full)),
    )


def enter_phone(step: EnterPhone, o: Occasion) -> Page:
    """Ask for a telephone number, which may be left out."""
    say, text = o.say, o.entry.text
    words = say("Continue") if text else say("Continue without it")
    return _typing(
        step,
        o,
        Heading(say("Can we call you?"), say("Only if something about the pickup changes. You may leave this out.")),
        Typed(say("Telephone"), text, LONGEST_PHONE),
        keyboard(o, "1234567890", full=len(text) >= LONGEST_PHONE, kind=KeyboardKind.DIGITS),
        go_on=primary("continue", words, Submit()),
        at=STEPS,
    )


def choose_district(step: ChooseDistrict, o: Occasion) -> Page:
    """Ask in which district an address lies that our list has twice."""
    say, language = o.say, o.say.language
    options = tuple(
        Option(Key(one.key, one.called(language), Answer(one.key), icon=Icon.CHEVRON_RIGHT), "", "")
        for one in step.districts
    )
    return o.page(
        step,
        Layout.QUESTION,
        Heading(
            say("In which part of town is it?"),
            say("Our list has {address} in several parts.", address=step.address),
            aloud=say("Our list has your address in several parts."),
        ),
        Options(options),
        step_header=step_header(o, SERVICE),
        actions=(o.back(),),
        private=True,
    )


def not_collected(step: NotCollected, o: Occasion) -> Page:
    """Say that nothing is collected there, and who knows more."""
    say = o.say
    return o.page(
        step,
        Layout.QUESTION,
        Heading(
            say("We do not collect there"),
            say("{address} is in no district of ours.", address=step.address),
            aloud=say("Your address is in no district of ours."),
        ),
        Note(Tone.INFO, Icon.INFO, o.help_here(), strong=say("Nothing is lost.")),
        o.places(say("Who can help you now")),
        step_header=step_header(o, SERVICE),
        actions=(primary("again", say("Another address"), Answer(None), Icon.PIN_DROP),),
        private=True,
    )


def _typing(  # noqa: PLR0913  what the pages to type on differ in
    step: EnterStreet | EnterHouse | EnterName | EnterPhone,
    o: Occasion,
    *blocks: Block,
    go_on: Key | None = None,
    explanation: Note | None = None,
    at: int = 0,
    compact: tuple[Block, ...] = (),
) -> Page:
    return o.page(
        step,
        Layout.SEARCH,
        *blocks,
        step_header=step_header(o, SERVICE, at, STEPS if at else 0),
        actions=(o.back(),) if go_on is None else (o.back(), go_on),
        explanation=explanation,
        private=True,
        compact_blocks=compact,
    )


def keyboard(o: Occasion, characters: str, *, full: bool, kind: KeyboardKind = KeyboardKind.LETTERS) -> Keyboard:
    """The keys to type a line with; once there is no room for more, each says so."""
    say = o.say
    state = KeyState.NOT_YET if full else KeyState.NORMAL
    all_there = Explain(say("There is no room for more. Touch “Delete” to change it."))
    return Keyboard(
        kind,
        tuple(
            Key(
                f"key_{character}",
                "_" if character == " " else character,
                all_there if full else TypeCharacter(character),
                state=state,
            )
            for character in characters
        ),
        Key("delete", say("Delete"), DeleteCharacter(), icon=Icon.BACKSPACE, icon_first=True),
        Key("start_again", say("Start again"), StartAgain(), icon=Icon.REFRESH, icon_first=True),
    )
