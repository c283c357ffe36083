"""Which databases there are, what they hold and what is indexed: declared once, for every store.

An index serves a query whose `==` and `in` conditions are on its `equal` fields, whose `contains` is on its
`contains` field, and whose order is its `order`. Several indexes with the same order may serve one query
together: Firestore merges them, SQLite takes the one declared first that fits and filters the rest.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Index:
    """One way to look into a collection."""

    equal: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    contains: str | None = None


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents of one kind. `group` collections lie under many subjects and are asked across all of them."""

    name: str
    indexes: tuple[Index, ...] = ()
    group: bool = False
    expires: str | None = None
    """The field that holds when a document may be dropped (Firestore TTL)."""


@dataclass(frozen=True, slots=True)
class Database:
    """What one service owns."""

    name: str
    collections: tuple[Collection, ...]


LOG = Collection(
    "events", (Index(order=("version",)), Index(equal=("published",), order=("at",))), group=True
)
"""Log, outbox and history in one (`shared.store.journal`)."""

ANSWERS = Collection("answers", expires="expires_at")
"""What was answered to an Idempotency-Key (`shared.http.once`)."""

SORTS = (("-opened_at",), ("opened_at",), ("-changed_at",), ("changed_at",))
"""The orders in which cases can be listed."""

CASE_FILTERS = (("person",), ("case_manager",), ("organisation", "phase"), ("organisation",), ("phase",))

DATABASES = {
    database.name: database
    for database in (
        Database(
            "intake",
            (Collection("submissions"), LOG, ANSWERS, Collection("challenges", expires="expires_at")),
        ),
        Database(
            "cases",
            (
                Collection(
                    "cases",
                    (
                        *(Index(contains="tokens", order=order) for order in SORTS),
                        *(Index(equal=fields, order=order) for fields in CASE_FILTERS for order in SORTS),
                        *(Index(contains="topics", order=order) for order in SORTS),
                        *(Index(order=order) for order in SORTS),
                    ),
                ),
                Collection("notes"),
                LOG,
                ANSWERS,
                Collection("looks"),
                Collection(
                    "entries",
                    (Index(contains="cases", order=("-at",)), Index(order=("version",))),
                    group=True,
                ),
            ),
        ),
        Database(
            "notifications",
            (
                Collection(
                    "messages",
                    (
                        Index(equal=("case",), order=("-queued_at",)),
                        Index(equal=("status",), order=("due_at",)),
                    ),
                ),
                LOG,
            ),
        ),
        Database("reporting", (Collection("reports", (Index(order=("-written_at",)),)), LOG, ANSWERS)),
        Database("people", (Collection("persons", (Index(order=("kept_at",)),)),)),
        Database("outbox", (Collection("outbox", (Index(order=("sent_at",)),)),)),
    )
}
