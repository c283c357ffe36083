"""What a database declares of its collections, and which queries its indexes serve: the law for every store.

An index serves a query whose `==` and `in` conditions are on its `equal` fields, whose `contains` is on its
`contains` field, and whose order is its `order`, in the same direction. Several indexes with the same order may
serve one query together: Firestore merges them, SQLite takes the one declared first and filters the rest, so
declare the most telling first. `serving` is the law on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import prod

from shared.store import MOST_IN, Delete, Query, Write


@dataclass(frozen=True, slots=True)
class Index:
    """One way to look into a collection."""

    equal: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    contains: str | None = None
    across: bool = False
    """Asked across all collections of the name (`*/events`), and not within one."""
    sparse: bool = False
    """Serves nobody who asks for null, so it need not hold what says nothing there. Firestore holds it all the same."""

    @property
    def automatic(self) -> bool:
        """Whether Firestore keeps it undeclared: one field, within one collection."""
        return not self.across and len(self.equal) + len(self.order) + (self.contains is not None) <= 1


@dataclass(frozen=True)
class Collection:
    """Documents of one kind. `group` collections lie under many subjects and are asked across all of them."""

    name: str
    indexes: tuple[Index, ...] = ()
    group: bool = False
    expires: str | None = None
    """The field that holds when a document may be dropped (Firestore TTL)."""

    @cached_property
    def ordered(self) -> frozenset[str]:
        """The fields by which lists of these documents can be ordered."""
        return frozenset(field.lstrip("-") for index in self.indexes for field in index.order)


@dataclass(frozen=True)
class Database:
    """What one service owns."""

    name: str
    collections: tuple[Collection, ...]
    forgets: bool = False
    """What is removed here must not stay in a free corner of a file: a key, above all."""

    def __hash__(self) -> int:
        return hash(self.name)  # all of it would take longer than what is remembered by it

    @property
    def logged(self) -> bool:
        """Whether its subjects have logs."""
        return any(collection.name == "events" for collection in self.collections)

    def collection(self, path: str) -> Collection:
        """The declaration of the collection at this path (`cases`, `cases/case-7/events`, `*/events`)."""
        name = path.rpartition("/")[2]
        if name not in self._by_name:
            raise LookupError(f"{self.name} declares no collection {name}")
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Collection]:
        return {collection.name: collection for collection in self.collections}

    def check(self, writes: Iterable[Write]) -> None:
        """Raises `LookupError` for a document that its collection has no place for.

        Fields of an order hold a text or a whole number in every document: Firestore would leave out a document
        without the field, and a cursor cannot stand on nothing.
        """
        for write in writes:
            collection = self.collection(write.path.rpartition("/")[0])
            if write.path.count("/") > 1 and not collection.group:
                raise LookupError(f"{self.name} declares {collection.name} at the top only")
            if isinstance(write, Delete):
                continue
            for field in collection.ordered:
                if not isinstance(write.body.get(field), str | int):
                    raise LookupError(f"{write.path}: lists are ordered by {field}, and it holds nothing")


def serving(database: Database, query: Query, *, drops: bool = False) -> tuple[Index, ...]:
    """The indexes that serve a query by Firestore's rules, the most telling first. Raises `LookupError` for none.

    Each field that is asked for is in an index of the query's very order. Reading all there is in the order of ids
    needs none. Where the store itself `drops` what has expired, that field is in no index.
    """
    collection = database.collection(query.collection)
    fields = {field for field, operator, _ in query.where if operator in {"==", "in"}}
    nulls = {field for field, how, value in query.where if value is None or (how == "in" and None in value)}
    arrays = [field for field, operator, _ in query.where if operator == "contains"]
    across = query.collection.startswith("*/")
    disjunctions = prod(len(value) for _, operator, value in query.where if operator == "in")
    if len(arrays) > 1 or disjunctions > MOST_IN:
        raise LookupError(f"Firestore cannot ask {query.collection} for {sorted(fields.union(arrays))} so")
    fitting = tuple(
        index
        for index in collection.indexes
        if index.order == query.order
        and not (drops and collection.expires in {*index.equal, *query.fields})
        and index.across == across
        and not (index.sparse and nulls.intersection(index.equal))
        and fields.issuperset(index.equal)
        and (index.contains is None or index.contains in arrays)
    )
    missing = fields.union(arrays).difference(*({*index.equal, index.contains} for index in fitting))
    if missing or (query.order and not fitting):
        raise LookupError(f"{query.collection}: no index of {sorted(missing)} ordered by {query.order}")
    return fitting


def composite_indexes(database: Database) -> list[dict[str, object]]:
    """The indexes that Firestore does not keep by itself, as `gcp.firestore.Index` takes them."""
    return [
        {
            "collection": collection.name,
            "query_scope": "COLLECTION_GROUP" if index.across else "COLLECTION",
            "fields": _index_fields(index),
        }
        for collection in database.collections
        for index in collection.indexes
        if not index.automatic
    ]


def _index_fields(index: Index) -> list[dict[str, str]]:
    contains = [{"field_path": index.contains, "array_config": "CONTAINS"}] if index.contains else []
    return [
        *({"field_path": field, "order": "ASCENDING"} for field in index.equal),
        *contains,
        *(
            {"field_path": field.lstrip("-"), "order": "DESCENDING" if field.startswith("-") else "ASCENDING"}
            for field in index.order
        ),
    ]


def ttl_fields(database: Database) -> list[dict[str, str]]:
    """The fields by which Firestore drops documents, as `gcp.firestore.Field` takes them."""
    return [
        {"collection": collection.name, "field": collection.expires}
        for collection in database.collections
        if collection.expires
    ]
