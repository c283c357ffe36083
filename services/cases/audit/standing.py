"""How cases stood, read from their logs, which are chained: of many cases at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from services.cases.audit import domain
from services.cases.audit.domain import Standing
from shared.events import CaseOpened, Event
from shared.store import MOST_IN, Query, Store, pages
from shared.store.lines import event_of

KEPT = 50_000
"""Cases of which it is remembered how they stood, in some 160 MB: during a run most are looked at more than once."""

History = tuple[Standing, ...]


class Standings:
    """How cases stood, each read once for many looks."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, History] = {}

    def of(self, cases: Iterable[str]) -> Mapping[str, History]:
        """How these cases stood over time; nothing of a case that never was. A query for each thirty."""
        wanted = list(dict.fromkeys(cases))
        if len(self._known) + len(wanted) > KEPT:
            self._known = {}
        missing = [case for case in wanted if case not in self._known]
        for begins in range(0, len(missing), MOST_IN):
            for case, history in _told(self._store, missing[begins : begins + MOST_IN]):
                self._known[case] = tuple(domain.standings(history))
        return self._known


def telling(store: Store, case: str) -> list[Event]:
    """What happened to a case and may have changed who sees it, oldest first."""
    query = Query(f"cases/{case}/events", (("type", "in", list(domain.TELLING)),), ("-version",), 50)
    return [event_of(entry.body) for entry in pages(store, query)][::-1]


def _told(store: Store, cases: list[str]) -> Iterator[tuple[str, list[Event]]]:
    """The same of as many cases as one query names."""
    found: dict[str, list[Event]] = defaultdict(list)
    for entry in pages(store, Query("*/events", (("access_to", "in", cases),), ("at",), 500)):
        event = event_of(entry.body)
        found[event.subject].append(event)
    for case in cases:
        history = sorted(found[case], key=lambda event: event.version)
        whole = bool(history) and isinstance(history[0], CaseOpened)
        yield case, history if whole else telling(store, case)  # lines of an earlier release are not found by case
