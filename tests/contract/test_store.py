"""One suite for every store: what the port promises holds in memory, on SQLite and on the Firestore emulator."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.errors import Malformed
from shared.store import ID, AlreadyThere, Create, Delete, Document, Put, Query, Store, cursor
from shared.store.catalogue import DATABASES
from shared.store.sqlite import SqliteStore
from tests.fakes import MemoryStore


@pytest.fixture
def store(kind: str, tmp_path: Path) -> Iterator[Store]:
    """An empty database `cases`."""
    opened = a_store(kind, tmp_path)
    yield opened
    if not isinstance(opened, MemoryStore):
        opened.close()


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


# documents


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
    store.commit([])


# commits


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


# queries


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


def test_documents_are_found_by_id(store: Store):
    store.commit([a_case("1"), a_case("2"), a_case("3")])

    assert found(store, Query("cases", ((ID, "in", ("3", "1", "never")),))) == ["1", "3"]


def test_documents_are_found_by_id_within_one_subject(store: Store):
    store.commit([Put(f"cases/{case}/texts/{id}", {"sealed": "…"}) for case in "12" for id in "abc"])

    page = store.query(Query("cases/1/texts", ((ID, "in", ("a", "c")),)))

    assert [document.path for document in page.items] == ["cases/1/texts/a", "cases/1/texts/c"]


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


def test_a_query_that_no_declared_index_serves_is_refused(store: Store):
    with pytest.raises(LookupError, match="reference"):
        store.query(Query("cases", (("reference", "==", "KIM"),), ("opened_at",)))


def test_a_collection_that_is_not_declared_is_refused(store: Store):
    with pytest.raises(LookupError, match="invoices"):
        store.commit([Put("invoices/1", {})])


def test_a_document_that_lists_could_not_order_is_refused(store: Store):
    with pytest.raises(LookupError, match="opened_at"):
        store.commit([a_case("1", opened_at=None)])


# pages


@pytest.mark.parametrize("order", [("opened_at",), ("-opened_at",)])
@pytest.mark.parametrize(
    "where",
    [
        (),
        (("phase", "==", "intake"),),
        (("tokens", "contains", "x"),),
        (("tokens", "contains", "x"), ("phase", "in", ("intake", "clearing"))),
        (("phase", "in", ("intake", "clearing")),),
    ],
)
def test_pages_give_everything_once_and_in_order_also_among_equals(store: Store, where, order):
    phases = ("intake", "clearing", "closed")
    store.commit([a_case(f"{n:02}", n // 7, phase=phases[n % 3], tokens=["x"] if n % 4 else ["y"]) for n in range(40)])

    whole = paged(store, Query("cases", where, order, 100))

    assert len(whole) == len(set(whole)) > 3
    assert paged(store, Query("cases", where, order, 3)) == whole
    assert paged(store, Query("cases", where, order, 1)) == whole
    assert paged(store, Query("cases", where, order, len(whole))) == whole


def test_pages_of_a_group_give_everything_once(store: Store):
    store.commit([an_entry(f"{n % 5}", n, second=n // 4) for n in range(23)])
    query = Query("*/events", (("published", "==", False),), ("at",), 4)

    paths = paged(store, query)

    assert len(paths) == len(set(paths)) == 23


def test_pages_go_by_id_where_nothing_orders_them(store: Store):
    store.commit([Put(f"cases/1/texts/{n:02}", {}) for n in range(7)])

    assert paged(store, Query("cases/1/texts", limit=3)) == [f"cases/1/texts/{n:02}" for n in range(7)]


def test_what_expires_is_found_by_its_time_and_page_by_page(store: Store):
    store.commit([Put(f"answers/{n}", {"expires_at": at(n)}) for n in range(6)])

    query = Query("answers", (("expires_at", "<", at(5)),), ("expires_at",), 2)

    assert paged(store, query) == [f"answers/{n}" for n in range(5)]


def test_a_cursor_holds_while_documents_come_and_go(store: Store):
    store.commit([a_case(f"{n}", n) for n in range(0, 10, 2)])
    query = Query("cases", order=("opened_at",), limit=2)
    first = store.query(query)
    store.commit([Delete("cases/2"), a_case("1", 1), a_case("5", 5)])

    second = store.query(Query("cases", order=("opened_at",), limit=2, after=first.next))

    assert [document.id for document in first.items] == ["0", "2"]
    assert [document.id for document in second.items] == ["4", "5"]


QUERY = Query("cases", (("phase", "==", "intake"),), ("-opened_at",))


def forged(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


FINGERPRINT = json.loads(base64.urlsafe_b64decode(cursor(QUERY, Document("cases/1", {"opened_at": at(1)}))))[0]


@pytest.mark.parametrize(
    "after",
    [
        "",
        "x",
        "ä",
        "%%%",
        forged(),
        forged("0" * 12, at(1), "cases/1"),
        forged(FINGERPRINT, at(1)),
        forged(FINGERPRINT, at(1), at(1), "cases/1"),
        forged(FINGERPRINT, None, "cases/1"),
        forged(FINGERPRINT, [], "cases/1"),
        forged(FINGERPRINT, 10**40, "cases/1"),
        forged(FINGERPRINT, 1e400, "cases/1"),
        forged(FINGERPRINT, "\ud800", "cases/1"),
        forged(FINGERPRINT, at(1), 7),
        forged(FINGERPRINT, at(1), "persons/1"),
        forged(FINGERPRINT, at(1), "cases/"),
        forged(FINGERPRINT, at(1), "cases/1/events/1"),
        base64.urlsafe_b64encode(b"7").decode(),
        base64.urlsafe_b64encode(b'{"a": 1}').decode(),
        base64.urlsafe_b64encode(b"\xff").decode(),
        base64.urlsafe_b64encode(b"[" * 9000).decode(),
    ],
)
def test_a_cursor_that_was_not_given_is_malformed(store: Store, after: str):
    with pytest.raises(Malformed):
        store.query(Query(QUERY.collection, QUERY.where, QUERY.order, after=after))


def test_a_cursor_of_another_query_is_malformed(store: Store):
    store.commit([a_case("1", phase="closed"), a_case("2", phase="closed")])
    page = store.query(Query("cases", (("phase", "==", "closed"),), ("-opened_at",), 1))

    with pytest.raises(Malformed):
        store.query(Query("cases", (("phase", "==", "intake"),), ("-opened_at",), 1, page.next))


# against the model


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


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(writes=writes, asked=conditions, order=st.sampled_from(["opened_at", "-opened_at"]), limit=st.integers(1, 4))
def test_sqlite_answers_as_memory_does(tmp_path: Path, writes, asked, order, limit):
    real = SqliteStore(DATABASES["cases"], tmp_path / secrets.token_hex(4) / "cases.db")
    model = MemoryStore("cases")
    for write in writes:
        real.commit([write])
        model.commit([write])
    query = Query("cases", tuple((field, *rest) for field, rest in asked.items()), (order,), limit)

    assert paged(real, query) == paged(model, query)
    real.close()
