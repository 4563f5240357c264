"""The camera and the scanner as one reader of codes, for the page that asks for a letter."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Self, TypeVar

from central_office.contract.letter_code import DamagedCode, NotOurCode, OtherTownsCode
from devices.conditions import Ready
from devices.errors import TransportError, Unavailable
from devices.roles import CODE_CAMERA, CODE_SCANNER
from screens.stage import Sighting
from screens.steps import CodeProblem, ReadersChanged

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from central_office.contract.letter_code import TownKey
    from devices.roles import Device, Role
    from kiosk_app.desk import Desk

C = TypeVar("C")
D = TypeVar("D", bound="Device")

REFUSED_FOR_SECONDS = 3.0
"""A refused code that was away for so long is taken again."""

LOOK_FOR_READERS_EVERY = 1.0
"""Seconds between looks for a reader that came back."""


def read_as(parse: Callable[[bytes, TownKey], C], shown: bytes, town: TownKey) -> C | CodeProblem:
    """The code that was shown, or what is wrong with it."""
    try:
        return parse(shown, town)
    except NotOurCode:
        return CodeProblem.NOT_OURS
    except DamagedCode:
        return CodeProblem.DAMAGED
    except OtherTownsCode:
        return CodeProblem.OTHER_TOWN


class CodeReaders:
    """Leases what can read codes here and asks each in turn; `refused` is overlooked as long as it is held there."""

    def __init__(self, desk: Desk, refused: bytes | None = None) -> None:
        self._desk = desk
        self._leases = ExitStack()
        self._refused = refused
        self._refused_seen = self._looked = self._now()

    def __enter__(self) -> Self:
        self._camera = self._lease(CODE_CAMERA)
        self._scanner = self._lease(CODE_SCANNER)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leases.close()

    @property
    def by_camera(self) -> bool:
        """Whether the camera looks."""
        return self._camera is not None

    @property
    def by_scanner(self) -> bool:
        """Whether the scanner waits."""
        return self._scanner is not None

    @property
    def pause(self) -> float:
        """Seconds to wait between reads: none while a device does the waiting."""
        return 0.0 if self.by_camera or self.by_scanner else LOOK_FOR_READERS_EVERY

    def read(self) -> bytes | ReadersChanged | None:
        """One look of the camera and one of the scanner: a code, a change of readers, or nothing yet."""
        try:
            code = self._scan() or self._look()
        except TransportError:
            return ReadersChanged(gone=True)
        if code is None:
            return self._came_back()
        return None if self._is_refused(code) else code

    def _lease(self, role: Role[D]) -> D | None:
        try:
            return self._leases.enter_context(self._desk.devices.lease(role))
        except Unavailable:
            return None

    def _scan(self) -> bytes | None:
        if self._scanner is None:
            return None
        return self._scanner.scan(0.0 if self.by_camera else 0.2, self._desk.cancel)

    def _look(self) -> bytes | None:
        if self._camera is None:
            return None
        sight = self._camera.look(self._desk.cancel)
        if sight is None:
            return None
        picture = sight.picture
        self._desk.citizen.show_sighting(
            Sighting(picture.width, picture.height, picture.rgb, str(sight.hint), sight.corners)
        )
        return sight.code

    def _is_refused(self, code: bytes) -> bool:
        now = self._now()
        refused = code == self._refused and now - self._refused_seen < REFUSED_FOR_SECONDS
        if refused:
            self._refused_seen = now
        return refused

    def _came_back(self) -> ReadersChanged | None:
        if (self.by_camera and self.by_scanner) or self._now() - self._looked < LOOK_FOR_READERS_EVERY:
            return None
        self._looked = self._now()
        missing = [role for role, here in ((CODE_CAMERA, self.by_camera), (CODE_SCANNER, self.by_scanner)) if not here]
        back = any(isinstance(self._desk.noticeboard.of(role), Ready) for role in missing)
        return ReadersChanged(gone=False) if back else None

    def _now(self) -> float:
        return self._desk.now().timestamp()
