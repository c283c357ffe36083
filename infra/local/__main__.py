"""`python -m infra.local`: run the whole system on this machine."""

from __future__ import annotations

import sys

from pydantic import ValidationError

from infra.local.beside import Lost
from infra.local.runtime import AlreadyRunning, run
from shared.municipality import municipality
from shared.settings import in_words


def main() -> None:
    """Run it. Raises `SystemExit` with what stands in the way, a variable by its name."""
    try:
        municipality()  # before anything is begun, and said to run
        run()
    except ValidationError as wrong:
        sys.exit(f"KIM cannot start: {in_words(wrong)}")
    except (AlreadyRunning, Lost, OSError) as error:
        sys.exit(f"KIM cannot start: {error}")


if __name__ == "__main__":
    main()
