"""What a consent says by itself: to whom it lets be known that the client is known here."""

from __future__ import annotations

from typing import Any

import pytest

from services.cases.domain.consent import Consent
from shared.codes import ConsentDirection, ConsentKind, ConsentPurpose
from tests.builders import a_consent

RECOGNITION = {"kind": ConsentKind.SECRECY_RELEASE, "purpose": ConsentPurpose.RECOGNITION}


def a_release(**said: Any) -> Consent:
    return a_consent(**{**RECOGNITION, **said})


def test_a_release_tells_the_organisation_that_it_names_or_any_where_it_names_none():
    assert [a_release(recipient="kompass").tells(one) for one in ("kompass", "bruecke")] == [True, False]
    assert [a_release(recipient=None).tells(one) for one in ("kompass", "bruecke")] == [True, True]


def test_whoever_works_for_nobody_is_told_by_none():
    assert not a_release(recipient=None).tells(None)


@pytest.mark.parametrize(
    "otherwise",
    [
        {"kind": ConsentKind.PROCESSING},
        {"purpose": ConsentPurpose.REFERRAL},
        {"direction": ConsentDirection.FROM_RECIPIENT},
    ],
)
def test_no_other_consent_tells_anybody(otherwise: dict[str, Any]):
    assert not a_release(recipient="kompass", **otherwise).tells("kompass")
