"""What people see of residence titles and of ends."""

from __future__ import annotations

from typing import Any

from services.cases.residence import domain, schemas
from services.cases.residence.handlers import domain_ends, titles, titles_of
from services.cases.store import Desk
from services.cases.views import looked_at
from shared import clock
from shared.http.call import Answer, Call
from shared.http.paging import listed
from shared.policy import Action
from shared.store import Query

TITLE = schemas.TitleView()
DOMAIN_END = schemas.DomainEndView()


def list_titles(call: Call, case_id: str, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """The residence titles of a case, the first to end first; one of them is current."""
    looked_at(call, Action.CASE_READ, case_id, desk)
    current = domain.current(titles_of(case_id, desk=desk), clock.day(call.at))
    page = desk.store.query(_query("residence", case_id, wanted))
    states = (titles(desk).state(document.body) for document in page.items)
    rows = [{**TITLE.dump(one), "current": current is not None and one.id == current.id} for one in states]
    return Answer({"items": rows, "next": page.next})


def list_domain_ends(call: Call, case_id: str, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """The ends of legal domains that are known of a case, the first first."""
    looked_at(call, Action.CASE_READ, case_id, desk)
    page = desk.store.query(_query("domain_ends", case_id, wanted))
    return Answer(listed(page, lambda document: DOMAIN_END.dump(domain_ends(desk).state(document.body))))


def _query(collection: str, case_id: str, wanted: dict[str, Any]) -> Query:
    return Query(collection, (("case", "==", case_id),), ("ends",), wanted["limit"], wanted["cursor"])
