"""What a system holds, read back through its own stores: for tests that count what arrived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.audit import SUBJECTS, documents
from services.reporting.duck import DuckFacts
from services.reporting.facts import Facts, Statement
from shared.events import CATALOGUE
from shared.store import Store
from shared.store.catalogue import DATABASES
from shared.store.chains import verify
from shared.store.lines import entries
from shared.store.sqlite import SqliteStore


@dataclass(frozen=True)
class Ledger:
    """Every document of a kind, and every event that was ever logged."""

    submissions: list[dict[str, Any]]
    cases: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    outbox: list[dict[str, Any]]
    persons: int
    """Those who are not erased."""
    events: list[dict[str, Any]]
    facts: Counter[str]
    broken: list[str]
    """Subjects whose chain of hashes does not hold."""


def read(data: Path) -> Ledger:
    """The ledger of an embedded system that is not running."""
    stores = {name: SqliteStore(DATABASES[name], data / f"{name}.db") for name in DATABASES}
    held = of(stores, DuckFacts(data / "facts.duckdb", stores["facts"]))
    for store in stores.values():
        store.close()
    return held


def of(stores: Mapping[str, Store], facts: Facts) -> Ledger:
    """The ledger of a system with these stores and facts."""
    held = {
        (name, collection): list(documents(stores[name], collection))
        for name, collection in (*SUBJECTS, ("outbox", "outbox"), ("people", "persons"))
    }
    logged, broken = [], []
    for name, collection in SUBJECTS:
        for subject in (one for one in held[name, collection] if "head" in one.body):
            logged += entries(stores[name], subject.path)
            if verify(stores[name], subject.path) is not None:
                broken.append(subject.path)
    bodies = {key: [document.body for document in found] for key, found in held.items()}
    return Ledger(
        submissions=bodies["intake", "submissions"],
        cases=bodies["cases", "cases"],
        messages=bodies["notifications", "messages"],
        outbox=bodies["outbox", "outbox"],
        persons=sum(one["erased_at"] is None for one in bodies["people", "persons"]),
        events=logged,
        facts=Counter(row["event_id"] for row in facts.run([Statement("SELECT event_id FROM facts")])[0]),
        broken=broken,
    )


def nothing_is_lost_or_doubled(held: Ledger, accepted: set[str], *, taken_by_staff: int = 0) -> None:
    """Every reference that somebody got is a submission with its case, its confirmation and its facts, once.

    Inquiries taken by staff are cases as well, and nobody is told of them.
    """
    assert {one["reference"] for one in held.submissions} == accepted
    assert len(held.submissions) == len(accepted)
    opened = Counter(case["submission"] for case in held.cases)
    assert set(opened) >= {one["id"] for one in held.submissions}
    assert set(opened.values()) == {1}
    assert len(opened) == len(accepted) + taken_by_staff
    confirmations = [one for one in held.messages if one["id"].startswith("message-submission-")]
    assert len(confirmations) == len(accepted)
    assert {one["status"] for one in held.messages} <= {"sent", "delivered", "withheld"}
    sent = {one["id"] for one in held.messages if one["status"] != "withheld"}
    assert Counter(one["id"] for one in held.outbox) == Counter(sent)
    assert all(entry["published"] for entry in held.events)
    told = {event_id(entry) for entry in held.events if not CATALOGUE[entry["type"]].for_the_record}
    assert held.facts == Counter(told)
    assert held.broken == []


def event_id(entry: dict[str, Any]) -> str:
    """The id of a logged event."""
    return f"{entry['event']['subject']}.{entry['version']}"
