"""The pages of signing in with an identity card: placing it, its print, its reading, taking it back, and other ends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from screens.icons import Icon
from screens.pages import (
    Answer,
    Checklist,
    CheckRow,
    Dot,
    FactRow,
    Facts,
    Heading,
    Key,
    Layout,
    Machine,
    Note,
    Option,
    Options,
    Steps,
    Tone,
    TurnPage,
    Waiting,
    Weight,
)
from screens.presenting.card_print import last_try, second_of_three, tries_left
from screens.presenting.life import KINDS, where_now
from screens.presenting.occasion import primary
from screens.presenting.services import step_header
from screens.steps import BACK, Retry, ServiceKey
from screens.steps_card import CardEnd, CardProblem, OnPad, Placed, Stage
from screens.wording import later

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screens.pages import Block, Page
    from screens.presenting.occasion import Occasion
    from screens.steps_card import (
        AllowReading,
        CardEnds,
        ChooseMyDocument,
        PlaceCard,
        ReadingCard,
        TakeCardBack,
        TypeOnReader,
        WhichCard,
    )

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
    CardEnd.TELLS_TOO_LITTLE: (
        later("This card does not tell us enough"),
        later("We need name and birthday. Choose another way."),
    ),
    CardEnd.PIN_BLOCKED: (
        later("The PIN of this card is blocked"),
        later("Nothing is lost: at the counter you get a new PIN."),
    ),
    CardEnd.SWITCHED_OFF: (
        later("The online function of this card is off"),
        later("The counter can switch it on. Until then, choose another way."),
    ),
    CardEnd.NO_SERVICE: (
        later("We cannot read this card at the moment"),
        later("Its reading service does not answer. Choose another way."),
    ),
    CardEnd.OTHER_WAY: (
        later("With this card we need another way"),
        later("We cannot read it here yet. Choose another way."),
    ),
}


_ENDS_OF_PIN: Final[Mapping[CardEnd, tuple[str, str]]] = {
    **_ENDS,
    CardEnd.REFUSED: (
        later("We cannot set a PIN for this card"),
        later("We could not check its chip to the end. At the counter we look at it together."),
    ),
    CardEnd.SWITCHED_OFF: (
        later("The online function of this card is off"),
        later("The counter can switch it on, and set a PIN with you."),
    ),
}
"""The same for who wants to set a PIN: no other way leads there."""


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
        if step.problem is CardProblem.NOT_IDENTITY and step.service is ServiceKey.OWN_PIN:
            what_to_do = later("Place your German identity card, residence permit or eID card.")
        middle = Note(Tone.WARN, Icon.INFO, say(what_to_do), strong=say(strong))
    not_here = Key("not_with_me", say("I do not have my card here"), Answer(Placed.NOT_WITH_ME), Weight.SECONDARY)
    return o.page(
        step,
        Layout.CARD,
        Heading(words, body),
        Machine(art or "reader-wait"),
        middle,
        waiting,
        step_header=second_of_three(o, step.service),
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
    found = CheckRow(first, say("Looking at the card") if first is Dot.NOW else say("Card recognised"))
    rows: tuple[CheckRow, ...] = (
        found,
        CheckRow(second, say("Reading your name and date of birth"), say("Nothing else is read from the card")),
        CheckRow(Dot.NOW if looking else Dot.LATER, third),
    )
    if step.service is ServiceKey.OWN_PIN:
        rows = (found, CheckRow(second, say("The card checks what you typed"), say("Nothing is read from the card")))
    stop = Key("stop", say("Stop reading"), Answer(BACK), Weight.SECONDARY, Icon.CLOSE, icon_first=True)
    return o.page(
        step,
        Layout.CARD,
        Heading(say("Leave your card on the reader"), say("This takes about 10 seconds.")),
        Machine("reader-read"),
        Checklist(_BAR[stage], _BAR_LENGTH, rows),
        step_header=second_of_three(o, step.service),
        actions=() if looking else (stop,),
    )


def which_card(step: WhichCard, o: Occasion) -> Page:
    """Ask whether the card is a residence permit."""
    say = o.say
    return o.page(
        step,
        Layout.QUESTION,
        Heading(say("Which card is it?"), say("It says so at the top of the front.")),
        Options(
            (
                Option(
                    Key("permit", say("Residence permit"), Answer(value=True), icon=Icon.CHEVRON_RIGHT),
                    "eid-card",
                    say("We read it with the 6 digits printed on it."),
                ),
                Option(
                    Key("identity_card", say("Identity card"), Answer(value=False), icon=Icon.CHEVRON_RIGHT),
                    "eid-card",
                    say("It needs a service that is not there now."),
                ),
            )
        ),
        step_header=second_of_three(o, step.service),
        actions=(o.back(),),
    )


def card_ends(step: CardEnds, o: Occasion) -> Page:
    """Say kindly that this card does not help here."""
    say = o.say
    of_pin = step.service is ServiceKey.OWN_PIN
    title, sentence = (_ENDS_OF_PIN if of_pin else _ENDS)[step.why]
    finish = Key("finish", say("Finish"), Answer(Retry.FINISH), Weight.SECONDARY)
    other_way = primary("other_way", say("Another way"), Answer(Retry.OTHER_WAY))
    return o.page(
        step,
        Layout.QUESTION,
        Heading(say(title), say(sentence)),
        Note(Tone.INFO, Icon.ID_CARD, o.help_here(), strong=say("Take your card back.")),
        o.places(say("Who can help you now")),
        step_header=step_header(o, step.service),
        actions=(replace(finish, weight=Weight.PRIMARY),) if of_pin else (finish, other_way),
    )


def allow_reading(step: AllowReading, o: Occasion) -> Page:
    """Say who asks for what, and let her decide."""
    say = o.say
    no = Key("no", say("No"), Answer(value=False), Weight.SECONDARY)
    return o.page(
        step,
        Layout.QUESTION,
        Heading(say("May we read this from your card?"), step.asked_by),
        Facts(
            say("We ask only for this"),
            (
                FactRow(Icon.ID_CARD, say("Your family name and your given names")),
                FactRow(Icon.EVENT, say("Your date of birth")),
            ),
        ),
        Note(Tone.QUIET, Icon.LOCK, step.purpose or say("Nothing from the card is stored on this terminal.")),
        step_header=second_of_three(o, step.service),
        actions=(no, primary("yes", say("Yes, read it"), Answer(value=True))),
    )


_ON_PAD: Final[Mapping[OnPad, str]] = {
    OnPad.PIN: later("Type the PIN on the reader"),
    OnPad.CAN: later("Type the 6 digits of the card on the reader"),
    OnPad.NEW_PIN: later("Type your new PIN on the reader"),
}


def type_on_reader(step: TypeOnReader, o: Occasion) -> Page:
    """Point at the keys of the reader."""
    say = o.say
    blocks: tuple[Block, ...] = ()
    if step.refused:
        blocks = (Note(Tone.BAD, Icon.ERROR, tries_left(o, step.tries_left), strong=say("That did not fit.")),)
    elif step.tries_left == 1:
        blocks = (last_try(o),)
    stop = Key("stop", say("Stop reading"), Answer(BACK), Weight.SECONDARY, Icon.CLOSE, icon_first=True)
    return o.page(
        step,
        Layout.CARD,
        Heading(say(_ON_PAD[step.what]), say("This terminal does not learn what you type there.")),
        Machine("reader-read"),
        *blocks,
        Waiting(say("The reader waits for you"), Icon.PIN),
        step_header=second_of_three(o, step.service),
        actions=(stop,),
    )


def take_card_back(step: TakeCardBack, o: Occasion) -> Page:
    """Ask to take the card off the reader."""
    say = o.say
    if step.last:
        body, go_on = (
            say("It still lies on the reader."),
            primary("finish", say("Finish"), Answer(value=False), Icon.CHECK),
        )
    else:
        body, go_on = say("We have read it. Then we go on."), primary("go_on", say("Continue"), Answer(value=False))
    return o.page(
        step,
        Layout.CARD,
        Heading(say("Take your card back"), body),
        Machine("reader-take"),
        Note(Tone.QUIET, Icon.LOCK, say("Nothing from the card is stored on this terminal.")),
        step_header=second_of_three(o, step.service),
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
            aloud=say("Document {number}", number=place + 1),
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
