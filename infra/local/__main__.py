"""`python -m infra.local`: run the whole system on this machine."""

from __future__ import annotations

import sys

from pydantic import ValidationError

from infra.local.beside import Lost
from infra.local.runtime import AlreadyRunning, run


def main() -> None:
    """Run it. Raises `SystemExit` with what stands in the way, a variable by its name."""
    try:
        run()
    except ValidationError as wrong:
        said = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in wrong.errors())
        sys.exit(f"KIM cannot start: {said}")
    except (AlreadyRunning, Lost, OSError) as error:
        sys.exit(f"KIM cannot start: {error}")


if __name__ == "__main__":
    main()
