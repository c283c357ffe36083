"""`python -m infra.local.cloud`: what `make run-cloud` runs."""

from __future__ import annotations

import sys

from pydantic import ValidationError

from infra.local.cloud.family import Ended
from infra.local.cloud.runtime import run
from infra.local.runtime import AlreadyRunning
from shared.settings import in_words

if __name__ == "__main__":
    try:
        run()
    except ValidationError as wrong:
        sys.exit(f"KIM cannot start: {in_words(wrong)}")
    except (AlreadyRunning, Ended, OSError) as error:
        sys.exit(f"KIM cannot start: {error}")
