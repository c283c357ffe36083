"""What a stopped system holds on disk, read back through its own stores: for tests that count what arrived."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.audit import SUBJECTS, documents
from services.reporting.duck import DuckFacts
from shared.store.catalogue import DATABASES
from shared.store.journal import entries, verify
from shared.store.sqlite import SqliteStore


@dataclass(frozen=True)
class Ledger:
    """Every document of a kind, and every event that was ever logged."""

    submissions: list[dict[str, Any]]
    cases: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    outbox: list[dict[str, Any]]
    persons: int
    events: list[dict[str, Any]]
    facts: Counter[str]
    broken: list[str]
    """Subjects whose chain of hashes does not hold."""


def read(data: Path) -> Ledger:
    """The ledger of a system that is not running."""
    stores = {name: SqliteStore(DATABASES[name], data / f"{name}.db") for name in DATABASES}
    held = {
        (name, collection): list(documents(stores[name], collection))
        for name, collection in (*SUBJECTS, ("outbox", "outbox"), ("people", "persons"))
    }
    logged, broken = [], []
    for name, collection in SUBJECTS:
        for subject in held[name, collection]:
            logged += entries(stores[name], subject.path)
            if verify(stores[name], subject.path) is not None:
                broken.append(subject.path)
    for store in stores.values():
        store.close()
    bodies = {key: [document.body for document in found] for key, found in held.items()}
    return Ledger(
        submissions=bodies["intake", "submissions"],
        cases=bodies["cases", "cases"],
        messages=bodies["notifications", "messages"],
        outbox=bodies["outbox", "outbox"],
        persons=len(bodies["people", "persons"]),
        events=logged,
        facts=_facts(data),
        broken=broken,
    )


def _facts(data: Path) -> Counter[str]:
    facts = DuckFacts(data / "facts.duckdb", SqliteStore(DATABASES["facts"], data / "facts.db"))
    return Counter(row["event_id"] for row in facts.run("SELECT event_id FROM facts"))


def event_id(entry: dict[str, Any]) -> str:
    """The id of a logged event."""
    return f"{entry['event']['subject']}.{entry['version']}"
