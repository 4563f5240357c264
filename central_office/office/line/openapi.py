"""The line described as an OpenAPI document, for those who test or rebuild a kiosk's end.

It is printed by `office manage openapi` and served nowhere: kiosks speak the contract they were built with, and a
stranger needs no map. Bodies come as bytes, so that a signature can be checked before they are read; what they must
hold is added here from the contract.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from central_office.contract.messages import EnrolRequest, KeyRequest, SyncRequest, Telemetry
from central_office.office.line.api import api

if TYPE_CHECKING:
    from central_office.contract.base import Message

_BODIES: dict[str, type[Message]] = {
    "/v1/enrol": EnrolRequest,
    "/v1/sync": SyncRequest,
    "/v1/keys": KeyRequest,
    "/v1/telemetry": Telemetry,
}
_SIGNED = "A kiosk's HTTP Message Signature (RFC 9421) over method, target URI and Content-Digest."


def document() -> dict[str, Any]:
    """The whole line: what may be asked, what is answered, every refusal among it."""
    made: dict[str, Any] = api.get_openapi_schema(path_prefix="/v1/")
    parts: dict[str, Any] = made.setdefault("components", {}).setdefault("schemas", {})
    made["components"]["securitySchemes"] = {
        "signature": {"type": "apiKey", "in": "header", "name": "Signature", "description": _SIGNED}
    }
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            if path != "/v1/enrol":
                operation["security"] = [{"signature": []}]
            if method == "post":
                operation["requestBody"] = {
                    "required": True,
                    "content": {"application/json": {"schema": _reference(_BODIES[path], parts)}},
                }
            for status, answer in operation["responses"].items():
                _as_it_travels(path, int(status), answer)
    return made


def _reference(kind: type[Message], parts: dict[str, Any]) -> dict[str, str]:
    """Put the message's schema among the parts; where it is now."""
    schema = kind.model_json_schema(ref_template="#/components/schemas/{model}")
    parts.update(schema.pop("$defs", {}))
    parts[kind.__name__] = schema
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def _as_it_travels(path: str, status: int, answer: dict[str, Any]) -> None:
    """Name the media type that is sent, which is JSON only for messages."""
    if status in {204, 304, 416}:
        answer.pop("content", None)
    elif status >= 400:
        answer["content"] = {"application/problem+json": answer["content"]["application/json"]}
    elif path.startswith(("/v1/blobs/", "/v1/snapshot/")):
        kind = "application/octet-stream" if path.startswith("/v1/blobs/") else "application/gzip"
        answer["content"] = {kind: {"schema": {"type": "string", "format": "binary"}}}
