"""How each block of a page is drawn: its shapes from a given place downwards, and how far down it reaches.

Longer than most modules because it is a catalogue: one function a block, none of which needs another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.icons import Icon
from screens.pages import Dot, KeyState, Tone
from screens.views import codes, theme
from screens.views.keys import colours_of, fitted, row_key, tag, target
from screens.views.scene import Box, Dots, KeyColours, Matrix, Picture, Rect, Shape, Target
from screens.views.text import Line, Run, icon, lay, paragraph, wrap
from screens.views.theme import Style

if TYPE_CHECKING:
    from screens.pages import (
        Banner,
        Facts,
        Heading,
        LanguageKey,
        Note,
        Option,
        PlaceRow,
        Steps,
        TakeAway,
        Timeline,
        Turn,
        Waiting,
    )
    from screens.views.draft import Draft

_TONE = {Tone.INFO: "info", Tone.OK: "ok", Tone.WARN: "warn", Tone.BAD: "bad"}


def heading(draft: Draft, block: Heading, at: Rect) -> int:
    """The one heading and its explanation."""
    y = at.y
    if block.over:
        y = draft.say(block.over, draft.type.small, "muted", at) + 8
    style = fitted(block.words, draft.type.heading, at.w, 4)
    y = draft.say(block.words, style, "text", Rect(at.x, y, at.w, 0))
    if block.body:
        y = draft.say(block.body, draft.type.body, "text", Rect(at.x, y + 16, at.w, 0))
    return y


def tone_of(block: Note) -> str:
    """The token of what a note means."""
    return _TONE.get(block.tone, "muted")


def _sentence(block: Note, style: Style, width: int) -> tuple[tuple[Run, ...], ...]:
    """A note's paragraphs: the strong part above, unless running on saves a line."""
    strong, plain = Run(block.strong, theme.MEDIUM), Run(block.words, style.face)
    if not block.strong or not block.words:
        return ((strong,) if block.strong else (plain,),)
    together = (Run(block.strong + " ", theme.MEDIUM), plain)
    apart = len(wrap((strong,), style.size, width)) + len(wrap((plain,), style.size, width))
    lines = len(wrap(together, style.size, width))
    return (together,) if lines == 1 or lines < apart - (apart == 2) else ((strong,), (plain,))


def note(draft: Draft, block: Note, at: Rect, *, padding: int = 24, least: int = 0) -> int:
    """A coloured box with a filled icon and a sentence."""
    style = draft.type.small
    size = draft.icon(44)
    left, gap = (28, 24) if not draft.small else (20, 16)
    width = at.w - left - size - gap - left
    lines = tuple(line for runs in _sentence(block, style, width) for line in wrap(runs, style.size, width))
    height = max(size, len(lines) * style.line) + 2 * padding
    if len(lines) == 2 and not draft.large:
        height = 2 * style.line + 2 * (padding - 6)
    height = max(height, least)
    rect = Rect(at.x, at.y, at.w, height)
    tone = _TONE.get(block.tone, "")
    if draft.high_contrast:
        draft.card(rect, radius=16)
    else:
        draft.add(Box(rect, f"{tone}-bg" if tone else "sunken", 16))
    spot = Rect(rect.x + left, rect.y, size, rect.h)
    draft.add(icon(block.icon.value, size, tone or "muted", spot, filled=True))
    words = Rect(spot.right + gap, rect.mid_y - len(lines) * style.line // 2, width, len(lines) * style.line)
    draft.put(lay(lines, style, "text", words))
    return rect.bottom


def flat_note(draft: Draft, block: Note, at: Rect) -> int:
    """A note without a box, as the privacy sentence of a result."""
    style = draft.type.small
    if draft.tight and not draft.large:
        style = Style(28, 34)
    size = draft.icon(44)
    lines = tuple(
        line for runs in _sentence(block, style, at.w - size - 20) for line in wrap(runs, style.size, at.w - size - 20)
    )
    height = max(size, len(lines) * style.line)
    tone = _TONE.get(block.tone, "ok")
    draft.add(icon(block.icon.value, size, tone, Rect(at.x, at.y, size, height), filled=True))
    words = Rect(at.x + size + 20, at.y + (height - len(lines) * style.line) // 2, at.w - size - 20, 0)
    draft.put(lay(lines, style, "text", words))
    return at.y + height


def banner(draft: Draft, block: Banner, at: Rect, height: int = 0) -> int:
    """The answer: solid green when done, else outlined."""
    solid = block.tone is Tone.OK
    ink = "on-solid" if solid else "text"
    if draft.large or draft.small:
        return _narrow_banner(draft, block, at, solid=solid, ink=ink)
    size = 144 if not draft.landscape else 124
    left = 40 + size + 36 if not draft.landscape else 40 + size + 46
    words = Rect(at.x + left, 0, at.w - left - 36, 0)
    over, title, body = Style(28, 36, theme.MEDIUM), draft.type.heading, draft.type.body
    if draft.landscape:
        title = Style(60, 66, theme.SEMIBOLD)
    if draft.tight:
        title = fitted(block.words, title, words_room(draft, at), 1) if draft.tight > 1 else title
        title = Style(max(46, title.size), max(52, title.line), theme.SEMIBOLD)
        body = Style(32, 40)
    parts = [
        (block.over, over, 0),
        (block.words, title, 4 if block.over else 0),
        (block.sentence, body, 8 if not draft.landscape else 0),
    ]
    laid = [(wrap((Run(text, style.face),), style.size, words.w), style, space) for text, style, space in parts if text]
    tall = sum(len(lines) * style.line + space for lines, style, space in laid)
    rect = Rect(at.x, at.y, at.w, max(height if not draft.tight else 0, tall + (64, 48, 36, 28)[draft.tight]))
    if solid:
        draft.add(Box(rect, "ok-solid", 20))
    else:
        draft.card(rect, line="text", width=4)
    spot = Rect(rect.x + 40, rect.mid_y - size // 2, size, size)
    draft.add(icon(_sign(block), size, ink if solid else _TONE.get(block.tone, "info"), spot, filled=True))
    y = rect.y + (rect.h - tall) // 2
    for lines, style, space in laid:
        y += space
        draft.put(lay(lines, style, ink, Rect(words.x, y, words.w, 0)))
        y += len(lines) * style.line
    return rect.bottom


def words_room(draft: Draft, at: Rect) -> int:
    """How wide the words of a banner may be."""
    return at.w - (220 if not draft.landscape else 210) - 36


def _sign(block: Banner) -> str:
    """The pictogram of a banner: a tick stands in a disc."""
    return (Icon.CHECK_CIRCLE if block.icon is Icon.CHECK else block.icon).value


def _narrow_banner(draft: Draft, block: Banner, at: Rect, *, solid: bool, ink: str) -> int:
    size = 124 if draft.portrait else 80
    side = 40 if not draft.small else 24
    gap = 28 if not draft.small else 16
    title = draft.type.heading if not draft.small or draft.large else Style(40, 46, theme.SEMIBOLD)
    if draft.small and draft.large:
        title = Style(52, 58, theme.SEMIBOLD) if draft.tight < 2 else Style(44, 50, theme.SEMIBOLD)
    body = draft.type.body
    first = wrap((Run(block.words, title.face),), title.size, at.w - 2 * side - size - gap)
    second = wrap((Run(block.sentence, body.face),), body.size, at.w - 2 * side) if block.sentence else ()
    top = max(size, len(first) * title.line)
    pad = (32, 24, 18, 12)[draft.tight] if draft.small else (32, 28, 24, 20)[draft.tight]
    height = pad + top + (pad // 2 + len(second) * body.line if second else 0) + pad
    rect = Rect(at.x, at.y, at.w, height)
    if solid:
        draft.add(Box(rect, "ok-solid", 20))
    else:
        draft.card(rect, line="text", width=4)
    spot = Rect(rect.x + side, rect.y + pad, size, top)
    draft.add(icon(_sign(block), size, ink if solid else _TONE.get(block.tone, "info"), spot, filled=True))
    y = rect.y + pad + (top - len(first) * title.line) // 2
    draft.put(lay(first, title, ink, Rect(spot.right + gap, y, rect.right - side - spot.right - gap, 0)))
    draft.put(lay(second, body, ink, Rect(rect.x + side, rect.y + pad + top + pad // 2, at.w - 2 * side, 0)))
    return rect.bottom


def timeline(draft: Draft, block: Timeline, at: Rect, height: int = 0) -> int:
    """Where something is: dots joined by a line, done, current and to come."""
    dot = draft.icon(64) if draft.portrait else 64 if draft.landscape else 56 - 4 * draft.tight
    if draft.landscape and draft.large:
        dot = 64 - 4 * draft.tight
    pitch = 104 if not draft.large else 136
    if draft.landscape:
        pitch = 106
    label = draft.type.label if not draft.small else Style(30, 36, theme.SEMIBOLD)
    if draft.portrait and not draft.large:
        label = Style(32, 38, theme.SEMIBOLD)
    if draft.landscape:
        label = Style(32, 38, theme.SEMIBOLD)
    when = draft.type.small
    inside = 24 if draft.small else 42 if draft.large else 38
    top = at.y + (
        20 - 3 * draft.tight if draft.small else 38 if draft.large and draft.portrait else 34 - 4 * draft.tight
    )
    title = draft.type.title if not draft.small or draft.large else Style(36, 42, theme.SEMIBOLD)
    first = (
        top
        + title.line
        + (16 - 2 * draft.tight if draft.small else 40 if draft.large and draft.portrait else 28 - 5 * draft.tight)
    )
    pitch = max(pitch - (0, 8, 14, 22)[draft.tight], dot + 14) if not draft.small else dot + 28 - 6 * draft.tight
    if draft.landscape and draft.large:
        pitch = dot + 20 - 4 * draft.tight
    x = at.x + inside
    text_x = x + dot + (20 if draft.small else 32 if draft.large else 24)
    room = at.right - 16 - text_x
    tops, wrapped = [first], []
    for row in block.rows:
        style = label if row.dot is not Dot.LATER else label.cut(theme.REGULAR)
        wrapped.append(wrap((Run(row.words, style.face),), style.size, room))
        tall = len(wrapped[-1]) * label.line + (when.line - 4 if row.when else 0)
        tops.append(tops[-1] + max(pitch, tall + (14, 10, 6, 4)[draft.tight]))
    below = (58 if draft.large and draft.portrait else 24, 20, 14, 6)[draft.tight]
    rect = Rect(at.x, at.y, at.w, max(height, tops[-2] + dot + below - at.y))
    draft.card(rect)
    draft.say(block.title, title, "text", Rect(x, top, rect.w - 2 * inside, 0))
    for number, row in enumerate(block.rows):
        spot = Rect(x, tops[number], dot, dot)
        if number + 1 < len(block.rows):
            follows = block.rows[number + 1].dot
            token = "ok-solid" if row.dot is Dot.DONE and follows is not Dot.STOPPED else "track"
            draft.add(Box(Rect(spot.mid_x - 3, spot.bottom, 6, tops[number + 1] - spot.bottom), token))
        _dot(draft, row.dot, block.icon, spot)
        reached = row.dot is not Dot.LATER
        style = label if reached else label.cut(theme.REGULAR)
        lines = wrapped[number]
        tall = len(lines) * style.line + (when.line - 4 if row.when else 0)
        y = spot.mid_y - tall // 2 + (3 if row.dot is Dot.NOW else 5)
        draft.put(lay(lines, style, "text" if reached else "muted", Rect(text_x, y, room, 0)))
        if row.when:
            spoken = Rect(text_x, y + len(lines) * style.line - 3, room, 0)
            draft.say(row.when, when, "muted", spoken)
    return rect.bottom


def _dot(draft: Draft, dot: Dot, sign: Icon, spot: Rect) -> None:
    radius = spot.w // 2
    inner = spot.inset(max(6, draft.icon(6)))
    match dot:
        case Dot.DONE:
            draft.add(Box(spot, "ok-solid", radius))
            draft.add(icon(Icon.CHECK.value, spot.w * 5 // 8, "on-solid", spot))
        case Dot.NOW:
            draft.add(Box(spot, "text" if not draft.high_contrast else "on-chrome", radius))
            draft.add(Box(inner, "glow", inner.w // 2))
            draft.add(icon(sign.value, spot.w * 9 // 16, "chrome-on-text", spot, filled=True))
        case Dot.LATER:
            thin = spot.inset(4)
            draft.add(Box(spot, "line", radius), Box(thin, "surface", thin.w // 2))
        case Dot.STOPPED:
            draft.add(Box(spot, "bad-solid", radius))
            draft.add(icon(Icon.CLOSE.value, spot.w * 5 // 8, "on-solid", spot))


def facts(draft: Draft, block: Facts, at: Rect, height: int = 0) -> int:
    """A card with a title and a chip and sentence per fact."""
    inside = 38 if not draft.small else 24
    side = (draft.icon(72), 64, 60, 56)[draft.tight] if not draft.small else 56
    title, body = draft.type.title, draft.type.body
    if draft.small and not draft.large:
        title, body = Style(36, 42, theme.SEMIBOLD), Style(30, 38)
    top = at.y + (34, 28, 22, 18)[draft.tight]
    y = top + title.line + (24, 18, 14, 10)[draft.tight]
    gap = (20, 14, 10, 6)[draft.tight]
    placed: list[tuple[Rect, int]] = []
    room = at.w - 2 * inside - side - 24
    for row in block.rows:
        lines = _with_strong(row.words, row.strong, body, room)
        tall = max(side, len(lines) * body.line)
        placed.append((Rect(at.x + inside, y, side, tall), len(lines)))
        y += tall + gap
    rect = Rect(at.x, at.y, at.w, max(height, y - gap + (30, 24, 20, 16)[draft.tight] - at.y))
    draft.card(rect)
    draft.say(block.title, title, "text", Rect(at.x + inside, top, at.w - 2 * inside, 0))
    for row, (spot, count) in zip(block.rows, placed, strict=True):
        chip = Rect(spot.x, spot.y + (spot.h - side) // 2, side, side)
        draft.chip(chip, "c-doc-bg")
        draft.add(icon(row.icon.value, round(side * 2 / 3), "c-doc", chip, filled=True))
        lines = _with_strong(row.words, row.strong, body, room)
        words = Rect(spot.right + 24, spot.mid_y - count * body.line // 2, room, 0)
        draft.put(lay(lines, body, "text", words))
    return rect.bottom


def _with_strong(words: str, strong: str, style: Style, width: int) -> tuple[Line, ...]:
    before, found, after = words.partition(strong) if strong else (words, "", "")
    runs = (Run(before, style.face), Run(found, theme.SEMIBOLD), Run(after, style.face))
    return wrap(tuple(run for run in runs if run.text), style.size, width)


def code(draft: Draft, text: str, frame: Rect) -> None:
    """A QR block: white with two pixels of line, the code in the middle."""
    draft.add(Box(frame, "card-line", 12), Box(frame.inset(2), "#FFFFFF", 10), Matrix(codes.symbol(text, frame), text))


def take_away(draft: Draft, block: TakeAway, at: Rect, height: int = 0, *, key_elsewhere: bool = False) -> int:
    """A card with the QR code for the phone, and a key to print; upright or, on low cards, side by side."""
    if draft.landscape or draft.large or draft.small:
        return _wide_take_away(draft, block, at, height, key_elsewhere=key_elsewhere)
    inside, title = 34, draft.type.title
    words, style, room = block.state or block.caption, Style(28, 34), at.w - 68
    lines = wrap((Run(words, style.face),), style.size, room)
    least = codes.frame_side(block.code)
    square = Rect(
        at.x + inside,
        at.y + (106, 106, 94, 90)[draft.tight],
        max(268, least),
        max(least, 252 if len(lines) > 1 else (280, 272, 252, 252)[draft.tight]),
    )
    gap = 10 if len(lines) > 1 else (26, 18, 10, 8)[draft.tight]
    below = (34, 28, 22, 22)[draft.tight]
    needed = square.bottom + gap + len(lines) * style.line - at.y + below
    keyed = block.key is not None and not key_elsewhere
    if keyed:
        needed += 112 + 14
    rect = Rect(at.x, at.y, at.w, max(height, needed))
    draft.card(rect)
    draft.say(block.title, title, "text", Rect(at.x + inside, at.y + 34, room, 0))
    code(draft, block.code, square)
    draft.put(lay(lines, style, "text", Rect(at.x + inside, square.bottom + gap, room, 0)))
    if keyed and block.key:
        draft.add(row_key(draft, block.key, Rect(at.x + inside, rect.bottom - below - 112, room, 112)))
    return rect.bottom


def _wide_take_away(draft: Draft, block: TakeAway, at: Rect, height: int, *, key_elsewhere: bool) -> int:
    inside = 38 if not draft.small else 24
    title = draft.type.title if not draft.small or draft.large else Style(36, 42, theme.SEMIBOLD)
    words, style = block.state or block.caption, draft.type.small
    side = max(codes.frame_side(block.code) + 8, 244 if draft.landscape else 268)
    pad = (30, 26, 20, 16)[draft.tight]
    top = at.y + pad + title.line + ((24, 20, 14, 10)[draft.tight] if not draft.small else 16)
    room = Rect(at.x + inside + side + 28, top - 2, at.w - 2 * inside - side - 28, 0)
    if room.w < 200:
        style = Style(28, 34)
    lines = wrap((Run(words, style.face),), style.size, room.w)
    reach = max(side, len(lines) * style.line)
    if _state_below(draft, len(lines)):
        room = Rect(at.x + inside, top + side + 8, at.w - 2 * inside, 0)
        style = Style(28, 34) if not draft.large else style
        lines = wrap((Run(words, style.face),), style.size, room.w)
        reach = side + 8 + len(lines) * style.line
    keyed = block.key is not None and not key_elsewhere
    tall = (132 if draft.large else 112) if draft.portrait else 104
    needed = top + reach - at.y + (28, 24, 20, 14)[draft.tight] + (tall + draft.panel.edge + 24 if keyed else 0)
    rect = Rect(at.x, at.y, at.w, max(height, needed))
    draft.card(rect)
    draft.say(block.title, title, "text", Rect(at.x + inside, at.y + pad, at.w - 2 * inside, 0))
    code(draft, block.code, Rect(at.x + inside, top, side, side))
    draft.put(lay(lines, style, "text", room))
    if keyed and block.key:
        spot = Rect(at.x + inside, rect.bottom - 24 - draft.panel.edge - tall, at.w - 2 * inside, tall)
        draft.add(row_key(draft, block.key, spot))
    return rect.bottom


def _state_below(draft: Draft, lines: int) -> bool:
    """Whether a long sentence lies below the code instead of beside it."""
    return draft.landscape and lines > 3


def beside_code(draft: Draft, block: TakeAway, at: Rect) -> Rect:
    """The room beside the code, below the words there."""
    side = max(codes.frame_side(block.code) + 8, 244)
    room = at.w - 76 - side - 28
    style = Style(28, 34)
    lines = wrap((Run(block.state or block.caption, style.face),), style.size, room)
    taken = 0 if _state_below(draft, len(lines)) else len(lines) * style.line + 16
    pad = (30, 26, 20, 16)[draft.tight] + (24, 20, 14, 10)[draft.tight]
    return Rect(at.x + 38 + side + 28, at.y + pad + draft.type.title.line + taken, room, 0)


def option(draft: Draft, block: Option, rect: Rect) -> None:
    """A large key with picture, title, sentence and chevron."""
    style, body = draft.type.title, draft.type.body
    ink, soft = ("text", "text") if block.available else ("muted", "muted")
    content: list[Shape] = []
    left = rect.x + 30
    roomy = rect.w >= 800 or (draft.landscape and rect.w >= 700)
    if block.art and roomy:
        tall = min(208, rect.h - 24)  # with the largest text, three keys are lower than their pictures
        frame = Rect(left, rect.mid_y - tall // 2, 272, tall)
        content.extend(_option_art(draft, block, frame))
        left = frame.right + 36
    elif not roomy:
        left = rect.x + 24
    chevron = Rect(rect.right - 39 - 64, rect.y, 64, rect.h)
    show_chevron = block.available and rect.w >= 600
    room = (chevron.x - 36 if show_chevron else rect.right - 24) - left
    parts: list[tuple[str, Style, str]] = [(block.key.words, style, ink), (block.sentence, body, soft)]
    if not roomy:
        parts = [(block.key.words, draft.type.tile, ink), (block.sentence, draft.type.small, soft)]
    parts[0] = (block.key.words, fitted(block.key.words, parts[0][1], room, 2), ink)
    laid = [(wrap((Run(text, s.face),), s.size, room), s, colour) for text, s, colour in parts if text]
    tall = sum(len(lines) * s.line for lines, s, _ in laid) + (8 if len(laid) > 1 else 0)
    while tall > rect.h - 24 and len(laid) > 1:
        laid.pop()
        tall = sum(len(lines) * s.line for lines, s, _ in laid)
    has_tag = bool(block.tag) and roomy and tall + 66 <= rect.h - 24
    y = rect.y + (rect.h - tall - (66 if has_tag else 0)) // 2
    for lines, s, colour in laid:
        content.extend(lay(lines, s, colour, Rect(left, y, room, 0)))
        y += len(lines) * s.line + 8
    if has_tag:
        shapes, _ = tag(draft, block.tag, block.tag_icon, "ok" if block.available else "warn", Rect(left, y + 7, 0, 0))
        content.extend(shapes)
    if show_chevron:
        content.append(icon(Icon.CHEVRON_RIGHT.value, draft.icon(64), "action", chevron))
    draft.add(_choice(draft, block, rect, content))


def _option_art(draft: Draft, block: Option, frame: Rect) -> list[Shape]:
    sizes = {"letter-qr": (164, 189), "number": (232, 169), "eid-card": (232, 147), "truck": (232, 111)}
    width, height = sizes.get(block.art, (232, 169))
    if height > frame.h - 8:
        width, height = width * (frame.h - 8) // height, frame.h - 8
    family = draft.page.step_header.family.value if draft.page.step_header is not None else "doc"
    ground = f"c-{family}-bg"
    shapes: list[Shape] = [] if draft.high_contrast else [Box(frame, ground if block.available else "sunken", 12)]
    shapes.append(Picture(frame.centred(width, height), f"{block.art}-option"))
    return shapes


def _choice(draft: Draft, block: Option, rect: Rect, content: list[Shape]) -> Target:
    if block.available:
        return target(draft, block.key, rect, content)
    dashed = KeyColours("page", "sunken", "line", "", 2, dashed=True)
    return Target(block.key.name, block.key.act, rect, dashed, draft.panel.edge, 16, tuple(content))


def option_height(draft: Draft, block: Option, width: int) -> int:
    """How high the key for an option wants to be."""
    room = width - 30 - 308 - 118 if width >= 800 and block.art else width - 160
    style, body = draft.type.title, draft.type.body
    tall = len(wrap((Run(block.key.words, style.face),), style.size, room)) * style.line + 4
    if block.sentence:
        tall += len(wrap((Run(block.sentence, body.face),), body.size, room)) * body.line
    if block.tag:
        tall += 60
    return max(264 if not block.tag else 280, tall + 48)


def language_key(draft: Draft, block: LanguageKey, rect: Rect) -> None:
    """A language in its own words with the line that invites to begin."""
    _, ink = colours_of(draft, block.key)
    style, line = Style(36, 40, theme.SEMIBOLD), Style(26, 32)
    if rect.h >= 170 or (draft.large and rect.h >= 120):
        style, line = Style(56, 64, theme.SEMIBOLD), Style(36, 46)
    if draft.small and rect.w < 400:
        style, line = fitted(block.key.words, Style(36, 40, theme.SEMIBOLD), rect.w - 132), Style(26, 32)
    on = block.key.state is KeyState.ON
    sign = Icon.CHECK if on else block.key.icon or Icon.ARROW_FORWARD
    text_from = rect.x + 28 + draft.key_line
    room = rect.w - 30 - 48 - 30 - 24
    words = wrap((Run(block.key.words, style.face),), style.size, room)
    content: list[Shape] = []
    wrapped = len(wrap((Run(block.line, line.face),), line.size, room)) if block.line else 0
    line_fits = style.line + wrapped * line.line <= rect.h - 12
    tall = style.line + (wrapped * line.line if line_fits else 0)
    y = rect.y + (rect.h - tall) // 2
    align = "right" if block.rtl else "left"
    if block.rtl:
        text_from = rect.right - 28 - draft.key_line - room
        if sign is Icon.ARROW_FORWARD:
            sign = Icon.ARROW_BACK
    content.extend(lay(words[:1], style, ink, Rect(text_from, y, room, 0), align))
    if block.line and line_fits:
        below, _ = paragraph(block.line, line, "muted", Rect(text_from, y + style.line, room, 0), align)
        content.extend(below)
    spot = Rect(rect.x + 30 if block.rtl else rect.right - 30 - 48, rect.y, 48, rect.h)
    content.append(icon(sign.value, 48, "action", spot))
    draft.add(target(draft, block.key, rect, content))


def place(draft: Draft, row: PlaceRow, at: Rect, *, height: int, outlined: bool) -> int:
    """Somewhere else to go: a chip, a name and a line; or a QR code in place of the chip."""
    side = 96 if not draft.small else 72
    indent = 238 if row.code else side + (60 if not draft.small else 44)
    name = Style(36, 44, theme.MEDIUM) if not draft.large else draft.type.label
    if draft.small and not draft.large:
        name = Style(30, 36, theme.MEDIUM)
    line, room = draft.type.small, at.w - 24 - indent
    first = wrap((Run(row.words, name.face),), name.size, room)
    second = wrap((Run(row.line, line.face),), line.size, room) if row.line else ()
    tall = len(first) * name.line + len(second) * line.line + 4
    rect = Rect(at.x, at.y, at.w, max(height, 232 if row.code else 0, tall + 28))
    if outlined or draft.high_contrast:
        draft.card(rect)
    else:
        draft.add(Box(rect, "surface", 20))
    if row.code:
        square = Rect(rect.x + 6, rect.mid_y - 110, 208, 208)
        if outlined or draft.high_contrast:
            draft.add(Box(square.inset(8), "#FFFFFF", 8))
        draft.add(Matrix(codes.symbol(row.code, square, 157), row.code))
    else:
        chip = Rect(rect.x + (32 if not draft.small else 20), rect.mid_y - side // 2, side, side)
        draft.chip(chip, "c-doc-bg")
        draft.add(icon(row.icon.value, side * 6 // 10, "c-doc", chip, filled=True))
    left, y = rect.x + indent, rect.mid_y - tall // 2
    draft.put(lay(first, name, "text", Rect(left, y, room, 0)))
    draft.put(lay(second, line, "muted", Rect(left, y + len(first) * name.line + 4, room, 0)))
    return rect.bottom


def steps(draft: Draft, block: Steps, at: Rect) -> int:
    """One to three numbered sentences."""
    y = at.y
    side, body = draft.icon(64), draft.type.body
    number_style = Style(draft.icon(32), draft.icon(40), theme.SEMIBOLD)
    room = at.w - side - 28
    for number, sentence in enumerate(block.sentences, 1):
        lines = wrap((Run(sentence, body.face),), body.size, room)
        tall = max(side, len(lines) * body.line)
        spot = Rect(at.x, y + (tall - side) // 2, side, side)
        draft.add(Box(spot, "action", side // 2))
        digit = wrap((Run(str(number), number_style.face),), number_style.size, side)
        draft.put(
            lay(digit, number_style, "on-action", Rect(spot.x, spot.mid_y - number_style.line // 2, side, 0), "centre")
        )
        draft.put(lay(lines, body, "text", Rect(spot.right + 28, y + (tall - len(lines) * body.line) // 2, room, 0)))
        y += tall + 24
    return y - 24


def waiting(draft: Draft, block: Waiting, at: Rect, height: int = 128) -> int:
    """Three dots and a sentence in a flat card."""
    rect = Rect(at.x, at.y, at.w, max(height, draft.type.label.line * 2 + 32 if draft.large else height))
    draft.card(rect)
    style = Style(36, 44, theme.MEDIUM) if not draft.large else draft.type.label
    dots = Rect(rect.right - 36 - 68, rect.mid_y - 8, 68, 16)
    lead = 38
    if block.icon is not None:
        side = 56 if not draft.small else 48
        disc = Rect(rect.x + 36 if not draft.small else rect.x + 20, rect.mid_y - side // 2, side, side)
        draft.add(Box(disc, "action", side // 2))
        draft.add(icon(block.icon.value, side * 5 // 8, "on-action", disc))
        lead = disc.right - rect.x + (32 if not draft.small else 20)
    room = Rect(rect.x + lead, rect.y, dots.x - rect.x - lead - 24, rect.h)
    lines = wrap((Run(block.words, style.face),), style.size, room.w)
    draft.put(lay(lines, style, "text", Rect(room.x, rect.mid_y - len(lines) * style.line // 2, room.w, 0)))
    draft.add(Dots(dots, "action"))
    return rect.bottom


def turn(draft: Draft, block: Turn, at: Rect, height: int = 0) -> int:
    """The wide key that leads to another part of the page."""
    height = height or (152 if draft.portrait else 112 if not draft.tight else 104 - 2 * draft.tight)
    rect = Rect(at.x, at.y, at.w, height)
    style, small = draft.type.label if draft.large else draft.type.tile, draft.type.small
    style = Style(50, 56, theme.SEMIBOLD) if draft.large and draft.portrait else style
    sign = block.key.icon or Icon.EXPAND_MORE
    spot = Rect(rect.x + (52 if draft.portrait else 20), rect.y, draft.icon(48), rect.h)
    content: list[Shape] = [icon(sign.value, draft.icon(48), "action", spot)]
    counting = wrap((Run(block.counting, small.face),), small.size, 10_000)
    end = counting[0].width if counting else 0
    left = spot.right + (32 if draft.portrait else 16)
    room = rect.right - 42 - end - 16 - left
    words = wrap((Run(block.key.words, style.face),), style.size, room)
    content.extend(lay(words, style, "text", Rect(left, rect.mid_y - len(words) * style.line // 2, room, 0)))
    shown = Rect(rect.x, rect.mid_y - small.line // 2, rect.w - 42, 0)
    content.extend(lay(counting, small, "muted", shown, "right"))
    draft.add(target(draft, block.key, rect, content))
    return rect.bottom
