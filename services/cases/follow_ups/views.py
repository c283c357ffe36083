"""What people see of follow-ups: those of a case, and those that are due across all of theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from services.cases import across, items
from services.cases.domain.case import Case
from services.cases.follow_ups import schemas
from services.cases.follow_ups.domain import FollowUp
from services.cases.follow_ups.handlers import follow_ups
from services.cases.store import Desk
from services.cases.views import looked_at
from shared import clock
from shared.codes import FollowUpRule
from shared.http.call import Answer, Call
from shared.policy import Action, Relation, widest
from shared.store import Condition, Query
from shared.texts import label, text

CODES = schemas.FollowUpCodes()


def changed(held: FollowUp) -> Answer:
    """What a change answers: the follow-up's codes, and its version."""
    return Answer(CODES.dump(held), version=held.version)


def of_case(call: Call, case_id: str, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """The follow-ups of a case, the first due first, done ones too."""
    case = looked_at(call, Action.CASE_READ, case_id, desk)
    held, after = items.page_of_case(follow_ups(desk), case_id, wanted, order="due_on", desk=desk)
    said = _titles([(case, one) for one in held], desk)
    return Answer({"items": [_shown(one, said) for one in held], "next": after})


def due(call: Call, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """The open follow-ups of the caller, or of her organisation; the first due first.

    What belongs to a case that she may not read any more is left out: a page may hold fewer than its limit.
    """
    page = desk.store.query(_query(call, wanted))
    held = [follow_ups(desk).state(document.body) for document in page.items]
    cases = across.seen(call, held, desk=desk)
    said = _titles([(cases[one.case], one) for one in held if one.case in cases], desk)
    rows = across.rows(held, cases, lambda one: _shown(one, said), desk=desk)
    return Answer({"items": rows, "next": page.next})


def said_by_the_rule(held: FollowUp) -> str | None:
    """In the reader's language, what the rule says that set it; None where a person did."""
    match held.rule:
        case FollowUpRule.RESIDENCE_ENDS | FollowUpRule.DOMAIN_ENDS:
            return _what(held)
        case FollowUpRule.UNTOUCHED:
            return text("{what} Nobody has acted on it for {days} days.", what=_what(held), days=held.days)
        case FollowUpRule.UNANSWERED:
            return text("A referral has had no answer for {days} days.", days=held.days)
        case FollowUpRule.MERGED:
            return text("The case {id} was merged into this one: see what of it is to be arranged anew.", id=held.cause)
    return None


def _what(held: FollowUp) -> str:
    """What a rule found, in a sentence without an id."""
    if held.legal_domain is not None:
        return text("{domain} ends on {on:%d %B %Y}.", domain=label(held.legal_domain), on=held.ends_on)
    if held.ends_on is not None:
        return text("The residence title ends on {on:%d %B %Y}.", on=held.ends_on)
    return text("A referral has had no answer.")


def _query(call: Call, wanted: dict[str, Any]) -> Query:
    team = widest(call.actor, Action.CASE_READ) is Relation.ORGANISATION and call.actor.organisation is not None
    mine = wanted["mine"] if wanted["mine"] is not None else not team
    scope: Condition = (
        ("organisation", "==", call.actor.organisation) if team and not mine else ("responsible", "==", call.actor.id)
    )
    where = (scope, ("done", "==", False), *_days(call, wanted["due"]))
    return Query("follow_ups", where, ("due_on",), wanted["limit"], wanted["cursor"])


def _days(call: Call, due: str | None) -> Iterator[Condition]:
    today = clock.day(call.at)
    match due:
        case "overdue":
            yield "due_on", "<", today.isoformat()
        case "today":
            yield "due_on", ">=", today.isoformat()
            yield "due_on", "<=", today.isoformat()
        case "week":
            yield "due_on", ">=", today.isoformat()
            yield "due_on", "<", (today + timedelta(days=7)).isoformat()


def _titles(held: Sequence[tuple[Case, FollowUp]], desk: Desk) -> dict[str, str]:
    """What these are called by whoever wrote it, by their ids: what a rule set has a sentence of its own."""
    written = ((case, one, [one.written]) for case, one in held if said_by_the_rule(one) is None or one.written > 1)
    said = items.words_of(follow_ups(desk), written, desk=desk)
    return {id: title for id, words in said.items() for one in words.values() if (title := one.get("title"))}


def _shown(held: FollowUp, titles: dict[str, str]) -> dict[str, Any]:
    return {**CODES.dump(held), "title": titles.get(held.id) or said_by_the_rule(held)}
