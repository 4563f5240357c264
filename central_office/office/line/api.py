"""The API of the line: `/v1/enrol`, `/v1/sync`, `/v1/snapshot/docs/{epoch}`; every refusal is a Problem."""

from __future__ import annotations

import gzip
import logging
import re
from typing import TYPE_CHECKING, TypeVar

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import NinjaAPI
from pydantic import ValidationError

from central_office.contract.base import Message
from central_office.contract.messages import MAX_BODY, EnrolAnswer, EnrolRequest, Problem, SyncAnswer, SyncRequest
from central_office.office import attempts, here
from central_office.office.line import enrolment, snapshot
from central_office.office.line.authentication import kiosk_of
from central_office.office.line.bodies import unpacked
from central_office.office.line.refusals import Refused
from central_office.office.line.sync import sync as sync_kiosk
from central_office.office.models import Kiosk, Town

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase


MAX_ENROL_BODY = 4096
_WORTH_PACKING = 1024
log = logging.getLogger("office.line")
Wish = TypeVar("Wish", bound=Message)

api = NinjaAPI(title="The line between kiosk and office", version="1", docs_url=None, openapi_url=None)


@api.post("/enrol", response={200: EnrolAnswer, 403: Problem, 429: Problem})
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


@api.post("/sync", response={200: SyncAnswer, 401: Problem, 409: Problem, 413: Problem})
def sync(request: HttpRequest) -> HttpResponseBase:
    """Commands up, changes down."""
    kiosk = kiosk_of(request)
    wish = _read(SyncRequest, unpacked(request, MAX_BODY))
    return _answer(request, sync_kiosk(kiosk, wish, _town(), here.now()))


@api.get("/snapshot/docs/{epoch}", response={401: Problem, 410: Problem})
def snapshot_docs(request: HttpRequest, epoch: str) -> HttpResponseBase:
    """The whole set for one kiosk; a fetch that broke off goes on where it was."""
    kiosk = kiosk_of(request)
    if kiosk.state != Kiosk.State.ACTIVE:
        raise Refused(409, "fork", "Two machines speak with this kiosk's key. Revoke it and enrol the right one anew.")
    town = _town()
    if epoch != town.epoch:
        raise Refused(410, "epoch", "The office has begun a new epoch. Sync again to learn it.")
    office = here.this_office()
    folder = office.data / "snapshots"
    start = _range_start(request)
    resumed = snapshot.kept(folder, kiosk, request.headers.get("If-Range", "").strip().strip('"'))
    if start is not None and resumed is not None:
        size = resumed.size
        if start >= size:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        response = StreamingHttpResponse(resumed.piece(start, size), status=206)
        response["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
        response["Content-Length"] = str(size - start)
        response["ETag"] = f'"{resumed.sha256}"'
    else:
        made = snapshot.make(folder, kiosk, town, here.now())
        response = StreamingHttpResponse(made.piece(0, made.size))
        response["Content-Length"] = str(made.size)
        response["ETag"] = f'"{made.sha256}"'
    response["Content-Type"] = "application/gzip"
    response["Accept-Ranges"] = "bytes"
    return response


@api.exception_handler(Refused)
def _refused(_request: HttpRequest, refused: Refused) -> HttpResponse:
    log.info("refused: %s %s", refused.status, refused.code)
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
    town = Town.objects.first()
    if town is None:
        raise Refused(503, "no_town", "The office has no town yet. Load one: office town FILE.", retry_after=60)
    return town


def _range_start(request: HttpRequest) -> int | None:
    """Where an open range begins; other ranges are ignored, as RFC 9110 (14.2) allows."""
    found = re.fullmatch(r"bytes=(\d{1,15})-", request.headers.get("Range", "").strip())
    return int(found[1]) if found else None
