"""The line to the office: signed requests out, bounded answers in, every library's exception translated once.

TLS with the pinned CA; plain http is spoken to this very machine alone. Redirects are not followed: a signature
covers the address it was made for. Nothing is taken from the environment (proxies, CA bundles, netrc).
"""

from __future__ import annotations

import gzip
import ipaddress
import time
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

import requests
import urllib3
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms
from pydantic import ValidationError

from central_office.contract.base import Message
from central_office.contract.messages import (
    MAX_ANSWER,
    MAX_BODY,
    POLL_AS_OF,
    POLL_ECHO,
    EnrolAnswer,
    KeyAnswer,
    Problem,
    SyncAnswer,
)
from central_office.contract.signatures import COVERED, LABEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from central_office.contract.messages import DeviceId, EnrolRequest, KeyRequest, SyncRequest, Telemetry
    from offline_cache.clocks import Clock

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 30.0
ANSWER_SECONDS: Final = 120.0
"""How long a whole answer may drip in."""

TELEMETRY_SECONDS: Final = 3.0
"""How long telemetry waits for anybody, each way."""

_CHUNK: Final = 64 * 1024
_MAX_PROBLEM: Final = 16 * 1024
_LONGEST_RETRY_AFTER: Final = 3600


class LineError(Exception):
    """An exchange with the office came to nothing; `word` names the reason for technicians and logs."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class Unreachable(LineError):
    """No answer: no network, no office, a time-out, or a line that broke in the middle."""


class UntrustedOffice(LineError):
    """Someone answers who cannot prove to be the office."""


class NotUnderstood(LineError):
    """An answer came that is not what the contract says."""


class Refused(LineError):
    """The office answered that it does not want this; `code` and `detail` are its own words, or empty."""

    def __init__(self, status: int, code: str, detail: str, retry_after: int | None) -> None:
        super().__init__(code or f"status_{status}")
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after = retry_after


class AddressRefused(ValueError):
    """The office's address cannot be used; `problem` says why."""

    def __init__(self, address: str, problem: str) -> None:
        super().__init__(f"{address}: {problem}")
        self.address = address
        self.problem = problem


@dataclass(frozen=True)
class Signer:
    """Signs requests as `device` (RFC 9421, RFC 9530; see `contract.signatures`)."""

    device: DeviceId
    key: Ed25519PrivateKey
    clock: Clock

    def sign(self, request: requests.PreparedRequest, body: bytes) -> None:
        """Add digest and signature to `request`, whose travelling bytes are `body`."""
        HTTPMessageSigner(
            signature_algorithm=algorithms.ED25519,
            key_resolver=MappingKeyResolver(public_keys={}, private_keys={self.device: self.key}),
        ).sign(
            request,
            key_id=self.device,
            created=self.clock(),
            label=LABEL,
            covered_component_ids=COVERED,
            body=body,
        )


@dataclass(frozen=True)
class FileStream:
    """A file on its way: its digest, and the bytes from `start` on."""

    sha256: str
    start: int
    pieces: Iterator[bytes]


_Answer = TypeVar("_Answer", bound=Message)


class OfficeLine:
    """Speaks to one office, with one request in flight.

    `signer` is None only for enrolment.

    Raises:
        AddressRefused: the address cannot be used.
        UntrustedOffice: the pinned CA's file is missing.
    """

    def __init__(
        self,
        office: str,
        *,
        session: requests.Session,
        signer: Signer | None = None,
        ca_file: Path | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._office = checked_address(office)
        self._session = session
        self._signer = signer
        # requests reports a missing CA file as a bare OSError, long after; nothing else may pass for the office's.
        if ca_file is not None and not ca_file.is_file():
            raise UntrustedOffice("ca_file_missing")
        self._verify: str | bool = True if ca_file is None else str(ca_file)
        self._ticks = ticks

    def sign_with(self, signer: Signer) -> None:
        """Sign with another key from the next request on."""
        self._signer = signer

    def sync(self, request: SyncRequest) -> SyncAnswer:
        """Send commands and cursors, and hear what became of them and what changed.

        The answer may be to an earlier attempt; whoever takes it in looks at that.

        Raises:
            Unreachable, UntrustedOffice, NotUnderstood, Refused: nothing is known about what the office did.
        """
        return self._post("/v1/sync", request, SyncAnswer)

    def poll(self, tag: str, once: str) -> datetime | None:
        """When the office said that nothing is new since the answer that carried `tag`; None if something is.

        `once` is a text that no other poll has.

        Raises:
            Unreachable, UntrustedOffice, NotUnderstood, Refused: nobody knows.
        """
        with self._answered("GET", f"/v1/sync?poll={once}", b"", {"If-None-Match": f'"{tag}"'}) as response:
            if response.status_code not in {204, 304}:
                raise self._refusal(response)
            if response.headers.get(POLL_ECHO) != once:
                raise NotUnderstood("stale_answer")
            if response.status_code == 204:
                return None
            try:
                return datetime.fromisoformat(response.headers.get(POLL_AS_OF, "")).astimezone(UTC)
            except ValueError as trouble:
                raise NotUnderstood("poll_without_moment") from trouble

    def new_key(self, request: KeyRequest) -> KeyAnswer:
        """Present a new key under the present one.

        Raises:
            Unreachable, UntrustedOffice, NotUnderstood, Refused: the office may or may not take both keys now.
        """
        return self._post("/v1/keys", request, KeyAnswer)

    def telemetry(self, said: Telemetry, *, patience: float = TELEMETRY_SECONDS) -> None:
        """Say how the machine is; waits no longer than `patience` for anybody.

        Raises:
            Unreachable, UntrustedOffice, NotUnderstood, Refused: it may be lost; nobody minds.
        """
        text = said.model_dump_json().encode()
        headers = {"Content-Type": "application/json"}
        with self._answered("POST", "/v1/telemetry", text, headers, (patience, patience)) as response:
            if response.status_code != 204:
                raise Refused(response.status_code, "", "", None)

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        """Present a ticket and a public key.

        Raises:
            Unreachable, UntrustedOffice, NotUnderstood, Refused: the kiosk may or may not be known now.
        """
        return self._post("/v1/enrol", request, EnrolAnswer)

    def snapshot(self, name: str, epoch: str, *, have: int, digest: str | None) -> AbstractContextManager[FileStream]:
        """Fetch the snapshot of a set, or the rest of the one with `digest` of which `have` bytes are here.

        Raises:
            Unreachable, UntrustedOffice, NotUnderstood, Refused: also while the pieces are read.
        """
        return self._file(f"/v1/snapshot/{name}/{epoch}", have, digest)

    def blob(self, digest: str, *, have: int) -> AbstractContextManager[FileStream]:
        """Fetch the file with this content, or what lies behind the `have` bytes that are here.

        Raises:
            Unreachable, UntrustedOffice, NotUnderstood, Refused: also while the pieces are read.
        """
        return self._file(f"/v1/blobs/{digest}", have, digest)

    @contextmanager
    def _file(self, path: str, have: int, digest: str | None) -> Iterator[FileStream]:
        headers = {"Accept-Encoding": "identity"}
        if digest is not None and have:
            headers |= {"Range": f"bytes={have}-", "If-Range": f'"{digest}"'}
        with self._answered("GET", path, b"", headers) as response:
            if response.status_code not in {200, 206}:
                raise self._refusal(response)
            found = response.headers.get("ETag", "").strip('"')
            if len(found) != 64 or not set(found) <= set("0123456789abcdef"):
                raise NotUnderstood("file_without_digest")
            start = 0
            if response.status_code == 206:
                start = have
                if found != digest or not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                    raise NotUnderstood("file_of_another_range")
            yield FileStream(found, start, self._pieces(response))

    def _post(self, path: str, message: Message, kind: type[_Answer]) -> _Answer:
        text = message.model_dump_json().encode()
        if len(text) > MAX_BODY:
            raise ValueError(f"a request of {len(text)} bytes; {MAX_BODY} are allowed")
        headers = {
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
        }
        with self._answered("POST", path, gzip.compress(text, compresslevel=6, mtime=0), headers) as response:
            if response.status_code != 200:
                raise self._refusal(response)
            content = self._content(response, MAX_ANSWER)
        try:
            return kind.model_validate_json(content)
        except ValidationError as trouble:
            raise NotUnderstood("answer_outside_the_contract") from trouble

    @contextmanager
    def _answered(
        self,
        method: str,
        path: str,
        body: bytes,
        headers: dict[str, str],
        patience: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
    ) -> Iterator[requests.Response]:
        request = requests.Request(method, self._office + path, headers=headers, data=body or None).prepare()
        if self._signer is not None:
            self._signer.sign(request, body)
        with _translated():
            # Not by Session.send: it looks at redirects, proxies and cookies even when told not to follow them.
            response = self._session.get_adapter(request.url or "").send(
                request, stream=True, timeout=patience, verify=self._verify
            )
        try:
            yield response
        finally:
            response.close()

    def _pieces(self, response: requests.Response) -> Iterator[bytes]:
        """The answer's bytes as they travel, in whatever pieces arrive."""
        while True:
            with _translated():
                piece: bytes = response.raw.read1(_CHUNK, decode_content=False)
            if not piece:
                return
            yield piece

    def _content(self, response: requests.Response, limit: int) -> bytes:
        """The whole answer, unpacked; neither packed nor unpacked longer than `limit`."""
        until = self._ticks() + ANSWER_SECONDS
        content = bytearray()
        for piece in self._pieces(response):
            content += piece
            if len(content) > limit:
                raise NotUnderstood("answer_too_long")
            if self._ticks() > until:
                raise Unreachable("answer_too_slow")
        coding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if coding == "identity":
            return bytes(content)
        if coding != "gzip":
            raise NotUnderstood("answer_in_unknown_coding")
        unpacking = zlib.decompressobj(wbits=31)
        try:
            unpacked = unpacking.decompress(bytes(content), limit + 1)
        except zlib.error as trouble:
            raise NotUnderstood("answer_damaged") from trouble
        if len(unpacked) > limit:
            raise NotUnderstood("answer_too_long")
        if not unpacking.eof:
            raise NotUnderstood("answer_cut_off")
        return unpacked

    def _refusal(self, response: requests.Response) -> LineError:
        try:
            problem = Problem.model_validate_json(self._content(response, _MAX_PROBLEM))
            code, detail = problem.code, problem.detail
        except (ValidationError, NotUnderstood):
            code = detail = ""
        wait = response.headers.get("Retry-After", "")
        seconds = min(int(wait), _LONGEST_RETRY_AFTER) if wait.isascii() and wait.isdigit() else None
        return Refused(response.status_code, code, detail, seconds)


def checked_address(office: str) -> str:
    """The office's address without a trailing slash.

    Raises:
        AddressRefused: not http(s), more than host, port and path, or plain http to another machine.
    """
    try:
        parts = urlsplit(office)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise AddressRefused(office, "not an address") from None
    if parts.scheme not in {"http", "https"} or not host or port == 0:
        raise AddressRefused(office, "an address begins with https:// and names a machine")
    if parts.query or parts.fragment or parts.username is not None or parts.password is not None:
        raise AddressRefused(office, "an address holds neither names, passwords nor questions")
    if parts.scheme == "http" and not _is_this_machine(host):
        raise AddressRefused(office, "plain http is for an office on this very machine; use https")
    return office.rstrip("/")


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the libraries' exceptions into the line's, once."""
    try:
        yield
    except requests.exceptions.SSLError as trouble:
        raise UntrustedOffice("untrusted_office") from trouble
    except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError) as trouble:
        raise Unreachable("timed_out") from trouble
    except (requests.exceptions.ConnectionError, ConnectionError) as trouble:
        raise Unreachable("no_connection") from trouble
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError) as trouble:
        raise Unreachable("broken_line") from trouble
