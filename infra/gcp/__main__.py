"""`pulumi up` starts here: one municipality, from its settings and the topology."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Pulumi starts this folder as a program of its own; we are a package of the repository.
sys.path[:] = [str(HERE.parents[1]), *(place for place in sys.path if Path(place or ".").resolve() != HERE)]

import pulumi  # noqa: E402

from infra.gcp.municipality import build  # noqa: E402
from infra.gcp.stack import configured  # noqa: E402

for name, value in build(configured()).items():
    pulumi.export(name, value)
