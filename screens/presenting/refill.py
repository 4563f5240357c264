"""The page on which staff fills the columns of the dispenser."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from screens.icons import Icon
from screens.pages import (
    Answer,
    Explain,
    FillCard,
    FillCards,
    Heading,
    Key,
    KeyState,
    Layout,
    Note,
    Tone,
    Turn,
    TurnPage,
    Weight,
)
from screens.presenting.occasion import primary
from screens.presenting.staff import news_of, on_duty
from screens.steps_staff import OneMoreIn, RefillChoice, StaffTab

if TYPE_CHECKING:
    from screens.pages import Block, Page
    from screens.presenting.occasion import Occasion
    from screens.steps_staff import FillColumn, RefillBags

AT_ONCE: Final = 3
COMPACT_AT_ONCE: Final = 2


def refill_bags(step: RefillBags, o: Occasion) -> Page:
    """Ask how many pieces were put into each column."""
    say = o.say
    added = sum(max(0, one.now - one.was) for one in step.columns)
    changed = any(one.now != one.was for one in step.columns)
    stuck = [one for one in step.columns if one.trouble]
    how = say("Put them in from the top. Then set the number.")
    if step.readable:
        how = say("Put them in from the top. Scan the pack, or set the number.")
    heading = Heading(say("Refill garbage bags"), how)
    blocks: list[Block] = [heading]
    if stuck:
        names = ", ".join(str(one.number) for one in stuck)
        words = say("Free it, count what lies in it, then save.")
        blocks.append(Note(Tone.WARN, Icon.WARNING, words, strong=say("Column {number} does not turn.", number=names)))
    whole, _ = _shown(step, o, AT_ONCE)
    compact, parts = _shown(step, o, COMPACT_AT_ONCE)
    undo = Key("undo", say("Undo"), Answer(RefillChoice.UNDO), Weight.SECONDARY, Icon.UNDO, icon_first=True)
    words = say.several("Save: {number} added", "Save: {number} added", added) if added else say("Save")
    save = primary("save", words, Answer(RefillChoice.SAVE), Icon.CHECK)
    why = Explain(say("Touch plus for each piece that you put in."))
    if not changed:
        undo = replace(undo, act=why, state=KeyState.NOT_YET)
    if not changed and not stuck:
        save = replace(save, act=why, state=KeyState.NOT_YET)
    page = o.page(
        step,
        Layout.FILL,
        *blocks,
        *whole,
        actions=(undo, save),
        explanation=news_of(o, step.tell),
        compact_blocks=(*blocks, *compact),
        part=o.entry.part % parts,
        parts=parts,
    )
    return on_duty(page, o, step.duty, StaffTab.REFILL, busy=say("Save first, or undo.") if changed else "")


def _shown(step: RefillBags, o: Occasion, at_once: int) -> tuple[tuple[Block, ...], int]:
    """The columns of the open part with the key to the next, and how many parts there are."""
    say, parts = o.say, max(1, -(-len(step.columns) // at_once))
    part = o.entry.part % parts
    shown = step.columns[part * at_once : (part + 1) * at_once]
    cards = FillCards(tuple(_card(o, one) for one in shown))
    if parts == 1:
        return (cards,), 1
    turn = Key("more", say("More columns"), TurnPage((part + 1) % parts), icon=Icon.EXPAND_MORE)
    return (cards, Turn(turn, say("Page {part} of {parts}", part=part + 1, parts=parts))), parts


def _card(o: Occasion, column: FillColumn) -> FillCard:
    say, product = o.say, column.product
    more = Key(f"more_{column.number}", say("One more"), Answer(OneMoreIn(column.number, 1)), icon=Icon.ADD)
    if column.now >= column.room:
        more = replace(more, act=Explain(say("The column is full.")), state=KeyState.NOT_YET)
    less = Key(f"less_{column.number}", say("One less"), Answer(OneMoreIn(column.number, -1)), icon=Icon.REMOVE)
    if not column.now:
        less = replace(less, act=Explain(say("Nothing lies in it.")), state=KeyState.NOT_YET)
    difference = column.now - column.was
    return FillCard(
        f"bag-{product.picture.value}" if product is not None else "bag-grey",
        product.called(say.language) if product is not None else column.article,
        say("Column {number} · {year}", number=column.number, year=column.year),
        column.was,
        column.now,
        column.room,
        say("was {number}", number=column.was),
        f"{difference:+}" if difference else "",
        say("of {number}", number=column.room),
        less,
        more,
    )
