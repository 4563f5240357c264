"""The pages of staff: signing in, laying in, handing over, taking back, opening with a reason; in staff's own colours.

Longer than others, as all pages of one shift stand together.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from central_office.contract.pickup_code import GROUPS
from screens.icons import Icon
from screens.pages import (
    Answer,
    Cells,
    Consent,
    DoorMark,
    EndSession,
    Explain,
    Glow,
    Heading,
    Key,
    KeyboardKind,
    KeyState,
    Layout,
    Note,
    Person,
    Progress,
    Segment,
    StaffMap,
    Submit,
    Tone,
    Turn,
    TurnPage,
    Typed,
    Waiting,
    Weight,
    WorkRow,
    WorkRows,
)
from screens.presenting.bulky_place import LETTERS, PLAIN_LETTERS
from screens.presenting.bulky_place import keyboard as letter_keyboard
from screens.presenting.identify import keyboard
from screens.presenting.life import KINDS
from screens.presenting.occasion import primary
from screens.presenting.staff_words import CARD_PROBLEMS, CHECKS, CODE_PROBLEMS, COLLECTORS, DOORS, NEWS, OLD, REASONS
from screens.steps import BACK
from screens.steps_collect import DoorAnswer
from screens.steps_staff import (
    DoorState,
    HandOverChoice,
    LoadChoice,
    OpenChoice,
    Overdue,
    Purpose,
    Skip,
    StaffTab,
)
from screens.wording import later

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from screens.pages import Act, Block, Page
    from screens.presenting.occasion import Occasion
    from screens.steps_staff import (
        EnterCompartment,
        EnterLabel,
        EnterNote,
        Envelope,
        HandOverCheck,
        HandOverCode,
        LoadDocuments,
        OnDuty,
        OpenWithReason,
        OverdueRow,
        StaffDoor,
        StaffDoorOpens,
        StaffLocked,
        StaffPin,
        StaffSignIn,
        StaffWall,
        TakeBack,
        Tell,
    )

NUMBER: Final = 4
PIN: Final = 6
LABEL: Final = (2, 5)
ROWS_AT_ONCE: Final = 4

_TABS: Final[Mapping[StaffTab, tuple[str, Icon]]] = {
    StaffTab.LOAD: (later("Load"), Icon.MOVE_TO_INBOX),
    StaffTab.HAND_OVER: (later("Hand over"), Icon.HAND_PACKAGE),
    StaffTab.TAKE_BACK: (later("Take back"), Icon.UNDO),
    StaffTab.OPEN: (later("Open"), Icon.LOCK_OPEN),
    StaffTab.REFILL: (later("Refill bags"), Icon.SHOPPING_BAG),
}


def staff_sign_in(step: StaffSignIn, o: Occasion) -> Page:
    """Ask for the staff card or the employee's number."""
    say, text = o.say, o.entry.text
    body = say("Show your staff card, or type your number.") if step.readable else say("Type your number.")
    note = None
    if step.problem is not None and not text:
        note = Note(Tone.BAD, Icon.ERROR, say("Type your number instead."), strong=say(CARD_PROBLEMS[step.problem]))
    elif step.tries_left is not None and not text:
        tries = say.several("{number} try left.", "{number} tries left.", step.tries_left)
        note = Note(Tone.BAD, Icon.ERROR, tries, strong=say("Number and PIN do not fit."))
    page = o.page(
        step,
        Layout.ENTRY,
        Heading(say("Staff sign-in"), body),
        Cells((NUMBER,), text),
        keyboard(o, KeyboardKind.DIGITS, full=len(text) == NUMBER),
        actions=(_to_citizens(o), _typed(o, "continue", say("Continue"), NUMBER)),
        explanation=note,
        session=False,
    )
    return _in_staff_mode(page, o)


def staff_pin(step: StaffPin, o: Occasion) -> Page:
    """Ask for the PIN; a dot stands for each digit."""
    say, text = o.say, o.entry.text
    blocks: tuple[Block, ...] = (Heading(say("Now type your PIN"), say("It has six digits.")),)
    if step.name:
        blocks += (Note(Tone.OK, Icon.CHECK_CIRCLE, step.name, strong=say("Staff card recognised.")),)
    page = o.page(
        step,
        Layout.ENTRY,
        *blocks,
        Cells((PIN,), text, hidden=True),
        keyboard(o, KeyboardKind.DIGITS, full=len(text) == PIN),
        actions=(o.back(), _typed(o, "continue", say("Sign in"), PIN)),
        private=True,
        session=False,
    )
    return _in_staff_mode(page, o)


def staff_locked(step: StaffLocked, o: Occasion) -> Page:
    """Say that no PIN is taken before a moment."""
    say, now = o.say, o.surroundings.now
    until = step.until.astimezone(now.tzinfo) if now.tzinfo else step.until
    when = say("You can try again today at {time}.", time=say.time(until.time()))
    if until.date() != now.date():
        when = say("You can try again on {day} at {time}.", day=say.weekday(until.date()), time=say.time(until.time()))
    page = o.page(
        step,
        Layout.QUESTION,
        Heading(say("No PIN is taken now"), when),
        Note(Tone.INFO, Icon.LOCK, say("The office can give you a new PIN."), strong=say("Too many tries.")),
        actions=(primary("finish", say("Finish"), Answer(None), Icon.CHECK),),
        session=False,
    )
    return _in_staff_mode(page, o)


def load_documents(step: LoadDocuments, o: Occasion) -> Page:
    """Ask for the label of the next document."""
    say = o.say
    if not step.next:
        what = Glow("", say("Nothing waits to be loaded"), (say("New documents appear here by themselves."),))
    elif step.readable:
        what = Glow("", say("Scan the label of the next envelope"), (say("A compartment opens by itself."),))
    else:
        what = Glow("", say("Type the label of the next envelope"), (say("The scanner does not work now."),))
    actions: tuple[Key, ...] = (
        Key("type_label", say("Type the label"), Answer(LoadChoice.TYPE_LABEL), Weight.SECONDARY, Icon.EDIT),
    )
    if step.to_confirm:
        words = say.several("Confirm {number}", "Confirm {number}", step.to_confirm)
        confirm = Key("confirm", words, Answer(LoadChoice.CONFIRM), Weight.SECONDARY, Icon.FACT_CHECK, icon_first=True)
        actions = (confirm, *actions)
    page = o.page(
        step,
        Layout.STAFF,
        Heading(say("Load documents")),
        _progress(o, step.done, step.of),
        what,
        *_map(o, step.wall),
        *_waiting(o, step.next),
        actions=actions,
        explanation=news_of(o, step.tell),
        private=True,
    )
    return on_duty(page, o, step.duty, StaffTab.LOAD)


def enter_label(step: EnterLabel, o: Occasion) -> Page:
    """Ask for the digits of a label."""
    say = o.say
    page = o.page(
        step,
        Layout.ENTRY,
        Heading(say("Type the label"), say("The digits behind “{letters}-” on the envelope.", letters=step.letters)),
        Cells(LABEL, o.entry.text),
        keyboard(o, KeyboardKind.DIGITS, full=len(o.entry.text) == sum(LABEL)),
        actions=(o.back(), _typed(o, "continue", say("Continue"), sum(LABEL))),
        explanation=news_of(o, step.tell),
    )
    return on_duty(page, o, step.duty, StaffTab.LOAD, busy=say("Go back first."))


def staff_door_opens(step: StaffDoorOpens, o: Occasion) -> Page:
    """Tell that a lock is being released."""
    say = o.say
    page = o.page(
        step,
        Layout.WAITING,
        Heading(say("Compartment {number} opens", number=step.compartment)),
        Waiting(say("This takes a moment.")),
    )
    return on_duty(page, o, step.duty, None, busy=say("Close the door first."))


def staff_door(step: StaffDoor, o: Occasion) -> Page:
    """Show which compartment is open, and what to do."""
    say, number = o.say, step.wall.open
    words = DOORS[step.purpose]
    lines: tuple[str, ...] = ()
    if step.envelope is not None:
        lines = (_called(o, step.envelope), say("Label {label}", label=step.envelope.reference))
    blocks: list[Block] = [Heading(say(words.heading))]
    if step.purpose is Purpose.LOAD:
        blocks.append(_progress(o, step.done, step.of))
    note = None
    if not step.sure:
        note = Note(Tone.WARN, Icon.INFO, say("Pull it gently. Then tell us below."), strong=say("It may be open."))
    elif step.still_open:
        note = Note(Tone.WARN, Icon.WARNING, say("Push it until it clicks."), strong=say("The door is still open."))
    stuck = Key(
        "did_not_open",
        say("Door does not open"),
        Answer(DoorAnswer.DID_NOT_OPEN),
        Weight.SECONDARY,
        Icon.LOCK_OPEN,
        icon_first=True,
    )
    actions: tuple[Key, ...] = (stuck,)
    if not step.sure:
        actions += (primary("finished", say(words.finished), Answer(DoorAnswer.FINISHED), Icon.CHECK),)
    elif words.skip:
        skip = Key("skip", say(words.skip), Answer(Skip.SKIP), Weight.SECONDARY, Icon.SKIP_NEXT, icon_first=True)
        actions = (skip, stuck)
    page = o.page(
        step,
        Layout.STAFF,
        *blocks,
        Glow(str(number), say(words.sentence), lines),
        *_map(o, step.wall),
        *_waiting(o, step.next),
        actions=actions,
        explanation=note,
        private=True,
    )
    return on_duty(page, o, step.duty, words.tab, busy=say("Close the door first."))


def hand_over_code(step: HandOverCode, o: Occasion) -> Page:
    """Ask for the pickup code of a document that is handed over at the counter."""
    say, full = o.say, sum(GROUPS)
    note = news_of(o, step.tell)
    if step.problem is not None and not o.entry.text:
        note = Note(Tone.BAD, Icon.ERROR, say("Type the digits instead."), strong=say(CODE_PROBLEMS[step.problem]))
    page = o.page(
        step,
        Layout.ENTRY,
        Heading(say("Hand over a document"), say("For people who cannot use the compartments themselves.")),
        Cells(GROUPS, o.entry.text),
        keyboard(o, KeyboardKind.DIGITS, full=len(o.entry.text) == full),
        actions=(_typed(o, "continue", say("Check the code"), full),),
        explanation=note,
        private=True,
    )
    return on_duty(page, o, step.duty, StaffTab.HAND_OVER)


def hand_over_check(step: HandOverCheck, o: Occasion) -> Page:
    """Show whose document it is, and ask what was checked."""
    say = o.say
    envelope = step.envelope
    person = Person(
        say("Code is valid"),
        say(KINDS[envelope.kind].name),
        envelope.holder,
        say("Born {day} · label {label}", day=say.day_of_year(step.born), label=envelope.reference),
        say("Compartment"),
        str(step.compartment),
    )
    who = Segment(
        say("Who is in front of you?"),
        Icon.GROUP,
        tuple(
            _segment(f"collector_{one.value}", say(words), one, on=one is step.collector) for one, words in COLLECTORS
        ),
    )
    old = Segment(
        say("The old document"),
        Icon.ID_CARD,
        tuple(_segment(f"old_{one.value}", say(words), one, on=one is step.old_document) for one, words in OLD),
    )
    consents = tuple(
        Consent(
            Key(
                f"check_{check.value}",
                say(CHECKS[check]),
                Answer(check),
                state=KeyState.ON if check in step.checked else KeyState.NORMAL,
            )
        )
        for check in step.checks
    )
    ready = step.collector and step.old_document and set(step.checked) == set(step.checks)
    words = say("Open compartment {number}", number=step.compartment)
    go_on = primary("open_compartment", words, Answer(HandOverChoice.OPEN), Icon.LOCK_OPEN)
    if not ready:
        why = Explain(say("First choose person and old document, then tick every check."))
        go_on = primary("open_compartment", words, why, Icon.LOCK_OPEN, state=KeyState.NOT_YET)
    wrong = Answer(HandOverChoice.NOT_THIS_PERSON)
    page = o.page(
        step,
        Layout.STAFF,
        Heading(say("Check before you hand it over")),
        person,
        who,
        old,
        *consents,
        actions=(
            Key("not_this_person", say("Not this person"), wrong, Weight.SECONDARY, Icon.CLOSE, icon_first=True),
            go_on,
        ),
        private=True,
    )
    return on_duty(page, o, step.duty, StaffTab.HAND_OVER, busy=say("Finish this one first."))


def take_back(step: TakeBack, o: Occasion) -> Page:
    """Show the compartments that are to be emptied, or looked into by a second employee."""
    say = o.say
    parts = max(1, -(-len(step.rows) // ROWS_AT_ONCE))
    part = o.entry.part % parts
    shown = step.rows[part * ROWS_AT_ONCE : (part + 1) * ROWS_AT_ONCE]
    heading = Heading(
        say("Take documents back"),
        say("Touch a compartment. Put its document on the counter’s list."),  # noqa: RUF001  an apostrophe
    )
    if step.confirming:
        heading = Heading(say("Confirm what was loaded"), say("Look whether each envelope lies where it should."))
    blocks: tuple[Block, ...] = (heading,)
    if shown:
        blocks += (WorkRows(tuple(_overdue(o, row) for row in shown)),)
    else:
        blocks += (Note(Tone.OK, Icon.CHECK_CIRCLE, say("No compartment has to be emptied.")),)
    if parts > 1:
        turn = Key("more", say("More compartments"), TurnPage((part + 1) % parts), icon=Icon.EXPAND_MORE)
        blocks += (Turn(turn, say("Page {part} of {parts}", part=part + 1, parts=parts)),)
    page = o.page(
        step,
        Layout.STAFF,
        *blocks,
        actions=(o.back(),) if step.confirming else (),
        explanation=news_of(o, step.tell),
        private=True,
        part=part,
        parts=parts,
    )
    tab = StaffTab.LOAD if step.confirming else StaffTab.TAKE_BACK
    return on_duty(page, o, step.duty, tab, busy=say("Go back first.") if step.confirming else "")


def enter_compartment(step: EnterCompartment, o: Occasion) -> Page:
    """Ask for the number on a compartment's door."""
    say, text = o.say, o.entry.text
    digits = max(2, len(str(step.most)))
    act: Act = Submit() if text else Explain(say("Type the number on the door."))
    state = KeyState.NORMAL if text else KeyState.NOT_YET
    page = o.page(
        step,
        Layout.ENTRY,
        Heading(say("Open a compartment"), say("Type the number on its door.")),
        Cells((digits,), text),
        keyboard(o, KeyboardKind.DIGITS, full=len(text) == digits),
        actions=(primary("continue", say("Continue"), act, state=state),),
        explanation=news_of(o, step.tell),
    )
    return on_duty(page, o, step.duty, StaffTab.OPEN)


def open_with_reason(step: OpenWithReason, o: Occasion) -> Page:
    """Ask why a compartment is to be opened."""
    say = o.say
    keys = [_segment(f"why_{why.value}", say(words), why, on=why is step.why) for why, words in REASONS]
    words = say("Open compartment {number}", number=step.compartment)
    go_on = primary("open_compartment", words, Answer(OpenChoice.OPEN), Icon.LOCK_OPEN)
    if step.why is None:
        why = Explain(say("First choose why it is opened."))
        go_on = primary("open_compartment", words, why, Icon.LOCK_OPEN, state=KeyState.NOT_YET)
    state = {
        DoorState.FREE: say("Nothing lies in it."),
        DoorState.LOADED: say("A document lies in it. It stays there."),
        DoorState.OVERDUE: say("A document lies in it. It stays there."),
        DoorState.OUT_OF_ORDER: say("It is marked as out of order."),
    }[step.state]
    if step.state is DoorState.OUT_OF_ORDER:
        mark = Key("in_order", say("It is in order again"), Answer(OpenChoice.IN_ORDER), icon=Icon.TASK_ALT)
    else:
        mark = Key("out_of_order", say("Mark it as out of order"), Answer(OpenChoice.OUT_OF_ORDER), icon=Icon.BLOCK)
    page = o.page(
        step,
        Layout.STAFF,
        Heading(say("Why is compartment {number} opened?", number=step.compartment), step.note or state),
        Segment("", Icon.EDIT, tuple(keys[:3])),
        Segment("", Icon.EDIT, tuple(keys[3:])),
        Turn(mark, ""),
        actions=(o.back(), go_on),
    )
    return on_duty(page, o, step.duty, StaffTab.OPEN, busy=say("Go back first."))


def enter_note(step: EnterNote, o: Occasion) -> Page:
    """Ask for another reason in a few words."""
    say, text = o.say, o.entry.text
    act: Act = Submit() if text.strip() else Explain(say("Type the reason in a few words."))
    state = KeyState.NORMAL if text.strip() else KeyState.NOT_YET
    heading, typed = Heading(say("Which other reason?"), say("No names: this goes into the log.")), None
    typed = Typed(say("Reason"), text, step.most)
    full = len(text) >= step.most
    page = o.page(
        step,
        Layout.SEARCH,
        heading,
        typed,
        letter_keyboard(o, LETTERS, full=full),
        actions=(o.back(), primary("continue", say("Continue"), act, state=state)),
        compact_blocks=(heading, typed, letter_keyboard(o, PLAIN_LETTERS, full=full)),
    )
    return on_duty(page, o, step.duty, StaffTab.OPEN, busy=say("Go back first."))


# What they share


def _to_citizens(o: Occasion) -> Key:
    return Key("back", o.say("To the citizen screen"), Answer(BACK), Weight.SECONDARY, Icon.ARROW_BACK, icon_first=True)


def _typed(o: Occasion, name: str, words: str, length: int) -> Key:
    if len(o.entry.text) == length:
        return primary(name, words, Submit())
    left = length - len(o.entry.text)
    missing = o.say.several("{number} digit is still missing.", "{number} digits are still missing.", left)
    return primary(name, words, Explain(missing), state=KeyState.NOT_YET)


def _in_staff_mode(page: Page, o: Occasion) -> Page:
    """The page in staff's colours, before anybody is signed in."""
    say = o.say
    line = say("Staff mode · {terminal}", terminal=o.surroundings.terminal)
    return replace(page, staff=True, header=replace(page.header, line=line, chip=say("Not signed in")))


def on_duty(page: Page, o: Occasion, duty: OnDuty, tab: StaffTab | None, *, busy: str = "") -> Page:
    """The page of who is signed in: name in the header, work in the bar; `busy` says why the bar has to wait."""
    say = o.say

    def key(one: StaffTab) -> Key:
        words, icon = _TABS[one]
        on = one is tab
        act: Act = Explain(busy) if busy else Answer(one)
        state = KeyState.ON if on else KeyState.NOT_YET if busy else KeyState.NORMAL
        return Key(one.value, say(words), act, Weight.BAR, icon, icon_first=True, state=state)

    leave: Act = EndSession()
    state = KeyState.NORMAL
    if page.step in {"StaffDoor", "StaffDoorOpens"}:
        leave, state = Explain(busy), KeyState.NOT_YET
    end = Key("end", say("Sign out"), leave, Weight.END, Icon.LOGOUT, icon_first=True, state=state)
    bar = (*(key(one) for one in duty.tabs), end)
    page = _in_staff_mode(page, o)
    return replace(page, header=replace(page.header, chip=_short(duty.name)), bar=bar, compact_bar=bar)


def _short(name: str) -> str:
    """The name as it stands in the header: "M. Weber"."""
    first, _, last = name.partition(" ")
    return f"{first[:1]}. {last}" if last else name


def _progress(o: Occasion, done: int, of: int) -> Progress:
    return Progress(o.say("{done} of {of}", done=done, of=of), done, of)


def _called(o: Occasion, envelope: Envelope) -> str:
    return o.say("{document} · {holder}", document=o.say(KINDS[envelope.kind].name), holder=envelope.holder)


def _waiting(o: Occasion, envelopes: tuple[Envelope, ...]) -> Iterator[Block]:
    say = o.say
    if envelopes:
        yield WorkRows(
            tuple(
                WorkRow(say("Then") if place else say("Next"), _called(o, one), one.reference)
                for place, one in enumerate(envelopes)
            )
        )


def _overdue(o: Occasion, row: OverdueRow) -> WorkRow:
    say = o.say
    code = {
        Overdue.EXPIRED: say("since {day}", day=say.day(row.until)),
        Overdue.UNCLEAR: say("unclear"),
        Overdue.TO_CONFIRM: say("to confirm"),
    }[row.why]
    words = _called(o, row.envelope)
    key = Key(
        f"compartment_{row.compartment}",
        say("Open compartment {number}", number=row.compartment),
        Answer(row),
        icon=Icon.CHEVRON_RIGHT,
    )
    return WorkRow(str(row.compartment), words, code, key)


def _segment(name: str, words: str, value: object, *, on: bool) -> Key:
    return Key(name, words, Answer(value), state=KeyState.ON if on else KeyState.NORMAL)


def news_of(o: Occasion, tell: Tell | None) -> Note | None:
    """What became of the last thing that was done, unless something is being typed."""
    if tell is None or o.entry.text:
        return None
    tone, strong, words = NEWS[tell.news]
    icon = {Tone.OK: Icon.CHECK_CIRCLE, Tone.WARN: Icon.WARNING}.get(tone, Icon.ERROR)
    return Note(tone, icon, o.say(words), strong=o.say(strong, number=tell.compartment))


def _map(o: Occasion, wall: StaffWall) -> Iterator[Block]:
    if not wall.doors:
        return
    say = o.say
    count = dict.fromkeys(DoorState, 0)
    for door, state in zip(wall.doors, wall.states, strict=True):
        count[state] += door.number != wall.open
    legend = (
        (DoorMark.FREE, say("{number} free", number=count[DoorState.FREE])),
        (DoorMark.LOADED, say("{number} loaded", number=count[DoorState.LOADED])),
        (DoorMark.OVERDUE, say("{number} overdue", number=count[DoorState.OVERDUE])),
        (DoorMark.OUT_OF_ORDER, say("{number} out of order", number=count[DoorState.OUT_OF_ORDER])),
    )
    yield StaffMap(
        tuple((door.number, door.left, door.bottom, door.width, door.height) for door in wall.doors),
        tuple(DoorMark(state.value) for state in wall.states),
        wall.terminal,
        wall.open,
        say("You are here"),
        legend,
    )
