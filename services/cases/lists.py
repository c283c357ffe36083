"""Which cases a caller may list, and which of them she asks for: one query from the policy and her filters."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from shared.errors import Forbidden, Invalid
from shared.identity import Actor
from shared.municipality import municipality
from shared.policy import Action, Relation, granted, widest
from shared.store import Body, Condition, Document, Page, Query, Store, cursor, place
from shared.texts import text

Wanted = dict[str, Any]

UNALLOCATED = "unallocated"
"""The filter value that stands for no organisation."""

MOST = 200
"""Cases that a name may find for them to be sorted by their last change."""

FILTERS = ("phase", "case_manager", "organisation", "clearing_result", "topic")
"""What may be asked for together with a name."""


def query(actor: Actor, wanted: Wanted, *, sought: Callable[[str], str | None]) -> Query | None:
    """The query that finds what is wanted among what she may list; None when there can be nothing.

    Searching asks for names, and finds only among the cases whose names she may read. Raises `Forbidden` to those
    who never may, and `Invalid` for a filter that means nothing.
    """
    relation = _relation(actor, wanted)
    if relation in (Relation.ORGANISATION, Relation.OFFERED) and actor.organisation is None:
        return None  # or she would get the cases that are with no organisation
    equal: dict[str, str | None] = {}
    for field, value in (*scope(actor, relation), *_filters(actor, wanted)):
        if equal.setdefault(field, value) != value:
            return None
    where = [*((field, "==", value) for field, value in equal.items()), *_contained(wanted, sought)]
    return Query("cases", tuple(where), (wanted["sort"],), wanted["limit"], wanted["cursor"])


def page(query: Query, store: Store) -> Page:
    """A page of what is asked for. No index has names by their last change, which would move a dozen entries with each:
    so what is found by name is put into that order here, as long as it is not too much.

    One query. Raises `Invalid` where a name finds more than `MOST`.
    """
    by_name = any(field == "tokens" for field, _, _ in query.where)
    if not by_name or query.fields != ("changed_at",):
        return store.query(query)
    opened = tuple(field.replace("changed_at", "opened_at") for field in query.order)
    whole = store.query(replace(query, order=opened, limit=MOST, after=None))
    if whole.next is not None:
        says = text("Too many are found to be sorted by their last change: please search for more of the name.")
        raise Invalid({"sort": [says]})
    return _sorted(query, whole.items)


def _sorted(query: Query, found: Iterable[Document]) -> Page:
    """What comes behind the cursor, by the last change and then by the path, as every list is."""

    def key(one: Document) -> list[str]:
        return [one.body["changed_at"], one.path]

    behind, beyond = place(query), operator.lt if query.descending else operator.gt
    rest = [one for one in found if behind is None or beyond(key(one), behind)]
    items = sorted(rest, key=key, reverse=query.descending)[: query.limit]
    return Page(items, cursor(query, items[-1]) if len(rest) > query.limit else None)


def fits(wanted: Wanted, found: Body) -> bool:
    """Whether a case that the query found is wanted: a query looks into one list of a document, and a name comes first.

    So of cases that are found by name those with a topic are kept, and a page may hold fewer than its limit.
    """
    return None in (wanted["q"], wanted["topic"]) or wanted["topic"].value in found["topics"]


def _relation(actor: Actor, wanted: Wanted) -> Relation:
    if wanted["transfer"] is None:
        return widest(actor, Action.CASES_LIST if wanted["q"] is None else Action.CASE_READ)
    if wanted["q"] is not None:
        raise Invalid({"q": [text("What is offered to your organisation is not searched by name.")]})
    if not granted(actor, Action.CASES_LIST, Relation.OFFERED):
        raise Forbidden()
    return Relation.OFFERED


def scope(actor: Actor, relation: Relation) -> Iterator[tuple[str, str | None]]:
    """By which field the cases are found to which she stands so."""
    match relation:
        case Relation.ASSIGNED:
            yield "case_manager", actor.id
        case Relation.ORGANISATION:
            yield "organisation", actor.organisation
        case Relation.OFFERED:
            yield "offered_to", actor.organisation


def _filters(actor: Actor, wanted: Wanted) -> Iterator[tuple[str, str | None]]:
    if (phase := wanted["phase"]) is not None:
        yield "phase", phase.value
    if (result := wanted["clearing_result"]) is not None:
        yield "clearing_result", result.value
    if (manager := wanted["case_manager"]) is not None:
        if manager != "me" and municipality().member(manager) is None:
            raise Invalid({"case_manager": [text("There is no such case manager.")]})
        yield "case_manager", actor.id if manager == "me" else manager
    if (organisation := wanted["organisation"]) is not None:
        if organisation != UNALLOCATED and municipality().organisation(organisation) is None:
            raise Invalid({"organisation": [text("There is no such organisation.")]})
        yield "organisation", None if organisation == UNALLOCATED else organisation


def _contained(wanted: Wanted, sought: Callable[[str], str | None]) -> Iterator[Condition]:
    topic, q = wanted["topic"], wanted["q"]
    if q is None:
        if topic is not None:
            yield "topics", "contains", topic.value
        return
    token = sought(q)
    if token is None:
        raise Invalid({"q": [text("Please search for a name, a birth date or a reference.")]})
    yield "tokens", "contains", token
