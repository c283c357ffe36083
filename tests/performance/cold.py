"""Cold start of every function from its bundle, embedded: process start to first 2xx, against a bare function.

The packages are those of this environment: what a bundle requires and what it does not import costs nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from infra.topology import FUNCTIONS, Http
from tests.performance import starts

PAGES = 1.3
"""What a page or a health check may take of what a bare function takes."""


def measure() -> Iterator[str]:
    """Lines that tell what was measured."""
    with tempfile.TemporaryDirectory() as folder:
        bundles = starts.unpacked(Path(folder, "bundles"))
        for row in FUNCTIONS:
            ours = starts.of(row, bundles, starts.first(row), {"KIM_DATA": f"{folder}/data"})
            bare, took = starts.in_turns(starts.bare(), ours)
            compared = took.under(PAGES, bare) if isinstance(row.on, Http) else took.of(bare)
            yield f"{row.name:<24}{took}   bare {bare}   {compared}"
