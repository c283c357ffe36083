"""The OpenAPI document is the whole truth: whatever is sent, the answer is one that it names."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi import checks

from infra.topology import FUNCTIONS, Http
from shared.codes import Role
from tests.intake import IntakeService, an_intake_service, entry_point
from tests.signin import signed_in, somebody

document = schemathesis.openapi.from_wsgi("/intake/openapi.json", entry_point("intake_web"))
PARTNER = somebody(Role.PARTNER, id="partner-jobcenter", organisation="jobcenter")

NOT_OURS = [checks.positive_data_acceptance]  # no phone number that is made up by chance exists


@pytest.fixture
def intake() -> Iterator[IntakeService]:
    with an_intake_service() as service:
        yield service


def answering(path: str) -> str:
    """The function with the longest path that this one lies under."""
    paths = {row.on.path.rstrip("/"): row.name for row in FUNCTIONS if isinstance(row.on, Http)}
    return paths[max((one for one in paths if f"{path}/".startswith(f"{one}/")), key=len)]


@document.parametrize()
@settings(max_examples=15, suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_answer_is_in_the_document(case: schemathesis.Case, intake: IntakeService):
    if case.headers.get("Authorization", "").startswith("Bearer"):
        case.headers.update(signed_in(PARTNER))
    case.operation.app = entry_point(answering(case.path))

    case.call_and_validate(excluded_checks=NOT_OURS)
