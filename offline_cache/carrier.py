"""The courier's way to the office, as a port: `line.OfficeLine` over HTTPS, or the office's own functions in a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime

    from central_office.contract.messages import KeyAnswer, KeyRequest, SyncAnswer, SyncRequest, Telemetry
    from offline_cache.line import FileStream, Signer


class Carrier(Protocol):
    """Speaks to one office, one request at a time; everything that fails raises a `line.LineError`."""

    def sign_with(self, signer: Signer) -> None:
        """Sign with another key from the next request on."""
        ...

    def sync(self, request: SyncRequest) -> SyncAnswer:
        """Send commands and cursors, and hear what became of them and what changed; maybe an old answer."""
        ...

    def poll(self, tag: str, once: str) -> datetime | None:
        """When the office said that nothing is new since the answer that carried `tag`; None if something is."""
        ...

    def snapshot(self, name: str, epoch: str, *, have: int, digest: str | None) -> AbstractContextManager[FileStream]:
        """Fetch the snapshot of a set, or the rest of the one with `digest` of which `have` bytes are here."""
        ...

    def blob(self, digest: str, *, have: int) -> AbstractContextManager[FileStream]:
        """Fetch the file with this content, or what lies behind the `have` bytes that are here."""
        ...

    def new_key(self, request: KeyRequest) -> KeyAnswer:
        """Present a new key under the present one."""
        ...

    def telemetry(self, said: Telemetry) -> None:
        """Say how the machine is; waits a few seconds at most."""
        ...
