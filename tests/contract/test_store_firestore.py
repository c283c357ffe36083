"""What only Firestore can get wrong: lost answers, repeats, timestamps, databases apart, and nobody there."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from typing import Any

import pytest
from google.api_core.exceptions import InvalidArgument

from shared.errors import Busy
from shared.store import AlreadyThere, Create, Put, Query, Store
from shared.store.catalogue import DATABASES
from tests.contract.stores import a_case, an_entry, found
from tests.emulators import emulator, free_port, require_emulators
from tests.fakes import MemoryStore

KEPT = {"expires_at": "2026-03-04T11:00:00.123456+00:00"}

pytestmark = pytest.mark.emulators


@pytest.fixture
def project(firestore_emulator: str) -> str:
    return f"kim-{secrets.token_hex(4)}"


@pytest.fixture
def store(project: str) -> Iterator[Any]:
    opened = opened_in(project)
    yield opened
    opened.close()


def opened_in(project: str, database: str = "cases") -> Any:
    from shared.store.firestore import FirestoreStore

    return FirestoreStore(DATABASES[database], project=project)


def fail(monkeypatch: pytest.MonkeyPatch, *, errors: list[Exception], after: bool) -> list[Exception]:
    """Let commits raise these errors, one each, before or after they took effect; gives those still to come."""
    from google.cloud.firestore_v1.batch import WriteBatch

    commit = WriteBatch.commit

    def failing(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not errors:
            return commit(self, *args, **kwargs)
        error = errors.pop(0)
        if after:
            commit(self, *args, **kwargs)
        raise error

    monkeypatch.setattr(WriteBatch, "commit", failing)
    return errors


def errors(*names: str) -> list[Exception]:
    from google.api_core import exceptions

    return [getattr(exceptions, name)("injected") for name in names]


def test_named_databases_are_apart(project: str):
    intake, cases = opened_in(project, "intake"), opened_in(project, "cases")
    intake.commit([Create("answers/1", {"of": "intake", **KEPT})])
    cases.commit([Create("answers/1", {"of": "cases", **KEPT})])

    assert intake.get("answers/1") == {"of": "intake", **KEPT}
    assert cases.get("answers/1") == {"of": "cases", **KEPT}
    intake.close()
    cases.close()


def test_a_time_of_expiry_is_native_there_and_a_text_here(store: Any):
    body = {**KEPT, "status": 201}
    store.commit([Create("answers/1", body)])

    assert store.get("answers/1") == body
    native = store._client.document("answers/1").get().get("expires_at")
    assert native.isoformat(timespec="microseconds") == body["expires_at"]


def test_a_list_in_a_list_is_refused_here_as_in_the_store_that_unit_tests_use(store: Any):
    nested = a_case("1", topics=[["work"]])

    with pytest.raises(InvalidArgument):
        store.commit([nested])
    with pytest.raises(TypeError, match="topics"):
        MemoryStore("cases").commit([nested])


@pytest.mark.parametrize("name", ["Aborted", "ServiceUnavailable", "DeadlineExceeded", "ResourceExhausted"])
def test_a_commit_is_repeated_when_google_says_so(store: Any, monkeypatch: pytest.MonkeyPatch, name: str):
    fail(monkeypatch, errors=errors(name, name), after=False)

    store.commit([an_entry("1", 1), a_case("1")])

    assert store.get("cases/1") is not None


@pytest.mark.parametrize("name", ["DeadlineExceeded", "ServiceUnavailable", "InternalServerError"])
def test_a_commit_whose_answer_was_lost_is_not_done_twice(store: Any, monkeypatch: pytest.MonkeyPatch, name: str):
    fail(monkeypatch, errors=errors(name), after=True)

    store.commit([an_entry("1", 1), a_case("1")])

    assert store.get("cases/1/events/1") == an_entry("1", 1).body


def test_a_create_that_came_second_is_refused_also_after_an_unsure_try(store: Any, monkeypatch: pytest.MonkeyPatch):
    store.commit([an_entry("1", 1)])
    fail(monkeypatch, errors=errors("DeadlineExceeded"), after=False)

    with pytest.raises(AlreadyThere, match="cases/1/events/1"):
        store.commit([a_case("1"), an_entry("1", 1, published=True)])


def test_repeating_ends_with_busy(store: Any, monkeypatch: pytest.MonkeyPatch):
    left = fail(monkeypatch, errors=errors(*["ServiceUnavailable"] * 50), after=False)

    with pytest.raises(Busy):
        store.commit([a_case("1")])

    assert len(left) == 50 - 8


def test_what_cannot_be_mended_by_repeating_is_not_repeated(store: Any, monkeypatch: pytest.MonkeyPatch):
    from google.api_core.exceptions import PermissionDenied

    left = fail(monkeypatch, errors=errors("PermissionDenied", "PermissionDenied"), after=False)

    with pytest.raises(PermissionDenied):
        store.commit([a_case("1")])
    assert len(left) == 1


def test_an_emulator_that_is_not_there_is_told_at_once(monkeypatch: pytest.MonkeyPatch):
    require_emulators()
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{free_port()}")
    began = time.monotonic()

    with pytest.raises(Busy):
        opened_in("kim-nobody")

    assert time.monotonic() - began < 100, "the client itself waits for five minutes"


def test_a_firestore_that_went_away_makes_callers_come_back(monkeypatch: pytest.MonkeyPatch, firestore_emulator: str):
    """One call after another is answered in seconds, reads, queries and commits alike."""
    from shared.store import firestore

    monkeypatch.setattr(firestore, "_fail_fast", lambda: None)
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{free_port()}")
    store: Store = opened_in("kim-nobody")
    began = time.monotonic()

    for call in (
        lambda: store.get("cases/1"),
        lambda: store.query(Query("cases", order=("opened_at",))),
        lambda: store.commit([Put("answers/1", KEPT)]),
    ):
        with pytest.raises(Busy):
            call()

    assert time.monotonic() - began < 200, "the client itself tries each for a minute and longer"
    store.close()  # type: ignore[attr-defined]


def test_pages_across_subjects_go_on_behind_the_last(store: Any):
    store.commit([an_entry(f"{n}", 1) for n in range(5)])
    query = Query("*/events", (("published", "==", False),), ("at",), 3)
    first = store.query(query)

    assert [document.path for document in first.items] == [f"cases/{n}/events/1" for n in range(3)]
    assert found(store, Query(query.collection, query.where, query.order, 3, first.next)) == ["1", "1"]


def test_a_store_goes_on_when_its_emulator_comes_back(monkeypatch: pytest.MonkeyPatch, firestore_emulator: str):
    """While it is away callers are told to come back; afterwards the same store serves them."""
    port = free_port()
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{port}")
    with emulator("firestore", port):
        store = opened_in("kim-outage")
        store.commit([a_case("1")])
    with pytest.raises(Busy):
        store.get("cases/1")
    with emulator("firestore", port):
        until = time.monotonic() + 180
        while time.monotonic() < until:
            try:
                store.commit([a_case("2")])
                break
            except Busy:
                continue

        assert store.get("cases/2") == a_case("2").body
        store.close()
