"""What happens to case conferences."""

from __future__ import annotations

from typing import Any

from services.cases import items
from services.cases.conferences import domain
from services.cases.conferences.domain import Conference
from services.cases.domain.case import Case
from services.cases.store import Desk, Words
from shared import clock
from shared.errors import Invalid
from shared.events import Agreement, ConferenceRecorded
from shared.http.call import Answer, Call
from shared.municipality import municipality
from shared.store.journal import Journal
from shared.texts import text

Command = dict[str, Any]


def conferences(desk: Desk) -> Journal[Conference]:
    """All case conferences."""
    return items.journal(desk, "conferences", Conference)


def record(call: Call, case_id: str, command: Command, *, id: str, desk: Desk) -> Answer:
    """Record a case conference, if the client released everybody who takes part."""
    participants = [one["organisation"] for one in command["participants"]]
    agreements = [Agreement(who=one["who"], until=one["until"]) for one in command["agreements"]]

    def begin(case: Case) -> tuple[Conference, ConferenceRecorded]:
        if any(municipality().organisation(one) is None for one in participants):
            raise Invalid({"participants": [text("There is no such organisation.")]})
        return domain.record(
            case,
            id,
            held_on=command["held_on"],
            participants=participants,
            agreements=agreements,
            on=clock.day(call.at),
            at=call.at,
            by=call.actor.id,
        )

    return items.add(call, conferences(desk), case_id, begin, desk=desk, words=_words(command))


def function(number: int) -> str:
    """Under which name the function of the participant of this number is sealed."""
    return f"function-{number}"


def agreement(number: int) -> str:
    """Under which name the agreement of this number is sealed."""
    return f"agreement-{number}"


def _words(command: Command) -> Words:
    functions = {function(number): one["function"] for number, one in enumerate(command["participants"])}
    agreed = {agreement(number): one["what"] for number, one in enumerate(command["agreements"])}
    return {"question": command["question"], **functions, **agreed}
