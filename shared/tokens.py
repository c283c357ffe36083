"""Signed tokens (JWT): who issued one, for whom, and whether it holds now. Public keys come by JWKS.

Tokens live in the real time, whatever the domain's clock says.
"""

import base64
import json
import logging
import math
import threading
import time
import urllib.request
from collections.abc import Mapping
from functools import lru_cache
from http.client import HTTPException
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit
from urllib.request import url2pathname

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict, FiniteFloat

from shared.errors import Busy, Unauthenticated

log = logging.getLogger(__name__)

LEEWAY = 30
"""Seconds by which clocks of issuer and reader may differ."""

ALGORITHMS = ["ES256", "RS256", "PS256", "Ed25519"]
"""Signatures by a key pair only: a shared secret or none would let a reader make tokens."""

LONGEST = 16_384
"""Letters of a token."""

LARGEST = 1_000_000
"""Bytes of a key set."""

PATIENCE = 10.0
"""Seconds between two looks at one issuer: a flood of bad tokens must not become one there."""

LIFETIME = 3600.0
"""Seconds after which keys are fetched anew: one that the issuer took back is believed for so long at most."""

Claims = Mapping[str, Any]


class Trusted(Protocol):
    """An issuer: its name, whom its tokens must be for, and where its keys are."""

    @property
    def issuer(self) -> str: ...
    @property
    def audience(self) -> str: ...
    @property
    def jwks(self) -> str: ...


class _Registered(BaseModel):
    """The claims of RFC 7519 that must be there, or are understood when they are."""

    model_config = ConfigDict(defer_build=True)

    iss: str
    aud: str | list[str]
    exp: FiniteFloat
    nbf: FiniteFloat = 0
    iat: FiniteFloat = 0


def verified(token: str, trusted: Trusted) -> Claims:
    """The claims of a token of this issuer. Raises `Unauthenticated`, and `Busy` when its keys cannot be had."""
    now = time.time()
    claims = _signed(token, trusted.jwks, int(now // 60))
    try:
        said = _Registered.model_validate(claims)
    except ValueError:
        raise Unauthenticated() from None
    audiences = [said.aud] if isinstance(said.aud, str) else said.aud
    if said.iss != trusted.issuer or trusted.audience not in audiences:
        raise Unauthenticated()
    if not max(said.nbf, said.iat) - LEEWAY <= now < said.exp + LEEWAY:
        raise Unauthenticated()
    return claims


def said_issuer(token: str) -> str | None:
    """Who a token says it is from. Nothing is believed yet: this only chooses the keys to check it with."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, IndexError, RecursionError):
        return None
    issuer = claims.get("iss") if isinstance(claims, dict) else None
    return issuer if isinstance(issuer, str) else None


@lru_cache(maxsize=1024)
def _signed(token: str, url: str, _minute: int) -> Claims:
    """The claims under a good signature. Remembered for the minute: a signature costs more than a read."""
    if len(token) > LONGEST:
        raise Unauthenticated()
    for keys in (_keys(url, LIFETIME), _keys(url, PATIENCE)):  # a key that we do not know may be new
        try:
            return jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError, RecursionError):
            continue
    raise Unauthenticated()


class _Held(NamedTuple):
    """The keys of one issuer, when they were fetched, and when that was last tried."""

    keys: KeySet | None = None
    fetched: float = -math.inf
    tried: float = -math.inf


_held: dict[str, _Held] = {}
_fetching = threading.Lock()


def _keys(url: str, oldest: float) -> KeySet:
    """The issuer's keys (RFC 7517), fetched anew when they are older than this many seconds.

    An issuer that cannot be reached is not asked again at once, and what was fetched before goes on serving.
    """
    now = time.monotonic()
    with _fetching:
        held = _held.get(url, _Held())
        if now - held.fetched > oldest and now - held.tried > PATIENCE:
            held = _held[url] = _asked(url, held._replace(tried=now))
    if held.keys is None:
        raise Busy()
    return held.keys


def _asked(url: str, held: _Held) -> _Held:
    try:
        return _Held(KeySet.import_key_set(json.loads(_read(url))), held.tried, held.tried)
    except (OSError, HTTPException, ValueError, LookupError, TypeError, JoseError) as error:
        log.warning("keys not fetched", extra={"url": url, "error": type(error).__name__})
        return held


def _read(url: str) -> bytes:
    """What lies there. To open a file as a URL would first look up in long tables of what kind it is."""
    if url.startswith("file:"):
        return Path(url2pathname(urlsplit(url).path)).read_bytes()
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - the URL is configuration
        said: bytes = answer.read(LARGEST)
        return said


def forget() -> None:
    """Forget keys and tokens, for tests and for whoever cannot wait for `LIFETIME`."""
    _held.clear()
    _signed.cache_clear()
