"""The OpenAPI document is the whole truth: whatever is sent to notifications, the answer is one that it names."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi import checks

from services.notifications import routes, store
from shared.codes import Role
from tests.builders import a_case_allocated, a_case_assigned, a_submission_received
from tests.signin import signed_in, somebody, trusted
from tests.unit.test_notifications_handlers import Service

document = schemathesis.openapi.from_wsgi("/notifications/openapi.json", routes.application())
EVERYBODY = somebody(*Role, id="lindenhof-1", organisation="lindenhof")

NOT_OURS = [
    checks.positive_data_acceptance,  # no receipt that is made up by chance is signed
    checks.allow_header_conformance,  # receipts/healthz is a GET beside POST receipts/<provider>: OPTIONS knows both
]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    """A service whose case a1 is with Lindenhof."""
    service = Service()
    monkeypatch.setattr(store, "messages", lambda: service.messages)
    monkeypatch.setattr(store, "holders", lambda: service.holders)
    monkeypatch.setattr(store, "looks", lambda: service.looks)
    for event in (a_submission_received(), a_case_allocated(), a_case_assigned()):
        service.hear(event)
    return service


@document.parametrize()
@settings(max_examples=15, suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_answer_is_in_the_document(case: schemathesis.Case, service: Service):
    if case.query.get("case"):
        case.query["case"] = "case-a1"
    with trusted():
        if case.headers.get("Authorization", "").startswith("Bearer"):
            case.headers.update(signed_in(EVERYBODY))

        case.call_and_validate(excluded_checks=NOT_OURS)
