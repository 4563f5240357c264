"""The commonest question of the line, "is anything new?", answered by one statement before all else is looked at.

Thousands of kiosks ask it every few seconds, and nearly always nothing is. So it comes ahead of all that only pages
need: sessions, languages, forms. Only the ordinary case does: a kiosk in good standing that signed in our kiosks' own
form. Whatever is out of the ordinary goes the long way to `api.poll`, which answers every case in the same words.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import DisallowedHost
from django.db import OperationalError, connection
from django.http import HttpResponse

from central_office.contract.messages import POLL_AS_OF, POLL_ECHO
from central_office.office import changes, here
from central_office.office.line import rows
from central_office.office.line.authentication import in_our_form
from central_office.office.line.sync import SEEN_EVERY, note_seen, tag_of
from central_office.office.models import Kiosk, Town

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest

_PATH = "/v1/sync"
_ASKED = re.compile(r"poll=([0-9a-z.]{1,40})")
_LATELY = timedelta(seconds=SEEN_EVERY)
_KIOSK = ("id", "public_key", "state", "last_seq", "durable_seq", "key_wanted", "pickups_version")
_TOWN = ("key", "epoch", "pruned_xid", "pruned_id", "staff_version", "config")
"""What it takes of each, in the order in which the models have it: that is how `from_db` reads it."""


def polls_first(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer an ordinary poll at once, and leave everything else to the rest of the office."""

    def answered(request: HttpRequest) -> HttpResponse:
        if request.method == "GET" and request.path == _PATH:
            return _at_once(request) or answer(request)
        return answer(request)

    return answered


def poll_answer(echo: str, now: datetime, *, same: bool) -> HttpResponse:
    """Nothing is new (304), or something is (204), as of now."""
    response = HttpResponse(status=304 if same else 204)
    response[POLL_AS_OF] = now.isoformat()
    response[POLL_ECHO] = echo
    response["Cache-Control"] = "no-store"
    return response


def tag_in(request: HttpRequest) -> str:
    """The tag that came with the last answer, as the kiosk repeats it."""
    return str(request.META.get("HTTP_IF_NONE_MATCH", "")).strip().strip('"')


def _at_once(request: HttpRequest) -> HttpResponse | None:
    """The answer to an ordinary poll; None if it takes a closer look."""
    asked = _ASKED.fullmatch(request.META.get("QUERY_STRING", ""))
    if asked is None or request.META.get("CONTENT_LENGTH") not in {None, "", "0"}:
        return None
    try:
        # What `build_absolute_uri` comes to, for this one form of address.
        signed = in_our_form(request, f"{request.scheme}://{request.get_host()}{_PATH}?{asked[0]}", b"")
    except DisallowedHost:
        return None
    if signed is None:
        return None
    now = here.now()
    lately = [connection.ops.adapt_datetimefield_value(moment) for moment in (now - _LATELY, now + _LATELY)]
    try:
        row = rows.one(_statement(), [*lately, signed.kiosk])
    except OperationalError:  # a server that was started anew: the long way connects again
        return None
    if row is None:
        return None
    seen, xid, number, *rest = row
    kiosk, town = Kiosk.from_db(None, _KIOSK, rest[: len(_KIOSK)]), Town.from_db(None, _TOWN, rest[len(_KIOSK) :])
    if kiosk.state != Kiosk.State.ACTIVE or not signed.by(bytes(kiosk.public_key)):
        return None
    if not seen:
        note_seen(kiosk, now)
    docs = changes.behind(None if xid is None else (xid, number), town)
    same = tag_in(request) == tag_of(kiosk, town, docs, here.this_office().durable)
    return poll_answer(asked[1], now, same=same)


def _statement() -> str:
    """Whether the kiosk was seen lately, the newest change, the kiosk and the town."""
    kiosk = ", ".join(f"office_kiosk.{name}" for name in _KIOSK)
    return (
        f"SELECT last_seen > %s AND last_seen < %s, newest.xid, newest.id, {kiosk}, town.* FROM office_kiosk "  # noqa: S608
        f"CROSS JOIN (SELECT {', '.join(_TOWN)} FROM office_town LIMIT 1) AS town "
        f"LEFT JOIN ({changes.newest()}) AS newest ON 1 = 1 WHERE office_kiosk.id = %s"
    )
