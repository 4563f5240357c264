"""The line as its OpenAPI document describes it, tried by schemathesis with requests that a kiosk signed.

Whatever is asked, in the document's words or against them, is answered with a status and a body that the document
names, and never by an office that fell over. A longer search:
`OPENAPI_EXAMPLES=2000 .venv/bin/python -m pytest tests/central_office/office/test_openapi.py --timeout=0`
"""

from __future__ import annotations

import json
import os
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.management import call_command
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from central_office.contract.chain import command_hash
from central_office.contract.messages import SyncRequest
from central_office.office import here
from central_office.office.line import blobs
from central_office.office.line.enrolment import new_ticket
from tests.central_office.kiosk_end import KioskEnd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from central_office.office.models import Document, Town

EXAMPLES = int(os.environ.get("OPENAPI_EXAMPLES", "25"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = [
    ("/v1/enrol", "POST"),
    ("/v1/sync", "POST"),
    ("/v1/sync", "GET"),
    ("/v1/keys", "POST"),
    ("/v1/telemetry", "POST"),
    ("/v1/blobs/{digest}", "GET"),
    ("/v1/snapshot/docs/{epoch}", "GET"),
]


def described() -> bytes:
    said = StringIO()
    call_command("openapi", stdout=said)
    return said.getvalue().encode()


class KiosksHand:
    """Stands between who asks and the office: every request is signed by a kiosk that was enrolled this moment."""

    def __init__(self, enrolled: Callable[[], KioskEnd]) -> None:
        self._enrolled = enrolled
        self._office = WSGIHandler()
        self._document = described()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/openapi.json":
            start("200 OK", [("Content-Type", "application/json")])
            return [self._document]
        kiosk = self._enrolled()
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if (environ["REQUEST_METHOD"], environ["PATH_INFO"]) == ("POST", "/v1/sync"):
            body = in_order(kiosk, body)
        environ["HTTP_HOST"] = "testserver"
        target = WSGIRequest(dict(environ)).build_absolute_uri().removeprefix("http://testserver")
        for name, value in kiosk.request(environ["REQUEST_METHOD"], target, body).headers.items():
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        environ["CONTENT_LENGTH"] = str(len(body))
        environ["wsgi.input"] = BytesIO(body)
        return self._office(environ, start)


def in_order(kiosk: KioskEnd, body: bytes) -> bytes:
    """Commands that fit the contract follow each other, so that the office gets as far as what they say."""
    try:
        request = SyncRequest.model_validate_json(body)
    except ValidationError:
        return body
    commands = []
    for seq, command in enumerate(request.commands, start=1):
        commands.append(command.model_copy(update={"seq": seq, "prev": kiosk.prev}))
        kiosk.prev = command_hash(commands[-1])
    return request.model_copy(update={"commands": tuple(commands)}).model_dump_json().encode()


@pytest.fixture
def line(town: Town, passport: Document) -> Any:  # noqa: ANN401 - schemathesis' own type is generic
    """The office as schemathesis sees it."""

    def enrolled() -> KioskEnd:
        kiosk = KioskEnd(Client())
        assert kiosk.enrol(new_ticket("Foyer", "http://testserver", "Demir", here.now()).typed).status_code == 200
        return kiosk

    return schemathesis.openapi.from_wsgi("/openapi.json", KiosksHand(enrolled))


def test_every_operation_of_the_line_is_tried() -> None:
    paths = json.loads(described())["paths"]
    assert {(path, method.upper()) for path, methods in paths.items() for method in methods} == set(OPERATIONS)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_whatever_is_asked_the_answer_is_one_that_the_document_names(
    line: Any,  # noqa: ANN401 - as above
    town: Town, path: str, method: str, mode: GenerationMode,
) -> None:  # fmt: skip
    operation = line[path][method]
    there = {"/v1/snapshot/docs/{epoch}": {"epoch": town.epoch}}
    there["/v1/blobs/{digest}"] = {"digest": blobs.publish(here.this_office().data / "blobs", {"town": b"a word"})}
    cases = operation.as_strategy(mode)
    if path in there and mode is GenerationMode.POSITIVE:
        cases = st.one_of(cases, operation.as_strategy(mode, path_parameters=there[path]))

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=EXAMPLES == 25,
        suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )  # fmt: skip
    @given(case=cases)
    def asked(case: schemathesis.Case[Any]) -> None:
        case.validate_response(case.call(), checks=CHECKS)

    asked()
