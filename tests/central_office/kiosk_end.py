"""The kiosk's end of the line, as far as the office's tests need it: a key, a database, signed requests."""

from __future__ import annotations

import base64
import gzip
import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

from central_office.contract.chain import GENESIS, command_hash
from central_office.contract.claims import MOST_OF_ONE, Pepper, card_secret, claim_keys, secret, stretched_holder
from central_office.contract.documents import DocumentId, DocumentStatus
from central_office.contract.messages import Command, CommandId, DocumentRow
from central_office.contract.sealed_row import SealedRow
from central_office.contract.sealing import row_id, unseal
from central_office.contract.signatures import COVERED, LABEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.test import Client

    from central_office.contract.claims import CardHolder, Claim, Cost
    from central_office.office.models import Document

Answer: TypeAlias = Any  # what Django's test client adds to a response no stub knows

VISIT: dict[str, Any] = {
    "service": "document_status",
    "outcome": "answered",
    "began": "2026-06-16T08:20:00Z",
    "seconds": 44,
    "language": "de",
    "claim": "letter",
    "taken_away": ["receipt"],
}


class _OneKey(HTTPSignatureKeyResolver):
    def __init__(self, key: Ed25519PrivateKey) -> None:
        self.key = key

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:  # there is but one
        return self.key

    def resolve_public_key(self, key_id: str) -> None:
        raise KeyError(key_id)


@dataclass
class Request:
    """A request before it is sent, open to every mischief."""

    method: str
    url: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class KioskEnd:
    """A machine at the other end; `browser` carries its requests into the office."""

    browser: Client
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    device: str = ""
    database: str = field(default_factory=lambda: str(uuid.uuid4()))
    prev: str = GENESIS
    last: int = 0
    attempt: int = 0
    pepper: bytes = b""

    @property
    def public_key(self) -> str:
        """Raw, base64."""
        return base64.b64encode(self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()

    def enrol(self, token: str) -> Answer:
        """Show a ticket."""
        body = json.dumps({"token": token, "public_key": self.public_key, "hardware": "a test"})
        answer: Answer = self.browser.post("/v1/enrol", body, content_type="application/json")
        if answer.status_code == 200:
            self.device = answer.json()["device"]
            self.pepper = base64.b64decode(answer.json()["pepper"])
        return answer

    def command(self, body: dict[str, Any] | None = None, *, type_: str = "visit.reported", tv: int = 1) -> Command:
        """The next command, chained to the one before."""
        self.last += 1
        command = Command(
            seq=self.last,
            id=CommandId(str(uuid.uuid4())),
            type=type_,
            tv=tv,
            at=datetime(2026, 6, 16, 8, 21, self.last % 60, tzinfo=UTC),
            body=VISIT if body is None else body,
            prev=self.prev,
        )
        self.prev = command_hash(command)
        return command

    def commands(self, count: int) -> list[Command]:
        """The next `count` visits."""
        return [self.command() for _ in range(count)]

    def sync_body(self, commands: Sequence[Command] = (), cursor: str = "", **changed: object) -> bytes:
        """What a sync says, before packing."""
        self.attempt += 1
        message: dict[str, Any] = {
            "v": 1,
            "db": self.database,
            "attempt": self.attempt,
            "at": "2026-06-16T08:24:00Z",
            "clock": "ntp",
            "commands": [command.model_dump(mode="json") for command in commands],
            "cursors": {"docs": cursor},
        }
        return json.dumps(message | changed).encode()

    def request(self, method: str, path: str, body: bytes = b"", **headers: str) -> Request:
        """A signed request."""
        made = Request(
            method, f"http://testserver{path}", body, {name.replace("_", "-"): one for name, one in headers.items()}
        )
        signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_OneKey(self.key))
        signer.sign(made, key_id=self.device, label=LABEL, covered_component_ids=COVERED, body=body)
        return made

    def send(self, request: Request) -> Answer:
        """Into the office, as it is."""
        path = request.url.removeprefix("http://testserver")
        return self.browser.generic(
            request.method, path, request.body, content_type="application/json", headers=request.headers
        )

    def sync(self, commands: Sequence[Command] = (), cursor: str = "", **changed: object) -> Answer:
        """One sync, packed and signed."""
        packed = gzip.compress(self.sync_body(commands, cursor, **changed), mtime=0)
        return self.send(self.request("POST", "/v1/sync", packed, Content_Encoding="gzip"))

    def snapshot(self, epoch: str, **headers: str) -> Answer:
        """The whole set."""
        return self.send(self.request("GET", f"/v1/snapshot/docs/{epoch}", b"", **headers))

    def finds(self, rows: Sequence[dict[str, Any]], claim: Claim) -> DocumentStatus | None:
        """What the claim opens among rows as they came."""
        keys = claim_keys(Pepper(self.pepper), secret(claim))
        for row in map(DocumentRow.model_validate_json, map(json.dumps, rows)):
            if any(slot.startswith(keys.find) for slot in row.slots):
                return DocumentStatus.model_validate_json(unseal(SealedRow(row.id, row.slots, row.sealed), keys))
        return None

    def finds_by_card(self, rows: Sequence[dict[str, Any]], holder: CardHolder, cost: Cost) -> list[DocumentStatus]:
        """What the holder's card opens among rows as they came."""
        told = [DocumentRow.model_validate_json(json.dumps(row)) for row in rows]
        stretched = stretched_holder(holder, cost)
        opened = []
        for place in range(MOST_OF_ONE):
            keys = claim_keys(Pepper(self.pepper), card_secret(stretched, place))
            for row in told:
                if any(slot.startswith(keys.find) for slot in row.slots):
                    text = unseal(SealedRow(row.id, row.slots, row.sealed), keys)
                    opened.append(DocumentStatus.model_validate_json(text))
        return opened

    def name_of(self, document: Document) -> str:
        """What the document's row is called here, as it travels."""
        return base64.urlsafe_b64encode(row_id(Pepper(self.pepper), DocumentId(str(document.pk)))).decode()


def lines(answer: Answer) -> list[dict[str, Any]]:
    """The lines of a snapshot that came whole."""
    return [json.loads(line) for line in gzip.decompress(b"".join(answer.streaming_content)).splitlines()]


def said(answer: Answer) -> Answer:
    """The JSON of an answer, packed or not."""
    content = gzip.decompress(answer.content) if answer.get("Content-Encoding") == "gzip" else answer.content
    return json.loads(content)
