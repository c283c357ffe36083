"""What happens to cases that begin anew, or go to another organisation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from services.cases.changing import change
from services.cases.domain import transfers
from services.cases.domain.case import Case
from services.cases.domain.history import Change
from services.cases.store import Desk, Words
from shared import clock
from shared.codes import TransferAnswer
from shared.errors import Invalid
from shared.http.call import Call
from shared.municipality import municipality
from shared.policy import Action
from shared.store import MOST_IN, Query, pages
from shared.texts import text

Command = dict[str, Any]
PAGE = 200


def reopen(call: Call, case_id: str, command: Command, *, desk: Desk) -> Case:
    """A closed case goes on, by its team lead or whoever had it last."""

    def decide(case: Case) -> Change:
        return transfers.reopen(case, at=call.at, by=call.actor.id)

    return change(call, case_id, Action.CASE_WORK, decide, desk, _reason(command))


def offer(call: Call, case_id: str, command: Command, *, desk: Desk) -> Case:
    """The team lead offers the case to another provider."""
    to = municipality().organisation(command["organisation"])

    def decide(case: Case) -> Change:
        if to is None or to.kind != "provider" or to.id == case.organisation:
            raise Invalid({"organisation": [text("There is no such organisation.")]})
        return transfers.offer(case, to.id, on=clock.day(call.at), at=call.at, by=call.actor.id)

    return change(call, case_id, Action.CASE_ASSIGN, decide, desk, _reason(command))


def answer(call: Call, case_id: str, command: Command, *, desk: Desk) -> Case:
    """The other provider accepts or refuses, or the first one recalls the offer."""
    said: TransferAnswer = command["answer"]

    def decide(case: Case) -> Change:
        of, on = call.actor.organisation, clock.day(call.at)
        return transfers.answer(case, said, of=of, on=on, at=call.at, by=call.actor.id)

    return change(call, case_id, Action.CASE_TRANSFER_ANSWER, decide, desk, _reason(command))


def lapse(*, desk: Desk, at: datetime, by: str) -> dict[str, int]:
    """End the offers that no release in force covers any more; how many those were. A repeat finds it done.

    Every case that is offered is looked at, whenever its release ended: a night that was missed leaves none behind.
    """

    def decide(case: Case) -> Change | None:
        return transfers.lapse(case, on=clock.day(at), at=at, by=by)

    ended = (case for case in _offered(desk) if decide(case) is not None)
    return {"lapsed": sum(desk.cases.change(case.id, decide).version > case.version for case in ended)}


def _offered(desk: Desk) -> Iterator[Case]:
    """The cases that are offered to an organisation, in the order in which they were opened, which never changes."""
    whom = [one.id for one in municipality().organisations]
    for begins in range(0, len(whom), MOST_IN):
        some = tuple(whom[begins : begins + MOST_IN])
        found = pages(desk.store, Query("cases", (("offered_to", "in", some),), ("opened_at",), PAGE))
        yield from (desk.cases.state(one.body) for one in found)


def _reason(command: Command) -> Words:
    return {"reason": command["reason"]} if command["reason"] else {}
