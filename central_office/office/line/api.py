"""The API of the line, as `contract.messages` describes it; every refusal is a Problem."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING, TypeVar

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import NinjaAPI
from pydantic import ValidationError

from central_office.contract.base import Message
from central_office.contract.messages import (
    MAX_BODY,
    MAX_SMALL_BODY,
    EnrolAnswer,
    EnrolRequest,
    KeyAnswer,
    KeyRequest,
    Problem,
    SyncAnswer,
    SyncRequest,
    Telemetry,
)
from central_office.office import attempts, here
from central_office.office.events import RequestRefused
from central_office.office.line import blobs, enrolment, keys, row_shapes, rows, snapshot
from central_office.office.line.authentication import kiosk_of
from central_office.office.line.bodies import unpacked
from central_office.office.line.polling import poll_answer, tag_in
from central_office.office.line.refusals import Refused
from central_office.office.line.sync import poll as poll_kiosk
from central_office.office.line.sync import sync as sync_kiosk
from central_office.office.models import Kiosk, Town
from logbook import say, word

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from central_office.office.line.snapshot import Snapshot

MAX_ENROL_BODY = 4096
_WORTH_PACKING = 1024
Wish = TypeVar("Wish", bound=Message)

api = NinjaAPI(title="The line between kiosk and office", version="1", docs_url=None, openapi_url=None)


# What any request may meet before the office reads what it says, and what a body adds to that.
_DOOR = frozenset({400, 413, 503})
_SIGNATURE = _DOOR | {401}
_BODY = frozenset({415, 422})


@api.post("/enrol", response={200: EnrolAnswer, _DOOR | _BODY | {403, 409, 429}: Problem})
def enrol(request: HttpRequest) -> HttpResponseBase:
    """Make a machine a kiosk."""
    now = here.now()
    office = here.this_office()
    who = attempts.address_of(request, behind_proxy=office.behind_proxy)
    doors = ((attempts.ENROL_BY_ADDRESS, who), (attempts.ENROL, ""))
    if not all(door.open_for(name, now) for door, name in doors):
        raise Refused(429, "too_many_tries", "Too many tickets that do not exist. Wait ten minutes.", retry_after=600)
    wish = _read(EnrolRequest, unpacked(request, MAX_ENROL_BODY))
    try:
        answer = enrolment.enrol(wish, now)
    except Refused as refused:
        if refused.status == 403:
            for door, name in doors:
                door.failed(name, now)
        raise
    return _answer(request, answer)


@api.post("/sync", response={200: SyncAnswer, _SIGNATURE | _BODY | {409}: Problem})
def sync(request: HttpRequest) -> HttpResponseBase:
    """Commands up, changes down."""
    kiosk = kiosk_of(request, revoked_too=True)
    wish = _read(SyncRequest, unpacked(request, MAX_BODY))
    return _answer(request, sync_kiosk(kiosk, wish, _town(), here.now(), here.this_office().durable))


@api.get("/sync", response={204: None, 304: None, _SIGNATURE: Problem})
def poll(request: HttpRequest) -> HttpResponseBase:
    """Nothing is new since the tag (304), or something is (204): come with a POST."""
    kiosk = kiosk_of(request)
    now = here.now()
    same = poll_kiosk(kiosk, tag_in(request), _town(), now, here.this_office().durable)
    # Only what a header may carry: a kiosk sends nothing else.
    return poll_answer(re.sub(r"[^0-9a-z.]", "", request.GET.get("poll", "")[:40]), now, same=same)


@api.post("/keys", response={200: KeyAnswer, _SIGNATURE | _BODY | {409}: Problem})
def new_key(request: HttpRequest) -> HttpResponseBase:
    """Take the kiosk's new key beside the one that signed this."""
    kiosk = kiosk_of(request)
    return _answer(request, keys.present(kiosk, _read(KeyRequest, unpacked(request, MAX_SMALL_BODY))))


@api.post("/telemetry", response={204: None, _SIGNATURE | _BODY: Problem})
def telemetry(request: HttpRequest) -> HttpResponseBase:
    """Keep the latest that the kiosk says of its own health."""
    kiosk = kiosk_of(request)
    said = _read(Telemetry, unpacked(request, MAX_SMALL_BODY))
    Kiosk.objects.filter(pk=kiosk.pk).update(
        telemetry=json.dumps(said.model_dump(mode="json", include=set(Telemetry.model_fields))),
        telemetry_at=here.now(),
    )
    return HttpResponse(status=204)


@api.get("/blobs/{digest}", response={frozenset({200, 206, 416}): None, _SIGNATURE | {404}: Problem})
def blob(request: HttpRequest, digest: str) -> HttpResponseBase:
    """A file known by its content, or the rest of it."""
    kiosk_of(request)
    found = blobs.kept(here.this_office().data / "blobs", digest)
    if found is None:
        raise Refused(404, "no_blob", "The office has no such file. Sync again to learn which it has.")
    start = _range_start(request)
    asked = request.headers.get("If-Range", f'"{digest}"').strip().strip('"')
    response = _ranged(found, start if asked == digest else None)
    response["Content-Type"] = "application/octet-stream"
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@api.get("/snapshot/docs/{epoch}", response={frozenset({200, 206, 416}): None, _SIGNATURE | {404, 409, 410}: Problem})
def snapshot_docs(request: HttpRequest, epoch: str) -> HttpResponseBase:
    """The whole set for one kiosk; a fetch that broke off goes on where it was."""
    kiosk = kiosk_of(request)
    if kiosk.state != Kiosk.State.ACTIVE:
        raise Refused(409, "fork", "Two machines speak with this kiosk's key. Revoke it and enrol the right one anew.")
    town = _town()
    slots = row_shapes.slots_of(epoch, town)
    if slots is None:
        raise Refused(410, "epoch", "The office has begun a new epoch. Sync again to learn it.")
    office = here.this_office()
    folder = office.data / "snapshots"
    start = _range_start(request)
    resumed = snapshot.kept(folder, kiosk, town, request.headers.get("If-Range", "").strip().strip('"'), slots)
    if start is not None and resumed is not None:
        response = _ranged(resumed, start)
    else:
        response = _ranged(snapshot.make(folder, kiosk, town, here.now(), slots), None)
    response["Content-Type"] = "application/gzip"
    return response


@api.exception_handler(Refused)
def _refused(_request: HttpRequest, refused: Refused) -> HttpResponse:
    say(RequestRefused(refused.status, word(refused.code)))
    problem = Problem(code=refused.code, detail=refused.detail)
    response = HttpResponse(
        problem.model_dump_json(), status=refused.status, content_type="application/problem+json; charset=utf-8"
    )
    if refused.retry_after is not None:
        response["Retry-After"] = str(refused.retry_after)
    return response


@api.exception_handler(DisallowedHost)
def _disallowed_host(request: HttpRequest, _error: DisallowedHost) -> HttpResponse:
    return _refused(
        request, Refused(400, "host", "The office is not reached under this name. See hosts in office.toml.")
    )


def _read(kind: type[Wish], body: bytes) -> Wish:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        # Where it is wrong, never what stood there.
        places = ", ".join(
            sorted({".".join(map(str, one["loc"])) or "body" for one in error.errors(include_input=False)})
        )
        raise Refused(422, "malformed", f"The message does not fit the contract: {places}"[:500]) from None


def _answer(request: HttpRequest, message: Message) -> HttpResponse:
    """The message as JSON, packed if that pays and the kiosk understands it."""
    text = message.model_dump_json(exclude_none=True).encode()
    response = HttpResponse(content_type="application/json; charset=utf-8")
    if len(text) > _WORTH_PACKING and "gzip" in request.headers.get("Accept-Encoding", ""):
        response["Content-Encoding"] = "gzip"
        text = gzip.compress(text, compresslevel=5, mtime=0)
    response.content = text
    response["Content-Length"] = str(len(text))
    return response


def _town() -> Town:
    town = rows.instance(Town, "LIMIT 1", [])
    if town is None:
        raise Refused(503, "no_town", "The office has no town yet. Load one: office town FILE.", retry_after=60)
    return town


def _ranged(file: Snapshot, start: int | None) -> HttpResponseBase:
    """The whole file, or what lies behind `start`."""
    size = file.size
    if start is not None and start >= size:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = StreamingHttpResponse(file.piece(start or 0, size), status=200 if start is None else 206)
    if start is not None:
        response["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
    response["Content-Length"] = str(size - (start or 0))
    response["ETag"] = f'"{file.sha256}"'
    response["Accept-Ranges"] = "bytes"
    return response


def _range_start(request: HttpRequest) -> int | None:
    """Where an open range begins; other ranges are ignored, as RFC 9110 (14.2) allows."""
    found = re.fullmatch(r"bytes=(\d{1,15})-", request.headers.get("Range", "").strip())
    return int(found[1]) if found else None
