"""Who is let in, by which token."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import OKPKey
from werkzeug.datastructures import Headers

from shared.codes import Role
from shared.identity import Actor, authenticate
from tests.unit.identity.issuing import AUDIENCE, ISSUER, RSA, STAFF, a_token, bearer, claims, from_now, publish


@pytest.mark.usefixtures("trust")
def test_a_token_that_holds_says_who_is_calling():
    assert authenticate(bearer(a_token())) == STAFF


@pytest.mark.usefixtures("trust")
@pytest.mark.parametrize("alg", ["RS256", "PS256"])
def test_other_signatures_by_a_key_pair_hold(alg: str):
    assert authenticate(bearer(a_token(key=RSA, alg=alg))) == STAFF


def test_an_edwards_curve_signature_holds(keys: Path, trust: Any):
    key = OKPKey.generate_key("Ed25519", {"kid": "ed"})
    publish(keys, key)

    assert authenticate(bearer(a_token(key=key, alg="Ed25519"))) == STAFF


@pytest.mark.usefixtures("trust")
@pytest.mark.parametrize(
    "given",
    [
        {"aud": ["another", AUDIENCE]},
        {"exp": from_now(600.5)},
        {"nbf": from_now(20)},
        {"exp": from_now(5)},
        {"iat": None},
        {"roles": "case_manager"},
        {"organisation": ["lindenhof"]},
    ],
    ids=lambda given: next(iter(given)),
)
def test_what_providers_do_differently_is_understood(given: dict[str, Any]):
    assert authenticate(bearer(a_token(claims(**given)))) == STAFF


@pytest.mark.usefixtures("trust")
def test_somebody_without_a_role_is_somebody():
    said = claims(roles=None, organisation=None)

    assert authenticate(bearer(a_token(said))) == Actor(id="staff-7", roles=frozenset())


@pytest.mark.usefixtures("trust")
@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer "])
def test_the_scheme_is_read_without_regard_to_case(scheme: str):
    assert authenticate(Headers({"Authorization": f"{scheme} {a_token()}"})) == STAFF


def test_claims_may_have_other_names_and_lie_deeper(keys: Path, trust: Any):
    named = {"id_claim": "preferred_username", "roles_claim": "realm_access.roles", "organisation_claim": "kim.office"}
    trust({"issuer": ISSUER, "audience": AUDIENCE, "jwks": keys.as_uri(), **named})
    said = claims(
        roles=None,
        organisation=None,
        preferred_username="staff-9",
        realm_access={"roles": ["team_lead"]},
        kim={"office": "lindenhof"},
    )

    actor = authenticate(bearer(a_token(said)))

    assert actor == Actor(id="staff-9", roles=frozenset({Role.TEAM_LEAD}), organisation="lindenhof")
