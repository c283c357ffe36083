"""The development sign-in: an OIDC issuer like any other, except that nobody needs a password."""

from __future__ import annotations

import json
import os
import secrets
import time
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey

from shared.identity import Issuer as Trusted
from shared.municipality import Staff

AUDIENCE = "kim"
LIFETIME = 8 * 3600
"""Seconds: a working day."""


class Issuer:
    """Signs tokens with a key that lies beside the data and is made where there is none."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._jwks = folder / "dev-jwks.json"
        self._key = _key(folder / "dev-key.json")
        public = {"keys": [self._key.as_dict(private=False)]}
        self._jwks.write_text(json.dumps(public), encoding="utf-8")

    @property
    def trusted(self) -> Trusted:
        """How functions are told to trust this issuer (`KIM_ISSUERS`)."""
        return Trusted(issuer=self._name, audience=AUDIENCE, jwks=self._jwks.absolute().as_uri())

    def token(self, member: Staff) -> str:
        """A token for this member of staff. Lives in the real time, whatever the domain's clock says."""
        now = int(time.time())
        claims = {
            "iss": self._name,
            "aud": AUDIENCE,
            "sub": member.id,
            "roles": [str(role) for role in member.roles],
            "organisation": member.organisation,
            "iat": now,
            "exp": now + LIFETIME,
        }
        return jwt.encode({"alg": "ES256", "kid": self._key.kid}, claims, self._key)

    def member(self, token: str) -> str | None:
        """The id of whom this issuer gave the token, or None. For showing only: functions look for themselves."""
        from joserfc.errors import JoseError

        try:
            claims = jwt.decode(token, self._key, algorithms=["ES256"]).claims
        except (JoseError, ValueError):
            return None
        return str(claims["sub"]) if claims["exp"] > time.time() else None


def _key(file: Path) -> ECKey:
    if not file.exists():
        fresh = ECKey.generate_key("P-256", {"kid": secrets.token_hex(8), "use": "sig", "alg": "ES256"})
        draft = file.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as text:
            json.dump(fresh.as_dict(private=True), text)
        draft.replace(file)
    return ECKey.import_key(json.loads(file.read_text(encoding="utf-8")))
