"""What happens to case conferences."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.cases import items
from services.cases.conferences import domain
from services.cases.conferences.domain import Change, Conference
from services.cases.domain.case import Case
from services.cases.store import Desk, Words
from shared import clock
from shared.codes import ConferenceStatus
from shared.errors import Invalid
from shared.events import Agreement
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
    participants = _participants(command["participants"])

    def begin(case: Case) -> Change:
        _must_be_known(participants)
        return domain.record(
            case,
            id,
            held_on=command["held_on"],
            participants=participants,
            agreements=_agreements(command["agreements"]),
            on=clock.day(call.at),
            at=call.at,
            by=call.actor.id,
        )

    return items.add(call, conferences(desk), case_id, begin, desk=desk, words=_words(command))


def change(call: Call, case_id: str, id: str, command: Command, *, desk: Desk) -> Conference:
    """Move a case conference, have it held or cancelled, change who takes part, or record what was agreed on."""
    said = {name: value for name, value in command.items() if name in ("held_on", "status")}
    agreed, invited = command.get("agreements"), command.get("participants")
    by: dict[str, Any] = {"at": call.at, "by": call.actor.id}

    def decide(case: Case, held: Conference) -> Change:
        if command.get("status") is ConferenceStatus.CANCELLED:
            return domain.cancel(case, held, **by)
        participants = None if invited is None else _participants(invited)
        _must_be_known(participants or ())
        if {one["who"] for one in agreed or ()} - {domain.CLIENT, *(participants or held.participants)}:
            raise Invalid({"agreements": [text("Who agrees to something is the client or takes part.")]})
        agreements = None if agreed is None else _agreements(agreed)
        lists: dict[str, Any] = {"participants": participants, "agreements": agreements}
        return domain.change(case, held, **said, **lists, on=clock.day(call.at), **by)

    reason = {"reason": command["reason"]} if "reason" in command else {}
    words = _functions(invited or ()) | _agreed(agreed or ()) | reason
    return items.change(call, conferences(desk), case_id, id, decide, desk=desk, words=words)


def call_off(case: Case, *, desk: Desk, at: datetime, by: str) -> int:
    """What is planned is cancelled with its case; how many conferences that were. A repeat finds it done."""
    journal = conferences(desk)
    found = items.of_case(journal, case.id, order=("held_on",), desk=desk)
    return items.change_each(journal, found, lambda one: domain.call_off(case, one, at=at, by=by))


def function(number: int) -> str:
    """Under which name the function of the participant of this number is sealed."""
    return f"function-{number}"


def agreement(number: int) -> str:
    """Under which name the agreement of this number is sealed."""
    return f"agreement-{number}"


def _words(command: Command) -> Words:
    return {
        "question": command["question"],
        **_functions(command["participants"]),
        **_agreed(command["agreements"]),
    }


def _must_be_known(participants: Iterable[str]) -> None:
    if any(municipality().organisation(one) is None for one in participants):
        raise Invalid({"participants": [text("There is no such organisation.")]})


def _participants(said: Iterable[Command]) -> list[str]:
    return [one["organisation"] for one in said]


def _functions(said: Iterable[Command]) -> Words:
    return {function(number): one["function"] for number, one in enumerate(said)}


def _agreements(said: Iterable[Command]) -> list[Agreement]:
    return [Agreement(who=one["who"], until=one["until"]) for one in said]


def _agreed(said: Iterable[Command]) -> Words:
    return {agreement(number): one["what"] for number, one in enumerate(said)}
