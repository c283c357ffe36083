"""An issuer that is trusted, and nothing remembered of any other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared import identity, tokens
from tests.unit.identity.issuing import AUDIENCE, ISSUER, KEY, RSA, publish


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
