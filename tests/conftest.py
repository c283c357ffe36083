"""What every test begins with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared import texts


@pytest.fixture(autouse=True)
def nobody_has_chosen_a_language() -> Iterator[None]:
    """What one test chose must not be spoken in the next: they share a context, as requests never do."""
    token = texts.language.set("en")
    yield
    texts.language.reset(token)
