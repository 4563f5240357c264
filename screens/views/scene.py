"""What is to be drawn where: frozen shapes in board pixels, y downwards from the top left corner.

A scene is arranged without a window and drawn elsewhere. Equal shapes are the same drawing, so that going from one
scene to the next touches only what differs. Colours are names of the design tokens.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from central_office.contract.values import value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screens.pages import Act


class Rect:
    """A box in board pixels; a value, written out because a page is made of hundreds."""

    __slots__ = ("h", "w", "x", "y")

    def __init__(self, x: int, y: int, w: int, h: int) -> None:
        self.x = x
        self.y = y
        self.w = w
        self.h = h

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rect):
            return NotImplemented
        return (self.x, self.y, self.w, self.h) == (other.x, other.y, other.w, other.h)

    def __hash__(self) -> int:
        return hash((self.x, self.y, self.w, self.h))

    def __repr__(self) -> str:
        return f"Rect({self.x}, {self.y}, {self.w}, {self.h})"

    @property
    def right(self) -> int:
        """The first column after it."""
        return self.x + self.w

    @property
    def bottom(self) -> int:
        """The first row below it."""
        return self.y + self.h

    @property
    def mid_x(self) -> int:
        """Its middle column."""
        return self.x + self.w // 2

    @property
    def mid_y(self) -> int:
        """Its middle row."""
        return self.y + self.h // 2

    def inset(self, by: int) -> Rect:
        """The same box, smaller by `by` on every side."""
        return Rect(self.x + by, self.y + by, self.w - 2 * by, self.h - 2 * by)

    def moved(self, dx: int = 0, dy: int = 0) -> Rect:
        """The same box elsewhere."""
        return Rect(self.x + dx, self.y + dy, self.w, self.h)

    def centred(self, w: int, h: int) -> Rect:
        """A box of that size in the middle of this one."""
        return Rect(self.x + (self.w - w) // 2, self.y + (self.h - h) // 2, w, h)

    def holds(self, x: float, y: float) -> bool:
        """Whether the point lies inside."""
        return self.x <= x < self.right and self.y <= y < self.bottom

    def overlaps(self, other: Rect) -> bool:
        """Whether both share a pixel."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom


@value
class Box:
    """A filled box, with round corners if `radius`."""

    rect: Rect
    fill: str
    radius: int = 0


@value
class Dashed:
    """A dashed outline, 10 drawn and 8 left."""

    rect: Rect
    line: str
    width: int
    radius: int


@value
class Words:
    """One line of text or one pictogram; `within` is the room it was given."""

    rect: Rect
    text: str
    face: str
    size: int
    colour: str
    within: Rect | None = None


@value
class Picture:
    """An illustration by file name; `flipped`: mirrored for languages written from the right."""

    rect: Rect
    name: str
    flipped: bool = False


@value
class Matrix:
    """A QR code's modules; the quiet zone is the white around it."""

    rect: Rect
    text: str


@value
class Arc:
    """A thick arc with round ends, `sweep` degrees clockwise from the top; `rect` holds the middle of its line."""

    rect: Rect
    stroke: int
    sweep: float
    colour: str


@value
class Dots:
    """Three dots that say: something is going on."""

    rect: Rect
    colour: str


@value
class Drift:
    """A picture that crosses the screen from `rect` to the same place again, `span` pixels wide, in 40 seconds."""

    rect: Rect
    name: str
    span: int
    offset: int
    flipped: bool = False


@value
class Cycle:
    """Groups of shapes of which one is shown for six seconds each, in turn."""

    rect: Rect
    faces: tuple[tuple[Words, ...], ...]


@value
class Live:
    """The camera's picture with its aiming frame; the hint's words are drawn below, by name of the hint."""

    rect: Rect
    hints: tuple[tuple[str, tuple[Words, ...]], ...]
    waiting: tuple[Words, ...]
    frame: str
    found: str


Shape = Box | Dashed | Words | Picture | Matrix | Arc | Dots | Drift | Cycle | Live


@value
class KeyColours:
    """The tokens a key is drawn with; an empty `edge` is a key that does not give way."""

    face: str
    pressed: str
    line: str
    edge: str
    line_width: int
    ring: str = "focus"
    dashed: bool = False


@value
class Target:
    """A key: its face, the base edge below it and what lies on it. `name` and `act` are the page's."""

    name: str
    act: Act
    rect: Rect
    colours: KeyColours
    edge: int
    radius: int
    content: tuple[Shape, ...]

    @property
    def whole(self) -> Rect:
        """Face and edge."""
        edge = self.edge if self.colours.edge else 0
        return Rect(self.rect.x, self.rect.y, self.rect.w, self.rect.h + edge)


Item = Shape | Target


@value
class Scene:
    """One page drawn: four layers from the back to the front.

    `back`: grounds that change at once. `under`: what lies beneath a sheet, not touchable. `body`: what comes in with
    the page. `fixed`: header and bar, which stand still.
    """

    width: int
    height: int
    back: tuple[Item, ...] = ()
    under: tuple[Item, ...] = ()
    body: tuple[Item, ...] = ()
    fixed: tuple[Item, ...] = ()

    @property
    def targets(self) -> tuple[Target, ...]:
        """Every key that can be touched, in reading order."""
        return tuple(item for item in (*self.body, *self.fixed) if isinstance(item, Target))


def mirrored(scene: Scene, kept: frozenset[Item] = frozenset()) -> Scene:
    """The same scene for a language written from right to left; items in `kept` stay as they are."""

    def turn(items: tuple[Item, ...]) -> tuple[Item, ...]:
        return tuple(item if item in kept else _turned(item, scene.width) for item in items)

    return replace(
        scene, back=turn(scene.back), under=turn(scene.under), body=turn(scene.body), fixed=turn(scene.fixed)
    )


def coloured(scene: Scene, instead: Mapping[str, str]) -> Scene:
    """The same scene with other colours for some tokens."""

    def turn(items: tuple[Item, ...]) -> tuple[Item, ...]:
        return tuple(recoloured(item, instead) for item in items)

    return replace(
        scene, back=turn(scene.back), under=turn(scene.under), body=turn(scene.body), fixed=turn(scene.fixed)
    )


def recoloured(item: Item, instead: Mapping[str, str]) -> Item:
    """The same item with other colours for some tokens."""
    if isinstance(item, Target):
        colours = item.colours
        return replace(
            item,
            colours=replace(
                colours,
                face=instead.get(colours.face, colours.face),
                pressed=instead.get(colours.pressed, colours.pressed),
                line=instead.get(colours.line, colours.line),
                edge=instead.get(colours.edge, colours.edge),
            ),
            content=tuple(_recoloured(shape, instead) for shape in item.content),
        )
    return _recoloured(item, instead)


def _recoloured(shape: Shape, instead: Mapping[str, str]) -> Shape:
    match shape:
        case Box(fill=token):
            return replace(shape, fill=instead.get(token, token))
        case Words(colour=token) | Arc(colour=token) | Dots(colour=token):
            return replace(shape, colour=instead.get(token, token))
        case Dashed(line=token):
            return replace(shape, line=instead.get(token, token))
        case _:
            return shape


_ARROWS = {"\ue5c4": "\ue5c8", "\ue5c8": "\ue5c4", "\ue5cb": "\ue5cc", "\ue5cc": "\ue5cb"}


def _turned_rect(rect: Rect, width: int) -> Rect:
    return Rect(width - rect.right, rect.y, rect.w, rect.h)


def _turned_words(words: Words, width: int) -> Words:
    text = _ARROWS.get(words.text, words.text)
    within = None if words.within is None else _turned_rect(words.within, width)
    return replace(words, rect=_turned_rect(words.rect, width), text=text, within=within)


def _turned_shape(shape: Shape, width: int) -> Shape:
    match shape:
        case Words():
            return _turned_words(shape, width)
        case Picture(name=name) | Drift(name=name):
            scenery = name.startswith(("town", "cloud", "boat"))
            return replace(shape, rect=_turned_rect(shape.rect, width), flipped=shape.flipped ^ scenery)
        case Cycle(faces=faces):
            turned = tuple(tuple(_turned_words(line, width) for line in face) for face in faces)
            return replace(shape, rect=_turned_rect(shape.rect, width), faces=turned)
        case Live(hints=hints, waiting=waiting):
            return replace(
                shape,
                rect=_turned_rect(shape.rect, width),
                hints=tuple((name, tuple(_turned_words(line, width) for line in lines)) for name, lines in hints),
                waiting=tuple(_turned_words(line, width) for line in waiting),
            )
        case _:
            return replace(shape, rect=_turned_rect(shape.rect, width))


def _turned(item: Item, width: int) -> Item:
    if isinstance(item, Target):
        content = tuple(_turned_shape(shape, width) for shape in item.content)
        return replace(item, rect=_turned_rect(item.rect, width), content=content)
    return _turned_shape(item, width)


def moved(item: Shape, dx: int, dy: int) -> Shape:
    """The same shape elsewhere."""
    if isinstance(item, Words) and item.within is not None:
        return replace(item, rect=item.rect.moved(dx, dy), within=item.within.moved(dx, dy))
    return replace(item, rect=item.rect.moved(dx, dy))


def words_of(item: Item) -> tuple[str, ...]:
    """Every text an item shows."""
    match item:
        case Words(text=text) | Matrix(text=text):
            return (text,)
        case Target(content=content):
            return tuple(word for shape in content for word in words_of(shape))
        case Cycle(faces=faces):
            return tuple(word.text for face in faces for word in face)
        case Live(hints=hints, waiting=waiting):
            return tuple(word.text for lines in (*(lines for _, lines in hints), waiting) for word in lines)
        case _:
            return ()
