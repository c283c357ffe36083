"""What a piece of case work costs: operations of the service's database, of the vault and of the bus, counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from tests.cases import CasesService, a_cases_service
from tests.fakes import CountingStore, MemoryStore


@dataclass(frozen=True)
class Cost:
    """Of the service's database, then of the vault, then of the bus."""

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


@contextmanager
def a_counted_service() -> Iterator[Counted]:
    """A service in memory, counted where it asks."""
    store, vault = CountingStore(MemoryStore("cases")), CountingStore(MemoryStore("people"))
    with a_cases_service(store, vault) as service:
        yield Counted(service, store, vault)
