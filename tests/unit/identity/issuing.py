"""Tokens as an issuer makes them, with keys that tests may use."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from werkzeug.datastructures import Headers

from shared.codes import Role
from shared.identity import PROXY, Actor

ISSUER, AUDIENCE = "https://login.example.org", "kim"
KEY = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
OTHER = ECKey.generate_key("P-256", {"kid": "two", "use": "sig"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
STAFF = Actor(id="staff-7", roles=frozenset({Role.CASE_MANAGER}), organisation="lindenhof")

BACKEND = "/projects/1/global/backendServices/2"
PRINCIPAL = "principal://iam.googleapis.com/locations/global/workforcePools/stadt-koeln/subject/"
AS_LISTED = f"{PRINCIPAL}m.muster"
"""What the proxy calls `STAFF`, and the staff list as well."""


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


def proxied(**given: Any) -> dict[str, Any]:
    """The claims of Identity-Aware Proxy for somebody of a workforce pool: who she is, and nothing of what she may."""
    own = {
        "iss": PROXY,
        "aud": BACKEND,
        "azp": BACKEND,
        "sub": "sts.google.com:AAFTZtsX",
        "identity_source": "WORKFORCE_IDENTITY",
        "workforce_identity": {"iam_principal": AS_LISTED},
        "roles": None,
        "organisation": None,
    }
    return claims(**{**own, **given})


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


@dataclass(frozen=True)
class Way:
    """A way in: who is trusted on it, what a token says, and the header that brings it."""

    issuer: str
    audience: str
    claims: Callable[..., dict[str, Any]]
    comes: Callable[[str], Headers]


BEARER = Way(ISSUER, AUDIENCE, claims, bearer)
BY_PROXY = Way(PROXY, BACKEND, proxied, by_proxy)
