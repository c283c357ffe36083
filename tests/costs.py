"""What a piece of case work costs: operations of the service's database, of the vault and of the bus, counted."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from shared.store.catalogue import DATABASES
from tests.cases import CasesService, a_cases_service
from tests.fakes import CountingStore, MemoryStore


@dataclass(frozen=True)
class Cost:
    """Calls, and what they write. Of the service's database, then of the vault, then of the bus.

    A read is of one document; a query is of several at once, found or named.
    """

    reads: int = 0
    queries: int = 0
    commits: int = 0
    writes: int = 0
    vault_reads: int = 0
    vault_queries: int = 0
    events: int = 0

    def __str__(self) -> str:
        """Every event that was told is marked by one write."""
        asked = f"{self.reads:2} reads  {self.queries} queries"
        told = f"{self.writes - self.events:2} writes  {self.events} events  {self.events} marks"
        return f"{asked}  {told}  {self.vault_reads + self.vault_queries} vault reads"


class Counts(Protocol):
    """What has been asked of a database so far."""

    reads: int
    queries: int
    commits: int
    writes: int


@dataclass
class Counted:
    """A service, and who counts what it asks."""

    service: CasesService
    store: Counts
    vault: Counts

    def cost(self, action: Callable[[], Any]) -> Cost:
        """What it took, from now on."""
        before = self._now()
        action()
        return Cost(*(after - earlier for after, earlier in zip(self._now(), before, strict=True)))

    def _now(self) -> tuple[int, ...]:
        store, vault = self.store, self.vault
        own = (store.reads, store.queries, store.commits, store.writes)
        return (*own, vault.reads, vault.queries, len(self.service.bus.published))


class OnTheWire:
    """Counts what goes over the wire to one database, under the words of the store's port."""

    def __init__(self, store: Any) -> None:
        self.reads = self.queries = self.commits = self.writes = 0
        self._api = store._client._firestore_api
        store._client._firestore_api_internal = self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._api, name)

    def batch_get_documents(self, request: Any, **how: Any) -> Any:
        self.reads += len(request["documents"]) == 1
        self.queries += len(request["documents"]) > 1
        return self._api.batch_get_documents(request=request, **how)

    def run_query(self, request: Any, **how: Any) -> Any:
        self.queries += 1
        return self._api.run_query(request=request, **how)

    def run_aggregation_query(self, request: Any, **how: Any) -> Any:
        self.queries += 1
        return self._api.run_aggregation_query(request=request, **how)

    def commit(self, request: Any, **how: Any) -> Any:
        self.commits += 1
        self.writes += len(request["writes"])
        return self._api.commit(request=request, **how)


@contextmanager
def a_counted_service() -> Iterator[Counted]:
    """A service in memory, counted where it asks."""
    store, vault = CountingStore(MemoryStore("cases")), CountingStore(MemoryStore("people"))
    with a_cases_service(store, vault) as service:
        yield Counted(service, store, vault)


@contextmanager
def a_service_on_firestore() -> Iterator[Counted]:
    """The service on databases of its own, counted at Google's client."""
    from shared.store.firestore import FirestoreStore

    project = f"kim-{secrets.token_hex(4)}"
    cases, people = (FirestoreStore(DATABASES[name], project=project) for name in ("cases", "people"))
    with a_cases_service(cases, people) as service:
        yield Counted(service, OnTheWire(cases), OnTheWire(people))
    cases.close()
    people.close()
