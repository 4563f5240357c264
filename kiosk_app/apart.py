"""Work that may take long, on a thread of its own, while the session's thread stays alive for the watchdog."""

from __future__ import annotations

from threading import Event, Thread
from typing import TYPE_CHECKING, Generic, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

BEAT_EVERY = 0.5


class Apart(Generic[T]):
    """One piece of work on a thread that is not waited for by anybody who ends the program, but by who began it.

    `tidy` is called on that thread when it is done, whatever came of it.
    """

    def __init__(self, name: str, work: Callable[[], T], tidy: Callable[[], None]) -> None:
        self._work = work
        self._tidy = tidy
        self._over = Event()
        self._result: T | None = None
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, name=name)
        self._thread.start()

    @property
    def over(self) -> bool:
        """Whether it is done."""
        return self._over.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait so long at most; whether it is done."""
        return self._over.wait(seconds)

    def result(self, beat: Callable[[], None] = lambda: None) -> T:
        """Wait until it is done, calling `beat` meanwhile; what came of it, or the error that it ended with."""
        while not self.wait(BEAT_EVERY):
            beat()
        self._thread.join()
        if self._error is not None:
            raise self._error
        return cast("T", self._result)

    def _run(self) -> None:
        try:
            try:
                self._result = self._work()
            finally:
                self._tidy()
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            self._error = error
        finally:
            self._over.set()
