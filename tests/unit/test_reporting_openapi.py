"""The OpenAPI document is the whole truth: whatever is sent to reporting, the answer is one that it names."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi import checks

from services.reporting import routes
from shared.codes import Role
from tests.reporting import ID, ReportingService, a_reporting_service
from tests.signin import signed_in, somebody

document = schemathesis.openapi.from_wsgi("/reporting/openapi.json", routes.application())
EVERYBODY = somebody(*Role, id="koordination", organisation="stadt")

NOT_OURS = [
    checks.positive_data_acceptance,  # a period is more than what its pattern says: one that is over, of its kind
    checks.allow_header_conformance,  # GET reports/<id> lies beside POST reports, and OPTIONS knows both
]


@pytest.fixture
def reporting() -> Iterator[ReportingService]:
    with a_reporting_service() as service:
        service.write_october()
        yield service


@document.parametrize()
@settings(max_examples=15, suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_answer_is_in_the_document(case: schemathesis.Case, reporting: ReportingService):
    if "report_id" in case.path_parameters and case.path_parameters["report_id"].isalnum():
        case.path_parameters["report_id"] = ID
    if case.headers.get("Authorization", "").startswith("Bearer"):
        case.headers.update(signed_in(EVERYBODY))

    case.call_and_validate(excluded_checks=NOT_OURS)
