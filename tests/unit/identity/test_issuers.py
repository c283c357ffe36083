"""Who is trusted, and how the keys of an issuer come and go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shared import identity, tokens
from shared.errors import Busy, Unauthenticated
from shared.identity import Issuer, authenticate
from tests.unit.identity.issuing import AUDIENCE, ISSUER, KEY, OTHER, STAFF, Way, a_token, bearer, claims, publish


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


def test_a_new_key_is_fetched_when_it_is_first_met(way: Way, keys: Path, monkeypatch: pytest.MonkeyPatch):
    authenticate(way.comes(a_token(way.claims())))
    publish(keys, KEY, OTHER)
    monkeypatch.setattr(tokens, "PATIENCE", -1.0)

    assert authenticate(way.comes(a_token(way.claims(), key=OTHER))) == STAFF


def test_new_keys_are_not_looked_for_all_the_time(way: Way, keys: Path):
    authenticate(way.comes(a_token(way.claims())))
    publish(keys, KEY, OTHER)

    with pytest.raises(Unauthenticated):
        authenticate(way.comes(a_token(way.claims(), key=OTHER)))


def test_a_key_that_was_taken_back_is_refused_when_keys_are_fetched_anew(
    way: Way, keys: Path, monkeypatch: pytest.MonkeyPatch
):
    authenticate(way.comes(a_token(way.claims())))
    publish(keys, OTHER)
    monkeypatch.setattr(tokens, "PATIENCE", -1.0)
    monkeypatch.setattr(tokens, "LIFETIME", -1.0)

    with pytest.raises(Unauthenticated):
        authenticate(way.comes(a_token(way.claims(jti="another"))))


@pytest.mark.parametrize("content", [None, "", "no json", "[]", "{}", '{"keys": []}', '{"keys": [{"kty": "new"}]}'])
def test_where_the_keys_cannot_be_had_callers_are_told_to_come_back(way: Way, keys: Path, content: str | None):
    if content is None:
        keys.unlink()
    else:
        keys.write_text(content)

    with pytest.raises(Busy):
        authenticate(way.comes(a_token(way.claims())))


def test_an_issuer_that_does_not_answer_is_not_asked_by_every_caller(way: Way, keys: Path):
    keys.unlink()
    with pytest.raises(Busy):
        authenticate(way.comes(a_token(way.claims())))
    publish(keys, KEY)

    with pytest.raises(Busy):
        authenticate(way.comes(a_token(way.claims(jti="another"))))


def test_keys_that_are_held_serve_on_while_the_issuer_is_away(way: Way, keys: Path, monkeypatch: pytest.MonkeyPatch):
    authenticate(way.comes(a_token(way.claims())))
    keys.unlink()
    monkeypatch.setattr(tokens, "PATIENCE", -1.0)

    assert authenticate(way.comes(a_token(way.claims(jti="another")))) == STAFF


def test_a_signature_is_checked_once_a_minute_and_not_for_every_call(way: Way, monkeypatch: pytest.MonkeyPatch):
    token = a_token(way.claims())
    authenticate(way.comes(token))
    monkeypatch.setattr(tokens.jwt, "decode", None)

    assert authenticate(way.comes(token)) == STAFF
