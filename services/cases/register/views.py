"""Which cases are listed for whom: a page of them, and only after the look is on record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from services.cases import lists, partner_view, shown
from services.cases.domain.case import Case
from services.cases.standing import standing
from services.cases.store import Desk
from services.cases.views import CODES, record
from shared import clock
from shared.http.call import Answer, Call
from shared.policy import Action, Relation, has_role_for, may, widest
from shared.store import Page

ROW = shown.CaseRow()


def list_cases(call: Call, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """The cases that the caller may list, a page of them. One query, and one for all names."""
    if widest(call.actor, Action.CASES_LIST) is Relation.CONSENTED:
        return _released(call, wanted, desk)
    query = lists.query(call.actor, wanted, sought=desk.people.sought)
    found = Page([]) if query is None else lists.page(query, desk.store)
    cases = [desk.cases.state(one.body) for one in found.items if lists.fits(wanted, one.body)]
    if wanted["transfer"] is not None:
        cases = list(_standing(call, cases))
    if wanted["q"] is not None:
        cases = _led_on(call, wanted, cases, desk)
    record(call, Action.CASES_LIST, cases, desk)
    if not has_role_for(call.actor, Action.CASE_READ):
        return Answer({"items": CODES.dump(cases, many=True), "next": found.next})
    people = desk.clients(case for case in cases if may(call.actor, Action.CASE_READ, case))
    rows = [{**ROW.dump(case), "client": shown.name_of(people.get(case.person))} for case in cases]
    return Answer({"items": rows, "next": found.next})


def _released(call: Call, wanted: dict[str, Any], desk: Desk) -> Answer:
    """What is released to the caller's organisation, a page of it."""
    on = clock.day(call.at)
    cases, after = partner_view.listed(call.actor, wanted, on=on, desk=desk)
    record(call, Action.CASES_LIST, cases, desk)
    return Answer({"items": partner_view.rows(call.actor, cases, on=on, desk=desk), "next": after})


def _standing(call: Call, cases: Iterable[Case]) -> Iterator[Case]:
    """Without what is offered and is not released any more: a page may hold fewer than its limit."""
    on = clock.day(call.at)
    return (case for case in cases if may(call.actor, Action.CASES_LIST, standing(case, on)))


def _led_on(call: Call, wanted: dict[str, Any], cases: list[Case], desk: Desk) -> list[Case]:
    """What was found, where a merged case leads to the one that goes on, once; a page may hold fewer than its limit.

    Not where that one is none of the caller's, and not where she asks for more than a word: a filter may be of either.
    """
    pointed = {case.merged_into for case in cases if case.merged_into is not None}
    if not pointed or any(wanted[name] is not None for name in lists.FILTERS):
        return cases
    bodies = desk.bodies(pointed)
    heads = {id: desk.cases.state(body) for id, body in bodies.items()}
    hers = {id for id, head in heads.items() if may(call.actor, Action.CASE_READ, head)}
    token = desk.people.sought(wanted["q"])
    found = {id for id in hers if token in bodies[id]["tokens"]}  # by itself, on this page or another
    led = [case if case.merged_into not in hers else heads[case.merged_into] for case in cases]
    kept = [one for one, case in zip(led, cases, strict=True) if one is case or one.id not in found]
    return list({one.id: one for one in kept}.values())
