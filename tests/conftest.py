"""What every test begins with."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from shared import texts

settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("where a verdict is given", settings.get_profile("here"), derandomize=True, database=None)
settings.load_profile("where a verdict is given" if os.environ.get("KIM_REQUIRE_EMULATORS") == "1" else "here")


@pytest.fixture(autouse=True)
def nobody_has_chosen_a_language() -> Iterator[None]:
    """What one test chose must not be spoken in the next: they share a context, as requests never do."""
    token = texts.language.set("en")
    yield
    texts.language.reset(token)
