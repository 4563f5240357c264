from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client

from central_office.office import here
from central_office.office.line.enrolment import new_ticket, revoke
from central_office.office.models import Kiosk, Town, Visit
from tests.central_office.kiosk_end import KioskEnd, Request, said

if TYPE_CHECKING:
    from collections.abc import Callable


def _stripped_digest(request: Request) -> None:
    del request.headers["Content-Digest"]


def _stripped_signature(request: Request) -> None:
    del request.headers["Signature"]
    del request.headers["Signature-Input"]


def _altered_body(request: Request) -> None:
    request.body = request.body.replace(b'"attempt": 1', b'"attempt": 2')


def _digest_not_covered(request: Request) -> None:
    request.headers["Signature-Input"] = request.headers["Signature-Input"].replace(' "content-digest"', "")


def _other_address(request: Request) -> None:
    request.url = request.url.replace("/v1/sync", "/v1/snapshot/docs/e1")


def _garbled(request: Request) -> None:
    request.headers["Signature-Input"] = "kiosk=((((("


def _other_algorithm(request: Request) -> None:
    request.headers["Signature-Input"] = request.headers["Signature-Input"].replace("ed25519", "hmac-sha256")


def _no_created(request: Request) -> None:
    head, _, tail = request.headers["Signature-Input"].partition(";created=")
    request.headers["Signature-Input"] = head + ";" + tail.partition(";")[2]


def _nul_in_key_id(request: Request) -> None:
    request.headers["Signature-Input"] = request.headers["Signature-Input"].replace("MS-01", "MS-99")


@pytest.mark.parametrize(
    "mischief",
    [
        _stripped_digest,
        _stripped_signature,
        _altered_body,
        _digest_not_covered,
        _other_address,
        _garbled,
        _other_algorithm,
        _no_created,
        _nul_in_key_id,
    ],
)
def test_a_request_that_was_tampered_with_is_refused(kiosk: KioskEnd, mischief: Callable[[Request], None]) -> None:
    request = kiosk.request("POST", "/v1/sync", kiosk.sync_body(kiosk.commands(1)))
    mischief(request)
    if "snapshot" in request.url:
        request.method = "GET"
        request.body = b""
    answer = kiosk.send(request)
    assert answer.status_code == 401
    assert said(answer)["code"] in {"signature", "unknown_kiosk"}
    assert Visit.objects.count() == 0


def test_a_signature_with_another_key_is_refused(kiosk: KioskEnd) -> None:
    kiosk.key = Ed25519PrivateKey.generate()
    answer = kiosk.sync()
    assert (answer.status_code, said(answer)["code"]) == (401, "signature")


def test_a_kiosk_that_nobody_enrolled_is_refused(stranger: KioskEnd) -> None:
    stranger.device = "MS-77"
    answer = stranger.sync()
    assert (answer.status_code, said(answer)["code"]) == (401, "unknown_kiosk")


def test_a_revoked_kiosk_hears_nothing_more(kiosk: KioskEnd, town: object) -> None:
    revoke(Kiosk.objects.get(), here.now())
    for answer in (kiosk.sync(kiosk.commands(1)), kiosk.snapshot(Town.objects.get().epoch)):
        assert (answer.status_code, said(answer)["code"]) == (401, "unknown_kiosk")


def test_one_kiosk_cannot_speak_for_another(kiosk: KioskEnd) -> None:

    other = KioskEnd(Client())
    other.enrol(new_ticket("East", "http://testserver", "Demir", here.now()).token)
    other.device = kiosk.device
    assert other.sync().status_code == 401
