"""Stores of every kind, and what the suites keep in them."""

from __future__ import annotations

import secrets
from pathlib import Path

from shared.store import Create, Put, Query, Store
from shared.store.catalogue import DATABASES
from shared.store.sqlite import SqliteStore
from tests.fakes import MemoryStore


def a_store(kind: str, folder: Path, database: str = "cases") -> Store:
    if kind == "memory":
        return MemoryStore(database)
    if kind == "sqlite":
        return SqliteStore(DATABASES[database], folder / f"{database}.db")
    from shared.store.firestore import FirestoreStore

    return FirestoreStore(DATABASES[database], project=f"kim-{secrets.token_hex(4)}")


def at(second: int) -> str:
    return f"2026-01-01T00:00:{second:02}.000000+00:00"


def a_case(id: str, second: int = 0, **fields: object) -> Put:
    body = {
        "opened_at": at(second),
        "changed_at": at(59 - second),
        "phase": "inquiry",
        "organisation": None,
        "case_manager": None,
        "person": f"person-{id}",
        "topics": [],
        "tokens": [],
    }
    return Put(f"cases/{id}", {**body, **fields})


def an_entry(case: str, version: int, *, published: bool = False, second: int = 0, **fields: object) -> Create:
    body = {"type": "cases.case-assigned.v1", "version": version, "at": at(second), "published": published}
    return Create(f"cases/{case}/events/{version}", {**body, **fields})


def found(store: Store, query: Query) -> list[str]:
    """The ids in one page."""
    return [document.id for document in store.query(query).items]


def paged(store: Store, query: Query) -> list[str]:
    """The paths of all pages."""
    paths: list[str] = []
    after: str | None = None
    while True:
        page = store.query(Query(query.collection, query.where, query.order, query.limit, after))
        assert len(page.items) <= query.limit
        paths += [document.path for document in page.items]
        if page.next is None:
            return paths
        after = page.next
