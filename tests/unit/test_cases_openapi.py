"""The OpenAPI document is the whole truth: whatever is sent, the answer is one that it names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import pytest
import schemathesis
from flask import Request
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi import checks

from services.cases import nouns
from shared import functions
from shared.codes import Phase, Role
from shared.http.route import ID
from tests.cases import CasesService, a_cases_service
from tests.signin import signed_in, somebody

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def cases_web(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The function, without the framework's own answer to paths that it does not let through."""
    request = Request(environ)
    return functions.answer(request, "/cases", lambda: nouns.application(request.path))(environ, start_response)


document = schemathesis.openapi.from_wsgi("/cases/openapi.json", cases_web)
EVERYBODY = somebody(*Role, id="lindenhof-1", organisation="lindenhof")

NOT_OURS = [
    checks.positive_data_acceptance,  # the rules of the process refuse much that the document allows
    checks.allow_header_conformance,  # offers/import is a POST beside GET offers/<offer>, and OPTIONS knows both
    checks.missing_required_header,  # it does not know 428 (RFC 6585)
]


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


@pytest.fixture
def open_case(cases: CasesService) -> Callable[[], str]:
    """A case that is still open."""
    made: list[str] = []

    def there() -> str:
        if not made or cases.desk.cases.get(made[-1]).is_closed:
            made.append(cases.case_in(Phase.LINKING))
        return made[-1]

    return there


@document.parametrize()
@settings(max_examples=10, suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_answer_is_in_the_document(case: schemathesis.Case, cases: CasesService, open_case: Callable[[], str]):
    there = open_case()
    if re.fullmatch(ID, case.path_parameters.get("case_id", "")):
        case.path_parameters["case_id"] = there
    if re.fullmatch('"[0-9]+"', case.headers.get("If-Match", "")):
        case.headers["If-Match"] = f'"{cases.version(there)}"'
    if case.headers.get("Authorization", "").startswith("Bearer"):
        case.headers.update(signed_in(EVERYBODY))

    case.call_and_validate(excluded_checks=NOT_OURS)
