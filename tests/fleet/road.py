"""The road between a machine and the office, as the courier's `Carrier`; what goes wrong on it, the seed says."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Never, Protocol

from central_office.contract.messages import SyncAnswer, SyncRequest
from offline_cache.line import FileStream, Unreachable
from tests.fleet.machine import CourierKilled, PowerCut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from random import Random

    from central_office.contract.messages import KeyRequest, Telemetry
    from offline_cache.line import Signer
    from tests.fleet.climate import Climate
    from tests.fleet.machine import Machine
    from tests.fleet.office import Office

_MOST_STATEMENTS = 26
"""How far into a request the office's process may come before it ends."""


class Traveller(Protocol):
    """What the road needs of the world."""

    chance: Random
    climate: Climate
    office: Office
    calm: bool
    late: list[tuple[Machine, Callable[[], str]]]

    def note(self, line: str) -> None:
        """Write down what happened."""
        ...

    def beside(self, machine: Machine) -> None:
        """Let other things happen."""
        ...


class Road:
    """One machine's line; implements `offline_cache.carrier.Carrier` as far as rounds need it."""

    def __init__(self, world: Traveller, machine: Machine) -> None:
        self._world = world
        self._machine = machine
        self._who = machine.identity

    def sync(self, request: SyncRequest) -> SyncAnswer:
        """Commands up, changes down, if nothing happens on the way."""
        text = request.model_dump_json()

        def arrive() -> str:
            answer = self._world.office.sync(self._who, SyncRequest.model_validate_json(text))
            return answer.model_dump_json(exclude_none=True)

        self._leaves()
        said = self._there(arrive)
        self._world.beside(self._machine)
        said = self._back(said)
        self._machine.is_seen()
        return SyncAnswer.model_validate_json(said)

    def poll(self, tag: str, once: str) -> datetime | None:
        """Is there anything new?"""
        self._leaves()
        found = self._world.office.poll(self._who, tag)
        if self._happens(self._world.climate.lost):
            raise Unreachable("timed_out")
        self._world.beside(self._machine)
        return found

    @contextmanager
    def snapshot(self, name: str, epoch: str, *, have: int, digest: str | None) -> Iterator[FileStream]:
        """All documents, in a few pieces, unless the line breaks between them."""
        assert name == "docs"
        self._leaves()
        with self._world.office.snapshot(self._who, epoch, have, digest, piece=1500) as stream:
            yield FileStream(stream.sha256, stream.start, self._pieces(stream.pieces))

    def _pieces(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            if self._happens(self._world.climate.torn / 3):
                raise Unreachable("broken_line")
            yield piece

    def _leaves(self) -> None:
        if self._happens(self._world.climate.cut / 2):
            raise PowerCut
        self._machine.is_seen()
        if self._machine.unplugged:
            raise Unreachable("no_connection")

    def _there(self, arrive: Callable[[], str]) -> str:
        world = self._world
        climate = world.climate
        if self._happens(climate.lost):
            world.note("the request is lost")
            raise Unreachable("timed_out")
        if self._happens(climate.late):
            world.note("the request is late")
            world.late.append((self._machine, arrive))
            raise Unreachable("timed_out")
        if self._happens(climate.doubled):
            world.note("the request comes twice")
            arrive()
        if self._happens(climate.killed):
            world.office.killed_after(world.chance.randrange(_MOST_STATEMENTS))
        try:
            return arrive()
        finally:
            world.office.spared()

    def _back(self, said: str) -> str:
        world = self._world
        climate = world.climate
        if self._happens(climate.lost):
            world.note("the answer is lost")
            raise Unreachable("timed_out")
        if self._happens(climate.late):
            world.note("the answer is late")
            self._machine.late.append(said)
            raise Unreachable("timed_out")
        if self._happens(climate.courier_killed):
            raise CourierKilled
        if self._happens(climate.cut / 2):
            raise PowerCut
        if self._machine.late and self._happens(climate.old):
            world.note("an old answer comes instead")
            at = world.chance.randrange(len(self._machine.late))
            self._machine.late.append(said)
            return self._machine.late.pop(at)
        return said

    def _happens(self, share: float) -> bool:
        return not self._world.calm and self._world.chance.random() < share

    def blob(self, digest: str, *, have: int) -> Never:
        """Nobody sends files here."""
        raise NotImplementedError

    def sign_with(self, signer: Signer) -> Never:
        """Nobody changes keys here."""
        raise NotImplementedError

    def new_key(self, request: KeyRequest) -> Never:
        """Nobody changes keys here."""
        raise NotImplementedError

    def telemetry(self, said: Telemetry) -> Never:
        """Nobody speaks of his health here."""
        raise NotImplementedError
