"""Who is calling: a bearer token of an identity provider, or the signed header of Identity-Aware Proxy.

One code for all of them: the development sign-in is an issuer like any other.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Protocol, overload

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.codes import Role
from shared.errors import Unauthenticated
from shared.settings import Address, Environment, FromJson

PROXY = "https://cloud.google.com/iap"
"""Google's Identity-Aware Proxy. Of somebody in a workforce pool it says who she is and nothing of what she may:
SAML claims are not handed on for such pools (docs.cloud.google.com/iap/docs/saml-attribute-propagation)."""

AS_THE_PROXY_SAYS_IT = {
    "header": "x-goog-iap-jwt-assertion",
    "id_claim": "workforce_identity.iam_principal",
    "roles_from": "staff",
}


class Headers(Protocol):
    """The headers of a request; names are compared without regard to case."""

    @overload
    def get(self, key: str) -> str | None: ...
    @overload
    def get(self, key: str, default: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person: an id at the identity provider, what she is, and for whom she works."""

    id: str
    roles: frozenset[Role]
    organisation: str | None = None


class Issuer(BaseModel):
    """An identity provider that is trusted: whose tokens, for whom, by which header, and which claim says what."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="forbid", hide_input_in_errors=True)

    issuer: str
    audience: str
    jwks: Address | Annotated[str, Field(pattern="^file:")]
    """Where its keys are; file: for the development sign-in."""
    header: Literal["authorization", "x-goog-iap-jwt-assertion"] = "authorization"
    id_claim: str = "sub"
    roles_from: Literal["claims", "staff"] = "claims"
    """What says roles and organisation: its own claims, or the municipality's staff list, which then says the id too.
    Of whom that list does not name, nothing is known: she may do nothing."""
    roles_claim: str = "roles"
    """A list of codes or one; dots lead into objects. Roles that KIM does not know are somebody else's."""
    organisation_claim: str = "organisation"

    @model_validator(mode="before")
    @classmethod
    def _proxy(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("issuer") == PROXY:
            return {**AS_THE_PROXY_SAYS_IT, **given}
        return given


class IdentitySettings(Environment):
    """`KIM_ISSUERS`: a JSON list of issuers."""

    issuers: FromJson[tuple[Issuer, ...]] = ()


def authenticate(headers: Headers) -> Actor:
    """The caller. Raises `Unauthenticated` without a token, or with one that does not hold.

    Raises `Busy` when the keys to check it with cannot be had.
    """
    from shared import tokens  # with its cryptography, which a public page never needs

    token, issuers = _presented(headers)
    said = tokens.said_issuer(token)
    for issuer in issuers:
        if issuer.issuer == said:
            try:
                return _actor(tokens.verified(token, issuer), issuer)
            except Unauthenticated:  # the same issuer may be trusted for another audience too
                continue
    raise Unauthenticated()


def _presented(headers: Headers) -> tuple[str, list[Issuer]]:
    """The token, and whose it may be: an issuer's tokens come by its own header only."""
    by_proxy = [issuer for issuer in _issuers() if issuer.header == "x-goog-iap-jwt-assertion"]
    token = headers.get("X-Goog-IAP-JWT-Assertion")
    if by_proxy and token is not None:
        return token.strip(), by_proxy
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated()
    return token.strip(), [issuer for issuer in _issuers() if issuer.header == "authorization"]


def _actor(claims: Mapping[str, Any], issuer: Issuer) -> Actor:
    said = _listed(claims, issuer.id_claim)
    if len(said) != 1:
        raise Unauthenticated()
    return _of_staff(said[0]) if issuer.roles_from == "staff" else _as_claimed(said[0], claims, issuer)


def _as_claimed(id: str, claims: Mapping[str, Any], issuer: Issuer) -> Actor:
    organisation, named = (_listed(claims, name) for name in (issuer.organisation_claim, issuer.roles_claim))
    if len(organisation) > 1:
        raise Unauthenticated()
    roles = frozenset(role for role in Role if role in named)
    return Actor(id=id, roles=roles, organisation=organisation[0] if organisation else None)


def _of_staff(name: str) -> Actor:
    """Whom the staff list knows by this name. Anybody else gets an id that tells nobody who she is: ids are logged."""
    from shared.municipality import municipality  # checked as a whole, which a public page never needs

    member = municipality().signing_in_as(name)
    if member is None:
        return Actor(id=f"unlisted-{hashlib.sha256(name.encode()).hexdigest()[:12]}", roles=frozenset())
    return Actor(id=member.id, roles=frozenset(member.roles), organisation=member.organisation)


def _listed(claims: Any, name: str) -> list[str]:
    """What a claim says, as a list: providers send one value as itself, or as a list of one."""
    for part in name.split("."):
        claims = claims.get(part) if isinstance(claims, dict) else None
    said = claims if isinstance(claims, list) else [claims]
    return [one for one in said if isinstance(one, str) and one]


@cache
def _issuers() -> tuple[Issuer, ...]:
    return IdentitySettings.read().issuers
