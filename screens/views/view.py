"""The view: draws the page that `show` holds, and turns touches and keystrokes into its acts.

It draws a scene by changing only what differs from the scene before, so that typing touches a cell and nothing else.
Text that is no longer on the screen is in no texture and no cache. Longer than most modules because drawing, moving,
touching and typing share one state: which page, which finger, which key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kivy.graphics import Canvas, Color, InstructionGroup, PopMatrix, PushMatrix, Rectangle, Scale, Translate

from screens.pages import Answer, DeleteCharacter, KeyState, Submit, TypeCharacter, Weight
from screens.show import Motion
from screens.views import codes
from screens.views import text as letters
from screens.views.arrange import arrange
from screens.views.drawing import Drawn, DrawnLive, DrawnTarget, Pen, Textures, outline
from screens.views.scene import Drift, Picture, Rect, Target, words_of
from screens.views.theme import PANELS

if TYPE_CHECKING:
    from collections.abc import Callable

    from screens.look import Format, Look
    from screens.pages import Act, Page
    from screens.stage import Sighting
    from screens.views.scene import Item, Scene

Kivy = Any
"""An object of Kivy, which has no types."""

PAGE_TIME: Final = 0.18
PAGE_WAY: Final = 48
SHEET_TIME: Final = 0.22
SHEET_WAY: Final = 64
DOWN_TIME: Final = 0.06
UP_TIME: Final = 0.12
SETTLED: Final = 0.2
"""Seconds after a new page in which a touch is the rest of a double tap on the old one."""
SLIP: Final = 24
"""Pixels a finger may slip off a key without letting go of it."""
HOLD: Final = 3.0
"""Seconds that the town's shield is held before it does anything: nobody does that by accident."""
VEIL: Final = 0.8
"""How much of its light a dimmed screen loses."""
SHIELD: Final = Rect(0, 0, 200, 130)
"""Where the shield is, on every panel."""
FRAME: Final = 1 / 60
CALM: Final = 1 / 15
"""Seconds between two states of what moves for ever: the town need not flow faster than one sees."""


class Layer:
    """One of the scene's layers on its own canvas."""

    def __init__(self) -> None:
        self.canvas: Kivy = Canvas()
        self.drawn: list[Drawn] = []

    def draw(self, items: tuple[Item, ...], pen: Pen, *, anew: bool) -> None:
        """Draw `items`, keeping what is drawn already."""
        kept: dict[Item, list[Drawn]] = {}
        if not anew:
            if [drawn.item for drawn in self.drawn] == list(items):
                return
            for drawn in reversed(self.drawn):
                kept.setdefault(drawn.item, []).append(drawn)
        self.drawn = [kept[item].pop() if kept.get(item) else pen.draw(item) for item in items]
        self.canvas.clear()
        for drawn in self.drawn:
            self.canvas.add(drawn.group)


class _Press:
    """A key on its way down or up again."""

    def __init__(self, name: str, since: float, *, down: bool) -> None:
        self.name = name
        self.since = since
        self.down = down


class View:
    """One panel's picture of the show."""

    def __init__(self, canvas: Kivy, form: Format, press: Callable[[Act], None], touched: Callable[[], bool]) -> None:
        self.form = form
        self._press_act = press
        self._touched = touched
        self._panel = PANELS[form]
        self._textures = Textures()
        self._pen: Pen | None = None
        self._look: Look | None = None
        self._page: Page | None = None
        self.scene: Scene | None = None

        self._place = Translate(0, 0, 0)
        self._scale = Scale(1, 1, 1)
        self._shift = Translate(0, 0, 0)
        self._back, self._under, self._body, self._fixed = Layer(), Layer(), Layer(), Layer()
        self._ring: Kivy = InstructionGroup()
        self._veil: Kivy = InstructionGroup()
        for part in (
            PushMatrix(),
            self._place,
            self._scale,
            self._back.canvas,
            self._under.canvas,
            PushMatrix(),
            self._shift,
            self._body.canvas,
            PopMatrix(),
            self._fixed.canvas,
            self._ring,
            self._veil,
            PopMatrix(),
        ):
            canvas.add(part)

        self._came = 0.0
        self._motion: tuple[Motion, float] | None = None
        self._calm_at = 0.0
        self._finger: tuple[object, str] | None = None
        self._held: tuple[object, float] | None = None
        """Which finger holds the town's shield, and since when."""
        self._presses: dict[str, _Press] = {}
        self._focus = ""
        self._ringed: Target | None = None
        self._factor = 1.0
        self._origin = (0.0, 0.0)

    # Drawing

    def resize(self, width: float, height: float) -> None:
        """Fill a window of that many pixels, without distortion."""
        panel = self._panel
        factor = min(width / panel.width, height / panel.height)
        self._factor = factor
        self._origin = ((width - panel.width * factor) // 2, (height - panel.height * factor) // 2)
        self._place.xyz = (*self._origin, 0)
        self._scale.xyz = (factor, factor, 1)

    def show(self, page: Page, look: Look, beneath: Page | None, motion: Motion, now: float) -> None:
        """Draw `page`, coming in by `motion`."""
        before = self._page
        anew = self._pen is None or self._look is None or self._look.colours is not look.colours
        if anew:
            self._pen = Pen(look.colours, (self._panel.width, self._panel.height), self._textures)
        assert self._pen is not None
        scene = arrange(page, look, self.form, beneath)
        self._page, self._look, self.scene = page, look, scene
        for layer, items in (
            (self._back, scene.back),
            (self._under, scene.under),
            (self._body, scene.body),
            (self._fixed, scene.fixed),
        ):
            layer.draw(items, self._pen, anew=anew)
        self._forget_unused(before)
        if before is None or (before.step, before.layout) != (page.step, page.layout):
            self._came = now
            self._focus = ""
        self._begin_motion(motion if not look.still else Motion.NONE, now)
        self._keep_hold()
        self._draw_ring()

    def _forget_unused(self, before: Page | None) -> None:
        scene = self.scene
        assert scene is not None
        pictures: set[tuple[str, bool]] = set()
        for layer in (self._back, self._under, self._body, self._fixed):
            for drawn in layer.drawn:
                pictures.update(_pictures(drawn.item))
        self._textures.forget_pictures(frozenset(pictures))
        if before is not None and before.private and before is not self._page:
            letters.wipe()
            codes.wipe()
        self._textures.wipe()

    def wipe(self) -> None:
        """Let go of everything drawn, so that no texture, cache or object holds words of a page."""
        from kivy.cache import Cache  # noqa: PLC0415 - loaded by Kivy already

        for layer in (self._back, self._under, self._body, self._fixed):
            layer.canvas.clear()
            layer.drawn = []
        self._ring.clear()
        self._presses.clear()
        self._finger, self._focus, self._ringed = None, "", None
        self._page = self.scene = self._pen = None
        self._textures.wipe()
        letters.wipe()
        codes.wipe()
        for category in ("kv.texture", "kv.image"):
            Cache.remove(category)

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text drawn or kept anywhere in this view."""
        drawn = [
            word
            for layer in (self._back, self._under, self._body, self._fixed)
            for one in layer.drawn
            for word in words_of(one.item)
        ]
        return (*drawn, *self._textures.texts)

    def dim(self, *, dimmed: bool) -> None:
        """Lay a veil over everything, or take it away; as it is already, nothing is drawn."""
        if dimmed == bool(self._veil.children):
            return
        self._veil.clear()
        if dimmed:
            self._veil.add(Color(0, 0, 0, VEIL))
            self._veil.add(Rectangle(size=(self._panel.width, self._panel.height)))

    # Motion

    def _begin_motion(self, motion: Motion, now: float) -> None:
        if motion in (Motion.FORWARD, Motion.BACKWARD, Motion.SHEET_IN):
            self._motion = (motion, now - FRAME)
            self._move(now)
        else:
            self._motion = None
            self._rest()

    def _rest(self) -> None:
        if (self._shift.x, self._shift.y) != (0, 0):
            self._shift.xyz = (0, 0, 0)
        if self._body.canvas.opacity != 1:
            self._body.canvas.opacity = 1

    def _move(self, now: float) -> None:
        if self._motion is None:
            return
        motion, began = self._motion
        sheet = motion is Motion.SHEET_IN
        part = (now - began) / (SHEET_TIME if sheet else PAGE_TIME)
        if part >= 1:
            self._motion = None
            self._rest()
            return
        left = (1 - part) ** 3
        if sheet:
            self._shift.xyz = (0, -round(SHEET_WAY * left), 0)
        else:
            rtl = self._page is not None and self._page.rtl
            side = -1 if (motion is Motion.BACKWARD) != rtl else 1
            self._shift.xyz = (side * round(PAGE_WAY * left), 0, 0)
        self._body.canvas.opacity = 1 - left

    def tick(self, now: float) -> None:
        """Move what moves; nothing on a page at rest."""
        self._move(now)
        self._move_keys(now)
        self._hold(now)
        if self._look is None or self._look.still or now - self._calm_at < CALM:
            return
        self._calm_at = now
        for layer in (self._body, self._under):
            for drawn in layer.drawn:
                if drawn.moving:
                    drawn.animate(now - self._came)

    def _move_keys(self, now: float) -> None:
        for press in [*self._presses.values()]:
            key = self._drawn_target(press.name)
            if key is None:
                del self._presses[press.name]
                continue
            still = self._look is None or self._look.still
            part = 1.0 if still else min(1.0, (now - press.since) / (DOWN_TIME if press.down else UP_TIME))
            if press.down:
                key.press(max(part, 0.25))
            elif part >= 1:
                key.press(0)
                del self._presses[press.name]
            else:
                key.press((1 - part) ** 2)

    @property
    def sees(self) -> bool:
        """Whether the page draws the camera's picture."""
        return self._live() is not None

    def _live(self) -> DrawnLive | None:
        return next((drawn for drawn in self._body.drawn if isinstance(drawn, DrawnLive)), None)

    def show_sighting(self, sighting: Sighting) -> None:
        """Draw what the camera sees now."""
        live = self._live()
        if live is not None:
            live.show(sighting)
            self._body.canvas.ask_update()

    # Touching

    def touch_down(self, finger: object, x: float, y: float, now: float) -> None:
        """A finger came down at the window's pixel; the first one wins."""
        if self._touched():
            return
        self._unfocus()
        if self._finger is not None or now - self._came < SETTLED:
            return
        target = self.target_at(x, y)
        if target is None:
            if self._page is not None and self._page.held is not None and SHIELD.holds(*self._to_panel(x, y)):
                self._held = (finger, now)
            return
        self._finger = (finger, target.name)
        self._set_press(target.name, down=True, now=now)

    def touch_move(self, finger: object, x: float, y: float, now: float) -> None:
        """The finger moved: a key it has slipped off comes up again."""
        if self._held is not None and self._held[0] == finger and not SHIELD.holds(*self._to_panel(x, y)):
            self._held = None
        if self._finger is None or self._finger[0] != finger:
            return
        name = self._finger[1]
        target = self._target(name)
        inside = target is not None and _around(target.whole, SLIP).holds(*self._to_panel(x, y))
        press = self._presses.get(name)
        if inside != (press is not None and press.down):
            self._set_press(name, down=inside, now=now)

    def touch_up(self, finger: object, x: float, y: float, now: float) -> None:
        """The finger left: the key below it acts."""
        if self._held is not None and self._held[0] == finger:
            self._held = None
        if self._finger is None or self._finger[0] != finger:
            return
        name = self._finger[1]
        self._finger = None
        target = self._target(name)
        self._set_press(name, down=False, now=now)
        if target is not None and _around(target.whole, SLIP).holds(*self._to_panel(x, y)):
            self._touched()
            self._press_act(target.act)

    def _hold(self, now: float) -> None:
        if self._held is None or self._page is None or now - self._held[1] < HOLD:
            return
        self._held = None
        if self._page.held is not None:
            self._touched()
            self._press_act(self._page.held)

    def _set_press(self, name: str, *, down: bool, now: float) -> None:
        key = self._drawn_target(name)
        if key is None:
            self._presses.pop(name, None)
            return
        self._presses[name] = _Press(name, now - FRAME if down else now, down=down)
        self._move_keys(now)

    def _keep_hold(self) -> None:
        """After a change: a finger keeps only the key it was on, if that still does the same."""
        if self._finger is not None and self._target(self._finger[1]) is None:
            self._finger = None

    def _to_panel(self, x: float, y: float) -> tuple[float, float]:
        left, low = self._origin
        return ((x - left) / self._factor, self._panel.height - (y - low) / self._factor)

    def target_at(self, x: float, y: float) -> Target | None:
        """The key at the window's pixel, counted from its lower left corner."""
        if self.scene is None:
            return None
        point = self._to_panel(x, y)
        return next((target for target in reversed(self.scene.targets) if target.whole.holds(*point)), None)

    def _target(self, name: str) -> Target | None:
        if self.scene is None:
            return None
        return next((target for target in self.scene.targets if target.name == name), None)

    def _drawn_target(self, name: str) -> DrawnTarget | None:
        for layer in (self._body, self._fixed):
            for drawn in layer.drawn:
                if isinstance(drawn, DrawnTarget) and drawn.target.name == name:
                    return drawn
        return None

    def describe(self) -> list[tuple[str, Rect]]:
        """Every key with the box of its face and edge, in panel pixels from the top left."""
        return [] if self.scene is None else [(target.name, target.whole) for target in self.scene.targets]

    def spot(self, name: str) -> tuple[float, float]:
        """The middle of a key in the window's pixels, counted from its lower left corner.

        Raises:
            KeyError: there is no such key on the page.
        """
        target = self._target(name)
        if target is None:
            raise KeyError(name)
        left, low = self._origin
        rect = target.rect
        return (
            left + (rect.x + rect.w / 2) * self._factor,
            low + (self._panel.height - rect.y - rect.h / 2) * self._factor,
        )

    # Typing

    def key_down(self, key: int, character: str | None, *, shift: bool) -> bool:
        """A key of a keypad or keyboard; whether it meant anything here."""
        if self._touched():
            return True
        if self.scene is None or not self.scene.targets:
            return False
        if key == _TAB:
            self._step_focus(-1 if shift else 1)
        elif key in _ARROWS:
            self._walk(*_ARROWS[key])
        elif key in (_ENTER, _KEYPAD_ENTER) or (key == _SPACE and self._focus):
            self._enter()
        elif key in (_BACKSPACE, _DELETE):
            return self._act_of(DeleteCharacter())
        elif character and len(character) == 1:
            return self._act_of(TypeCharacter(character.upper()))
        else:
            return False
        return True

    def _act_of(self, act: Act) -> bool:
        assert self.scene is not None
        if not any(target.act == act for target in self.scene.targets):
            return False
        self._press_act(act)
        return True

    def _enter(self) -> None:
        target = self._target(self._focus) if self._focus else None
        if target is not None:
            self._press_act(target.act)
            return
        primary = self._page.actions[-1:] if self._page else ()
        for key in primary:
            if key.weight is Weight.PRIMARY and key.state is not KeyState.BUSY and isinstance(key.act, Submit | Answer):
                self._press_act(key.act)

    def _step_focus(self, way: int) -> None:
        assert self.scene is not None
        names = [target.name for target in self.scene.targets]
        before = names.index(self._focus) if self._focus in names else -1 if way > 0 else 0
        self._focus = names[(before + way) % len(names)]
        self._draw_ring()

    def _walk(self, dx: int, dy: int) -> None:
        """To the nearest key in that direction."""
        assert self.scene is not None
        here = self._target(self._focus) if self._focus else None
        if here is None:
            self._step_focus(1)
            return
        best: tuple[float, str] | None = None
        for target in self.scene.targets:
            along = (target.rect.mid_x - here.rect.mid_x) * dx + (target.rect.mid_y - here.rect.mid_y) * dy
            across = abs((target.rect.mid_x - here.rect.mid_x) * dy) + abs((target.rect.mid_y - here.rect.mid_y) * dx)
            if along > 8 and (best is None or along + 2 * across < best[0]):
                best = (along + 2 * across, target.name)
        if best is not None:
            self._focus = best[1]
            self._draw_ring()

    def _unfocus(self) -> None:
        if self._focus:
            self._focus = ""
            self._draw_ring()

    @property
    def focus(self) -> str:
        """The name of the key that wears the focus ring, or nothing."""
        return self._focus

    def _draw_ring(self) -> None:
        target = self._target(self._focus) if self._focus else None
        if target == self._ringed:
            return
        self._ringed = target
        self._ring.clear()
        if target is not None and self._pen is not None:
            self._ring.add(Color(*self._pen.rgba(target.colours.ring)))
            around = _around(target.whole, 7)
            self._ring.add(outline(around, target.radius + 7, 6, self._panel.height))


def _around(rect: Rect, by: int) -> Rect:
    return rect.inset(-by)


def _pictures(item: Item) -> set[tuple[str, bool]]:
    match item:
        case Picture(name=name, flipped=flipped) | Drift(name=name, flipped=flipped):
            return {(name, flipped)}
        case Target(content=content):
            return {(shape.name, shape.flipped) for shape in content if isinstance(shape, Picture)}
        case _:
            return set()


_TAB, _ENTER, _KEYPAD_ENTER, _SPACE, _BACKSPACE, _DELETE = 9, 13, 271, 32, 8, 127
_ARROWS: Final = {273: (0, -1), 274: (0, 1), 275: (1, 0), 276: (-1, 0)}
