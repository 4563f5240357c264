"""Whatever a signed message holds, the office answers it and does not fall over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central_office.office import here
from central_office.office.line.enrolment import revoke
from central_office.office.models import Kiosk
from tests.central_office.kiosk_end import VISIT, KioskEnd

if TYPE_CHECKING:
    from central_office.office.models import Town

ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**80), max_value=2**80)
    | st.floats()
    | st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1970-01-01T00:00:00Z", "\0"])
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
COMMAND_FIELDS = ("seq", "id", "type", "tv", "at", "body", "prev")
REQUEST_FIELDS = ("v", "db", "attempt", "at", "clock", "commands", "cursors", "waiting")
NOTHING_IS_SHARED = (HealthCheck.function_scoped_fixture,)  # an office that saw strange things is a harder one


def _answered(kiosk: KioskEnd, message: object) -> None:
    answer = kiosk.send(kiosk.request("POST", "/v1/sync", json.dumps(message).encode()))
    assert answer.status_code in {200, 401, 409, 413, 422}, answer.content
    json.loads(answer.content)


@settings(max_examples=40, deadline=None, suppress_health_check=NOTHING_IS_SHARED)
@given(field=st.sampled_from(REQUEST_FIELDS), value=ANY_JSON)
def test_one_field_of_a_request_is_strange(kiosk: KioskEnd, field: str, value: object) -> None:
    message = json.loads(kiosk.sync_body([kiosk.command()]))
    _answered(kiosk, message | {field: value})


@settings(max_examples=40, deadline=None, suppress_health_check=NOTHING_IS_SHARED)
@given(field=st.sampled_from(COMMAND_FIELDS), value=ANY_JSON)
def test_one_field_of_a_command_is_strange(kiosk: KioskEnd, field: str, value: object) -> None:
    message = json.loads(kiosk.sync_body([kiosk.command()]))
    message["commands"][0][field] = value
    _answered(kiosk, message)


@settings(max_examples=40, deadline=None, suppress_health_check=NOTHING_IS_SHARED)
@given(field=st.sampled_from(sorted(VISIT)), value=ANY_JSON)
def test_one_field_of_a_visit_is_strange(kiosk: KioskEnd, field: str, value: Any) -> None:  # noqa: ANN401  # anything is the point
    _answered(kiosk, json.loads(kiosk.sync_body([kiosk.command(VISIT | {field: value})])))


@pytest.mark.parametrize("path", ["/v1/enrol", "/v1/sync", "/v1/snapshot/docs/e1", "/v1/snapshot/docs/" + "x" * 500])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_every_method_everywhere_gets_an_answer(town: Town, kiosk: KioskEnd, path: str, method: str) -> None:
    assert kiosk.browser.generic(method, path, b"").status_code < 500


def test_a_kiosk_whose_clock_fell_back_to_1970_is_heard(kiosk: KioskEnd) -> None:
    visit = VISIT | {"began": "1970-01-01T00:03:00Z"}
    command = json.loads(kiosk.sync_body([kiosk.command(visit)], at="1970-01-01T00:04:00Z"))
    assert kiosk.send(kiosk.request("POST", "/v1/sync", json.dumps(command).encode())).json()["ack"] == 1


@pytest.mark.parametrize("number", [2**31, 2**63, 2**80])
def test_numbers_that_no_column_holds_are_heard_all_the_same(kiosk: KioskEnd, number: int) -> None:
    assert kiosk.sync(kiosk.commands(1), waiting=number).status_code == 200
    kiosk.attempt = number
    assert kiosk.sync().json()["attempt"] == number + 1
    kiosk.last = number
    assert kiosk.sync(kiosk.commands(1)).json()["ack"] == 1
    revoke(Kiosk.objects.get(), here.now())
    kiosk.last = number
    assert kiosk.sync([kiosk.command(type_="reservation.made")]).status_code == 401
