"""Brings back what was deleted: every document that a restored database has and the one in use has not.

    python -m infra.gcp.bring_back cases cases-restored               says what is missing; nothing is changed
    python -m infra.gcp.bring_back cases cases-restored --bring-back  writes it

Both names are without the prefix; `KIM_BACKEND=google`, `KIM_PROJECT` and `KIM_PREFIX` say where they are. What is
there stays as it is, so histories only grow whole again, whoever was erased stays erased, and a run that was broken
off is begun anew.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from shared.settings import settings
from shared.store import AlreadyThere, Create, Document, Query, Store, pages
from shared.store.catalogue import DATABASES, Database

Open = Callable[[Database], Store]


def missing(database: Database, restored: Store, used: Store) -> Iterator[Document]:
    """What only the restored one has. What expires is left where it is: its time is over."""
    for collection in database.collections:
        if collection.expires is None:
            name = f"*/{collection.name}" if collection.group else collection.name
            for document in pages(restored, Query(name, limit=200)):
                if used.get(document.path) is None:
                    yield document


def bring_back(database: Database, restored: Store, used: Store) -> Iterator[str]:
    """Write what is missing, and give the path of each document."""
    for document in missing(database, restored, used):
        try:
            used.commit([Create(document.path, document.body)])
        except AlreadyThere:  # somebody has written it meanwhile
            continue
        yield document.path


def _firestore(database: Database) -> Store:
    from shared.store.firestore import FirestoreStore

    return FirestoreStore(database, project=settings().project)


def main(arguments: Sequence[str], opened: Open = _firestore) -> None:
    """Read the arguments and print. Raises `SystemExit` with the usage."""
    match list(arguments):
        case [name, copy, *rest] if name in DATABASES and rest in ([], ["--bring-back"]):
            database = DATABASES[name]
            restored, used = opened(replace(database, name=copy)), opened(database)
        case _:
            raise SystemExit(__doc__)
    if rest:
        paths = list(bring_back(database, restored, used))
    else:
        paths = [document.path for document in missing(database, restored, used)]
    print("\n".join([f"{'Brought back' if rest else 'Missing'}: {len(paths)}", *paths]))


if __name__ == "__main__":
    main(sys.argv[1:])
