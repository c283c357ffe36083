"""Cold start of every function from its bundle, embedded: process start to first 2xx, against a bare function.

The packages are those of this environment: what a bundle requires and what it does not import costs nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from infra.topology import FUNCTIONS
from tests.performance import starts


def measure() -> Iterator[str]:
    """Lines that tell what was measured."""
    bare = starts.bare()
    yield f"{'bare function':<24}{bare}"
    with tempfile.TemporaryDirectory() as folder:
        bundles = starts.unpacked(Path(folder, "bundles"))
        for row in FUNCTIONS:
            took = starts.of(row, bundles, starts.first(row), {"KIM_DATA": f"{folder}/data"})
            yield f"{row.name:<24}{took}   {took.of(bare)} (of bare)"
