"""Every way in which a token can be wrong: nobody is let in by it."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey
from werkzeug.datastructures import Headers

from shared import tokens
from shared.errors import Unauthenticated
from shared.identity import authenticate
from shared.tokens import LONGEST
from tests.unit.identity.issuing import (
    AS_LISTED,
    ISSUER,
    KEY,
    OTHER,
    RSA,
    STAFF,
    Way,
    a_token,
    bearer,
    by_proxy,
    claims,
    coded,
    from_now,
    proxied,
)


def test_a_token_of_any_length_is_not_read(way: Way):
    authenticate(way.comes(a_token(way.claims(padding="x" * 1000))))

    with pytest.raises(Unauthenticated):
        authenticate(way.comes(a_token(way.claims(padding="x" * LONGEST))))


@pytest.mark.parametrize(
    "given",
    [
        {"iss": "https://evil.example.org"},
        {"iss": None},
        {"iss": f"{ISSUER}/"},
        {"iss": "https://cloud.google.com/iap/"},
        {"aud": "another"},
        {"aud": []},
        {"aud": None},
        {"aud": {"kim": 1}},
        {"exp": from_now(-40)},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": float("inf")},
        {"nbf": from_now(300)},
        {"iat": from_now(300)},
    ],
    ids=lambda given: "-".join(f"{name}-{value}" for name, value in given.items()),
)
def test_a_token_that_says_the_wrong_thing_is_refused(way: Way, given: dict[str, Any]):
    with pytest.raises(Unauthenticated):
        authenticate(way.comes(a_token(way.claims(**given))))


@pytest.mark.usefixtures("trust")
@pytest.mark.parametrize(
    "given",
    [
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": ["staff-7", "staff-8"]},
        {"organisation": ["lindenhof", "another"]},
    ],
    ids=lambda given: "-".join(f"{name}-{value}" for name, value in given.items()),
)
def test_a_token_that_names_nobody_or_two_is_refused(given: dict[str, Any]):
    with pytest.raises(Unauthenticated):
        authenticate(bearer(a_token(claims(**given))))


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize(
    "said",
    [None, AS_LISTED, {}, {"iam_principal": ""}, {"iam_principal": 7}, {"iam_principal": [AS_LISTED, AS_LISTED]}],
    ids=str,
)
def test_a_word_of_the_proxy_that_names_nobody_or_two_is_refused(keys: Path, trust: Any, said: Any):
    trust({"issuer": proxied()["iss"], "audience": proxied()["aud"], "jwks": keys.as_uri()})

    with pytest.raises(Unauthenticated):
        authenticate(by_proxy(a_token(proxied(workforce_identity=said))))


def test_a_token_without_a_signature_is_refused(way: Way):
    for header in ({"alg": "none"}, {"alg": "None", "kid": "one"}):
        with pytest.raises(Unauthenticated):
            authenticate(way.comes(f"{coded(header)}.{coded(way.claims())}."))


@pytest.mark.parametrize("public", [KEY.as_pem(private=False), RSA.as_pem(private=False)])
def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(way: Way, public: bytes):
    secret = OctKey.import_key(base64.b64encode(public).decode(), {"kid": "one"})

    with pytest.raises(Unauthenticated):
        authenticate(way.comes(a_token(way.claims(), key=secret, alg="HS256")))


def test_a_shared_secret_in_the_key_set_makes_no_tokens(way: Way, keys: Path):
    secret = OctKey.generate_key(256, {"kid": "secret"})
    keys.write_text(json.dumps({"keys": [secret.as_dict()]}))

    with pytest.raises(Unauthenticated):
        authenticate(way.comes(a_token(way.claims(), key=secret, alg="HS256")))


def test_a_key_of_another_kind_makes_no_tokens(way: Way):
    forged = f"{coded({'alg': 'ES256', 'kid': 'rsa'})}.{a_token(way.claims(), key=KEY).partition('.')[2]}"

    with pytest.raises(Unauthenticated):
        authenticate(way.comes(forged))


def test_a_token_of_an_unknown_key_is_refused(way: Way):
    stranger = ECKey.generate_key("P-256", {"kid": "one"})

    for key in (OTHER, stranger):
        with pytest.raises(Unauthenticated):
            authenticate(way.comes(a_token(way.claims(), key=key)))


def test_a_token_that_was_altered_is_refused(way: Way):
    head, _, signature = a_token(way.claims()).split(".")

    with pytest.raises(Unauthenticated):
        authenticate(way.comes(f"{head}.{coded(way.claims(jti='another'))}.{signature}"))


def test_a_token_that_held_is_refused_once_it_has_ended(way: Way, monkeypatch: pytest.MonkeyPatch):
    token = a_token(way.claims(exp=int(time.time()) + 5))
    assert authenticate(way.comes(token)) == STAFF

    later = time.time() + 40
    monkeypatch.setattr(tokens.time, "time", lambda: later)

    with pytest.raises(Unauthenticated):
        authenticate(way.comes(token))


@pytest.mark.usefixtures("trust")
@pytest.mark.parametrize(
    "header", [{}, {"Authorization": ""}, {"Authorization": "Bearer"}, {"Authorization": "Basic x"}]
)
def test_who_brings_no_token_is_nobody(header: dict[str, str]):
    with pytest.raises(Unauthenticated):
        authenticate(Headers(header))


@pytest.mark.usefixtures("trust")
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.text(st.characters(codec="latin-1"), max_size=80) | st.from_regex(r"[\w=-]{0,20}\.[\w=-]{0,20}\.[\w=-]{0,20}")
)
@example("." * 20_000)
@example(f"{coded({'alg': 'ES256', 'kid': ['one']})}.{coded(claims())}.AA")
@example(f"{coded({'alg': 'ES256', 'crit': ['x'], 'kid': 'one'})}.{coded(claims())}.AA")
@example(f"{coded([])}.{coded(claims())}.AA")
@example(f"{coded({'alg': 'ES256'})}.{coded([claims()])}.AA")
@example(f"{coded({'alg': 7})}.{coded(claims())}.AA")
@example(f"{coded({'alg': 'ES256', 'b64': False, 'crit': ['b64']})}.{coded(claims())}.AA")
@example(f"{coded({'alg': 'ES256'})}.{base64.urlsafe_b64encode(b'[' * 5000).decode()}.AA")
def test_no_rubbish_is_a_token_and_none_breaks_anything(token: str):
    with pytest.raises(Unauthenticated):
        authenticate(bearer(token.replace("\n", " ").replace("\r", " ")))
