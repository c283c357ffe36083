"""A whole KIM to talk to: the embedded runtime in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.local.process import System, a_system


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    """A running system on an empty folder, without proof of work, for all end-to-end tests of a run."""
    with a_system(KIM_ALTCHA="off") as running:
        yield running
