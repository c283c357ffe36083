"""What every command asks first: is there a system to look at, and does one of another release work on its files?"""

from __future__ import annotations

import sys

from infra.local.runtime import AlreadyRunning, alone
from shared.settings import settings
from shared.store.catalogue import DATABASES
from shared.store.layout import is_laid_out

NOTHING_THERE = 2
"""The exit code of a command that was given nothing to look at, which is proof of nothing."""


def must_fit() -> None:
    """Raises `SystemExit` where a database is missing, which opening would make in a folder that was named by mistake,
    and where opening one would lay it out anew under somebody who works on it.

    Nobody works on it: then it may be, as at every start.
    """
    data = settings().data
    if settings().backend != "embedded":
        return
    files = {data / f"{name}.db": database for name, database in DATABASES.items()}
    if missing := [file.name for file in files if not file.exists()]:
        print(f"There is no KIM in {data}/, no {missing[0]}: does KIM_DATA name the folder?")
        sys.exit(NOTHING_THERE)
    try:
        with alone(data):
            return
    except AlreadyRunning:
        if not all(is_laid_out(database, file) for file, database in files.items()):
            raise SystemExit("KIM runs here from another release than this one: start it anew first.") from None
