"""What people see of residence titles and of ends."""

from __future__ import annotations

from typing import Any

from services.cases import items
from services.cases.residence import domain, schemas
from services.cases.residence.domain import Ending, Title
from services.cases.residence.handlers import domain_ends, titles, titles_of
from services.cases.store import Desk
from services.cases.views import looked_at
from shared import clock
from shared.http.call import Answer, Call
from shared.policy import Action

TITLE = schemas.TitleView()
DOMAIN_END = schemas.DomainEndView()


def withdrawn(held: Ending) -> Answer:
    """What a withdrawal answers."""
    view = TITLE if isinstance(held, Title) else DOMAIN_END
    return Answer(view.dump(held), version=held.version)


def list_titles(call: Call, case_id: str, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """The residence titles of a case, the first to end first; one of them is current."""
    looked_at(call, Action.CASE_READ, case_id, desk)
    current = domain.current(titles_of(case_id, desk=desk), clock.day(call.at))
    held, after = items.page_of_case(titles(desk), case_id, wanted, order="ends", desk=desk)
    rows = [{**TITLE.dump(one), "current": current is not None and one.id == current.id} for one in held]
    return Answer({"items": rows, "next": after})


def list_domain_ends(call: Call, case_id: str, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """The ends of legal domains that are known of a case, the first first."""
    looked_at(call, Action.CASE_READ, case_id, desk)
    held, after = items.page_of_case(domain_ends(desk), case_id, wanted, order="ends", desk=desk)
    return Answer({"items": DOMAIN_END.dump(held, many=True), "next": after})
