"""An issuer that is trusted, and nothing remembered of any other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared import identity, municipality, tokens
from shared.municipality import Staff
from tests.unit.identity.issuing import AS_LISTED, AUDIENCE, BEARER, BY_PROXY, ISSUER, KEY, RSA, STAFF, Way, publish


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


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A staff list with `STAFF` in it, by the name that the proxy calls her."""
    pack = municipality.municipality()
    organisation = STAFF.organisation or ""
    member = Staff(id=STAFF.id, signs_in_as=AS_LISTED, name="M", roles=tuple(STAFF.roles), organisation=organisation)
    longer = pack.model_copy(update={"staff": (*pack.staff, member)})
    monkeypatch.setattr(municipality, "municipality", lambda: longer)


@pytest.fixture(params=[BEARER, BY_PROXY], ids=["bearer", "proxy"])
def way(request: pytest.FixtureRequest, keys: Path, trust: Any, listed: None) -> Way:
    """Each way in, and its issuer trusted alone."""
    chosen: Way = request.param
    trust({"issuer": chosen.issuer, "audience": chosen.audience, "jwks": keys.as_uri()})
    return chosen
