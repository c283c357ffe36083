"""Walk every log and name each subject whose chain of hashes is broken: `make verify-audit`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from shared.store import Document, Query, Store, connect
from shared.store.journal import verify

SUBJECTS = (
    ("intake", "submissions"),
    ("cases", "cases"),
    ("cases", "looks"),
    ("notifications", "messages"),
    ("reporting", "reports"),
)
"""Collections whose documents have a log under them, by database."""


def main() -> int:
    """Print what was checked and what is broken; 1 when anything is."""
    checked, broken = 0, 0
    for database, collection in SUBJECTS:
        store = connect(database)
        for subject in documents(store, collection):
            checked += 1
            line = verify(store, subject.path)
            if line is not None:
                broken += 1
                print(f"{database}: {subject.path}: the log is broken at version {line}")
    print(f"{checked} logs checked, {broken} broken")
    return 1 if broken else 0


def documents(store: Store, collection: str) -> Iterator[Document]:
    """Every document of a collection, page by page."""
    after: str | None = None
    while True:
        page = store.query(Query(collection, limit=200, after=after))
        yield from page.items
        if page.next is None:
            return
        after = page.next


if __name__ == "__main__":
    sys.exit(main())
