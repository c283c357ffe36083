"""Identity-Aware Proxy: whose word counts as its own."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import Headers

from shared.errors import Unauthenticated
from shared.identity import PROXY, authenticate
from tests.unit.identity.issuing import AUDIENCE, ISSUER, STAFF, a_token, bearer, by_proxy, claims

BACKEND = "/projects/1/global/backendServices/2"


def proxied(**given: Any) -> dict[str, Any]:
    said = {"roles": ["case_manager"], "organisation": ["lindenhof"]}
    own = {"iss": PROXY, "aud": BACKEND, "roles": None, "organisation": None, "additional_claims": said}
    return claims(**{**own, **given})


@pytest.fixture
def proxy(keys: Path, trust: Any) -> None:
    """Trust the proxy beside the issuer of this page."""
    trust(
        {"issuer": PROXY, "audience": BACKEND, "jwks": keys.as_uri()},
        {"issuer": ISSUER, "audience": AUDIENCE, "jwks": keys.as_uri()},
    )


@pytest.mark.usefixtures("proxy")
def test_the_proxy_hands_on_who_signed_in():
    assert authenticate(by_proxy(a_token(proxied()))) == STAFF


@pytest.mark.usefixtures("proxy")
def test_a_program_may_bring_a_bearer_token_beside():
    assert authenticate(bearer(a_token())) == STAFF


@pytest.mark.usefixtures("proxy")
@pytest.mark.parametrize(
    "said",
    [
        proxied(aud="/projects/1/global/backendServices/3"),
        proxied(iss="https://cloud.google.com/iap/"),
        proxied(exp=int(time.time()) - 600),
        claims(),
    ],
    ids=["another backend", "another issuer", "ended", "a token for the other header"],
)
def test_what_comes_by_the_proxys_header_must_be_the_proxys(said: dict[str, Any]):
    with pytest.raises(Unauthenticated):
        authenticate(by_proxy(a_token(said)))


@pytest.mark.usefixtures("proxy")
def test_the_proxys_word_does_not_count_as_a_bearer_token():
    with pytest.raises(Unauthenticated):
        authenticate(bearer(a_token(proxied())))


@pytest.mark.usefixtures("proxy")
def test_a_bad_word_of_the_proxy_is_not_mended_by_a_bearer_token():
    with pytest.raises(Unauthenticated):
        authenticate(Headers({"X-Goog-IAP-JWT-Assertion": "x", "Authorization": f"Bearer {a_token()}"}))


@pytest.mark.usefixtures("trust")
def test_where_there_is_no_proxy_its_header_says_nothing():
    token = a_token(proxied())

    with pytest.raises(Unauthenticated):
        authenticate(by_proxy(token))
    assert authenticate(Headers({"X-Goog-IAP-JWT-Assertion": token, "Authorization": f"Bearer {a_token()}"})) == STAFF
