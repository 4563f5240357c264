"""Whether a request comes from a kiosk that the office knows: HTTP Message Signatures (RFC 9421) over its digest.

The time of the signature is not enforced: kiosks have wrong clocks, and a replayed request does no harm, because its
sequence numbers were applied already.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature as WrongSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.exceptions import DisallowedHost
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)

from central_office.contract.messages import MAX_BODY
from central_office.contract.signatures import COVERED
from central_office.office import here
from central_office.office.line import rows
from central_office.office.line.bodies import travelled
from central_office.office.line.keys import promote
from central_office.office.line.refusals import Refused
from central_office.office.models import Kiosk

if TYPE_CHECKING:
    from django.http import HttpRequest

_INPUT = re.compile(
    r'kiosk=(\("@method" "@target-uri" "content-digest"\);created=\d{1,12};keyid="([0-9A-Za-z-]{1,20})";alg="ed25519")'
)
_SIGNATURE = re.compile(r"kiosk=:([A-Za-z0-9+/]{86}==):")
"""The one form in which our kiosks sign; whatever is written otherwise is read by the library."""

_UNKNOWN = "The office does not know this kiosk, or no longer. A technician enrols it with a new ticket."


@dataclass(frozen=True)
class Signed:
    """A request that says who signed it, and what was signed; whether that is true, only a key can tell."""

    kiosk: str
    base: bytes
    signature: bytes

    def by(self, key: bytes) -> bool:
        """Whether the owner of this public key signed it."""
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(self.signature, self.base)
        except (WrongSignature, ValueError):
            return False
        return True


class _KiosksKeys(HTTPSignatureKeyResolver):
    """The public keys of the kiosks that may speak; remembers whom it was asked for.

    Asked a second time, it gives the key that the kiosk presented and has not used yet, if there is one.
    """

    def __init__(self, *, revoked_too: bool) -> None:
        self.kiosk: Kiosk | None = None
        self.next = False
        self._revoked_too = revoked_too

    @property
    def has_another(self) -> bool:
        return not self.next and self.kiosk is not None and self.kiosk.next_key is not None

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        if self.kiosk is None or self.kiosk.pk != key_id:
            self.kiosk = _kiosk(key_id)
        if self.kiosk is None or (self.kiosk.state == Kiosk.State.REVOKED and not self._revoked_too):
            return None
        key = self.kiosk.next_key if self.next else self.kiosk.public_key
        return None if key is None else Ed25519PublicKey.from_public_bytes(bytes(key))

    def resolve_private_key(self, key_id: str) -> Ed25519PublicKey:
        raise KeyError(key_id)


class _TimelessVerifier(HTTPMessageVerifier):
    """Checks everything but the clock."""

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:  # noqa: ANN401, ARG002  # the library's
        if "created" not in sig_input.params:
            raise InvalidSignature("created is missing")


class _Seen:
    """The request as the signature library looks at it."""

    def __init__(self, request: HttpRequest) -> None:
        self.method = request.method or ""
        self.url = request.build_absolute_uri()
        self.headers = dict(request.headers.items())


def kiosk_of(request: HttpRequest, *, revoked_too: bool = False) -> Kiosk:
    """The kiosk that signed this request; one that was revoked only if the caller refuses it himself.

    Raises:
        Refused: no signature, a wrong one, an unknown or revoked kiosk, a body that is not the signed one.
    """
    body = travelled(request, MAX_BODY)
    known = _known_at_once(request, body)
    if known is not None:
        return known
    keys = _KiosksKeys(revoked_too=revoked_too)
    verifier = _TimelessVerifier(signature_algorithm=algorithms.ED25519, key_resolver=keys)
    try:
        seen = _Seen(request)
        try:
            verifier.verify(seen, max_age=None, require_components=COVERED, body=body)
        except InvalidSignature:
            if not keys.has_another:
                raise
            keys.next = True
            verifier.verify(seen, max_age=None, require_components=COVERED, body=body)
    except DisallowedHost:
        raise Refused(
            400, "host", "The office is not reached under this name. Add it to hosts in office.toml."
        ) from None
    except (HTTPMessageSignaturesException, ValueError):
        if keys.kiosk is not None and keys.kiosk.state != Kiosk.State.REVOKED:
            raise Refused(401, "signature", "The signature does not fit this request.") from None
        raise Refused(401, "unknown_kiosk", _UNKNOWN) from None
    if keys.kiosk is None:
        raise Refused(401, "unknown_kiosk", _UNKNOWN)
    return promote(keys.kiosk, here.now()) if keys.next else keys.kiosk


def _kiosk(key_id: str) -> Kiosk | None:
    return None if "\0" in key_id else rows.instance(Kiosk, "WHERE id = %s", [key_id])


def _known_at_once(request: HttpRequest, body: bytes) -> Kiosk | None:
    """The kiosk that signed this in our kiosks' own form with its present key; None if that takes a closer look."""
    try:
        signed = in_our_form(request, request.build_absolute_uri(), body)
    except DisallowedHost:
        return None
    kiosk = None if signed is None else _kiosk(signed.kiosk)
    if signed is None or kiosk is None or kiosk.state == Kiosk.State.REVOKED:
        return None
    return kiosk if signed.by(bytes(kiosk.public_key)) else None


def in_our_form(request: HttpRequest, address: str, body: bytes) -> Signed | None:
    """What was signed and by whom, if the request is signed in our kiosks' own form; None if it is not.

    With `Signed.by` it is the same check as the library's for that one form, at a fifth of its time (RFC 9421, section
    2.5). `address` is the request's absolute address, `body` its body as it travelled.
    """
    signed = _INPUT.fullmatch(request.META.get("HTTP_SIGNATURE_INPUT", ""))
    signature = _SIGNATURE.fullmatch(request.META.get("HTTP_SIGNATURE", ""))
    digest = f"sha-256=:{base64.b64encode(sha256(body).digest()).decode()}:"
    if signed is None or signature is None or request.META.get("HTTP_CONTENT_DIGEST") != digest:
        return None
    base = (
        f'"@method": {request.method}\n"@target-uri": {address}\n'
        f'"content-digest": {digest}\n"@signature-params": {signed[1]}'
    )
    if not base.isascii():
        return None
    return Signed(signed[2], base.encode("ascii"), base64.b64decode(signature[1]))
