"""A whole KIM to talk to: the embedded runtime in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.process import System, a_system
from tests.end_to_end.tiny.talk import running


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    """A running system on an empty folder, without proof of work, for all end-to-end tests of a run."""
    with a_system(KIM_ALTCHA="off") as running:
        yield running


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A running system of tiny functions."""
    yield from running(tmp_path_factory.mktemp("kim") / "data", KIM_ALTCHA="off")


@pytest.fixture
def own(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[System]:
    """One that a test may kill, with what it is told beside."""
    yield from running(tmp_path / "data", KIM_ALTCHA="off", **getattr(request, "param", {}))
