"""A poll takes the short way if it is an ordinary one; whatever it is, it is answered as the long way would."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.test.utils import CaptureQueriesContext

from central_office.contract.signatures import new_key_words
from central_office.contract.stages import Stage
from central_office.office import changes, lifecycle
from central_office.office.models import Kiosk, Town
from tests.central_office.kiosk_end import Answer, KioskEnd, said

if TYPE_CHECKING:
    from collections.abc import Callable

    from central_office.office.models import Document
    from tests.central_office.conftest import HandClock

MORNING = datetime(2026, 6, 16, 8, 24, tzinfo=UTC)
SHORT, LONG = "/v1/sync?poll=7.1", "/v1/sync?poll=7.1&the_long_way"


def poll(kiosk: KioskEnd, tag: str, path: str = SHORT) -> Answer:
    return kiosk.send(kiosk.request("GET", path, b"", If_None_Match=f'"{tag}"'))


def tag_now(kiosk: KioskEnd, town: Town) -> str:
    return str(said(kiosk.sync(kiosk.commands(1), str(changes.head(town))))["tag"])


def test_an_ordinary_poll_costs_one_look_and_no_page_s_headers(kiosk: KioskEnd, town: Town) -> None:
    tag = tag_now(kiosk, town)
    with CaptureQueriesContext(connection) as asked:
        answer = poll(kiosk, tag)
    assert (answer.status_code, answer.content, answer["Poll"]) == (304, b"", "7.1")
    assert datetime.fromisoformat(answer["As-Of"]) == MORNING
    # On PostgreSQL that look is prepared, past what Django counts.
    assert len(asked) == (connection.vendor != "postgresql")
    assert set(answer.headers) == {"As-Of", "Poll", "Cache-Control", "Content-Type"}


@pytest.mark.parametrize("path", [SHORT, LONG])
@pytest.mark.parametrize(
    "happened",
    [
        lambda: Kiosk.objects.update(last_seq=9),
        lambda: Kiosk.objects.update(durable_seq=1),
        lambda: Kiosk.objects.update(key_wanted=True),
        lambda: Kiosk.objects.update(state=Kiosk.State.FORKED),
        lambda: Town.objects.update(epoch="e9"),
        lambda: Town.objects.update(config="a" * 64),
    ],
)
def test_whatever_is_new_is_told_on_either_way(
    kiosk: KioskEnd, town: Town, happened: Callable[[], int], path: str
) -> None:
    tag = tag_now(kiosk, town)
    assert poll(kiosk, tag, path).status_code == 304
    assert happened() == 1
    assert poll(kiosk, tag, path).status_code == 204


@pytest.mark.parametrize("path", [SHORT, LONG])
def test_a_document_that_moved_is_told_on_either_way(
    kiosk: KioskEnd, town: Town, passport: Document, clock: HandClock, path: str
) -> None:
    tag = tag_now(kiosk, town)
    assert poll(kiosk, tag, path).status_code == 304
    lifecycle.move(passport, Stage.SENT_TO_PRODUCER, "Weber", clock())
    assert poll(kiosk, tag, path).status_code == 204


@pytest.mark.parametrize("path", [SHORT, LONG])
def test_a_log_of_changes_that_was_pruned_is_nothing_new(
    kiosk: KioskEnd, town: Town, passport: Document, clock: HandClock, path: str
) -> None:
    tag = tag_now(kiosk, town)
    assert changes.prune(town, clock.forward(days=100)) == 1
    assert poll(kiosk, tag, path).status_code == 304


@pytest.mark.parametrize("tag", ["", "0" * 32, "nonsense"])
def test_a_tag_that_the_office_never_gave_means_come_with_a_post(kiosk: KioskEnd, tag: str) -> None:
    assert poll(kiosk, tag).status_code == 204


@pytest.mark.parametrize("path", [SHORT, LONG])
@pytest.mark.parametrize("gone", [61, -61])
def test_a_poll_writes_down_that_the_kiosk_is_there_and_no_more_than_once_a_minute(
    kiosk: KioskEnd, town: Town, clock: HandClock, gone: int, path: str
) -> None:
    tag = tag_now(kiosk, town)
    now = clock.forward(seconds=gone)
    poll(kiosk, tag, path)
    assert Kiosk.objects.get().last_seen == now
    clock.forward(seconds=59)
    poll(kiosk, tag, path)
    assert Kiosk.objects.get().last_seen == now
    Kiosk.objects.update(last_seen=None)
    poll(kiosk, tag, path)
    assert Kiosk.objects.get().last_seen == now + timedelta(seconds=59)


def test_a_poll_with_another_s_signature_is_refused(kiosk: KioskEnd, town: Town) -> None:
    tag = tag_now(kiosk, town)
    right, kiosk.key = kiosk.key, Ed25519PrivateKey.generate()
    assert said(poll(kiosk, tag))["code"] == "signature"
    kiosk.key = right
    request = kiosk.request("GET", SHORT, b"", If_None_Match=f'"{tag}"')
    request.url = request.url.replace("poll=7.1", "poll=7.2")
    assert said(kiosk.send(request))["code"] == "signature"


def test_a_poll_that_carries_a_body_it_did_not_sign_is_refused(kiosk: KioskEnd, town: Town) -> None:
    request = kiosk.request("GET", SHORT, b"", If_None_Match=f'"{tag_now(kiosk, town)}"')
    request.body = b"{}"
    assert said(kiosk.send(request))["code"] == "signature"


def test_a_revoked_kiosk_and_a_stranger_are_refused(kiosk: KioskEnd, town: Town) -> None:
    tag = tag_now(kiosk, town)
    Kiosk.objects.update(state=Kiosk.State.REVOKED)
    assert said(poll(kiosk, tag))["code"] == "unknown_kiosk"
    kiosk.device = "MS-77"
    assert said(poll(kiosk, tag))["code"] == "unknown_kiosk"


def test_a_poll_under_a_name_that_is_not_ours_is_refused(kiosk: KioskEnd, town: Town) -> None:
    request = kiosk.request("GET", SHORT, b"", If_None_Match=f'"{tag_now(kiosk, town)}"', Host="elsewhere.example")
    assert kiosk.send(request).status_code == 400


def test_an_office_without_a_town_says_so_to_a_poll(kiosk: KioskEnd, town: Town) -> None:
    tag = tag_now(kiosk, town)
    Town.objects.all().delete()
    assert said(poll(kiosk, tag))["code"] == "no_town"


def test_the_first_poll_with_a_new_key_makes_it_the_kiosk_s(kiosk: KioskEnd, town: Town) -> None:
    fresh = KioskEnd(kiosk.browser, device=kiosk.device)
    raw = base64.b64decode(fresh.public_key)
    words = {
        "public_key": fresh.public_key,
        "proof": base64.b64encode(fresh.key.sign(new_key_words(kiosk.device, raw))).decode(),
    }
    assert kiosk.send(kiosk.request("POST", "/v1/keys", json.dumps(words).encode())).status_code == 200
    tag = tag_now(kiosk, town)
    assert poll(fresh, tag).status_code == 304
    assert bytes(Kiosk.objects.get().public_key) == raw
    assert said(poll(kiosk, tag))["code"] == "signature"
