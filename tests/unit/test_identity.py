"""Who is let in, by which token, by which header; and everybody who is not."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from werkzeug.datastructures import Headers

from shared import identity, tokens
from shared.codes import Role
from shared.errors import Busy, Unauthenticated
from shared.identity import PROXY, Actor, Issuer, authenticate

ISSUER, AUDIENCE = "https://login.example.org", "kim"
KEY = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
OTHER = ECKey.generate_key("P-256", {"kid": "two", "use": "sig"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
STAFF = Actor(id="staff-7", roles=frozenset({Role.CASE_MANAGER}), organisation="lindenhof")


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    tokens.forget()
    yield
    tokens.forget()
    identity._issuers.cache_clear()


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """The file of the issuer's public keys."""
    file = tmp_path / "jwks.json"
    publish(file, KEY, RSA)
    return file


@pytest.fixture
def trust(keys: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Trust these issuers; without any, the one of this page."""

    def trusting(*issuers: dict[str, Any]) -> None:
        known = issuers or ({"issuer": ISSUER, "audience": AUDIENCE, "jwks": keys.as_uri()},)
        monkeypatch.setenv("KIM_ISSUERS", json.dumps(known))
        identity._issuers.cache_clear()

    trusting()
    return trusting


def publish(file: Path, *public: Any) -> None:
    file.write_text(json.dumps({"keys": [key.as_dict(private=False) for key in public]}))


def claims(**given: Any) -> dict[str, Any]:
    now = int(time.time())
    said = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "staff-7",
        "iat": now,
        "exp": now + 600,
        "roles": ["case_manager", "dancer"],
        "organisation": "lindenhof",
    }
    said |= given
    for name in ("exp", "nbf", "iat"):
        if isinstance(said.get(name), str) and said[name][0] in "+-":
            said[name] = now + float(said[name])
    return {name: value for name, value in said.items() if value is not None}


def a_token(said: dict[str, Any] | None = None, *, key: Any = KEY, alg: str = "ES256", **header: Any) -> str:
    return jwt.encode({"alg": alg, "kid": key.kid, **header}, said or claims(), key, algorithms=[alg])


def bearer(token: str) -> Headers:
    return Headers({"Authorization": f"Bearer {token}"})


def by_proxy(token: str) -> Headers:
    return Headers({"X-Goog-IAP-JWT-Assertion": token})


def from_now(seconds: float) -> str:
    """A time in claims that are made before the test runs; `claims` works it out."""
    return f"{seconds:+}"


def coded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


# who is let in


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


# who is not


@pytest.mark.usefixtures("trust")
@pytest.mark.parametrize(
    "given",
    [
        {"iss": "https://evil.example.org"},
        {"iss": None},
        {"iss": f"{ISSUER}/"},
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
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": ["staff-7", "staff-8"]},
        {"organisation": ["lindenhof", "another"]},
    ],
    ids=lambda given: "-".join(f"{name}-{value}" for name, value in given.items()),
)
def test_a_token_that_says_the_wrong_thing_is_refused(given: dict[str, Any]):
    with pytest.raises(Unauthenticated):
        authenticate(bearer(a_token(claims(**given))))


@pytest.mark.usefixtures("trust")
def test_a_token_without_a_signature_is_refused():
    for header in ({"alg": "none"}, {"alg": "None", "kid": "one"}):
        with pytest.raises(Unauthenticated):
            authenticate(bearer(f"{coded(header)}.{coded(claims())}."))


@pytest.mark.usefixtures("trust")
@pytest.mark.parametrize("public", [KEY.as_pem(private=False), RSA.as_pem(private=False)])
def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(public: bytes):
    secret = OctKey.import_key(base64.b64encode(public).decode(), {"kid": "one"})

    with pytest.raises(Unauthenticated):
        authenticate(bearer(a_token(key=secret, alg="HS256")))


def test_a_shared_secret_in_the_key_set_makes_no_tokens(keys: Path, trust: Any):
    secret = OctKey.generate_key(256, {"kid": "secret"})
    keys.write_text(json.dumps({"keys": [secret.as_dict()]}))

    with pytest.raises(Unauthenticated):
        authenticate(bearer(a_token(key=secret, alg="HS256")))


@pytest.mark.usefixtures("trust")
def test_a_key_of_another_kind_makes_no_tokens():
    forged = f"{coded({'alg': 'ES256', 'kid': 'rsa'})}.{a_token(key=KEY).partition('.')[2]}"

    with pytest.raises(Unauthenticated):
        authenticate(bearer(forged))


@pytest.mark.usefixtures("trust")
def test_a_token_of_an_unknown_key_is_refused():
    stranger = ECKey.generate_key("P-256", {"kid": "one"})

    for key in (OTHER, stranger):
        with pytest.raises(Unauthenticated):
            authenticate(bearer(a_token(key=key)))


@pytest.mark.usefixtures("trust")
def test_a_token_that_was_altered_is_refused():
    head, _, signature = a_token().split(".")

    with pytest.raises(Unauthenticated):
        authenticate(bearer(f"{head}.{coded(claims(sub='staff-8'))}.{signature}"))


@pytest.mark.usefixtures("trust")
def test_a_token_that_held_is_refused_once_it_has_ended(monkeypatch: pytest.MonkeyPatch):
    token = a_token(claims(exp=int(time.time()) + 5))
    assert authenticate(bearer(token)) == STAFF

    later = time.time() + 40
    monkeypatch.setattr(tokens.time, "time", lambda: later)

    with pytest.raises(Unauthenticated):
        authenticate(bearer(token))


@pytest.mark.usefixtures("trust")
@pytest.mark.parametrize(
    "header", [{}, {"Authorization": ""}, {"Authorization": "Bearer"}, {"Authorization": "Basic x"}]
)
def test_who_brings_no_token_is_nobody(header: dict[str, str]):
    with pytest.raises(Unauthenticated):
        authenticate(Headers(header))


@pytest.mark.usefixtures("trust")
@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


def test_where_nobody_is_trusted_nobody_is_let_in(trust: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("KIM_ISSUERS")
    identity._issuers.cache_clear()

    with pytest.raises(Unauthenticated):
        authenticate(bearer(a_token()))


def test_an_issuer_speaks_for_itself_only(tmp_path: Path, keys: Path, trust: Any):
    publish(tmp_path / "other.json", OTHER)
    trust(
        {"issuer": ISSUER, "audience": AUDIENCE, "jwks": keys.as_uri()},
        {"issuer": "https://other.example.org", "audience": AUDIENCE, "jwks": (tmp_path / "other.json").as_uri()},
    )

    assert authenticate(bearer(a_token(claims(iss="https://other.example.org"), key=OTHER))) == STAFF
    for said, key in ((claims(), OTHER), (claims(iss="https://other.example.org"), KEY)):
        with pytest.raises(Unauthenticated):
            authenticate(bearer(a_token(said, key=key)))


def test_one_issuer_may_be_trusted_for_two_audiences(keys: Path, trust: Any):
    trust(*({"issuer": ISSUER, "audience": audience, "jwks": keys.as_uri()} for audience in ("first", "second")))

    assert authenticate(bearer(a_token(claims(aud="second")))) == STAFF


@pytest.mark.parametrize("url", ["http://login.example.org/keys", "ftp://x/keys", "keys.json", ""])
def test_keys_come_by_a_safe_way_only(url: str):
    with pytest.raises(ValueError, match="jwks"):
        Issuer(issuer=ISSUER, audience=AUDIENCE, jwks=url)


# Identity-Aware Proxy


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


# keys come and go


def test_a_new_key_is_fetched_when_it_is_first_met(keys: Path, trust: Any, monkeypatch: pytest.MonkeyPatch):
    authenticate(bearer(a_token()))
    publish(keys, KEY, OTHER)
    monkeypatch.setattr(tokens, "PATIENCE", -1.0)

    assert authenticate(bearer(a_token(key=OTHER))) == STAFF


def test_new_keys_are_not_looked_for_all_the_time(keys: Path, trust: Any):
    authenticate(bearer(a_token()))
    publish(keys, KEY, OTHER)

    with pytest.raises(Unauthenticated):
        authenticate(bearer(a_token(key=OTHER)))


def test_a_key_that_was_taken_back_is_refused_when_keys_are_fetched_anew(
    keys: Path, trust: Any, monkeypatch: pytest.MonkeyPatch
):
    authenticate(bearer(a_token()))
    publish(keys, OTHER)
    monkeypatch.setattr(tokens, "PATIENCE", -1.0)
    monkeypatch.setattr(tokens, "LIFETIME", -1.0)

    with pytest.raises(Unauthenticated):
        authenticate(bearer(a_token(claims(jti="another"))))


@pytest.mark.parametrize("content", [None, "", "no json", "[]", "{}", '{"keys": []}', '{"keys": [{"kty": "new"}]}'])
def test_where_the_keys_cannot_be_had_callers_are_told_to_come_back(keys: Path, trust: Any, content: str | None):
    if content is None:
        keys.unlink()
    else:
        keys.write_text(content)

    with pytest.raises(Busy):
        authenticate(bearer(a_token()))


def test_an_issuer_that_does_not_answer_is_not_asked_by_every_caller(keys: Path, trust: Any):
    keys.unlink()
    with pytest.raises(Busy):
        authenticate(bearer(a_token()))
    publish(keys, KEY)

    with pytest.raises(Busy):
        authenticate(bearer(a_token(claims(jti="another"))))


def test_keys_that_are_held_serve_on_while_the_issuer_is_away(keys: Path, trust: Any, monkeypatch: pytest.MonkeyPatch):
    authenticate(bearer(a_token()))
    keys.unlink()
    monkeypatch.setattr(tokens, "PATIENCE", -1.0)

    assert authenticate(bearer(a_token(claims(jti="another")))) == STAFF


def test_a_signature_is_checked_once_a_minute_and_not_for_every_call(trust: Any, monkeypatch: pytest.MonkeyPatch):
    token = a_token()
    authenticate(bearer(token))
    monkeypatch.setattr(tokens.jwt, "decode", None)

    assert authenticate(bearer(token)) == STAFF
