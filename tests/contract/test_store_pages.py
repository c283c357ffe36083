"""One suite for every store: pages give everything once, and no cursor is believed that was not given."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from shared.errors import Malformed
from shared.store import Delete, Document, Put, Query, Store, cursor
from tests.contract.stores import a_case, a_store, an_entry, at, paged


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


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_what_expires_is_found_by_its_time_and_page_by_page(kind: str, tmp_path: Path):
    """Firestore drops it by itself, and is asked for it by nobody."""
    store = a_store(kind, tmp_path)
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
