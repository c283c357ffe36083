"""One suite for every store: what a query finds, and which it refuses."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.store import Condition, Delete, Document, Put, Query, Store, cursor, pages
from shared.store.catalogue import DATABASES
from shared.store.sqlite import SqliteStore
from tests.contract.stores import a_case, an_entry, at, found, paged
from tests.fakes import MemoryStore


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ((), ["1", "2", "3", "4"]),
        ((("phase", "==", "intake"),), ["2", "3"]),
        ((("organisation", "==", None),), ["1", "4"]),
        ((("organisation", "==", "a"), ("phase", "==", "intake")), ["2"]),
        ((("phase", "in", ("inquiry", "closed")),), ["1", "4"]),
        ((("organisation", "in", ("a", "b")), ("phase", "in", ("intake", "closed"))), ["2", "3"]),
        ((("tokens", "contains", "x"),), ["1", "3"]),
        ((("tokens", "contains", "x"), ("phase", "==", "intake")), ["3"]),
        ((("tokens", "contains", "x"), ("phase", "in", ("intake", "inquiry"))), ["1", "3"]),
        ((("tokens", "contains", "x"), ("organisation", "==", None)), ["1"]),
        ((("topics", "contains", "work"), ("organisation", "==", "b"), ("phase", "==", "intake")), ["3"]),
        ((("tokens", "contains", "never"),), []),
        ((("opened_at", ">=", at(2)),), ["2", "3", "4"]),
        ((("opened_at", ">", at(2)), ("opened_at", "<", at(4))), ["3"]),
        ((("opened_at", "<=", at(3)), ("phase", "==", "intake")), ["2", "3"]),
        ((("opened_at", ">", at(1)), ("tokens", "contains", "x")), ["3"]),
    ],
)
def test_a_query_finds_what_meets_every_condition_in_order(store: Store, where, expected):
    store.commit(
        [
            a_case("1", 1, tokens=["x", "y"], topics=["work"]),
            a_case("2", 2, phase="intake", organisation="a", tokens=["y"], topics=["work", "health"]),
            a_case("3", 3, phase="intake", organisation="b", tokens=["x"], topics=["work"]),
            a_case("4", 4, phase="closed"),
        ]
    )

    assert found(store, Query("cases", where, ("opened_at",))) == expected
    assert found(store, Query("cases", where, ("-opened_at",))) == expected[::-1]


def test_what_a_page_holds_is_counted_unread(store: Store):
    store.commit([a_case(str(number), number, topics=["work", "health"][: number % 3]) for number in range(9)])
    query = Query("cases", (("phase", "in", ("inquiry", "closed")), ("topics", "contains", "health")), ("opened_at",))

    assert store.count(query) == len(store.query(query).items) == 3
    assert store.count(replace(query, limit=2)) == 2
    assert store.count(replace(query, after=store.query(replace(query, limit=1)).next)) == 2
    assert store.count(Query("cases", (("case_manager", "==", "nobody"),), ("opened_at",))) == 0
    with pytest.raises(LookupError, match="reference"):
        store.count(Query("cases", (("reference", "==", "KIM"),), ("opened_at",)))


def test_a_document_without_the_field_is_not_one_with_null(store: Store):
    without = a_case("1")
    store.commit([Put(without.path, {k: v for k, v in without.body.items() if k != "organisation"}), a_case("2")])

    assert found(store, Query("cases", (("organisation", "==", None),), ("opened_at",))) == ["2"]


def test_an_update_moves_a_document_in_every_index(store: Store):
    store.commit([a_case("1", 1, tokens=["old", "both"]), a_case("2", 2, tokens=["both"])])
    store.commit([a_case("1", 3, tokens=["both", "new"], phase="closed")])
    ordered = ("opened_at",)

    assert found(store, Query("cases", (("tokens", "contains", "old"),), ordered)) == []
    assert found(store, Query("cases", (("tokens", "contains", "new"),), ordered)) == ["1"]
    assert found(store, Query("cases", (("tokens", "contains", "both"),), ordered)) == ["2", "1"]
    assert found(store, Query("cases", (("phase", "==", "inquiry"),), ordered)) == ["2"]


def test_a_collection_lies_under_its_own_subject(store: Store):
    store.commit([an_entry(case, version) for case in ("1", "10", "1-x") for version in (1, 2)])

    page = store.query(Query("cases/1/events", order=("version",)))

    assert [document.path for document in page.items] == ["cases/1/events/1", "cases/1/events/2"]


def test_numbers_are_ordered_as_numbers(store: Store):
    store.commit([an_entry("1", version) for version in (10, 9, 2, 1, 11)])

    assert found(store, Query("cases/1/events", order=("version",))) == ["1", "2", "9", "10", "11"]


def test_a_group_is_asked_across_all_subjects(store: Store):
    store.commit([an_entry(str(case), 1, published=case % 2 == 0, second=case) for case in range(6)])

    page = store.query(Query("*/events", (("published", "==", False),), ("at",)))

    assert [document.path for document in page.items] == [f"cases/{case}/events/1" for case in (1, 3, 5)]


def test_a_group_is_asked_for_elements_across_all_subjects(store: Store):
    store.commit([an_entry("1", 1, cases=["a", "b"], second=1), an_entry("2", 1, cases=["b"], second=2)])

    page = store.query(Query("*/events", (("cases", "contains", "b"),), ("-at",)))

    assert [document.path for document in page.items] == ["cases/2/events/1", "cases/1/events/1"]


def test_a_group_is_asked_for_lines_about_many_cases_at_once_page_by_page(store: Store):
    store.commit(
        [
            *(an_entry(str(case), 1, access_to=f"case-{case}", second=9 - case) for case in range(6)),
            an_entry("1", 2, second=30),
        ]
    )
    wanted: tuple[Condition, ...] = (("access_to", "in", [f"case-{case}" for case in (0, 1, 3, 5, 99)]),)

    found = pages(store, Query("*/events", wanted, ("at",), 2))

    assert [document.path for document in found] == [f"cases/{case}/events/1" for case in (5, 3, 1, 0)]


def test_a_query_goes_on_behind_a_place_that_was_kept(store: Store):
    """The cursor of another page is made anew from the last document that somebody saw."""
    store.commit([an_entry(str(case), 1, second=case // 2) for case in range(6)])
    query = Query("*/events", (("published", "==", False),), ("at",), 2)
    last = store.query(query).items[-1]

    after = cursor(query, Document(last.path, {"at": last.body["at"]}))

    assert [one.id for one in pages(store, query)] == ["1"] * 6
    assert [one.path for one in pages(store, replace(query, after=after))] == [
        f"cases/{case}/events/1" for case in (2, 3, 4, 5)
    ]


def test_a_query_that_no_declared_index_serves_is_refused(store: Store):
    with pytest.raises(LookupError, match="reference"):
        store.query(Query("cases", (("reference", "==", "KIM"),), ("opened_at",)))


def test_a_collection_that_is_not_declared_is_refused(store: Store):
    with pytest.raises(LookupError, match="invoices"):
        store.commit([Put("invoices/1", {})])


def test_a_document_that_lists_could_not_order_is_refused(store: Store):
    with pytest.raises(LookupError, match="opened_at"):
        store.commit([a_case("1", opened_at=None)])


PHASES = ("inquiry", "intake", "closed")


cases = st.builds(
    lambda id, second, phase, organisation, tokens: a_case(
        id, second, phase=phase, organisation=organisation, tokens=tokens, topics=tokens[:1]
    ),
    st.sampled_from("abcdef"),
    st.integers(0, 3),
    st.sampled_from(PHASES),
    st.sampled_from([None, "o1", "o2"]),
    st.lists(st.sampled_from(["x", "y", "z"]), unique=True),
)


writes = st.lists(cases | st.builds(lambda id: Delete(f"cases/{id}"), st.sampled_from("abcdef")), max_size=25)


conditions = st.fixed_dictionaries(
    {},
    optional={
        "phase": st.tuples(st.just("=="), st.sampled_from(PHASES)) | st.tuples(st.just("in"), st.just(PHASES[:2])),
        "organisation": st.tuples(st.just("=="), st.sampled_from([None, "o1"])),
        "tokens": st.tuples(st.just("contains"), st.sampled_from(["x", "y"])),
    },
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(writes=writes, asked=conditions, order=st.sampled_from(["opened_at", "-opened_at"]), limit=st.integers(1, 4))
def test_sqlite_answers_as_memory_does(tmp_path: Path, writes, asked, order, limit):
    real = SqliteStore(DATABASES["cases"], tmp_path / secrets.token_hex(4) / "cases.db")
    model = MemoryStore("cases")
    for write in writes:
        real.commit([write])
        model.commit([write])
    query = Query("cases", tuple((field, *rest) for field, rest in asked.items()), (order,), limit)

    assert paged(real, query) == paged(model, query)
    assert real.count(query) == model.count(query)
    real.close()
