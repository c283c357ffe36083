"""What happens when somebody breaks the glass: she may read for a while, and a second person reviews it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.cases import items
from services.cases.break_glass import schemas
from services.cases.domain import broken_glass as domain
from services.cases.domain.broken_glass import BrokenGlass, Change, NothingToBreak
from services.cases.domain.case import Case
from services.cases.opened import broken_glass, opened_by
from services.cases.standing import standing
from services.cases.store import Desk
from shared import clock
from shared.codes import ReviewResult
from shared.errors import Forbidden, NotThere
from shared.events import Event
from shared.http.call import Answer, Call
from shared.identity import Actor
from shared.municipality import municipality
from shared.policy import Action, Hidden, may, require
from shared.search import REFERENCE
from shared.store import Condition, Query, Write

Command = dict[str, Any]

OPENED = schemas.OpenUntilView()


def break_glass(call: Call, named: str, command: Command, *, id: str, desk: Desk) -> Answer:
    """Open a case that is not hers, named by its id or by the client's reference. It may be read until `until`."""
    rules = municipality().break_glass
    works_for = _provider(call.actor)  # first: an office does not even learn which cases there are
    case = _case(named, desk)
    require(call.actor, Action.CASE_BREAK_GLASS, case)
    if case.organisation != works_for and not rules.across_providers:
        raise Hidden()
    _is_shut(call, case, desk)
    held, event = domain.break_glass(
        case, id, command["ground"], works_for=works_for, minutes=rules.minutes, at=call.at, by=call.actor.id
    )
    answer = Answer(OPENED.dump(held), 201, 1, location=f"/cases/{case.id}/break-glass/{id}")

    def also(_: BrokenGlass, event: Event) -> Iterable[Write]:
        path = broken_glass(desk).path(id)
        yield desk.sealed(case, event.version, {"reason": command["reason"]}, beside=path)
        if call.once is not None:
            yield call.once.keep(201, answer.body, version=1, at=call.at, location=answer.location)

    broken_glass(desk).open(held, event, also=also)
    return answer


def review(call: Call, case_id: str, id: str, command: Command, *, desk: Desk) -> BrokenGlass:
    """A second person says whether it was justified. Raises `Forbidden` to her who did it."""
    result: ReviewResult = command["result"]

    def decide(case: Case, held: BrokenGlass) -> Change:
        if held.broken_by == call.actor.id:
            raise Forbidden()
        return domain.review(case, held, result, at=call.at, by=call.actor.id)

    return items.change(
        call,
        broken_glass(desk),
        case_id,
        id,
        decide,
        desk=desk,
        action=Action.BREAK_GLASS_REVIEW,
        words={"note": command["note"]} if command["note"] else None,
        despite_restriction=True,
    )


def _case(named: str, desk: Desk) -> Case:
    """The case of this id, or of the reference that the client carries with her. Raises `NotThere`."""
    if REFERENCE.fullmatch(named) is None:
        return desk.cases.get(named)
    where: tuple[Condition, ...] = (("tokens", "contains", desk.people.sought(named)),)
    found = desk.store.query(Query("cases", where, ("-opened_at",), 1)).items
    if not found:
        raise NotThere()
    return desk.cases.state(found[0].body)


def _provider(actor: Actor) -> str:
    """For which provider she works. Raises `Forbidden`: no office ever opens a case so, whatever its people are."""
    works_for = municipality().organisation(actor.organisation or "")
    if works_for is None or works_for.kind != "provider":
        raise Forbidden()
    return works_for.id


def _is_shut(call: Call, case: Case, desk: Desk) -> None:
    """Raises `NothingToBreak` where she may read the case as it is."""
    stands = standing(case, clock.day(call.at))
    opened = opened_by(call.actor, Action.CASE_READ, case, stands, at=call.at, desk=desk)
    if opened or may(call.actor, Action.CASE_READ, stands):
        raise NothingToBreak()
