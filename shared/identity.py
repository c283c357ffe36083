"""Who is calling: a bearer token of an identity provider, or the signed header of Identity-Aware Proxy.

One code for all of them: the development sign-in is an issuer like any other. Tokens live in the real time,
whatever the domain's clock says.
"""

from __future__ import annotations

import json
import time
import urllib.request
from functools import cache, lru_cache
from typing import Protocol, overload

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.codes import Role
from shared.errors import Unauthenticated

LEEWAY = 30
"""Seconds by which clocks of issuer and reader may differ."""

ALGORITHMS = ["ES256", "RS256", "PS256", "Ed25519"]
"""Signatures by a key pair only: a shared secret or none would let a reader make tokens."""


class Headers(Protocol):
    """The headers of a request; names are compared without regard to case."""

    @overload
    def get(self, key: str) -> str | None: ...
    @overload
    def get(self, key: str, default: str) -> str: ...


class Actor(BaseModel):
    """A signed-in person: an id at the identity provider, what she is, and for whom she works."""

    model_config = ConfigDict(frozen=True)

    id: str
    roles: frozenset[Role]
    organisation: str | None = None


class Issuer(BaseModel):
    """An identity provider that is trusted: its name, whom its tokens must be for, and where its keys are."""

    model_config = ConfigDict(frozen=True)

    issuer: str
    audience: str
    jwks: str
    """A URL: https:, or file: for the development sign-in."""


class IdentitySettings(BaseSettings):
    """`KIM_ISSUERS`: a JSON list of issuers."""

    model_config = SettingsConfigDict(env_prefix="KIM_", frozen=True)

    issuers: tuple[Issuer, ...] = ()


class _Claims(BaseModel):
    """What a token must say. Roles that KIM does not know are somebody else's."""

    iss: str
    aud: str | list[str]
    sub: str
    exp: int
    nbf: int = 0
    iat: int = 0
    roles: list[str] = []
    organisation: str | None = None


def authenticate(headers: Headers) -> Actor:
    """The caller. Raises `Unauthenticated` without a token, or with one that does not hold."""
    token = headers.get("X-Goog-IAP-JWT-Assertion")
    if token is None:
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated()
    now = int(time.time())
    actor, begins, ends = _verified(token.strip(), now // 60)
    if not begins - LEEWAY <= now < ends + LEEWAY:
        raise Unauthenticated()
    return actor


@lru_cache(maxsize=1024)
def _verified(token: str, _minute: int) -> tuple[Actor, int, int]:
    """The actor of a token and when it holds. Remembered for the minute: a signature costs more than a read."""
    claims = _claims(token)
    actor = Actor(
        id=claims.sub,
        roles=frozenset(role for role in Role if role in claims.roles),
        organisation=claims.organisation,
    )
    return actor, max(claims.nbf, claims.iat), claims.exp


def _claims(token: str) -> _Claims:
    for fresh in (False, True):  # a key we do not know may be new: ask the issuer once more
        for issuer in _issuers():
            try:
                decoded = jwt.decode(token, _keys(issuer.jwks, fresh), algorithms=ALGORITHMS)
                claims = _Claims.model_validate(decoded.claims)
            except (JoseError, ValueError):
                continue
            audiences = [claims.aud] if isinstance(claims.aud, str) else claims.aud
            if claims.iss == issuer.issuer and issuer.audience in audiences:
                return claims
    raise Unauthenticated()


@cache
def _issuers() -> tuple[Issuer, ...]:
    return IdentitySettings().issuers


FETCHED: dict[str, tuple[float, KeySet]] = {}
PATIENCE = 10.0
"""Seconds between two looks for new keys at one issuer: a flood of bad tokens must not become one there."""


def _keys(url: str, fresh: bool) -> KeySet:
    """The issuer's keys (RFC 7517), kept; fetched anew at most every ten seconds."""
    held = FETCHED.get(url)
    if held is None or (fresh and time.monotonic() - held[0] > PATIENCE):
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - the URL is configuration
            held = (time.monotonic(), KeySet.import_key_set(json.load(answer)))
        FETCHED[url] = held
    return held[1]
