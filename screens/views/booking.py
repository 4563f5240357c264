"""The pages of bulky waste after the day: what was said, to be looked through, and the confirmation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.icons import Icon
from screens.pages import (
    Banner,
    Consent,
    DayCard,
    Heading,
    KeyState,
    Note,
    ReviewRows,
    Steps,
    Ticket,
    Turn,
)
from screens.views import blocks, codes, frame, theme
from screens.views.keys import fitted, row_key, target
from screens.views.pieces import GAP, LEAST, LOW_TOP, begin, block_of
from screens.views.scene import Box, Picture, Rect, Shape, Target
from screens.views.text import Run, icon, lay, wrap
from screens.views.theme import Style

if TYPE_CHECKING:
    from screens.pages import Key, ReviewRow
    from screens.views.draft import Draft


def review(draft: Draft) -> None:
    """The day large, each part with its key, the sentence to agree to."""
    if draft.low:
        draft.bar_height = 128
    y = begin(draft)
    column = draft.column
    heading, card = block_of(draft, Heading), block_of(draft, DayCard)
    rows, consent, note = block_of(draft, ReviewRows), block_of(draft, Consent), block_of(draft, Note)
    assert heading is not None
    assert rows is not None
    style = fitted(heading.words, draft.type.heading if not draft.small else Style(44, 50, theme.SEMIBOLD), column.w)
    y = draft.say(heading.words, style, "text", Rect(column.x, y, column.w, 0))
    shown = draft.page.explanation
    if heading.body and not draft.landscape and shown is None:
        y = draft.say(heading.body, draft.type.body, "text", Rect(column.x, y + 12, column.w, 0))
    if shown is not None:
        wide = Rect(column.x + 860, draft.panel.header + 76, column.w - 860, 0)
        at = wide if draft.landscape else Rect(column.x, y + 12, column.w, 0)
        bottom = blocks.note(draft, shown, at, padding=14)
        y = y if draft.landscape else bottom
    if draft.landscape:
        _wide_review(draft, y, rows, consent, card, note)
    elif draft.low:
        _low_review(draft, y, rows, consent, card, note)
    else:
        _upright_review(draft, y, rows, consent, card, note)
    frame.action_row(draft)
    frame.bar(draft)


def _upright_review(  # noqa: PLR0913, PLR0917 - the parts of the page
    draft: Draft, y: int, rows: ReviewRows, consent: Consent | None, card: DayCard | None, note: Note | None
) -> None:
    column = draft.column
    roomy = draft.portrait and not draft.large
    if card is not None and not draft.large and not draft.small:
        y = _day_card(draft, card, Rect(column.x, y + 22, column.w, 200 if draft.page.explanation is None else 150))
    floor = draft.action_top - (40 if roomy else 18)
    if note is not None and roomy:
        before = len(draft.body)
        height = blocks.flat_note(draft, note, Rect(column.x, 0, column.w, 0))
        del draft.body[before:]
        floor -= height
        blocks.flat_note(draft, note, Rect(column.x + 4, floor, column.w - 4, 0))
        floor -= 36
    if consent is not None:
        tall = consent_height(draft, consent, column.w)
        floor -= tall + draft.panel.edge
        draw_consent(draft, consent, Rect(column.x, floor, column.w, tall))
    top = max(y + 28 if roomy else y + 14, draft.touch_from - 4 if not roomy else 0)
    _rows(draft, rows, Rect(column.x, top, column.w, floor - (36 if roomy else 14) - top))


def _wide_review(  # noqa: PLR0913, PLR0917 - the parts of the page
    draft: Draft, y: int, rows: ReviewRows, consent: Consent | None, card: DayCard | None, note: Note | None
) -> None:
    """Landscape: two by two, the sentence below."""
    column = draft.column
    top = draft.touch_from - 4
    if card is not None and draft.page.explanation is None:
        head = draft.panel.header + 76
        _day_card(draft, card, Rect(column.x + 860, head, column.w - 860, top - head - 16))
    floor = draft.action_top - 18
    if consent is not None:
        tall = min(consent_height(draft, consent, column.w), 128)
        draw_consent(draft, consent, Rect(column.x, floor - tall - 8, column.w, tall))
        floor -= tall + 8 + 16
    room = Rect(column.x, max(top, y + 10), column.w, floor - max(top, y + 10))
    half = (room.w - 24) // 2
    each = (room.h + 12) // -(-len(rows.rows) // 2) - 12
    for place, row in enumerate(rows.rows):
        spot = Rect(room.x + place % 2 * (half + 24), room.y + place // 2 * (each + 12), half, each)
        draft.card(spot)
        _row(draft, row, spot)
    if note is not None and consent is None and len(rows.rows) % 2 and not draft.large:
        # The last place of the grid is free.
        blocks.flat_note(draft, note, Rect(room.x + half + 36, spot.y + 16, half - 48, 0))


def _low_review(  # noqa: PLR0913, PLR0917 - the parts of the page
    draft: Draft, y: int, rows: ReviewRows, consent: Consent | None, card: DayCard | None, note: Note | None
) -> None:
    """Low reach: all that was said above, the keys that change it in one row below the yellow line."""
    column = draft.column
    if card is not None and not draft.large:
        y = _day_card(draft, card, Rect(column.x, y + 16, column.w, 180))
    height = 1184 - 24 - y - 24
    if note is not None and not draft.large:
        height -= 80
        blocks.flat_note(draft, note, Rect(column.x, 1100, column.w, 0))
    _rows(draft, rows, Rect(column.x, y + 24, column.w, min(height, 640)), keys=False)
    frame.yellow_line(draft, draft.page.reach_line, 1184)
    changing = [row for row in rows.rows if row.key is not None]
    width = (column.w - GAP * (len(changing) - 1)) // max(1, len(changing))
    for place, row in enumerate(changing):
        assert row.key is not None
        spot = Rect(column.x + place * (width + GAP), LOW_TOP, width, 128)
        draft.add(_named_key(draft, row.key, row.label, spot))
    if consent is None:
        return
    tall = draft.action_top - 24 - draft.panel.edge - (LOW_TOP + 128 + 8 + GAP)
    draw_consent(draft, consent, Rect(column.x, LOW_TOP + 128 + 8 + GAP, column.w, tall))


def _named_key(draft: Draft, key: Key, label: str, rect: Rect) -> Target:
    content: list[Shape] = []
    top = rect.mid_y - 36
    for words, style, ink in ((label, Style(28, 34), "muted"), (key.words, Style(32, 38, theme.MEDIUM), "action")):
        one = fitted(words, style, rect.w - 24)
        broken = wrap((Run(words, one.face),), one.size, rect.w - 24)
        content.extend(lay(broken, one, ink, Rect(rect.x + 12, top, rect.w - 24, 0), "centre"))
        top += 34
    return target(draft, key, rect, content)


def _rows(draft: Draft, block: ReviewRows, at: Rect, *, keys: bool = True) -> None:
    """One card, a line between the rows; a row without a key is lower where there is little room."""
    edge = draft.panel.edge
    least = LEAST + edge + GAP
    count = len(block.rows)
    each = min(152, at.h // count)
    heights = [each] * count
    if each < least and keys:
        rest = [row for row in block.rows if row.key is None]
        keyed = count - len(rest)
        low = (at.h - keyed * least) // max(1, len(rest))
        heights = [least if row.key is not None else low for row in block.rows]
    if at.h > sum(heights) and draft.large:
        spare = (at.h - sum(heights)) // count
        heights = [height + spare for height in heights]
    draft.card(Rect(at.x, at.y, at.w, sum(heights)))
    y = at.y
    for place, (row, height) in enumerate(zip(block.rows, heights, strict=True)):
        if place:
            draft.add(Box(Rect(at.x + 2, y - 1, at.w - 4, 2), "card-line"))
        _row(draft, row, Rect(at.x, y, at.w, height), keys=keys)
        y += height


def _row(draft: Draft, row: ReviewRow, rect: Rect, *, keys: bool = True) -> None:
    size = draft.icon(52) if not draft.small else 40
    left = rect.x + (34 if not draft.small else 14)
    draft.add(icon(row.icon.value, size, "c-waste", Rect(left, rect.y, size, rect.h), filled=True))
    words = left + size + (30 if not draft.small else 14)
    right = rect.right - 24
    if row.key is not None and keys:
        width = 204 if not draft.large or draft.landscape else 240
        if draft.small:
            width = LEAST
        tall = min(96 if not draft.large else 104, rect.h - draft.panel.edge - GAP)
        spot = Rect(
            rect.right - width - (24 if not draft.small else 10),
            rect.y + (rect.h - tall - 8) // 2,
            width,
            max(LEAST, tall),
        )
        if draft.small:
            draft.add(target(draft, row.key, spot, [icon(Icon.EDIT.value, 44, "action", spot)]))
        else:
            draft.add(row_key(draft, row.key, spot, style=Style(34, 40, theme.MEDIUM)))
        right = spot.x - 16
    room = right - words
    label, style = Style(28, 34), draft.type.label.cut(theme.MEDIUM)
    if draft.small:
        style = Style(30, 36, theme.MEDIUM)
    shown = style
    lines = wrap((Run(row.words, style.face),), style.size, room)
    labelled = True
    while shown.size > 26:
        lines = wrap((Run(row.words, shown.face),), shown.size, room)
        labelled = label.line + len(lines) * shown.line <= rect.h - 8
        if labelled and len(lines) <= 2:
            break
        shown = Style(shown.size - 2, shown.line - 2, shown.face)
    height = len(lines) * shown.line + (label.line if labelled else 0)
    y = rect.mid_y - height // 2
    if labelled:
        draft.say(row.label, label, "muted", Rect(words, y, room, 0))
        y += label.line
    draft.put(lay(lines, shown, "text", Rect(words, y, room, 0)))


def _day_card(draft: Draft, block: DayCard, at: Rect) -> int:
    """The day large on green, the lorry beside it."""
    if draft.high_contrast:
        draft.card(at)
    else:
        draft.add(Box(at, "ok-bg", 20))
    picture = at.h >= 150 and at.w >= 800
    tall = min(177, at.h - 24)
    wide = tall * 427 // 204
    if picture:
        draft.add(Picture(Rect(at.right - 40 - wide, at.bottom - tall - 6, wide, tall), block.art))
    room = at.w - 72 - (wide + 40 if picture else 0)
    style = fitted(block.words, Style(48, 56, theme.SEMIBOLD), room)
    line = draft.type.body if not draft.large else Style(36, 44)
    height = style.line + line.line
    y = at.mid_y - height // 2
    y = draft.say(block.words, style, "text", Rect(at.x + 36, y, room, 0))
    draft.say(block.line, line, "text", Rect(at.x + 36, y, room, 0))
    return at.bottom


def consent_height(draft: Draft, block: Consent, width: int) -> int:
    """How tall the sentence with its box has to be."""
    style = draft.type.body
    lines = wrap((Run(block.key.words, style.face),), style.size, width - 150)
    return max(128 if draft.portrait else LEAST, len(lines) * style.line + 32)


def draw_consent(draft: Draft, block: Consent, rect: Rect) -> None:
    """A box to tick and the sentence beside it."""
    on = block.key.state is KeyState.ON
    side = 64 if not draft.small else 52
    box = Rect(rect.x + 32, rect.mid_y - side // 2, side, side)
    content: list[Shape] = [Box(box, "action" if on else "key-line", 10)]
    if on:
        content.append(icon(Icon.CHECK.value, 48, "on-action", box))
    else:
        content.append(Box(box.inset(4), "face", 7))
    left = box.right + 26
    room = rect.right - 24 - left
    style = draft.type.body
    lines = wrap((Run(block.key.words, style.face),), style.size, room)
    while len(lines) * style.line > rect.h - 16 and style.size > 26:
        style = Style(style.size - 2, style.line - 2, style.face)
        lines = wrap((Run(block.key.words, style.face),), style.size, room)
    content.extend(lay(lines, style, "text", Rect(left, rect.mid_y - len(lines) * style.line // 2, room, 0)))
    draft.add(target(draft, block.key, rect, content))


def booked(draft: Draft) -> None:  # noqa: PLR0915 - one arrangement, from the top to the bottom
    """The tick on green over the whole width, the order as a card, what happens now."""
    if draft.low:
        draft.bar_height = 128
    frame.plain_ground(draft)
    frame.header(draft)
    banner, ticket, steps = block_of(draft, Banner), block_of(draft, Ticket), block_of(draft, Steps)
    turn = block_of(draft, Turn)
    assert banner is not None
    panel, column = draft.panel, draft.column
    if draft.landscape:
        _wide_booked(draft, banner, ticket, steps, turn)
        frame.bar(draft)
        return
    roomy = draft.portrait and not draft.large
    hero = 500 if roomy else 300 if draft.portrait else 200
    top = panel.header
    draft.back.append(Box(Rect(0, top, panel.width, hero), "ok-solid"))
    if roomy:
        sign = Rect(0, top + 42, panel.width, 172)
        draft.add(icon(Icon.CHECK_CIRCLE.value, 176, "on-solid", sign, filled=True))
        y = top + 232
    else:
        y = top + (24 if draft.portrait else 14)
    big = fitted(
        banner.words, Style(72, 80, theme.SEMIBOLD) if draft.portrait else Style(44, 50, theme.SEMIBOLD), column.w
    )
    y = draft.say(banner.words, big, "on-solid", Rect(column.x, y, column.w, 0), "centre")
    line = Style(44, 54) if draft.portrait else draft.type.body
    line = fitted(banner.sentence, line, column.w, 2)
    y = draft.say(banner.sentence, line, "on-solid", Rect(column.x, y, column.w, 0), "centre")
    keys = draft.page.actions
    card_top = 560 if roomy else y + 16
    extra = [key for key in keys if key.name == "print"]
    others = tuple(key for key in keys if key.name != "print")
    floor = draft.action_top - GAP
    if draft.low:
        reach = 1360 if extra else 1456
        if turn is not None:
            reach = 1184
        frame.yellow_line(draft, draft.page.reach_line, reach)
        floor = reach - GAP
    under = draft.action_top
    for key in extra:
        tall = 120 if draft.portrait else LEAST
        under -= (40 if roomy and not draft.low else GAP + 2) + tall + draft.panel.edge
        draft.add(row_key(draft, key, Rect(column.x, under, column.w, tall)))
    if turn is not None:
        tall = 120 if draft.portrait else LEAST
        under -= GAP + 2 + tall + draft.panel.edge
        blocks.turn(draft, turn, Rect(column.x, under, column.w, 0), tall)
    floor = min(floor, under - 12)
    bottom = card_top
    if ticket is not None:
        bottom = _ticket(draft, ticket, Rect(column.x, card_top, column.w, 412 if roomy else floor - card_top))
    if steps is not None:
        space = 40 if roomy else 12
        _steps(draft, steps, Rect(column.x, bottom + space, column.w, floor - bottom - space))
    draft.put(frame.actions(draft, others, Rect(column.x, draft.action_top, column.w, draft.action_height)))
    frame.bar(draft)


def _wide_booked(draft: Draft, banner: Banner, ticket: Ticket | None, steps: Steps | None, turn: Turn | None) -> None:
    """Landscape: the order left, what happens now right; in large text one after the other."""
    panel, column = draft.panel, draft.column
    top = panel.header
    draft.back.append(Box(Rect(0, top, panel.width, 168), "ok-solid"))
    draft.add(icon(Icon.CHECK_CIRCLE.value, 112, "on-solid", Rect(column.x, top, 112, 168), filled=True))
    big = fitted(banner.words, Style(56, 62, theme.SEMIBOLD), column.w - 160)
    y = draft.say(banner.words, big, "on-solid", Rect(column.x + 144, top + 24, column.w - 160, 0))
    line = fitted(banner.sentence, Style(36, 44), column.w - 160)
    draft.say(banner.sentence, line, "on-solid", Rect(column.x + 144, y, column.w - 160, 0))
    room = Rect(column.x, top + 184, column.w, draft.action_top - 16 - top - 184)
    if turn is not None:
        tall = LEAST + 4
        room = Rect(room.x, room.y, room.w, room.h - tall - 24)
        blocks.turn(draft, turn, Rect(room.x, room.bottom + 14, room.w, 0), tall)
    left = room if steps is None else Rect(room.x, room.y, 900, room.h)
    if ticket is not None:
        _ticket(draft, ticket, left)
    if steps is not None:
        right = Rect(left.right + 36, left.y, room.right - left.right - 36, left.h) if ticket is not None else room
        _steps(draft, steps, right)
    frame.action_row(draft)


def _ticket(draft: Draft, block: Ticket, at: Rect) -> int:
    """The order's card: number and lines left, the code right."""
    side = max(codes.frame_side(block.code), 300 if draft.portrait and not draft.large else 0)
    pad = 40 if draft.portrait else 16 if draft.small else 28
    gap = 24 if not draft.small else 14
    beside = at.w - 2 * pad - side - gap
    number = Style(60, 68, theme.SEMIBOLD) if draft.portrait and not draft.large else draft.type.title
    label, small = Style(28, 36), Style(28, 36)
    body = draft.type.body if not draft.small else Style(28, 34)
    room = beside
    number = fitted(block.number, number, room)
    parts: list[tuple[str, Style, str, int]] = [(block.label, label, "muted", 0), (block.number, number, "text", 0)]
    parts += [(text, body, "text", 10 if place == 0 else 0) for place, text in enumerate(block.lines)]
    parts.append((block.caption, small, "muted", 10))
    room_y = max(at.h, side + 24) - 24
    for smaller in range(0, 24, 2):
        shrunk = [
            (t, Style(max(26, s.size - smaller), max(30, s.line - smaller), s.face), colour, space)
            for t, s, colour, space in parts
        ]
        laid = [(wrap((Run(t, s.face),), s.size, room), s, colour, space) for t, s, colour, space in shrunk]
        tall = sum(len(lines) * s.line + space for lines, s, _, space in laid)
        if tall <= room_y:
            break
    rect = Rect(at.x, at.y, at.w, max(at.h, side + 2 * pad if not draft.small else side + 24, tall + 2 * min(pad, 20)))
    draft.card(rect)
    blocks.code(draft, block.code, Rect(rect.right - pad - side, rect.mid_y - side // 2, side, side))
    y = rect.mid_y - tall // 2
    for lines, s, colour, space in laid:
        y += space
        draft.put(lay(lines, s, colour, Rect(at.x + pad, y, room, 0)))
        y += len(lines) * s.line
    return rect.bottom


def _steps(draft: Draft, block: Steps, at: Rect) -> None:
    """Numbered sentences below their title; smaller and closer where there is little room."""
    title = draft.type.title if not draft.small else Style(32, 38, theme.SEMIBOLD)
    for shrink in range(8):
        before = len(draft.body)
        y = at.y
        if shrink < 5:
            y = draft.say(block.title, title, "text", at) + (28, 18, 12, 8, 6)[shrink]
        size = max(26, draft.type.body.size - 3 * shrink)
        body = Style(size, size + (12, 10, 8, 8, 6, 6, 5, 5)[shrink])
        side = max(36, draft.icon(64) - 7 * shrink)
        number = Style(max(26, side // 2), max(32, side // 2 + 6), theme.SEMIBOLD)
        for place, sentence in enumerate(block.sentences, 1):
            room = at.w - side - 28
            lines = wrap((Run(sentence, body.face),), body.size, room)
            tall = max(side, len(lines) * body.line)
            spot = Rect(at.x, y + (tall - side) // 2, side, side)
            draft.add(Box(spot, "action", side // 2))
            digit = wrap((Run(str(place), number.face),), number.size, side)
            draft.put(lay(digit, number, "on-action", Rect(spot.x, spot.mid_y - number.line // 2, side, 0), "centre"))
            draft.put(
                lay(lines, body, "text", Rect(spot.right + 28, y + (tall - len(lines) * body.line) // 2, room, 0))
            )
            y += tall + (24, 16, 12, 8, 6, 4, 4, 4)[shrink]
        if y <= at.bottom or shrink == 7:
            return
        del draft.body[before:]
