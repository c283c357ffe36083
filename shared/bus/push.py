"""Whether a push request is Pub/Sub's: its OIDC token, for us and by the account that pushes.

Behind Cloud Run's own check (`roles/run.invoker`) the token has been checked at the door and its signature taken
away, so `KIM_PUSH` is left out there. It is for wherever the door lets everybody in.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from shared.errors import Unauthenticated
from shared.settings import Address, Environment, FromJson

if TYPE_CHECKING:
    from shared.identity import Headers

GOOGLE = "https://accounts.google.com"
GOOGLE_KEYS = "https://www.googleapis.com/oauth2/v3/certs"


class Pusher(BaseModel):
    """Who may push: the service account of the subscription, with tokens for this audience."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="forbid", hide_input_in_errors=True)

    audience: str
    account: str
    issuer: str = GOOGLE
    jwks: Address = GOOGLE_KEYS


class PushSettings(Environment):
    """`KIM_PUSH`: JSON with `audience` and `account`; without it the platform's door is trusted."""

    push: FromJson[Pusher | None] = None


def verify_push(headers: Headers, pusher: Pusher) -> None:
    """Raises `Unauthenticated` for a request that is not this pusher's, and `Busy` when keys cannot be had."""
    from shared import tokens

    scheme, _, token = headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or tokens.said_issuer(token.strip()) != pusher.issuer:
        raise Unauthenticated()
    claims = tokens.verified(token.strip(), pusher)
    if claims.get("email") != pusher.account or claims.get("email_verified") is not True:
        raise Unauthenticated()


@cache
def pusher() -> Pusher | None:
    """Who may push to this function, where it has to look for itself."""
    return PushSettings.read().push
