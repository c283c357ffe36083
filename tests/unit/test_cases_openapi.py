"""The OpenAPI document is the whole truth: whatever is sent, the answer is one that it names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi import checks

from shared.codes import Phase, Role
from shared.http.documented import ID
from tests.cases import CasesService, a_cases_service, application
from tests.signin import signed_in, somebody

document = schemathesis.openapi.from_wsgi("/cases/openapi.json", application())
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
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_answer_is_in_the_document(case: schemathesis.Case, cases: CasesService, open_case: Callable[[], str]):
    there = open_case()
    if re.fullmatch(ID, case.path_parameters.get("case_id", "")):
        case.path_parameters["case_id"] = there
    if re.fullmatch('"[0-9]+"', case.headers.get("If-Match", "")):
        case.headers["If-Match"] = f'"{cases.version(there)}"'
    if case.headers.get("Authorization", "").startswith("Bearer"):
        case.headers.update(signed_in(EVERYBODY))

    case.call_and_validate(excluded_checks=NOT_OURS)
