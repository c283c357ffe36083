"""What happens to case conferences."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from services.cases import items
from services.cases.conferences import domain
from services.cases.conferences.domain import Change, Conference
from services.cases.domain.case import Case
from services.cases.store import Desk, Words
from shared import clock
from shared.codes import ConferenceStatus
from shared.errors import Invalid, Stale
from shared.events import Agreement, Event
from shared.http.call import Answer, Call
from shared.municipality import municipality
from shared.store import Condition, Query, Write, pages
from shared.store.journal import Journal
from shared.texts import text

Command = dict[str, Any]
Decide = Callable[[Conference], Change | None]
PAGE = 200


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

    answer = items.add(call, conferences(desk), case_id, begin, desk=desk, words=_words(command))
    if command["held_on"] > clock.day(call.at):  # a revocation may have come between reading and writing
        uninvite(case_id, desk=desk, at=call.at, by=f"{id}.1")
    return answer


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


def uninvite(case_id: str, *, desk: Desk, at: datetime, by: str) -> int:
    """Whose release was taken back takes no part in what is planned; in how many conferences that was.

    A repeat finds it done. Raises `Stale` where somebody changes one of them meanwhile: to be done again.
    """
    case = desk.cases.get(case_id)
    found = items.of_case(conferences(desk), case_id, order=("held_on",), desk=desk)
    said: dict[str, Any] = {"on": clock.day(at), "at": at, "by": by}
    return sum(_uninvite(case, one, lambda held: domain.uninvite(case, held, **said), desk) for one in list(found))


def lapse(*, desk: Desk, at: datetime, by: str) -> dict[str, int]:
    """Whom no release in force covers on the day takes no part in what lies ahead; in how many conferences that was.

    Everything that is planned is looked at, whenever a release ended: a night that was missed leaves none behind. A
    repeat finds it done.
    """
    today = clock.day(at).isoformat()
    where: tuple[Condition, ...] = (("status", "==", ConferenceStatus.PLANNED.value), ("held_on", ">=", today))
    ahead = pages(desk.store, Query("conferences", where, ("held_on",), PAGE))
    return {"uninvited": sum(_lapse(conferences(desk).state(one.body), desk=desk, at=at, by=by) for one in ahead)}


def _lapse(seen: Conference, *, desk: Desk, at: datetime, by: str) -> bool:
    """What somebody changes at that moment is looked at again. Raises `Stale` where it is changed once more."""
    case = desk.cases.get(seen.case)

    def decide(held: Conference) -> Change | None:
        return domain.lapse(case, held, on=clock.day(at), at=at, by=by)

    try:
        return _uninvite(case, seen, decide, desk)
    except Stale:
        return _uninvite(case, conferences(desk).get(seen.id), decide, desk)


def _uninvite(case: Case, seen: Conference, decide: Decide, desk: Desk) -> bool:
    """The functions of those who stay are sealed anew: they lie in the order of who takes part."""
    journal = conferences(desk)
    if decide(seen) is None:
        return False
    said = items.words_of(journal, [(case, seen, [seen.invited])], desk=desk)
    words = said[seen.id].get(seen.invited, {})

    def as_seen(held: Conference) -> Change | None:
        if held.version != seen.version:
            raise Stale(current=held.version, given=seen.version)
        return decide(held)

    def sealed(after: Conference, event: Event) -> Iterable[Write]:
        stayed = (number for number, one in enumerate(seen.participants) if one in after.participants)
        named = ((function(now), words.get(function(before))) for now, before in enumerate(stayed))
        if kept := {name: word for name, word in named if word is not None}:
            yield desk.sealed(case, event.version, kept, beside=journal.path(after.id))

    return journal.change(seen.id, as_seen, also=sealed).version > seen.version


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
