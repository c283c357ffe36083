"""Possible duplicates of a case: found among what the caller may read, and among what may be told to anybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from services.cases import lists
from services.cases.domain.case import Case
from services.cases.standing import require, standing
from services.cases.store import Desk
from services.cases.views import record
from shared import clock, likeness
from shared.codes import Likeness
from shared.http.call import Answer, Call
from shared.identity import Actor
from shared.policy import Action, may, widest
from shared.store import Body, Condition, Query

MOST = 20
"""Cases that one token may bring: more would say that it is a placeholder and nobody's name."""

Tokens = Mapping[str, tuple[Likeness, ...]]


def of_case(call: Call, case_id: str, *, desk: Desk) -> Answer:
    """The cases that may be of the same client. Two queries for each token: usually six or ten in all.

    What she may neither read nor know of is never read here: it makes no answer longer and none slower.
    """
    case, on = desk.cases.get(case_id), clock.day(call.at)
    require(call, Action.CASE_DUPLICATES, case, desk)
    person = desk.people.find(case.person, case.amendment)
    tokens: Tokens = {} if person is None else desk.people.alike(person)
    bodies = {id: body for id, body in _alike(call.actor, tokens, desk) if id not in (case.id, *case.pointing_to)}
    others = [desk.cases.state(body) for body in bodies.values()]
    hers = [other for other in others if may(call.actor, Action.CASE_READ, other)]
    known = [other for other in others if other not in hers and _is_known(call.actor, other, on)]
    seen = _not_settled(case, hers)
    record(call, Action.CASE_READ, [case, *seen], desk)
    record(call, Action.CASE_RECOGNISE, known, desk)
    rows = [_row(other, bodies[other.id]["tokens"], tokens) for other in sorted(seen, key=_newest, reverse=True)]
    return Answer({"items": rows, **_hint(call.actor, known)})


def _alike(actor: Actor, tokens: Tokens, desk: Desk) -> Iterator[tuple[str, Body]]:
    """Cases with one of these tokens, among those that she may read and those that a release lets others know of."""
    scopes: list[Condition] = [("recognisable", "==", True)]
    scopes += [(field, "==", value) for field, value in lists.scope(actor, widest(actor, Action.CASE_READ)) if value]
    for scope in scopes:
        for token in tokens:
            query = Query("cases", (("tokens", "contains", token), scope), ("-opened_at",), MOST)
            yield from ((document.id, document.body) for document in desk.store.query(query).items)


def _not_settled(case: Case, others: list[Case]) -> list[Case]:
    """Without what was merged already with the case, or into another one of these."""
    said = {case.id, *case.pointing_to, *(other.id for other in others)}
    return [other for other in others if other.merged_into not in said]


def _is_known(actor: Actor, other: Case, on: date) -> bool:
    return may(actor, Action.CASE_RECOGNISE, standing(other, on))


def _row(other: Case, theirs: Iterable[str], tokens: Tokens) -> dict[str, object]:
    met = likeness.criteria(tokens[token] for token in theirs if token in tokens)
    return {
        "case": other.id,
        "reference": other.reference,
        "phase": other.phase.value,
        "organisation": other.organisation,
        "merged_into": other.merged_into,
        "criteria": [one.value for one in met],
    }


def _hint(actor: Actor, known: Iterable[Case]) -> dict[str, bool]:
    """By whom the client is known: not by how many, and not by which."""
    ours = {other.organisation == actor.organisation for other in known}
    return {"known_to_colleagues": True in ours, "known_to_another_organisation": False in ours}


def _newest(other: Case) -> tuple[object, str]:
    return other.opened_at, other.id
