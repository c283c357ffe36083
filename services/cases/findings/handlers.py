"""What happens to structural findings: raised from a case, bundled and decided without one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from services.cases import named
from services.cases.changing import explained_of
from services.cases.domain.case import Case
from services.cases.findings import domain, nobody
from services.cases.findings.domain import Change, Finding
from services.cases.standing import require
from services.cases.store import Desk
from shared import clock
from shared.errors import Invalid, NotThere, Stale
from shared.events import Event
from shared.http.call import Answer, Call
from shared.policy import Action
from shared.store import Create, Query, Write, pages
from shared.store.journal import Journal
from shared.texts import text


def findings(desk: Desk) -> Journal[Finding]:
    """All findings."""
    return desk.cases.beside("findings", Finding)


def raise_finding(call: Call, command: dict[str, Any], *, id: str, desk: Desk) -> Answer:
    """Say what hindered a case of the caller. Which case it was is kept apart, and the title names nobody."""
    case = _case(command["case"], desk)
    require(call, Action.FINDINGS_RAISE, case, desk)
    _names_nobody(command["title"], case, desk)
    said = {name: value for name, value in command.items() if name not in {"case", "title"}}
    held, event = domain.raise_finding(id, at=call.at, by=call.actor.id, organisation=call.actor.organisation, **said)
    answer = Answer({"id": id, "version": 1}, 201, 1, location=f"/cases/findings/{id}")

    def also(_: Finding, __: Event) -> Iterable[Write]:
        yield Create(f"finding_cases/{id}.{case.id}", {"finding": id, "case": case.id})
        if call.once is not None:
            yield call.once.keep(201, answer.body, version=1, at=call.at, location=answer.location)

    findings(desk).open(held, event, also=also, extra={"title": command["title"]})
    return answer


def change_finding(call: Call, id: str, command: dict[str, Any], *, desk: Desk) -> Finding:
    """The coordinator bundles a finding with another, or records what a body decided."""
    if "into" in command:
        return _bundle(call, id, command["into"], desk)
    said = {**command, "at": call.at, "by": call.actor.id}

    def decide(held: Finding) -> Change:
        _seen(call, held)
        return domain.decide(held, raised_on=clock.day(held.raised_at), on=clock.day(call.at), **said)

    return _changed(id, decide, desk)


def _bundle(call: Call, id: str, into: str, desk: Desk) -> Finding:
    """Two findings change: a repeat after a crash finds the first done and does the second."""
    journal, at, by = findings(desk), call.at, call.actor.id
    other = journal.find(into)
    if other is None:
        raise Invalid({"into": [text("There is no such finding.")]})

    def join(held: Finding) -> Change | None:
        if held.into != into:
            _seen(call, held)
        return domain.join(held, other, at=at, by=by)

    held = _changed(id, join, desk)
    cases = _behind((journal.get(into), held), desk)
    journal.change(into, lambda one: domain.take_in(one, held, cases=cases, at=at, by=by))
    return held


def _changed(id: str, decide: Callable[[Finding], Change | None], desk: Desk) -> Finding:
    """Raises `Stale`, saying what happened meanwhile."""
    try:
        return findings(desk).change(id, decide)
    except Stale as stale:
        raise explained_of(stale, findings(desk).path(id), desk) from None


def _behind(held: Iterable[Finding], desk: Desk) -> int:
    """How many cases stand behind findings and those that they speak for, each counted once, and merged ones as one."""
    ids = {id for one in held for id in (one.id, *one.bundled)}
    cases = {case for id in ids for case in _cases_of(id, desk)}
    return len({body["merged_into"] or case for case, body in desk.bodies(cases).items()})


def _cases_of(finding: str, desk: Desk) -> Iterator[str]:
    query = Query("finding_cases", (("finding", "==", finding),), limit=200)
    return (document.body["case"] for document in pages(desk.store, query))


def _names_nobody(title: str, case: Case, desk: Desk) -> None:
    """Raises `Invalid` for a title with a name in it that the case knows, or a number that leads to somebody.

    The finding outlives the client's data, and with hers those of whom she lives with.
    """
    if nobody.leads_to_somebody(title, case.reference, case.id):
        raise Invalid({"title": [text("A finding names nobody: please leave out numbers, ids and addresses.")]})
    person = desk.client(case)
    hers = () if person is None else (person.given_name, person.family_name)
    if word := nobody.named(title, (*hers, *named.household(case, desk), *named.staff(case, desk))):
        raise Invalid({"title": [text("A finding names nobody: please say it without “{word}”.", word=word)]})


def _case(id: str, desk: Desk) -> Case:
    found = desk.cases.find(id)
    if found is None:
        raise NotThere()
    return found


def _seen(call: Call, held: Finding) -> None:
    if call.expected is not None and call.expected != held.version:
        raise Stale(current=held.version, given=call.expected)
