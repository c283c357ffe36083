"""`python -m infra.local`: run the whole system on this machine."""

from __future__ import annotations

import sys

from pydantic import ValidationError

from infra.local.beside import Lost
from infra.local.runtime import AlreadyRunning, run
from shared.municipality import municipality


def main() -> None:
    """Run it. Raises `SystemExit` with what stands in the way, a variable by its name."""
    try:
        municipality()  # before anything is begun, and said to run
        run()
    except ValidationError as wrong:
        named = ((".".join(map(str, one["loc"])), one["msg"].removeprefix("Value error, ")) for one in wrong.errors())
        sys.exit(f"KIM cannot start: {'; '.join(': '.join(filter(None, one)) for one in named)}")
    except (AlreadyRunning, Lost, OSError) as error:
        sys.exit(f"KIM cannot start: {error}")


if __name__ == "__main__":
    main()
