"""A development identity provider for tests: they sign in as the municipality's staff do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from infra.local.sign_in import Issuer
from shared import identity
from shared.codes import Role
from shared.municipality import Staff, municipality


@cache
def issuer() -> Issuer:
    """The issuer of this test run; its keys lie in a file."""
    return Issuer("http://sign-in.test", Path(mkdtemp()))


@contextmanager
def trusted() -> Iterator[None]:
    """While this lasts, services trust the issuer of this test run and no other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KIM_ISSUERS", json.dumps([issuer().trusted.model_dump()]))
        identity._issuers.cache_clear()
        yield
    identity._issuers.cache_clear()


def staff(id: str) -> Staff:
    """A member of the municipality's staff."""
    member = municipality().member(id)
    assert member is not None, id
    return member


def somebody(*roles: Role, id: str = "somebody", organisation: str | None = None) -> Staff:
    """A caller with any roles and any organisation, even none."""
    return Staff.model_construct(id=id, name=id, roles=roles, organisation=organisation)


def signed_in(member: Staff | str) -> dict[str, str]:
    """The headers with which this member of staff calls."""
    return {"Authorization": f"Bearer {_token(staff(member) if isinstance(member, str) else member)}"}


@cache
def _token(member: Staff) -> str:
    return issuer().token(member)
