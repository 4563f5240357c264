"""A payment and what follows from it: amount, machine, receipt, proof; in landscape side by side.

Longer than most: its cards are drawn nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from screens.icons import Icon
from screens.pages import (
    Assurance,
    Banner,
    Bill,
    Choices,
    Coming,
    Dot,
    Heading,
    Machine,
    Note,
    Places,
    Proof,
    Steps,
    ToPay,
    Turn,
    Waiting,
)
from screens.views import blocks, codes, frame, question, theme
from screens.views.card import sign
from screens.views.keys import fitted, row_key
from screens.views.pieces import GAP, begin
from screens.views.scene import Box, Picture, Rect
from screens.views.text import Run, icon, lay, measure, wrap
from screens.views.theme import Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screens.pages import Block, Key
    from screens.views.draft import Draft

_MACHINE: Final = (984, 600)
_LEAST_MACHINE: Final = 200
_PAY: Final = (480, 626)
_LEAST_PAY: Final = 200
_LOW_LINE: Final = 1456


def sale(draft: Draft) -> None:
    """All of it if there is room; else closer together, then smaller pictures, then none."""
    y = begin(draft)
    floor = _anchored(draft)
    before = len(draft.body)
    todo: list[Block] = [block for block in draft.blocks if not isinstance(block, Choices | Turn)]
    if draft.page.explanation is not None:
        place = next((at for at, one in enumerate(todo) if not isinstance(one, Heading | Banner)), len(todo))
        todo.insert(place, draft.page.explanation)
    # What is left out at last is said by another block, or on the page's other part.
    tries: list[tuple[int, tuple[type[Block], ...]]] = [(tight, ()) for tight in range(4)]
    tries += [(3, (Note,)), (3, (Machine, Note)), (3, (Machine, Note, Steps))]
    for draft.tight, without in tries:
        del draft.body[before:]
        kept = [block for block in todo if block is draft.page.explanation or not isinstance(block, without)]
        if _arranged(draft, kept, y, floor):
            break
    actions, choices = draft.page.actions, _choices(draft) if draft.landscape else ()
    if (len(actions) == 1 and not draft.landscape) or choices:
        _shared(draft, (*choices, *actions), draft.action_top)
    else:
        frame.action_row(draft)
    frame.bar(draft)


def _shared(draft: Draft, keys: Sequence[Key], top: int) -> None:
    """Keys of one width that fill a row."""
    column, gap = draft.column, draft.panel.gap
    width = (column.w - gap * (len(keys) - 1)) // len(keys)
    for place, key in enumerate(keys):
        draft.add(row_key(draft, key, Rect(column.x + place * (width + gap), top, width, draft.action_height)))


def _choices(draft: Draft) -> tuple[Key, ...]:
    return tuple(key for block in draft.blocks if isinstance(block, Choices) for key in block.keys)


def _anchored(draft: Draft) -> int:
    """What lies right above the action row, drawn from below; where the rest has to end."""
    column, edge = draft.column, draft.panel.edge
    floor = (draft.action_top if draft.page.actions else draft.bar_top) - (24 if draft.portrait else 16)
    turn = next((block for block in draft.blocks if isinstance(block, Turn)), None)
    if turn is not None:
        tall = 132 if draft.portrait else 104
        floor -= tall + edge
        blocks.turn(draft, turn, Rect(column.x, floor, column.w, 0), tall)
        floor -= GAP
    choices = next((block for block in draft.blocks if isinstance(block, Choices)), None)
    keys = choices.keys if choices is not None and not draft.landscape else ()
    if keys:
        floor -= edge + draft.action_height + (24 if draft.portrait and not draft.large else 2)
        _shared(draft, keys, floor)
        floor -= 16
    if draft.low and (draft.page.actions or keys):
        floor = min(floor, _LOW_LINE - 16 if not keys else floor) - (96 if keys else 0) - 8
        frame.yellow_line(draft, draft.page.reach_line, _LOW_LINE if not keys else floor + 8)
        floor = (_LOW_LINE if not keys else floor) - 16
    if choices is not None and not draft.landscape:
        title = draft.type.title if draft.portrait else Style(34, 40, theme.SEMIBOLD)
        style = fitted(choices.words, title, column.w, 2)
        lines = wrap((Run(choices.words, style.face),), style.size, column.w)
        floor -= len(lines) * style.line
        draft.put(lay(lines, style, "text", Rect(column.x, floor, column.w, 0)))
        floor -= 28 if draft.portrait else 12
    return floor


def _arranged(draft: Draft, todo: Sequence[Block], y: int, floor: int) -> bool:
    """Draw it between `y` and `floor`; whether it has room."""
    column = draft.column
    scene = next((block for block in todo if isinstance(block, Machine | ToPay)), None)
    if draft.landscape:
        half = (column.w - 40) // 2
        left, right = Rect(column.x, y, half, 0), Rect(column.x + half + 40, y, half, 0)
        if scene is not None:
            _scene(draft, scene, Rect(left.x, y, half, floor - y))
            rest = [block for block in todo if block is not scene]
            choices = [block for block in draft.blocks if isinstance(block, Choices)]
            return _flow(draft, [*rest, *choices], right, floor) <= floor + 24
        aside = [block for block in todo if isinstance(block, Places | Proof)]
        main = [block for block in todo if block not in aside]
        main += [block for block in draft.blocks if isinstance(block, Choices)]
        if not aside:
            return _flow(draft, main, Rect(column.x, y, column.w, 0), floor) <= floor + 24
        below = _flow(draft, main, left, floor)
        return max(below, _flow(draft, aside, right, floor)) <= floor + 24
    if scene is None:
        return _flow(draft, todo, Rect(column.x, y, column.w, 0), floor) <= floor + _space(draft)
    place = todo.index(scene)
    before = len(draft.body)
    top = _flow(draft, todo[:place], Rect(column.x, y, column.w, 0), floor)
    kept = len(draft.body)
    tail = _flow(draft, todo[place + 1 :], Rect(column.x, 0, column.w, 0), floor - top - _LEAST_MACHINE)
    del draft.body[kept:]
    room = floor - top - tail
    least = _LEAST_MACHINE if isinstance(scene, Machine) else _pay_least(draft)
    if room < least:
        del draft.body[before:]
        _flow(draft, todo[:place], Rect(column.x, y, column.w, 0), floor)
        room = max(room, least)
        fits = False
    else:
        fits = True
    most = _MACHINE[1] * column.w // _MACHINE[0] if isinstance(scene, Machine) else 692
    height = min(room, most)
    _scene(draft, scene, Rect(column.x, top, column.w, height))
    spare = top + height + _space(draft)
    _flow(draft, todo[place + 1 :], Rect(column.x, spare, column.w, 0), floor)
    return fits


def _space(draft: Draft) -> int:
    return (32 if draft.portrait else 18) - (0, 8, 14, 18 if draft.portrait else 10)[draft.tight]


def _flow(draft: Draft, todo: Sequence[Block], at: Rect, floor: int) -> int:
    """The blocks from the top of `at`; where the next would begin."""
    y, space = at.y, _space(draft)
    for block in todo:
        spot = Rect(at.x, y, at.w, 0)
        match block:
            case Coming():
                y = _coming(draft, block, spot, floor)
            case Choices(words=words):
                y = draft.say(words, draft.type.title, "text", spot)
            case Bill():
                y = _bill(draft, block, spot)
            case Assurance():
                banner = Banner(block.tone, block.icon, block.words, block.sentence)
                y = blocks.banner(draft, banner, spot)
            case Proof():
                y = _proof(draft, block, spot)
            case Banner():
                y = blocks.banner(draft, block, spot)
            case Note():
                y = blocks.note(draft, block, spot, padding=(20, 16, 12, 8)[draft.tight])
            case Steps():
                y = _steps(draft, block, spot)
            case Waiting():
                tall = (128, 116, 104, 96)[draft.tight] if draft.portrait else 88
                y = blocks.waiting(draft, block, spot, tall)
            case Places():
                y = _places(draft, block, spot)
            case Heading():
                style = draft.type.heading if not draft.small else Style(44, 50, theme.SEMIBOLD)
                style = fitted(block.words, style, at.w, 2)
                y = draft.say(block.words, style, "text", spot)
                if block.body and draft.tight < 3:
                    y = draft.say(block.body, draft.type.body, "text", Rect(at.x, y + 12, at.w, 0))
            case _:
                y = question.draw_block(draft, block, spot) - space
        y += space
    return y


def _steps(draft: Draft, block: Steps, at: Rect) -> int:
    if draft.tight < 2 and not draft.small:
        return blocks.steps(draft, block, at)
    y, body = at.y, draft.type.body if not draft.small else Style(28, 34)
    side = body.line + 8
    for number, sentence in enumerate(block.sentences, 1):
        room = at.w - side - 20
        lines = wrap((Run(sentence, body.face),), body.size, room)
        tall = max(side, len(lines) * body.line)
        spot = Rect(at.x, y + (tall - side) // 2, side, side)
        draft.add(Box(spot, "action", side // 2))
        digit = Style(max(26, side // 2), max(32, side // 2 + 6), theme.SEMIBOLD)
        words = wrap((Run(str(number), digit.face),), digit.size, side)
        draft.put(lay(words, digit, "on-action", Rect(spot.x, spot.mid_y - digit.line // 2, side, 0), "centre"))
        draft.put(lay(lines, body, "text", Rect(spot.right + 20, y + (tall - len(lines) * body.line) // 2, room, 0)))
        y += tall + 10
    return y - 10


def _places(draft: Draft, block: Places, at: Rect) -> int:
    title = draft.type.title if not draft.small else Style(34, 40, theme.SEMIBOLD)
    y = draft.say(block.title, title, "text", at) + (20, 14, 10, 8)[draft.tight]
    gap = (20, 14, 12, 10)[draft.tight]
    for row in block.rows:
        height = (146, 132, 120, 112)[draft.tight] if not draft.small else 96
        y = blocks.place(draft, row, Rect(at.x, y, at.w, 0), height=height, outlined=True) + gap
    return y - gap


# Pictures


def _scene(draft: Draft, block: Machine | ToPay, at: Rect) -> None:
    if isinstance(block, ToPay):
        _to_pay(draft, block, at)
        return
    width, height = _MACHINE
    if width * at.h > height * at.w:
        width, height = at.w, height * at.w // width
    else:
        width, height = width * at.h // height, at.h
    draft.add(Picture(Rect(at.x + (at.w - width) // 2, at.y, width, height), block.art))


def _pay_least(draft: Draft) -> int:
    return _LEAST_PAY + 60 * draft.large


def _to_pay(draft: Draft, block: ToPay, at: Rect) -> None:
    """The amount large, what it is for, the ways to pay; the card machine at the end."""
    if draft.high_contrast:
        draft.card(at, radius=24)
    else:
        draft.add(Box(at, "c-doc-bg", 24))
    pad = 40 if at.w > 800 else 24
    height = min(_PAY[1], at.h - 2 * min(pad, 32))
    width = _PAY[0] * height // _PAY[1]
    drawn = width <= at.w * 0.5 and height >= 240
    room = at.w - 2 * pad - (width + 24 if drawn else 0)
    if drawn:
        spot = Rect(at.right - pad + 8 - width, at.mid_y - height // 2, width, height)
        if draft.page.rtl:  # the machine is not mirrored, and the amount stays on its display
            spot = Rect(draft.panel.width - spot.right, spot.y, width, height)
        draft.keep([Picture(spot, "pay")])
        size = 46 * height // 600
        if size >= 26:
            shown = Rect(spot.x + width * 60 // 460, spot.y + height * 200 // 600 - size // 2, width * 240 // 460, 0)
            style = fitted(block.amount, Style(size, size + 8, theme.SEMIBOLD), shown.w)
            words = wrap((Run(block.amount, style.face),), style.size, 10_000)
            draft.keep(lay(words, style, "#131525", shown, "centre"))
    _amount(draft, block, Rect(at.x + pad, at.y, room, at.h))


def _amount(draft: Draft, block: ToPay, at: Rect) -> None:
    body, small = draft.type.body, draft.type.small
    chips = True
    for step in range(14):
        big = max(64, 128 - 8 * step) if draft.portrait else max(56, 104 - 8 * step)
        amount = fitted(block.amount, Style(big, big + 12, theme.SEMIBOLD), at.w)
        lines = [(block.words, Style(40, 48) if not draft.large else body, "text")]
        lines.append((block.amount, amount, "text"))
        shown = block.lines if step < 8 else (*block.lines[:1], *(("…",) if len(block.lines) > 1 else ()))
        lines += [(text, fitted(text, body if step < 6 else small, at.w, 2), "text") for text in shown]
        chips = step < 4
        if step < 10:
            lines.append((block.caption, small, "text"))
        laid = [(wrap((Run(text, style.face),), style.size, at.w), style, ink) for text, style, ink in lines]
        tall = sum(len(words) * style.line for words, style, _ in laid) + (132 if chips else 12)
        if tall <= at.h - 40:
            break
    y = at.y + max(12, (at.h - tall) // 2)
    for place, (words, style, ink) in enumerate(laid):
        if chips and place == len(laid) - 1:
            for number, sign in enumerate((Icon.CONTACTLESS, Icon.CREDIT_CARD, Icon.MOBILE)):
                spot = Rect(at.x + number * 112, y + 16, 96, 96)
                draft.add(Box(spot, "card-line", 16) if draft.high_contrast else Box(spot, "#FFFFFF", 16))
                if draft.high_contrast:
                    draft.add(Box(spot.inset(3), "surface", 13))
                draft.add(icon(sign.value, 60, "action" if draft.high_contrast else "#2044AA", spot))
            y += 128
        draft.put(lay(words, style, ink, Rect(at.x, y, at.w, 0)))
        y += len(words) * style.line


# Cards


def _coming(draft: Draft, block: Coming, at: Rect, floor: int) -> int:
    """How many have come, a bar, and the pieces; of many, those around the one that comes now."""
    pad = 40 if not draft.small else 24
    title = draft.type.title if not draft.small else Style(34, 40, theme.SEMIBOLD)
    label = draft.type.label if not draft.small else Style(30, 36, theme.SEMIBOLD)
    each = (96, 84, 76, 68)[draft.tight] if not draft.large else max(label.line * 2, 72)
    if draft.small:
        each = 56
    head = pad + title.line + 20 + 32 + 24
    most = max(1, (floor - at.y - head - 24) // each)
    rows = block.rows
    if len(rows) > most or len(rows) > 5:
        most = min(most, 5)
        first = max(0, min(block.done - most // 2, len(rows) - most))
        rows = rows[first : first + most]
    rect = Rect(at.x, at.y, at.w, head + each * len(rows) + 12)
    draft.card(rect)
    y = rect.y + pad - 8
    draft.say(block.counting, title, "text", Rect(rect.x + pad, y, rect.w // 2, 0))
    hint = fitted(
        block.hint, draft.type.small, rect.w - 2 * pad - measure(block.counting, title.face, title.size)[0] - 24
    )
    width, _ = measure(block.hint, hint.face, hint.size)
    words = wrap((Run(block.hint, hint.face),), hint.size, 10_000)
    draft.put(lay(words, hint, "muted", Rect(rect.right - pad - width, y + (title.line - hint.line) // 2, width, 0)))
    y += title.line + 20
    room = rect.w - 2 * pad
    draft.add(Box(Rect(rect.x + pad, y, room, 32), "track", 16))
    done = room * block.done // max(1, block.of)
    if done >= 32:
        draft.add(Box(Rect(rect.x + pad, y, done, 32), "ok-solid", 16))
    y += 32 + 12
    side = min(64, each - 12)
    for row in rows:
        spot = Rect(rect.x + pad, y + (each - side) // 2, side, side)
        sign(draft, row.dot, spot)
        style = label.cut(theme.REGULAR if row.dot is Dot.LATER else theme.MEDIUM)
        left = spot.right + 28
        style = fitted(row.words, style, rect.right - pad - left, 2 if each >= 2 * style.line else 1)
        lines = wrap((Run(row.words, style.face),), style.size, rect.right - pad - left)
        ink = "muted" if row.dot is Dot.LATER else "text"
        draft.put(
            lay(lines, style, ink, Rect(left, spot.mid_y - len(lines) * style.line // 2, rect.right - pad - left, 0))
        )
        y += each
    return rect.bottom


def _bill(draft: Draft, block: Bill, at: Rect) -> int:
    """What was paid, the receipt's number at the side, what it was for."""
    pad = 40 if not draft.small else 20
    size = draft.icon(60) if not draft.small else 44
    title = draft.type.title if not draft.small else Style(34, 40, theme.SEMIBOLD)
    small, body = draft.type.small, draft.type.body if not draft.small else Style(28, 34)
    left = at.x + pad + size + 24
    begin_at = len(draft.body)
    width, _ = measure(block.number, small.face, small.size)
    room = at.right - pad - left
    beside = measure(block.words, title.face, title.size)[0] + width + 24 <= room
    style = fitted(block.words, title, room, 2)
    top = at.y + (28, 22, 16, 12)[draft.tight]
    y = draft.say(block.words, style, "text", Rect(left, top, room, 0))
    tone = {"ok": "ok-solid", "warn": "warn"}.get(block.tone.value, "info")
    draft.add(icon(block.icon.value, size, tone, Rect(at.x + pad, top - 6, size, style.line + 12), filled=True))
    y += (14, 10, 6, 4)[draft.tight]
    if beside:
        words = wrap((Run(block.number, small.face),), small.size, 10_000)
        spot = Rect(at.right - pad - width, top + (style.line - small.line) // 2, width, 0)
        draft.put(lay(words, small, "muted", spot))
    else:
        spot = Rect(at.x + pad, y, at.w - 2 * pad, 0)
        y = draft.say(block.number, fitted(block.number, small, spot.w), "muted", spot)
    y = draft.say(block.line, body, "text", Rect(at.x + pad, y, at.w - 2 * pad, 0))
    rect = Rect(at.x, at.y, at.w, y + (28, 22, 16, 12)[draft.tight] - at.y)
    made = draft.body[begin_at:]
    del draft.body[begin_at:]
    draft.card(rect)
    draft.put(made)
    return rect.bottom


def _proof(draft: Draft, block: Proof, at: Rect) -> int:
    """The code at the left, what it is for beside it, below it where that is too narrow."""
    side = max(codes.frame_side(block.code), 232 if not draft.small else 0)
    blocks.code(draft, block.code, Rect(at.x, at.y, side, side))
    left = at.x + side + (32 if not draft.small else 16)
    title = draft.type.label if not draft.small else Style(30, 36, theme.SEMIBOLD)
    room = at.right - left
    for shrink in range(0, 20, 2):
        size = max(26, draft.type.small.size - shrink)
        body = Style(size, max(size + 6, draft.type.small.line - shrink))
        heading = fitted(block.words, title, room, 2) if block.words else title
        first = wrap((Run(block.words, heading.face),), heading.size, room) if block.words else ()
        second = wrap((Run(block.line, body.face),), body.size, room)
        tall = len(first) * heading.line + len(second) * body.line + 6
        if tall <= side + 40:
            break
    height = max(side, tall)
    y = at.y + (height - tall) // 2
    draft.put(lay(first, heading, "text", Rect(left, y, room, 0)))
    y += len(first) * heading.line + 6
    draft.put(lay(second, body, "text", Rect(left, y, room, 0)))
    return at.y + height
