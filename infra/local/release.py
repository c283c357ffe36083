"""A command of one release, while a system of another works on the same files."""

from __future__ import annotations

from infra.local.runtime import AlreadyRunning, alone
from shared.settings import settings
from shared.store.catalogue import DATABASES
from shared.store.sqlite import is_laid_out


def must_fit() -> None:
    """Raises `SystemExit` where opening a database would lay it out anew under somebody who works on it.

    Nobody works on it: then it may be, as at every start.
    """
    data = settings().data
    if settings().backend != "embedded" or not data.exists():
        return
    try:
        with alone(data):
            return
    except AlreadyRunning:
        files = {data / f"{name}.db": database for name, database in DATABASES.items()}
        if not all(is_laid_out(database, file) for file, database in files.items() if file.exists()):
            raise SystemExit("KIM runs here from another release than this one: start it anew first.") from None
