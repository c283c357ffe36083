"""Forgets what has had its time. Firestore does it by itself (TTL); other stores are told to, every hour."""

from __future__ import annotations

from datetime import datetime

from shared.events import stamp
from shared.settings import settings
from shared.store import Delete, Query, Store
from shared.store.catalogue import DATABASES

AT_ONCE = 200


def forget_expired(store: Store, database: str, *, at: datetime) -> int:
    """Delete every document whose time was over at `at`, and how many they were; none where the store does it."""
    if settings().backend == "google":
        return 0
    return sum(
        _forget(store, collection.name, collection.expires, stamp(at))
        for collection in DATABASES[database].collections
        if collection.expires
    )


def _forget(store: Store, collection: str, field: str, at: str) -> int:
    forgotten = 0
    query = Query(collection, ((field, "<", at),), (field,), AT_ONCE)
    while over := store.query(query).items:
        store.commit([Delete(document.path) for document in over])
        forgotten += len(over)
    return forgotten
