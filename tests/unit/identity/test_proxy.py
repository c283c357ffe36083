"""Identity-Aware Proxy: whose word counts as its own, and who its people are here."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from werkzeug.datastructures import Headers

from shared import identity
from shared.codes import Role
from shared.errors import Unauthenticated
from shared.identity import PROXY, Actor, authenticate
from shared.municipality import Municipality, municipality
from tests.cases import CasesService, a_cases_service
from tests.unit.identity.issuing import (
    AUDIENCE,
    BACKEND,
    ISSUER,
    PRINCIPAL,
    STAFF,
    a_token,
    bearer,
    by_proxy,
    claims,
    proxied,
)

ADDRESS = "m.muster@stadt.example"


@pytest.fixture
def proxy(keys: Path, trust: Any, listed: None) -> None:
    """Trust the proxy beside the issuer of this page."""
    trust(
        {"issuer": PROXY, "audience": BACKEND, "jwks": keys.as_uri()},
        {"issuer": ISSUER, "audience": AUDIENCE, "jwks": keys.as_uri()},
    )


def signing_in_as(monkeypatch: pytest.MonkeyPatch, **names: str) -> None:
    """Members of the pack's staff, by the names of the sign-in; `lindenhof_1` is `lindenhof-1`."""
    pack = municipality()
    said = {id.replace("_", "-"): name for id, name in names.items()}
    staff = tuple(one.model_copy(update={"signs_in_as": said.get(one.id)}) for one in pack.staff)
    monkeypatch.setattr("shared.municipality.municipality", lambda: pack.model_copy(update={"staff": staff}))


@pytest.mark.usefixtures("proxy")
def test_the_proxy_says_who_signed_in_and_the_staff_list_what_she_is():
    assert authenticate(by_proxy(a_token(proxied()))) == STAFF


@pytest.mark.usefixtures("proxy")
@pytest.mark.parametrize("stranger", ["n.niemand", "M.Muster", "m.muster/", "staff-7", "lindenhof-1"])
def test_whom_the_staff_list_does_not_name_may_do_nothing_and_stays_unnamed(stranger: str):
    said = proxied(workforce_identity={"iam_principal": f"{PRINCIPAL}{stranger}"})

    actor = authenticate(by_proxy(a_token(said)))

    assert (actor.roles, actor.organisation) == (frozenset(), None)
    assert actor.id.startswith("unlisted-")
    assert stranger not in actor.id


@pytest.mark.usefixtures("proxy")
def test_roles_that_a_word_of_the_proxy_brings_along_count_for_nothing():
    claimed = {"roles": ["privacy_officer"], "organisation": "stadt"}
    stranger = {"iam_principal": f"{PRINCIPAL}n.niemand"}

    for said in (claimed, {"additional_claims": claimed}):
        assert authenticate(by_proxy(a_token(proxied(**said)))) == STAFF
        assert not authenticate(by_proxy(a_token(proxied(**said, workforce_identity=stranger)))).roles


def test_somebody_with_a_google_account_is_known_by_her_address(
    keys: Path, trust: Any, monkeypatch: pytest.MonkeyPatch
):
    signing_in_as(monkeypatch, koordination=ADDRESS)
    trust({"issuer": PROXY, "audience": BACKEND, "jwks": keys.as_uri(), "id_claim": "email"})
    said = proxied(identity_source="GOOGLE", workforce_identity=None, sub="accounts.google.com:1", email=ADDRESS)

    actor = authenticate(by_proxy(a_token(said)))

    assert actor == Actor(id="koordination", roles=frozenset({Role.COORDINATOR}), organisation="stadt")


@pytest.mark.usefixtures("listed")
def test_the_staff_list_may_say_roles_for_a_citys_own_provider_too(keys: Path, trust: Any):
    own = {"roles_from": "staff", "id_claim": "upn"}
    trust({"issuer": ISSUER, "audience": AUDIENCE, "jwks": keys.as_uri(), **own})
    said = claims(upn=f"{PRINCIPAL}m.muster", sub="3f0b", roles=["privacy_officer"])

    assert authenticate(bearer(a_token(said))) == STAFF


@pytest.mark.parametrize("given", [{"id": "lindenhof-1"}, {"signs_in_as": "lindenhof-1"}], ids=str)
def test_a_staff_list_with_one_name_for_two_is_refused(given: dict[str, str]):
    pack = municipality().model_dump(by_alias=True)
    pack["staff"] = [*pack["staff"], {"id": "new", "name": "N", "roles": [], "organisation": "stadt", **given}]

    with pytest.raises(ValidationError, match="share an id or a sign-in"):
        Municipality(**pack)


def as_seen_by(cases: CasesService, name: str, case: str) -> int:
    """What the proxy's caller of this name is answered when she asks for the case."""
    token = a_token(proxied(workforce_identity={"iam_principal": f"{PRINCIPAL}{name}"}))
    return cases.call(None, "GET", f"/cases/{case}", X_Goog_IAP_JWT_Assertion=token).status_code


def test_an_assigned_manager_who_comes_by_the_proxy_reads_her_case_and_nobody_else_does(
    keys: Path, monkeypatch: pytest.MonkeyPatch
):
    names = {"lindenhof_1": f"{PRINCIPAL}m.muster", "lindenhof_2": f"{PRINCIPAL}o.muster"}
    signing_in_as(monkeypatch, **names)
    with a_cases_service() as cases:
        case = cases.assigned(to="lindenhof-1")
        known = [{"issuer": PROXY, "audience": BACKEND, "jwks": keys.as_uri()}]
        monkeypatch.setenv("KIM_ISSUERS", json.dumps(known))
        identity._issuers.cache_clear()

        assert as_seen_by(cases, "m.muster", case) == 200
        assert [look.by for look in cases.looks()] == ["lindenhof-1"]
        assert as_seen_by(cases, "o.muster", case) == 404
        assert as_seen_by(cases, "n.niemand", case) == 403


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
