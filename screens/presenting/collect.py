"""The pages of a visit that collects a document: code, question, open compartment, counter, done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from central_office.contract.pickup_code import GROUPS
from screens.icons import Icon
from screens.pages import (
    Answer,
    Banner,
    Cells,
    Explain,
    FactRow,
    Facts,
    Heading,
    Key,
    KeyboardKind,
    KeyState,
    Layout,
    LockerMap,
    Note,
    Option,
    Options,
    Steps,
    Submit,
    Tone,
    Waiting,
    Weight,
)
from screens.presenting.identify import CODE_PROBLEMS, keyboard
from screens.presenting.life import KINDS
from screens.presenting.occasion import primary
from screens.presenting.services import step_header
from screens.steps import CodeProblem, Retry, ServiceKey
from screens.steps_collect import AtCounter, DoorAnswer, MapHeight, MapSide
from screens.wording import later

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screens.pages import Block, Page
    from screens.presenting.occasion import Occasion
    from screens.steps_collect import (
        AskPinLetter,
        ChooseDocument,
        CodeOpensNothing,
        Collected,
        EnterPickupCode,
        GoToCounter,
        LockerOpen,
        LockerOpens,
        WallMap,
    )

_COLLECT: Final = ServiceKey.COLLECT
_STEPS: Final = 3

_PROBLEMS: Final[Mapping[CodeProblem, tuple[str, str]]] = {
    **CODE_PROBLEMS,
    CodeProblem.NOT_OURS: (later("This is not a pickup code."), later("Show the code in our message.")),
    CodeProblem.DAMAGED: (
        later("We can read only a part of this code."),
        later("Make your screen brighter, or type the digits."),
    ),
    CodeProblem.OTHER_TOWN: (
        later("This code comes from another town."),
        later("Only that town can give you the document."),
    ),
}

_SIDES: Final[Mapping[MapSide, str]] = {
    MapSide.LEFT: later("Left of this screen, {column}, {height}."),
    MapSide.RIGHT: later("Right of this screen, {column}, {height}."),
    MapSide.NO_TERMINAL: later("In the wall of compartments, {column}, {height}."),
}

_HEIGHTS: Final[Mapping[MapHeight, str]] = {
    MapHeight.FEET: later("near the floor"),
    MapHeight.KNEES: later("at knee height"),
    MapHeight.HIPS: later("at hip height"),
    MapHeight.CHEST: later("at chest height"),
    MapHeight.HEAD: later("at head height"),
}

_COUNTER: Final[Mapping[AtCounter, tuple[str, str]]] = {
    AtCounter.NOT_BY_BOX: (
        later("We hand this document over in person"),
        later("For this document we need to speak with you for a moment."),
    ),
    AtCounter.NO_PIN_LETTER: (
        later("We will sort out the PIN letter together"),
        later("At the counter you get a new PIN and then your card."),
    ),
    AtCounter.OUT_OF_ORDER: (
        later("The compartment cannot be opened now"),
        later("Your document is safe, and your code stays valid."),
    ),
    AtCounter.DID_NOT_OPEN: (
        later("We will open the compartment for you"),
        later("Your document is safe. We have told our staff."),
    ),
}


def enter_pickup_code(step: EnterPickupCode, o: Occasion) -> Page:
    """Ask for the pickup code, by its digits or by its QR code."""
    say, text = o.say, o.entry.text
    full = sum(GROUPS)
    if step.readable:
        body = say("Type the {number} digits, or show the QR code.", number=full)
    else:
        body = say("Type the {number} digits from our message.", number=full)
    missing = say.several("{number} digit is still missing.", "{number} digits are still missing.", full - len(text))
    go_on = primary("continue", say("Continue"), Submit())
    if len(text) < full:
        go_on = primary("continue", say("Continue"), Explain(missing), state=KeyState.NOT_YET)
    note = None
    if step.problem is not None and not text:
        strong, what_to_do = _PROBLEMS[step.problem]
        note = Note(Tone.BAD, Icon.ERROR, say(what_to_do), strong=say(strong))
    return o.page(
        step,
        Layout.ENTRY,
        Heading(say("Your pickup code"), body),
        Cells(GROUPS, text),
        keyboard(o, KeyboardKind.DIGITS, full=len(text) == full),
        step_header=step_header(o, _COLLECT, 1, _STEPS),
        actions=(o.back(), go_on),
        explanation=note,
        private=True,
    )


def code_opens_nothing(step: CodeOpensNothing, o: Occasion) -> Page:
    """Say that nothing opens; the same words whatever was wrong."""
    say = o.say
    tries = say.several("{number} try left.", "{number} tries left.", step.tries_left)
    return o.page(
        step,
        Layout.QUESTION,
        Heading(say("No compartment opens with this code"), say("Check the code and the birthday, and try again.")),
        Note(Tone.WARN, Icon.INFO, tries, strong=say("Compare it with our message.")),
        Facts(
            say("What may be the reason"),
            (
                FactRow(Icon.EVENT, say("The last day is over, or the code was used.")),
                FactRow(Icon.STOREFRONT, o.help_here()),
            ),
        ),
        step_header=step_header(o, _COLLECT, 2, _STEPS),
        actions=(
            Key("finish", say("Finish"), Answer(Retry.FINISH), Weight.SECONDARY),
            primary("again", say("Try again"), Answer(Retry.AGAIN), Icon.REFRESH),
        ),
    )


def choose_document(step: ChooseDocument, o: Occasion) -> Page:
    """Ask which of several documents comes first."""
    say = o.say
    options = tuple(
        Option(
            Key(f"document_{each.compartment}", say(KINDS[each.kind].name), Answer(each), icon=Icon.CHEVRON_RIGHT),
            "number",
            say("Compartment {number}", number=each.compartment),
            aloud=say("Compartment {number}", number=each.compartment),
        )
        for each in step.documents
    )
    return o.page(
        step,
        Layout.QUESTION,
        Heading(say("Which document first?"), say("Several documents wait for you.")),
        Options(options),
        step_header=step_header(o, _COLLECT, 2, _STEPS),
        actions=(o.back(),),
        private=True,
    )


def ask_pin_letter(step: AskPinLetter, o: Occasion) -> Page:
    """Ask whether the letter with the PIN has come."""
    say = o.say
    return o.page(
        step,
        Layout.QUESTION,
        Heading(say("Has your PIN letter come?"), say("The law wants us to ask before you get the card.")),
        Note(Tone.INFO, Icon.MAIL, say("It came by post and holds the PIN for your ID card.")),
        Options(
            (
                Option(
                    Key("has_come", say("The PIN letter has come"), Answer(value=True), icon=Icon.CHEVRON_RIGHT),
                    "letter-qr",
                    say("Then we open the compartment."),
                ),
                Option(
                    Key("has_not_come", say("It has not come"), Answer(value=False), icon=Icon.CHEVRON_RIGHT),
                    "number",
                    say("Then the counter helps you."),
                ),
            )
        ),
        step_header=step_header(o, _COLLECT, 2, _STEPS),
        actions=(o.back(),),
    )


def go_to_counter(step: GoToCounter, o: Occasion) -> Page:
    """Say kindly that the counter hands this document over."""
    say = o.say
    title, sentence = _COUNTER[step.why]
    return o.page(
        step,
        Layout.QUESTION,
        Heading(say(title), say(sentence)),
        Note(Tone.INFO, Icon.STOREFRONT, o.help_here(), strong=say("Nothing is lost.")),
        o.places(say("Who can help you now")),
        step_header=step_header(o, _COLLECT),
        actions=(primary("finish", say("Finish"), Answer(None), Icon.CHECK),),
    )


def locker_opens(step: LockerOpens, o: Occasion) -> Page:
    """Tell that the lock is being released."""
    say = o.say
    return o.page(
        step,
        Layout.WAITING,
        Heading(say("Compartment {number} opens", number=step.compartment)),
        Waiting(say("This takes a moment.")),
        step_header=step_header(o, _COLLECT, 3, _STEPS),
    )


def locker_open(step: LockerOpen, o: Occasion) -> Page:
    """Show which compartment is open, and what to do."""
    say, wall = o.say, step.wall
    title = say("Compartment {number} is open", number=wall.open)
    note = Note(Tone.INFO, Icon.DOOR_OPEN, say("Then close it until it clicks."), strong=say("The door is open."))
    if not step.sure:
        title = say("Look at compartment {number}", number=wall.open)
        note = Note(Tone.WARN, Icon.INFO, say("Pull it gently. Then tell us below."), strong=say("It may be open."))
    elif step.still_open:
        title = say("Close compartment {number}", number=wall.open)
        note = Note(Tone.WARN, Icon.WARNING, say("Push it until it clicks."), strong=say("The door is still open."))
    did_not_open = Key(
        "did_not_open",
        say("It did not open"),
        Answer(DoorAnswer.DID_NOT_OPEN),
        Weight.SECONDARY,
        Icon.SUPPORT_AGENT,
        icon_first=True,
    )
    return o.page(
        step,
        Layout.LOCKERS,
        Heading(title, _where(o, wall)),
        LockerMap(
            tuple((door.number, door.left, door.bottom, door.width, door.height) for door in wall.doors),
            wall.terminal,
            wall.open,
            say("You are here"),
        ),
        Steps((say("Take your document"), say("Close the door until it clicks"))),
        note,
        step_header=step_header(o, _COLLECT, 3, _STEPS),
        actions=(did_not_open, primary("finished", say("Finished"), Answer(DoorAnswer.FINISHED), Icon.CHECK)),
        private=True,
    )


def collected(step: Collected, o: Occasion) -> Page:
    """Say that it is done."""
    say = o.say
    blocks: tuple[Block, ...] = (
        Banner(Tone.OK, Icon.CHECK_CIRCLE, say("You have your document"), say("The code is used now.")),
    )
    if step.left_open:
        blocks += (
            Note(Tone.WARN, Icon.WARNING, say("Our staff will close it."), strong=say("The door is still open.")),
        )
    if step.more:
        go_on = primary("next", say("Next document"), Answer(None))
    else:
        blocks += (Note(Tone.QUIET, Icon.INFO, o.help_here(), strong=say("Something missing?")),)
        go_on = primary("finish", say("Finish"), Answer(None), Icon.CHECK)
    return o.page(
        step,
        Layout.QUESTION,
        *blocks,
        step_header=step_header(o, _COLLECT, 3, _STEPS),
        actions=(go_on,),
    )


def _where(o: Occasion, wall: WallMap) -> str:
    say = o.say
    if wall.columns == 1:
        column = say("the only column")
    elif wall.column == 1:
        column = say("first column")
    elif wall.column == wall.columns:
        column = say("last column")
    else:
        column = say("column {number}", number=wall.column)
    return say(_SIDES[wall.side], column=column, height=say(_HEIGHTS[wall.height]))
