"""`python -m infra.local.cloud`: what `make run-cloud` runs."""

from __future__ import annotations

import sys

from infra.local.cloud.family import Ended
from infra.local.cloud.runtime import run
from infra.local.runtime import AlreadyRunning

if __name__ == "__main__":
    try:
        run()
    except (AlreadyRunning, Ended, OSError) as error:
        sys.exit(f"KIM cannot start: {error}")
