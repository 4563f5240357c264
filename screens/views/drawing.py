"""From shapes to Kivy's canvas: each shape becomes one group of instructions, kept as long as the shape is shown.

Corners are smoothed by small textures drawn once per radius, so that no multisampling is needed (README of the design
board, section 7); text is drawn once per line into a texture of its own. Longer than most modules because it is the one
place that knows Kivy's instructions: one class or case a shape.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from kivy.core.image import Image as CoreImage
from kivy.graphics import (
    BorderImage,
    ClearBuffers,
    ClearColor,
    Color,
    InstructionGroup,
    Mesh,
    PopMatrix,
    PushMatrix,
    Rectangle,
    Translate,
)
from kivy.graphics.texture import Texture

from screens.assets import picture
from screens.views import text as letters
from screens.views.codes import modules
from screens.views.scene import (
    Arc,
    Box,
    Cycle,
    Dashed,
    Dots,
    Drift,
    Item,
    Live,
    Matrix,
    Picture,
    Rect,
    Shape,
    Target,
    Words,
)
from screens.views.theme import colour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screens.look import Colours
    from screens.stage import Sighting

Kivy = Any
"""An object of Kivy, which has no types."""

PRESS_DOWN: Final = 6
"""Pixels a face moves down onto its edge."""


def _place(rect: Rect, height: int) -> dict[str, tuple[int, int]]:
    return {"pos": (rect.x, height - rect.bottom), "size": (rect.w, rect.h)}


def _alpha_texture(width: int, height: int, alphas: bytes) -> Kivy:
    texture = Texture.create(size=(width, height), colorfmt="rgba")
    pixels = bytearray(b"\xff" * (4 * width * height))
    pixels[3::4] = alphas
    texture.blit_buffer(bytes(pixels), colorfmt="rgba", bufferfmt="ubyte")
    return texture


@lru_cache(maxsize=64)
def _corners(radius: int) -> Kivy:
    """A disc of that radius, cut by two pixels in the middle: the corners of any box."""
    side = 2 * radius + 2
    quarter = [
        [
            round(255 * min(1.0, max(0.0, radius + 0.5 - math.hypot(radius - x - 0.5, radius - y - 0.5))))
            for x in range(radius)
        ]
        for y in range(radius)
    ]
    rows = [bytes([*row, 255, 255, *reversed(row)]) for row in quarter]
    full = bytes([255] * side)
    return _alpha_texture(side, side, b"".join([*rows, full, full, *reversed(rows)]))


@lru_cache(maxsize=16)
def _stroke(width: int) -> Kivy:
    return _alpha_texture(width + 2, 1, bytes([0, *[255] * width, 0]))


def _rounded(rect: Rect, radius: int, height: int) -> Kivy:
    radius = min(radius, rect.w // 2, rect.h // 2)
    if radius <= 0:
        return Rectangle(**_place(rect, height))
    return BorderImage(texture=_corners(radius), border=(radius,) * 4, **_place(rect, height))


def _strip(points: Sequence[tuple[float, float]], width: int, height: int) -> Kivy:
    """A smooth line through `points`."""
    vertices: list[float] = []
    half = width / 2 + 1
    for i, (x, y) in enumerate(points):
        (x0, y0), (x1, y1) = points[max(0, i - 1)], points[min(len(points) - 1, i + 1)]
        length = math.hypot(x1 - x0, y1 - y0) or 1.0
        nx, ny = (y1 - y0) / length * half, -(x1 - x0) / length * half
        vertices += [x + nx, height - (y + ny), 0.0, 0.5, x - nx, height - (y - ny), 1.0, 0.5]
    indices = list(range(len(points) * 2))
    return Mesh(vertices=vertices, indices=indices, mode="triangle_strip", texture=_stroke(width))


def _arc_points(rect: Rect, sweep: float) -> list[tuple[float, float]]:
    cx, cy, r = rect.x + rect.w / 2, rect.y + rect.h / 2, rect.w / 2
    steps = max(2, round(sweep / 2))
    turns = (math.radians(sweep * i / steps) for i in range(steps + 1))
    return [(cx + r * math.sin(turn), cy - r * math.cos(turn)) for turn in turns]


def _outline_points(rect: Rect, radius: int) -> list[tuple[float, float]]:
    """The outline from the top left corner clockwise, a point every pixel or so."""
    points: list[tuple[float, float]] = []
    corners = [
        (rect.right - radius, rect.y + radius, 0),
        (rect.right - radius, rect.bottom - radius, 90),
        (rect.x + radius, rect.bottom - radius, 180),
        (rect.x + radius, rect.y + radius, 270),
    ]
    points.append((rect.x + radius, rect.y))
    for cx, cy, start in corners:
        for step in range(0, 91, 5):
            turn = math.radians(start + step)
            points.append((cx + radius * math.sin(turn), cy - radius * math.cos(turn)))
    points.append(points[0])
    return points


def _dashes(points: list[tuple[float, float]], drawn: float, left: float) -> list[list[tuple[float, float]]]:
    """Cut a path into dashes."""
    dashes: list[list[tuple[float, float]]] = [[points[0]]]
    rest, on = drawn, True
    for (x0, y0), (x1, y1) in pairwise(points):
        length, done = math.hypot(x1 - x0, y1 - y0), 0.0
        while length - done > rest:
            done += rest
            at = (x0 + (x1 - x0) * done / length, y0 + (y1 - y0) * done / length)
            if on:
                dashes[-1].append(at)
            else:
                dashes.append([at])
            on = not on
            rest = drawn if on else left
        rest -= length - done
        if on:
            dashes[-1].append((x1, y1))
    return [dash for dash in dashes if len(dash) > 1]


def outline(rect: Rect, radius: int, width: int, height: int) -> Kivy:
    """A smooth outline of `width` pixels whose middle runs along `rect`, on a panel of that height."""
    return _strip(_outline_points(rect, radius), width, height)


class Textures:
    """What was drawn once and is used again: the text of the page being drawn, the pictures on it."""

    def __init__(self) -> None:
        self._words: dict[tuple[str, str, int], Kivy] = {}
        self._pictures: dict[tuple[str, bool], Kivy] = {}

    def words(self, text: str, face: str, size: int) -> Kivy:
        """The texture of one line of text in white."""
        key = (text, face, size)
        texture = self._words.get(key)
        if texture is None:
            label = letters.label(text, face, size)
            label.text = text
            label.refresh()
            texture = label.texture
            texture.bind()  # draws now: a promised texture would keep the label and its words
        self._words[key] = texture
        return texture

    def picture(self, name: str, *, flipped: bool) -> Kivy:
        """The texture of an illustration."""
        key = (name, flipped)
        if key not in self._pictures:
            texture = CoreImage(str(picture(name)), nocache=True).texture
            if flipped:
                texture = texture.get_region(0, 0, *texture.size)
                texture.flip_horizontal()
            self._pictures[key] = texture
        return self._pictures[key]

    def forget_pictures(self, but: frozenset[tuple[str, bool]]) -> None:
        """Let go of the pictures not in use."""
        for key in self._pictures.keys() - but:
            del self._pictures[key]

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text of which a texture is kept."""
        return tuple(text for text, _, _ in self._words)

    def wipe(self) -> None:
        """Let go of every text."""
        self._words.clear()


def _qr_texture(text: str) -> Kivy:
    rows = modules(text)
    side = len(rows)
    texture = Texture.create(size=(side, side), colorfmt="rgba")
    texture.mag_filter = texture.min_filter = "nearest"
    dark, light = b"\x13\x15\x25\xff", b"\xff\xff\xff\xff"
    texture.blit_buffer(
        b"".join(dark if module else light for row in reversed(rows) for module in row),
        colorfmt="rgba",
        bufferfmt="ubyte",
    )
    return texture


class Drawn:
    """A shape on the canvas; `moving` tells whether `animate` changes anything."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.group: Kivy = InstructionGroup()
        self.moving = False

    def animate(self, since: float) -> None:
        """Show the state `since` seconds after the page came."""


class DrawnTarget(Drawn):
    """A key: its face moves down when pressed."""

    def __init__(self, item: Target, pen: Pen) -> None:
        super().__init__(item)
        self.target = item
        colours, rect = item.colours, item.rect
        add = self.group.add
        if colours.edge:
            add(Color(*pen.rgba(colours.edge)))
            add(_rounded(rect.moved(dy=item.edge), item.radius, pen.height))
        add(PushMatrix())
        self._shift = Translate(0, 0, 0)
        add(self._shift)
        self._normal, self._pressed = pen.rgba(colours.face), pen.rgba(colours.pressed)
        self._face = Color(*self._normal)
        if colours.dashed:
            add(self._face)
            add(_rounded(rect, item.radius, pen.height))
            add(pen.draw(Dashed(rect, colours.line, colours.line_width, item.radius)).group)
        elif colours.line_width and colours.line != colours.face:
            add(Color(*pen.rgba(colours.line)))
            add(_rounded(rect, item.radius, pen.height))
            add(self._face)
            inside = rect.inset(colours.line_width)
            add(_rounded(inside, max(0, item.radius - colours.line_width), pen.height))
        else:
            add(self._face)
            add(_rounded(rect, item.radius, pen.height))
        for shape in item.content:
            add(pen.draw(shape).group)
        add(PopMatrix())
        self._reach = -PRESS_DOWN * (item.edge / 8) if colours.edge else 0.0

    def press(self, depth: float) -> None:
        """Draw it pressed down by `depth`, 0 to 1."""
        self._shift.y = self._reach * depth
        self._face.rgba = self._pressed if depth > 0 else self._normal


class DrawnDots(Drawn):
    """Three dots of which one after the other is strong."""

    def __init__(self, item: Dots, pen: Pen) -> None:
        super().__init__(item)
        self.moving = True
        self._colours = []
        size = item.rect.h
        gap = (item.rect.w - 3 * size) // 2
        red, green, blue, _ = pen.rgba(item.colour)
        for number, alpha in enumerate((1.0, 0.55, 0.25)):
            tint = Color(red, green, blue, alpha)
            self._colours.append(tint)
            self.group.add(tint)
            rect = Rect(item.rect.x + number * (size + gap), item.rect.y, size, size)
            self.group.add(_rounded(rect, size // 2, pen.height))
        self._at = 0

    def animate(self, since: float) -> None:
        """1, .55, .25 go round in 1200 ms."""
        at = int(since / 0.4) % 3
        if at != self._at:
            self._at = at
            for number, tint in enumerate(self._colours):
                tint.a = (1.0, 0.55, 0.25)[(number - at) % 3]


class DrawnDrift(Drawn):
    """A cloud or a boat on its way."""

    def __init__(self, item: Drift, pen: Pen) -> None:
        super().__init__(item)
        self.moving = True
        self._item = item
        self._shift = Translate(0, 0, 0)
        for part in (PushMatrix(), self._shift, pen.draw(Picture(item.rect, item.name, item.flipped)).group):
            self.group.add(part)
        self.group.add(PopMatrix())

    def animate(self, since: float) -> None:
        """Once across in 40 s, whole pixels only."""
        item = self._item
        way = -1 if item.flipped else 1
        x = (item.rect.x + item.rect.w - item.offset + way * item.span * since / 40.0) % item.span
        shift = round(x) - item.rect.w + item.offset - item.rect.x
        if self._shift.x != shift:
            self._shift.x = shift


class DrawnCycle(Drawn):
    """A headline in one language after the other."""

    def __init__(self, item: Cycle, pen: Pen) -> None:
        super().__init__(item)
        self.moving = len(item.faces) > 1
        self._faces: list[list[Kivy]] = []
        for number, face in enumerate(item.faces):
            tints = []
            for words in face:
                group = pen.draw(words).group
                tint = group.children[0]
                tint.a = 1.0 if number == 0 else 0.0
                tints.append(tint)
                self.group.add(group)
            self._faces.append(tints)
        self._shown = (0, 1.0)

    def animate(self, since: float) -> None:
        """Six seconds each, 300 ms from one to the next."""
        turn, within = divmod(since, 6.0)
        at = int(turn) % len(self._faces)
        blend = min(1.0, round(within / 0.3, 2)) if turn else 1.0
        if (at, blend) == self._shown:
            return
        self._shown = (at, blend)
        for number, tints in enumerate(self._faces):
            alpha = blend if number == at else 1 - blend if number == (at - 1) % len(self._faces) else 0.0
            for tint in tints:
                tint.a = alpha


class DrawnLive(Drawn):
    """The camera's picture, the aiming frame and the hint that fits what is seen."""

    def __init__(self, item: Live, pen: Pen) -> None:
        super().__init__(item)
        self._item = item
        self._pen = pen
        self._texture: Kivy = None
        self._hint = ""
        self._picture: Kivy = InstructionGroup()
        self._corners: Kivy = InstructionGroup()
        self._words: Kivy = InstructionGroup()
        self.group.add(self._picture)
        self.group.add(self._frame())
        self.group.add(self._corners)
        self.group.add(self._words)
        self._say(item.waiting)

    def _frame(self) -> Kivy:
        group = InstructionGroup()
        group.add(Color(*self._pen.rgba(self._item.frame)))
        rect = self._item.rect
        side = min(rect.w, rect.h) * 7 // 10
        frame = rect.centred(side, side)
        arm = side // 5
        for corner_x, way_x in ((frame.x, 1), (frame.right, -1)):
            for corner_y, way_y in ((frame.y, 1), (frame.bottom, -1)):
                points = [
                    (corner_x + way_x * arm, float(corner_y)),
                    (float(corner_x + way_x * 24), float(corner_y)),
                    *[
                        (
                            corner_x + way_x * 24 * (1 - math.sin(math.radians(turn))),
                            corner_y + way_y * 24 * (1 - math.cos(math.radians(turn))),
                        )
                        for turn in range(10, 90, 10)
                    ],
                    (float(corner_x), float(corner_y + way_y * 24)),
                    (float(corner_x), corner_y + way_y * arm),
                ]
                group.add(_strip(points, 10, self._pen.height))
        return group

    def _say(self, words: tuple[Words, ...]) -> None:
        self._words.clear()
        for line in words:
            self._words.add(self._pen.draw(line).group)

    def show(self, sighting: Sighting) -> None:
        """Draw what the camera sees now; the canvas must be told to draw again."""
        size = (sighting.width, sighting.height)
        if self._texture is None or self._texture.size != size:
            self._texture = Texture.create(size=size, colorfmt="rgb")
            self._texture.flip_vertical()
            self._picture.clear()
            self._picture.add(Color(1, 1, 1, 1))
            place = _place(self._item.rect, self._pen.height)
            self._picture.add(Rectangle(texture=self._texture, tex_coords=self._window(size), **place))
        self._texture.blit_buffer(sighting.rgb, colorfmt="rgb", bufferfmt="ubyte")
        self._mark(sighting)
        if sighting.hint != self._hint:
            self._hint = sighting.hint
            self._say(dict(self._item.hints).get(sighting.hint, self._item.waiting))

    def _cut(self, size: tuple[int, int]) -> tuple[float, float, float]:
        """How the picture fills its place: scale, and the picture pixels left out at the left and top."""
        rect = self._item.rect
        scale = max(rect.w / size[0], rect.h / size[1])
        return scale, (size[0] - rect.w / scale) / 2, (size[1] - rect.h / scale) / 2

    def _window(self, size: tuple[int, int]) -> tuple[float, ...]:
        _, left, top = self._cut(size)
        u, v = left / size[0], top / size[1]
        return (u, 1 - v, 1 - u, 1 - v, 1 - u, v, u, v)

    def _mark(self, sighting: Sighting) -> None:
        self._corners.clear()
        if len(sighting.corners) < 3:
            return
        scale, left, top = self._cut((sighting.width, sighting.height))
        rect = self._item.rect
        points = [
            (
                min(rect.right - 4.0, max(rect.x + 4.0, rect.x + (x - left) * scale)),
                min(rect.bottom - 4.0, max(rect.y + 4.0, rect.y + (y - top) * scale)),
            )
            for x, y in sighting.corners
        ]
        self._corners.add(Color(*self._pen.rgba(self._item.found)))
        for start, end in zip(points, [*points[1:], points[0]], strict=True):
            self._corners.add(_strip([start, end], 8, self._pen.height))


class Pen:
    """Draws shapes in one theme on one panel; a whole number of pixels wide and high."""

    def __init__(self, theme: Colours, panel: tuple[int, int], textures: Textures) -> None:
        self._theme = theme
        self.width, self.height = panel
        self._textures = textures

    def rgba(self, token: str) -> tuple[float, float, float, float]:
        """The token's colour in this theme."""
        return colour(self._theme, token)

    def draw(self, item: Item) -> Drawn:
        """The shape as instructions."""
        match item:
            case Target():
                return DrawnTarget(item, self)
            case Dots():
                return DrawnDots(item, self)
            case Drift():
                return DrawnDrift(item, self)
            case Cycle():
                return DrawnCycle(item, self)
            case Live():
                return DrawnLive(item, self)
        drawn = Drawn(item)
        for part in self._parts(item):
            drawn.group.add(part)
        return drawn

    def _parts(self, shape: Shape) -> list[Kivy]:
        height = self.height
        match shape:
            case Words(rect=rect, text=text, face=face, size=size, colour=token):
                texture = self._textures.words(text, face, size)
                place = {"pos": (rect.x, height - rect.y - texture.height), "size": texture.size}
                return [Color(*self.rgba(token)), Rectangle(texture=texture, **place)]
            case Box(rect=rect, fill=fill) if rect == Rect(0, 0, self.width, height) and self.rgba(fill)[3] == 1:
                # Whatever was there goes: for the graphics half the work of blending a box over every pixel.
                return [ClearColor(*self.rgba(fill)), ClearBuffers()]
            case Box(rect=rect, fill=fill, radius=radius):
                return [Color(*self.rgba(fill)), _rounded(rect, radius, height)]
            case Picture(rect=rect, name=name, flipped=flipped):
                texture = self._textures.picture(name, flipped=flipped)
                return [Color(1, 1, 1, 1), Rectangle(texture=texture, **_place(rect, height))]
            case Matrix(rect=rect, text=text):
                return [Color(1, 1, 1, 1), Rectangle(texture=_qr_texture(text), **_place(rect, height))]
            case Dashed(rect=rect, line=line, width=width, radius=radius):
                half = width // 2
                path = _outline_points(rect.inset(half), radius - half)
                strips = [_strip(dash, width, height) for dash in _dashes(path, 10, 8)]
                return [Color(*self.rgba(line)), *strips]
            case Arc(rect=rect, stroke=stroke, sweep=sweep, colour=token):
                return [Color(*self.rgba(token)), *self._arc(rect, stroke, sweep)]
            case _:
                return []

    def _arc(self, rect: Rect, stroke: int, sweep: float) -> list[Kivy]:
        points = _arc_points(rect, sweep)
        parts = [_strip(points, stroke, self.height)]
        if sweep < 360:
            for x, y in (points[0], points[-1]):
                cap = Rect(round(x - stroke / 2), round(y - stroke / 2), stroke, stroke)
                parts.append(_rounded(cap, stroke // 2, self.height))
        return parts
