"""Walk every log and name each subject whose chain of hashes is broken: `make verify-audit`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from shared.store import Document, Query, Store, connect, pages
from shared.store.catalogue import DATABASES
from shared.store.chains import Log, logs, root

AUDITED = tuple(database for database in DATABASES.values() if database.logged)
"""Databases whose subjects have logs."""

WITHOUT_LOGS = {"answers", "references", "challenges", "holders", "wishes", "erasures", "searches", "finding_cases"}

SUBJECTS = tuple(
    (database.name, collection.name)
    for database in AUDITED
    for collection in database.collections
    if not collection.group and collection.name not in WITHOUT_LOGS
)
"""Collections whose documents have a log under them, by database."""


def main() -> int:
    """Print what was checked and what is broken, and the hash over all heads; 1 when anything is broken."""
    found = [(database.name, log) for database in AUDITED for log in logs(database, connect(database.name))]
    broken = [(database, log) for database, log in found if log.broken is not None]
    for database, log in broken:
        print(f"{database}: {log.path}: {said(log)}")
    print(f"{len(found)} logs checked, {len(broken)} broken")
    print(f"root {root([(f'{database}/{log.path}', log.head) for database, log in found])}")
    return 1 if broken else 0


def said(log: Log) -> str:
    """In words, what is wrong with a log."""
    if not log.head:
        return "the log has lost its subject"
    return f"the log is broken at version {log.broken}"


def documents(store: Store, collection: str) -> Iterator[Document]:
    """Every document of a collection, page by page."""
    return pages(store, Query(collection, limit=200))


if __name__ == "__main__":
    sys.exit(main())
