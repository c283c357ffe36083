"""Which databases there are, what they hold and what is indexed: declared once, for every store.

What an index serves says `shared.store.indexes`. SQLite takes the one declared first: declare the most telling first.
"""

from __future__ import annotations

from dataclasses import replace

from shared.store.indexes import Collection, Database, Index, composite_indexes, serving, ttl_fields

__all__ = ["DATABASES", "Collection", "Database", "Index", "composite_indexes", "serving", "ttl_fields"]

LOG = Collection(
    "events", (Index(order=("version",)), Index(equal=("published",), order=("at",), across=True)), group=True
)
"""Log, outbox and history in one (`shared.store.journal`)."""

ANSWERS = Collection("answers", (Index(order=("expires_at",)),), expires="expires_at")
"""What was answered to an Idempotency-Key (`shared.http.once`)."""

SEALS = Collection("seals", (Index(order=("day",)), Index(order=("-day",))))
"""What each day added to the logs, and the hash over all of them (`shared.store.seals`)."""

NIGHTS = (SEALS, Collection("heads"), Collection("walks"))
"""What the night keeps of the logs: the seals of days, up to where each log was found sound (`shared.store.heads`), and
how far the walk through all of them is (`shared.store.walks`)."""

SORTS = (("-opened_at",), ("opened_at",), ("-changed_at",), ("changed_at",))
"""The orders in which cases can be listed."""

CASE_FILTERS = (
    Index(equal=("case_manager",)),
    Index(equal=("organisation",)),
    Index(equal=("phase",)),
    Index(equal=("clearing_result",), sparse=True),
    Index(equal=("offered_to",), sparse=True),
)
"""What cases are listed by, in any of these orders."""

FOLLOW_UP_FILTERS = (("responsible", "done"), ("organisation", "done"), ("case", "done"), ("case",), ("watched",))

FINDING_FILTERS = (("raised_by",), ("organisation",), ("status",))

IN_THE_CLOUD = ("intake", "cases", "notifications", "reporting", "people")
"""The databases that there are wherever facts lie in BigQuery and messages are handed to a provider."""

_ENDING = (Index(equal=("case",), order=("ends",)), Index(order=("ends",)))
"""What ends on a day: beside a case, and across all of them for the radar."""

DATABASES = {
    database.name: database
    for database in (
        Database(
            "intake",
            (
                Collection("submissions"),
                Collection("references"),
                LOG,
                ANSWERS,
                Collection("challenges", (Index(order=("expires_at",)),), expires="expires_at"),
            ),
        ),
        Database(
            "cases",
            (
                Collection(
                    "cases",
                    (
                        # A case has a dozen tokens: an order that changes with each update would rewrite them all.
                        *(Index(contains="tokens", order=order) for order in SORTS if "opened_at" in order[0]),
                        Index(equal=("person",), order=("-opened_at",)),
                        Index(equal=("recognisable",), order=("-opened_at",)),
                        Index(equal=("phase", "erased_at"), order=("opened_at",)),
                        Index(equal=("case_manager", "phase"), order=("opened_at",)),
                        *(Index(equal=("organisation", "phase"), order=o) for o in SORTS if "opened_at" in o[0]),
                        *(replace(index, order=order) for index in CASE_FILTERS for order in SORTS),
                        *(Index(contains="topics", order=order) for order in SORTS),
                        Index(contains="shown_to"),
                        Index(contains="releases_end"),
                        *(Index(order=order) for order in SORTS),
                    ),
                ),
                Collection("texts", group=True),
                Collection(
                    "events",
                    (
                        *LOG.indexes,
                        Index(equal=("type",), order=("-version",)),
                        Index(equal=("case",), order=("at",), across=True),
                        Index(equal=("access_to",), order=("at",), across=True),
                        Index(equal=("type",), order=("at",), across=True),
                        Index(contains="cases", order=("-at",), across=True),
                    ),
                    group=True,
                ),
                ANSWERS,
                Collection("looks"),
                Collection(
                    "follow_ups",
                    tuple(Index(equal=fields, order=("due_on",)) for fields in FOLLOW_UP_FILTERS),
                ),
                Collection("appointments", tuple(Index(equal=(by,), order=("starts_at",)) for by in ("case", "staff"))),
                Collection("residence", (*_ENDING, Index(order=("valid_from",)))),
                Collection("domain_ends", _ENDING),
                Collection("household", (Index(equal=("case",), order=("added_at",)),)),
                Collection("conferences", tuple(Index(equal=(by,), order=("held_on",)) for by in ("case", "status"))),
                Collection(
                    "break_glass",
                    (
                        Index(equal=("case",), order=("broken_at",)),
                        Index(equal=("case", "broken_by"), order=("until",)),
                        Index(equal=("awaits_review", "organisation"), order=("broken_at",)),
                        Index(equal=("awaits_review", "escalated"), order=("broken_at",)),
                        Index(equal=("awaits_review",), order=("broken_at",)),
                    ),
                ),
                Collection("offers", (Index(equal=("withdrawn",), order=("organisation",)),)),
                Collection(
                    "referrals",
                    (
                        Index(equal=("case",), order=("made_at",)),
                        Index(equal=("recipient", "status"), order=("-made_at",)),
                        Index(equal=("awaited",), order=("answer_by",)),
                    ),
                ),
                Collection("erasures", (Index(equal=("done",), order=("at",)), Index(equal=("done",), order=("-at",)))),
                Collection("searches"),
                Collection("audits", (Index(order=("-at",)),)),
                Collection("rechecks"),
                Collection("looked"),
                *NIGHTS,
                Collection(
                    "findings",
                    (
                        *(Index(equal=fields, order=("-raised_at",)) for fields in FINDING_FILTERS),
                        Index(order=("-raised_at",)),
                    ),
                ),
                # Apart from the findings: whoever reads those never comes near a case.
                Collection("finding_cases", (Index(equal=("finding",)), Index(equal=("case",)))),
            ),
        ),
        Database(
            "notifications",
            (
                Collection(
                    "messages",
                    (
                        Index(equal=("case",), order=("-planned_at",)),
                        Index(equal=("status",), order=("due_at",)),
                    ),
                ),
                Collection("holders", (Index(equal=("case",), order=("-version",)),)),
                Collection("looks"),
                *NIGHTS,
                Collection("sealings", (Index(order=("-sealed_on",)),)),
                Collection("wishes", (Index(equal=("case",), order=("version",)),)),
                LOG,
            ),
        ),
        Database(
            "reporting",
            (
                Collection(
                    "reports",
                    (Index(order=("-written_at",)), Index(equal=("organisation",), order=("-written_at",))),
                ),
                Collection("writings", group=True),
                Collection("vocabulary"),
                LOG,
                ANSWERS,
            ),
        ),
        Database(
            "people",
            (
                Collection("persons", (Index(order=("kept_at",)),)),
                Collection("changes", group=True),
                Collection("needles"),
                Collection("looked"),
            ),
            forgets=True,
        ),
        # Embedded only: facts on their way into DuckDB, which wants them in bulk.
        Database("facts", (Collection("inbox"),)),
        Database(
            "outbox", (Collection("outbox", (Index(order=("sent_at",)), Index(order=("-sent_at",)))),), forgets=True
        ),
    )
}
