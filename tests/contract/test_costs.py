"""What an action asks of Firestore itself is what it asks of the store: nothing is read or written on the side."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from shared.codes import Phase
from shared.store.catalogue import DATABASES
from tests.actions import COMMANDS, READS, Action
from tests.cases import a_cases_service
from tests.costs import Counted, a_counted_service

pytestmark = pytest.mark.emulators

SOON_READY = [action for action in (*COMMANDS, *READS) if not isinstance(action.stage, Phase)]
"""Those whose case takes a few steps only: the emulator is slow."""


class Asked:
    """Counts what goes over the wire to one database, under the words of the store's port."""

    def __init__(self, store: Any) -> None:
        self.reads = self.queries = self.commits = self.writes = 0
        self._api = store._client._firestore_api
        store._client._firestore_api_internal = self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._api, name)

    def batch_get_documents(self, request: Any, **how: Any) -> Any:
        self.reads += len(request["documents"])
        return self._api.batch_get_documents(request=request, **how)

    def run_query(self, request: Any, **how: Any) -> Any:
        self.queries += 1
        return self._api.run_query(request=request, **how)

    def commit(self, request: Any, **how: Any) -> Any:
        self.commits += 1
        self.writes += len(request["writes"])
        return self._api.commit(request=request, **how)


@pytest.mark.parametrize("action", SOON_READY, ids=lambda action: action.name)
def test_an_action_costs_on_firestore_what_it_costs_embedded(firestore_emulator: str, action: Action):
    with a_counted_service() as embedded:
        cost = embedded.cost(action.ready(embedded.service))

    with a_service_on_firestore() as counted:
        assert counted.cost(action.ready(counted.service)) == cost


@contextmanager
def a_service_on_firestore() -> Iterator[Counted]:
    """The service on databases of its own, counted at Google's client."""
    from shared.store.firestore import FirestoreStore

    project = f"kim-{secrets.token_hex(4)}"
    cases, people = (FirestoreStore(DATABASES[name], project=project) for name in ("cases", "people"))
    with a_cases_service(cases, people) as service:
        yield Counted(service, Asked(cases), Asked(people))
    cases.close()
    people.close()
