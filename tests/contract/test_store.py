"""One suite for every store: what is written holds in memory, on SQLite and on the Firestore emulator."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.store import AlreadyThere, Create, Delete, Document, Put, Query, Store
from tests.contract.stores import a_case, an_entry, found


def test_what_was_written_is_read_back_as_it_was(store: Store):
    body = {
        **a_case("1").body,
        "text": "Ängste, القاهرة, \U0001f600, \x00, '\"",
        "number": 7,
        "share": 0.5,
        "yes": True,
        "nothing": None,
        "list": [1, "two", {"three": 3}],
        "map": {"a": {"b": []}},
    }
    store.commit([Put("cases/1", body)])

    assert store.get("cases/1") == body
    assert store.query(Query("cases", order=("opened_at",))).items == [Document("cases/1", body)]


def test_what_was_never_written_is_none(store: Store):
    assert store.get("cases/none") is None


def test_many_are_read_at_once_wherever_they_lie(store: Store):
    texts = [Put(f"cases/{case}/texts/{id}", {"sealed": f"{case} {id}"}) for case in "12" for id in "ab"]
    store.commit([a_case("1"), a_case("2"), *texts])

    asked = ["cases/2/texts/b", "cases/never", "cases/1", "cases/1/texts/a", "cases/1/texts/never", "cases/1"]

    assert list(store.get_many(iter(asked)).items()) == [
        ("cases/2/texts/b", {"sealed": "2 b"}),
        ("cases/1", a_case("1").body),
        ("cases/1/texts/a", {"sealed": "1 a"}),
    ]
    assert store.get_many([]) == {}
    with pytest.raises(LookupError):
        store.get_many(["unknown/1"])


def test_more_are_read_at_once_than_one_call_takes(store: Store):
    looks = [Put(f"looks/{number}", {"number": number}) for number in range(450)]
    store.commit(looks[:200])
    store.commit(looks[200:400])
    store.commit(looks[400:])

    assert store.get_many(put.path for put in looks) == {put.path: put.body for put in looks}


def test_a_document_that_was_handed_out_is_the_callers_own(store: Store):
    store.commit([a_case("1", topics=["work"])])
    store.get("cases/1")["topics"].append("housing")

    assert store.get("cases/1")["topics"] == ["work"]


def test_put_replaces_the_whole_document(store: Store):
    store.commit([a_case("1", extra=1)])
    store.commit([a_case("1", phase="clearing")])

    assert store.get("cases/1") == a_case("1", phase="clearing").body


def test_delete_removes_and_a_missing_document_may_be_deleted(store: Store):
    store.commit([a_case("1", tokens=["a"])])
    store.commit([Delete("cases/1"), Delete("cases/2")])

    assert store.get("cases/1") is None
    assert found(store, Query("cases", (("tokens", "contains", "a"),), ("opened_at",))) == []


def test_a_deleted_document_can_be_created_again(store: Store):
    create = Create("cases/1", a_case("1").body)
    store.commit([create])
    store.commit([Delete("cases/1")])
    store.commit([create])

    assert store.get("cases/1") == create.body


def test_a_commit_that_was_not_durable_is_there_all_the_same(store: Store):
    store.commit([a_case("1")], durably=False)

    assert store.get("cases/1") is not None


def test_a_commit_of_nothing_changes_nothing(store: Store):
    store.commit([a_case("1")])
    before = store.get("cases/1")

    store.commit([])

    assert store.get("cases/1") == before
    assert store.count(Query("cases", order=("opened_at",))) == 1


def test_create_refuses_and_names_the_path_that_is_there(store: Store):
    store.commit([a_case("1")])

    with pytest.raises(AlreadyThere) as refusal:
        store.commit([a_case("2"), Create("cases/1", a_case("1", phase="closed").body)])

    assert refusal.value.path == "cases/1"
    assert store.get("cases/1")["phase"] == "inquiry"


def test_a_commit_writes_all_or_none(store: Store):
    store.commit([an_entry("1", 1)])

    with pytest.raises(AlreadyThere):
        store.commit([a_case("1"), an_entry("1", 2), an_entry("1", 1), Delete("cases/1/events/1")])

    assert store.get("cases/1") is None
    assert store.get("cases/1/events/2") is None
    assert store.get("cases/1/events/1") is not None


def test_of_writers_at_one_path_exactly_one_wins(store: Store):
    def create(number: int) -> bool:
        try:
            store.commit([Create("cases/1", a_case("1", number=number).body), a_case(f"other-{number}")])
        except AlreadyThere:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(create, range(8)))

    assert won.count(True) == 1
    winner = won.index(True)
    assert store.get("cases/1")["number"] == winner
    assert [number for number in range(8) if store.get(f"cases/other-{number}")] == [winner]


def test_a_refusal_does_not_reach_those_who_were_written_with_it(store: Store):
    store.commit([a_case("taken")])

    def create(number: int) -> str:
        try:
            store.commit([Create("cases/taken" if number % 2 else f"cases/{number}", a_case("1").body)])
        except AlreadyThere as refusal:
            return refusal.path
        return "written"

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(create, range(40)))

    assert answers == ["written", "cases/taken"] * 20
    assert all(store.get(f"cases/{number}") for number in range(0, 40, 2))
