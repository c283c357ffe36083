"""The law on indexes: what Firestore would serve, and nothing else."""

from __future__ import annotations

import pytest

from shared.store import Query
from shared.store.catalogue import DATABASES, Collection, Database, Index, composite_indexes, serving, ttl_fields

DATABASE = Database(
    "test",
    (
        Collection(
            "things",
            (
                Index(contains="tags", order=("-at",)),
                Index(equal=("owner", "state"), order=("-at",)),
                Index(equal=("owner",), order=("-at",)),
                Index(equal=("state",), order=("-at",)),
                Index(order=("-at",)),
                Index(equal=("name",)),
                Index(equal=("lent_to",), order=("-at",), sparse=True),
            ),
        ),
        Collection("parts", (Index(order=("number",)), Index(equal=("sold",), order=("at",), across=True)), group=True),
        Collection("notes", expires="expires_at"),
    ),
)


@pytest.mark.parametrize(
    ("query", "used"),
    [
        (Query("things"), 0),
        (Query("things", order=("-at",)), 1),
        (Query("things", (("name", "==", "x"),)), 1),
        (Query("things", (("owner", "==", "x"),), ("-at",)), 2),
        (Query("things", (("owner", "in", ("x", "y")), ("state", "==", "z")), ("-at",)), 4),
        (Query("things", (("tags", "contains", "x"), ("owner", "==", "y")), ("-at",)), 3),
        (Query("things", (("at", "<", "x"),), ("-at",)), 1),
        (Query("things", (("owner", "==", None),), ("-at",)), 2),
        (Query("things", (("lent_to", "==", "x"),), ("-at",)), 2),
        (Query("things/1/parts", order=("number",)), 1),
        (Query("*/parts", (("sold", "==", False),), ("at",)), 1),
    ],
)
def test_declared_indexes_serve(query: Query, used: int):
    assert len(serving(DATABASE, query)) == used


@pytest.mark.parametrize(
    "query",
    [
        Query("things", (("owner", "==", "x"),)),
        Query("things", (("colour", "==", "x"),), ("-at",)),
        Query("things", (("owner", "==", "x"),), ("at",)),
        Query("things", order=("at",)),
        Query("things", (("tags", "contains", "x"), ("tags", "contains", "y")), ("-at",)),
        Query("things", (("tags", "==", "x"),), ("-at",)),
        Query("things", (("owner", "contains", "x"),), ("-at",)),
        Query("*/parts", order=("number",)),
        Query("things/1/parts", (("sold", "==", False),), ("at",)),
        Query("things", (("lent_to", "==", None),), ("-at",)),
        Query("things", (("lent_to", "in", ("x", None)),), ("-at",)),
        Query("unknown"),
    ],
)
def test_what_no_declared_index_serves_is_refused(query: Query):
    with pytest.raises(LookupError):
        serving(DATABASE, query)


def test_where_the_store_drops_what_has_expired_nobody_asks_for_it():
    asked = Query("answers", (("expires_at", "<", "x"),), ("expires_at",))

    assert serving(DATABASES["intake"], asked)
    for query in (asked, Query("answers", order=("expires_at",))):
        with pytest.raises(LookupError):
            serving(DATABASES["intake"], query, drops=True)


@pytest.mark.parametrize("database", DATABASES.values(), ids=DATABASES)
def test_no_database_has_more_composite_indexes_than_firestore_keeps(database: Database):
    """cloud.google.com/firestore/quotas: with billing switched on."""
    assert len(composite_indexes(database)) <= 1_000


def test_more_disjunctions_than_firestore_takes_are_refused():
    where = (("owner", "in", tuple(range(6))), ("state", "in", tuple(range(6))))

    with pytest.raises(LookupError):
        serving(DATABASE, Query("things", where, ("-at",)))


def test_indexes_are_emitted_as_firestore_wants_them():
    assert composite_indexes(DATABASE) == [
        index("things", [("tags", "CONTAINS"), ("at", "DESCENDING")]),
        index("things", [("owner", "ASCENDING"), ("state", "ASCENDING"), ("at", "DESCENDING")]),
        index("things", [("owner", "ASCENDING"), ("at", "DESCENDING")]),
        index("things", [("state", "ASCENDING"), ("at", "DESCENDING")]),
        index("things", [("lent_to", "ASCENDING"), ("at", "DESCENDING")]),
        index("parts", [("sold", "ASCENDING"), ("at", "ASCENDING")], scope="COLLECTION_GROUP"),
    ]


def index(collection: str, fields: list[tuple[str, str]], scope: str = "COLLECTION") -> dict[str, object]:
    return {
        "collection": collection,
        "query_scope": scope,
        "fields": [{"field_path": name, "array_config" if how == "CONTAINS" else "order": how} for name, how in fields],
    }


def test_expiring_fields_are_emitted():
    assert ttl_fields(DATABASE) == [{"collection": "notes", "field": "expires_at"}]


@pytest.mark.parametrize("database", DATABASES.values(), ids=DATABASES)
def test_an_index_across_subjects_has_at_least_two_fields(database: Database):
    """Firestore takes one field across collections as an exemption of the field, and not as a composite index."""
    assert all(len(index["fields"]) > 1 for index in composite_indexes(database))


@pytest.mark.parametrize("database", DATABASES.values(), ids=DATABASES)
def test_each_index_is_declared_once(database: Database):
    for collection in database.collections:
        assert len(set(collection.indexes)) == len(collection.indexes)
