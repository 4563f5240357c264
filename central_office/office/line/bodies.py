"""Bodies of requests, bounded before and after unpacking, so that a small bomb stays small."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from django.core.exceptions import RequestDataTooBig
from django.http import UnreadablePostError

from central_office.office.line.refusals import Refused

if TYPE_CHECKING:
    from django.http import HttpRequest


def travelled(request: HttpRequest, limit: int) -> bytes:
    """The bytes as they came over the wire, at most `limit`.

    Raises:
        Refused: too many, or the kiosk hung up.
    """
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > limit:
        raise Refused(413, "too_large", f"A body has at most {limit} bytes. Send fewer commands at once.")
    try:
        return request.body
    except RequestDataTooBig:
        raise Refused(413, "too_large", f"A body has at most {limit} bytes. Send fewer commands at once.") from None
    except UnreadablePostError:
        raise Refused(400, "cut_off", "The body broke off. Send the request again.") from None


def unpacked(request: HttpRequest, limit: int) -> bytes:
    """The body after `Content-Encoding` (none or gzip), at most `limit` bytes of it.

    Raises:
        Refused: another encoding, a broken stream, or more than `limit` bytes.
    """
    body = travelled(request, limit)
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in {"", "identity"}:
        return body
    if encoding != "gzip":
        raise Refused(415, "encoding", "A body travels plain or as gzip.")
    stream = zlib.decompressobj(wbits=31)
    try:
        plain = stream.decompress(body, limit + 1)
    except zlib.error:
        raise Refused(400, "not_gzip", "The body is no gzip stream. Send the request again.") from None
    if len(plain) > limit:
        raise Refused(413, "too_large", f"A body has at most {limit} bytes unpacked. Send fewer commands at once.")
    if not stream.eof or stream.unused_data:
        raise Refused(400, "not_gzip", "The gzip stream is cut off or followed by something. Send the request again.")
    return plain
