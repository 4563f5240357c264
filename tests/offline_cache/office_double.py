"""A small office on loopback that keeps to the contract, until a test tells it to misbehave.

It checks every signature, applies commands by the one-integer rule and keeps a log of changes; a mishap wraps the work
of one request: it may do the work never, once or twice, and answer late, wrongly or not at all.
"""

from __future__ import annotations

import base64
import gzip
import io
import threading
from collections import deque
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    MappingKeyResolver,
    algorithms,
)
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from central_office.contract.fingerprint import fingerprint
from central_office.contract.messages import (
    BlobRef,
    Changes,
    Command,
    Config,
    DeviceId,
    DocumentRow,
    EnrolAnswer,
    EnrolRequest,
    KeyAnswer,
    KeyRequest,
    Problem,
    Result,
    SnapshotEnd,
    SyncAnswer,
    SyncRequest,
    Telemetry,
)
from central_office.contract.signatures import COVERED
from tests.offline_cache.clockwork import NOON
from tests.offline_cache.letters import PEPPER, TOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from central_office.contract.base import Message
    from central_office.contract.sealed_row import RowId

TELEMETRY = "/v1/telemetry"
AT_ONCE = 50
"""Changes in one answer."""


@dataclass(frozen=True)
class Reply:
    """What goes back; `cut` ends the body after so many bytes, though more were promised."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None


Mishap = Callable[[Callable[[], Reply]], Reply | None]
"""Gets the work of one request; None hangs up."""


class _TimelessVerifier(HTTPMessageVerifier):
    def validate_created_and_expires(self, sig_input: object, max_age: object = None) -> None:
        """The clock of a story is not that of the machine."""


@dataclass(frozen=True)
class _Seen:
    method: str
    url: str
    headers: dict[str, str]


class OfficeDouble:
    """The other end of the line, in a thread of the test."""

    def __init__(self) -> None:
        self.keys: dict[str, Ed25519PublicKey] = {}
        self.new_keys: dict[str, Ed25519PublicKey] = {}
        self.blobs: dict[str, bytes] = {}
        self.tickets: set[str] = set()
        self.enrolled: dict[str, EnrolAnswer] = {}
        self.revoked = False
        self.database = ""
        self.applied: list[Command] = []
        self.epoch = "e1"
        self.log: list[DocumentRow | RowId] = []
        self.oldest_cursor = 0
        self.retry_after = 30
        self.durable = 0
        self.health: list[Telemetry] = []
        self.seen: list[SyncRequest] = []
        self.ranges: list[str] = []
        self.snapshots: dict[str, bytes] = {}
        self.mishaps: deque[Mishap | None] = deque()
        self.lock = threading.RLock()
        self.address = "http://127.0.0.1"

    @contextmanager
    def open(self) -> Iterator[OfficeDouble]:
        """Listen on a port of this machine; who speaks by `AtHand` needs none."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        server.daemon_threads = True
        self.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def next(self, *mishaps: Mishap | None) -> None:
        """What happens to the next requests; None is a good day."""
        self.mishaps.extend(mishaps)

    def change(self, *rows: DocumentRow | RowId) -> None:
        with self.lock:
            self.log.extend(rows)

    def documents(self) -> dict[RowId, DocumentRow]:
        found: dict[RowId, DocumentRow] = {}
        for one in self.log:
            if isinstance(one, DocumentRow):
                found[one.id] = one
            else:
                found.pop(one, None)
        return found

    @property
    def last(self) -> int:
        return self.applied[-1].seq if self.applied else 0

    def enrol(self, request: EnrolRequest) -> Reply:
        key = base64.b64decode(request.public_key)
        if request.token in self.enrolled:
            answer = self.enrolled[request.token]
            return _said(answer) if answer.fingerprint == fingerprint(key) else _problem(403, "ticket_used")
        if request.token not in self.tickets:
            return _problem(403, "ticket_unknown")
        if any(answer.fingerprint == fingerprint(key) for answer in self.enrolled.values()):
            return _problem(409, "key_known")
        device = DeviceId(f"K-{len(self.enrolled) + 1:02d}")
        self.keys[device] = Ed25519PublicKey.from_public_bytes(key)
        self.enrolled[request.token] = EnrolAnswer(
            device=device,
            town=TOWN,
            site="Foyer",
            pepper=base64.b64encode(PEPPER).decode(),
            fingerprint=fingerprint(key),
        )
        return _said(self.enrolled[request.token])

    def sync(self, request: SyncRequest) -> Reply:
        self.seen.append(request)
        self.database = self.database or request.db
        if self.database != request.db:
            return _problem(409, "fork")
        results = []
        for command in request.commands:
            if command.seq == self.last + 1:
                self.applied.append(command)
            if command.seq <= self.last:
                if self.applied[command.seq - 1] != command:
                    return _problem(409, "fork")
                results.append(Result(seq=command.seq, r="ok"))
        return _said(
            SyncAnswer(
                attempt=request.attempt,
                ack=self.last,
                as_of=NOON,
                results=tuple(results),
                changes={"docs": self._changes(request.cursors["docs"])} if "docs" in request.cursors else {},
                retry_after=self.retry_after,
                durable=self.durable,
            )
        )

    def snapshot(self, epoch: str, wanted: str, digest: str) -> Reply:
        self.ranges.append(wanted)
        if epoch != self.epoch:
            return _problem(410, "epoch")
        start = int(wanted.removeprefix("bytes=").removesuffix("-") or 0)
        body = self.snapshots.get(digest) if wanted else None
        if body is None:
            rows = self.documents().values()
            end = SnapshotEnd(rows=len(rows), epoch=self.epoch, to=f"{epoch}.{len(self.log)}", as_of=NOON)
            text = "".join(line.model_dump_json() + "\n" for line in (*rows, end))
            body = gzip.compress(text.encode(), mtime=0)
            self.snapshots[sha256(body).hexdigest()] = body
            return Reply(200, body, {"ETag": f'"{sha256(body).hexdigest()}"'})
        if start >= len(body):
            return Reply(416, b"", {"Content-Range": f"bytes */{len(body)}"})
        span = f"bytes {start}-{len(body) - 1}/{len(body)}"
        return Reply(206, body[start:], {"ETag": f'"{digest}"', "Content-Range": span})

    def new_key(self, device: str, request: KeyRequest) -> Reply:
        """Both keys are good until the new one is used."""
        key = base64.b64decode(request.public_key)
        self.new_keys[device] = Ed25519PublicKey.from_public_bytes(key)
        return _said(KeyAnswer(fingerprint=fingerprint(key)))

    def blob(self, digest: str, wanted: str) -> Reply:
        start = int(wanted.removeprefix("bytes=").removesuffix("-") or 0)
        content = self.blobs[digest]
        if not start:
            return Reply(200, content, {"ETag": f'"{digest}"'})
        if start >= len(content):
            return Reply(416, b"", {"Content-Range": f"bytes */{len(content)}"})
        span = f"bytes {start}-{len(content) - 1}/{len(content)}"
        return Reply(206, content[start:], {"ETag": f'"{digest}"', "Content-Range": span})

    def publish(self, files: dict[str, bytes]) -> str:
        """Keep these files and the configuration that names them; its digest."""
        refs = {name: BlobRef(sha256=sha256(content).hexdigest(), size=len(content)) for name, content in files.items()}
        config = Config(files=refs).model_dump_json().encode()
        for content in (config, *files.values()):
            self.blobs[sha256(content).hexdigest()] = content
        return sha256(config).hexdigest()

    def reply_to(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply | None:
        """What goes back to one request, unless a mishap has it otherwise; None hangs up."""
        with self.lock:
            # Telemetry comes whenever nothing else does: a story's mishaps are not meant for it.
            mishap = self.mishaps.popleft() if self.mishaps and path != TELEMETRY else None

        def work() -> Reply:
            return self._answer(method, path, headers, body)

        return work() if mishap is None else mishap(work)

    def _changes(self, cursor: str) -> Changes:
        epoch, _, place = cursor.partition(".")
        if epoch != self.epoch or int(place) < self.oldest_cursor:
            return Changes(epoch=self.epoch, to="", snapshot=True)
        start = int(place)
        step = self.log[start : start + AT_ONCE]
        final: dict[RowId, DocumentRow | None] = {}
        for one in step:
            final.update({one.id: one} if isinstance(one, DocumentRow) else {one: None})
        return Changes(
            epoch=self.epoch,
            to=f"{self.epoch}.{start + len(step)}",
            more=start + len(step) < len(self.log),
            up=tuple(one for one in final.values() if one),
            gone=tuple(name for name, one in final.items() if one is None),
        )

    def _answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        with self.lock:
            text = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
            if (method, path) == ("POST", "/v1/enrol"):
                return self.enrol(EnrolRequest.model_validate_json(text))
            verifier = _TimelessVerifier(
                signature_algorithm=algorithms.ED25519,
                key_resolver=MappingKeyResolver(public_keys=self.keys, private_keys={}),
            )
            seen = _Seen(method, self.address + path, headers)
            try:
                verifier.verify(seen, require_components=COVERED, body=body)
            except HTTPMessageSignaturesException:
                if not self._signed_with_the_new_key(seen, body):
                    return _problem(401, "signature")
            if self.revoked:
                return _problem(401, "unknown_kiosk")
            if (method, path) == ("POST", "/v1/sync"):
                return self.sync(SyncRequest.model_validate_json(text))
            if (method, path) == ("POST", TELEMETRY):
                self.health.append(Telemetry.model_validate_json(text))
                return Reply(204)
            if (method, path) == ("POST", "/v1/keys"):
                return self.new_key(list(self.keys)[-1], KeyRequest.model_validate_json(text))
            if path.startswith("/v1/blobs/"):
                return self.blob(path.rsplit("/", 1)[1], headers.get("range", ""))
            assert path.startswith("/v1/snapshot/docs/")
            return self.snapshot(
                path.rsplit("/", 1)[1], headers.get("range", ""), headers.get("if-range", "").strip('"')
            )

    def _signed_with_the_new_key(self, seen: _Seen, body: bytes) -> bool:
        resolver = MappingKeyResolver(public_keys=self.new_keys, private_keys={})
        verifier = _TimelessVerifier(signature_algorithm=algorithms.ED25519, key_resolver=resolver)
        try:
            verifier.verify(seen, require_components=COVERED, body=body)
        except (HTTPMessageSignaturesException, KeyError):
            return False
        self.keys |= self.new_keys
        return True

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        office = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Answers are small, and Nagle would hold the second half back for 40 ms.
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self) -> None:
                self._serve()

            def do_POST(self) -> None:
                self._serve()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
                """Tests are quiet."""

            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                reply = office.reply_to(self.command, self.path, headers, body)
                if reply is None:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.body[: reply.cut])
                self.close_connection = reply.cut is not None

        return Handler


class AtHand(BaseAdapter):
    """A line to an office in this very thread: all is as over a wire, only the socket is missing."""

    def __init__(self, office: OfficeDouble) -> None:
        super().__init__()
        self._office = office

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:  # type: ignore[override]
        body = request.body or b""
        assert isinstance(body, bytes)
        path = (request.url or "").removeprefix(self._office.address)
        headers = {name.lower(): value for name, value in request.headers.items()}
        reply = self._office.reply_to(request.method or "", path, headers, body)
        if reply is None:
            raise requests.ConnectionError
        said = {"Content-Length": str(len(reply.body)), **reply.headers}
        raw = HTTPResponse(io.BytesIO(reply.body[: reply.cut]), said, reply.status, preload_content=False)
        return HTTPAdapter().build_response(request, raw)

    def close(self) -> None:
        """Nothing is open."""


def lost(work: Callable[[], Reply]) -> None:
    """The office does it, the answer never arrives."""
    work()


def cut_line(_work: Callable[[], Reply]) -> None:
    """The request never arrives."""


def doubled(work: Callable[[], Reply]) -> Reply:
    """The request arrives twice."""
    work()
    return work()


def down(_work: Callable[[], Reply]) -> Reply:
    """The office is broken before it did anything."""
    return Reply(500, b"<html>Internal Server Error</html>")


def broken_after(work: Callable[[], Reply]) -> Reply:
    """The office breaks after it did everything."""
    work()
    return Reply(502)


def torn(after: int) -> Mishap:
    """The answer ends after so many bytes."""
    return lambda work: replace(work(), cut=after)


def saying(body: bytes, status: int = 200, **headers: str) -> Mishap:
    """The office does it, and says something else."""

    def mishap(work: Callable[[], Reply]) -> Reply:
        work()
        return Reply(status, body, {name.replace("_", "-"): value for name, value in headers.items()})

    return mishap


def _said(message: Message) -> Reply:
    text = message.model_dump_json().encode()
    if len(text) < 1000:
        return Reply(200, text)
    return Reply(200, gzip.compress(text, mtime=0), {"Content-Encoding": "gzip"})


def _problem(status: int, code: str) -> Reply:
    return Reply(status, Problem(code=code, detail="What to do now.").model_dump_json().encode())
