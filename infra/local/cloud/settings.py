"""What can be set of run-cloud, beside what the embedded runtime's gateway reads as well."""

from __future__ import annotations

from pathlib import Path

from infra.local.settings import RuntimeSettings


class CloudSettings(RuntimeSettings):
    """Each field is an environment variable `KIM_<NAME>`."""

    threads: int = 32
    """Here they only wait for functions, which do the work in processes of their own."""
    bundles: Path | None = None
    """Archives to run, as `make bundles` built them; without them they are built from the source."""
