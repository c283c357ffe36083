"""`python -m infra.local`: run the whole system on this machine."""

from __future__ import annotations

import sys

from infra.local.beside import Lost
from infra.local.runtime import AlreadyRunning, run

if __name__ == "__main__":
    try:
        run()
    except (AlreadyRunning, Lost, OSError) as error:
        sys.exit(f"KIM cannot start: {error}")
