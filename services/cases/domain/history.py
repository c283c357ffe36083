"""How events make a case: the one place where a state changes. Folding a history gives the case as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from services.cases.domain import ended, merged, planned, releases
from services.cases.domain.case import Case, Rectification
from services.cases.domain.consent import Consent
from services.cases.domain.reach import Agreement
from services.cases.domain.support_plan import Assessment
from shared import events
from shared.codes import Phase, TargetGroup, TransferAnswer
from shared.events import CaseEvent

Change = tuple[Case, CaseEvent]

DESPITE_RESTRICTION = frozenset(
    {
        "ConsentRevoked",
        "RectificationRequested",
        "RectificationChanged",
        "CaseRestricted",
        "CaseSeparated",
        "CaseErased",
    }
)
"""What may happen to a case that is restricted or merged: what the client takes back or disputes, and its end."""


def changed(case: Case, kind: type[CaseEvent], /, *, at: datetime, by: str, **said: object) -> Change:
    """The case after an event of this kind, and the event, which carries the facts of the new case, and to whom it is
    offered no more.

    Raises `CaseIsErased`, and `CaseIsRestricted` or `CaseIsMerged` unless it is one of `DESPITE_RESTRICTION`.
    """
    if case.erased_at is not None or kind.__name__ not in DESPITE_RESTRICTION:
        case.must_be_free()
    event = kind(subject=case.id, version=case.version + 1, at=at, by=by, facts=case.facts, **said)
    after = evolve(case, event)
    withdrawn = {"offered_to": case.offered_to} if case.offered_to and after.offered_to is None else {}
    return after, event.model_copy(update={"facts": after.facts, **withdrawn})


def evolve(case: Case, event: CaseEvent) -> Case:
    """The case after this event."""
    changes = EVOLVE[type(event).__name__](case, event)
    after = case.model_copy(update={**changes, "version": event.version, "changed_at": event.at})
    return after if all(not one.special for one in after.target_groups) else _without_lapsed(after, event.at.date())


def _without_lapsed(case: Case, on: date) -> Case:
    """The case without target groups whose consent was taken back or ran out: they may not be kept any longer."""
    groups = case.recorded(case.target_groups, on) or (TargetGroup.OTHER,)
    return case.model_copy(
        update={"target_groups": groups, "confirmed_groups": case.recorded(case.confirmed_groups, on)}
    )


def begun(event: events.CaseOpened) -> Case:
    """The case as its first event makes it."""
    said = event.model_dump(exclude={"subject", "at", "by", "case", "facts"})
    return Case(
        **said,
        id=event.subject,
        phase=Phase.INQUIRY,
        opened_at=event.at,
        opened_on=event.facts.opened_on,
        changed_at=event.at,
    )


def fold(history: Iterable[events.Event]) -> Case:
    """The case that a history makes. Its first event is a `CaseOpened`."""
    first, *rest = history
    assert isinstance(first, events.CaseOpened)
    case = begun(first)
    for event in rest:
        assert isinstance(event, CaseEvent)
        case = evolve(case, event)
    return case


def day_of(contact: events.ContactRecorded) -> date:
    """The day of a contact; of one that does not say it, that of its record."""
    return contact.held_on or contact.at.date()


def _contact(case: Case, event: events.ContactRecorded) -> dict[str, Any]:
    days = (*case.contact_days, day_of(event))
    return {"contacts": case.contacts + 1, "last_contact_at": event.at, "contact_days": days}


def _no_contact(case: Case, event: events.ContactWithdrawn) -> dict[str, Any]:
    days = list(case.contact_days)
    if event.held_on in days:  # not of a contact from before days were kept
        days.remove(event.held_on)
    withdrawn = (*case.contacts_withdrawn, event.contact)
    return {"contacts": case.contacts - 1, "contact_days": tuple(days), "contacts_withdrawn": withdrawn}


def _consent(case: Case, event: events.ConsentGiven) -> dict[str, Any]:
    said = event.model_dump(exclude={"subject", "version", "at", "by", "case", "facts", "consent"})
    given = Consent(**said, id=event.consent, given_at=event.at)
    return {"consents": (*case.consents, given)}


def _revoked(case: Case, event: events.ConsentRevoked) -> dict[str, Any]:
    consents = tuple(
        one.model_copy(update={"revoked_at": event.at}) if one.id == event.consent else one for one in case.consents
    )
    still = [one for one in consents if one.shows and one.recipient == case.offered_to and one.revoked_at is None]
    offered = not releases.lacking(still, releases.transfer(case))
    return {"consents": consents, "offered_to": case.offered_to if offered else None}


def _assessed(case: Case, event: events.AssessmentRecorded) -> dict[str, Any]:
    new = Assessment(
        action_field=event.action_field,
        view=event.view,
        urgency=event.urgency,
        written=event.version,
        episode=case.episode,
    )
    others = (one for one in case.assessments if (one.action_field, one.view) != (new.action_field, new.view))
    return {"assessments": (*others, new)}


def _client(case: Case, event: events.ClientChanged) -> dict[str, Any]:
    besides = {"facts", "changed", *Agreement._fields}  # what she said in the form of being written to stays
    said = event.model_dump(exclude={"subject", "version", "at", "by", "case", *besides})
    return {**said, "amendment": event.amendment or case.amendment}


def _disputed(case: Case, event: events.RectificationRequested) -> dict[str, Any]:
    new = Rectification(
        id=event.rectification,
        datum=event.datum,
        disputed_at=event.at,
        disputed_by=event.by,
        written=event.version,
    )
    return {"rectifications": (*case.rectifications, new)}


def _dispute(case: Case, event: events.RectificationChanged) -> dict[str, Any]:
    said: dict[str, Any] = {"written": event.written}
    if event.resolution is not None:
        said |= {"resolution": event.resolution, "resolved_at": event.at, "resolved": event.version}
    return {
        "rectifications": tuple(
            one.model_copy(update=said) if one.id == event.rectification else one for one in case.rectifications
        )
    }


def _grouped(case: Case, event: events.TargetGroupDecided) -> dict[str, Any]:
    confirmed, rejected = (
        [one for one in held if one is not event.group] for held in (case.confirmed_groups, case.rejected_groups)
    )
    if event.confirmed:
        confirmed.append(event.group)
    elif not event.group.special:  # that somebody is not of such a group is nobody's business either
        rejected.append(event.group)
    groups = {"confirmed_groups": tuple(confirmed), "rejected_groups": tuple(rejected)}
    return {"target_groups": event.target_groups, **groups}


def _answered(_: Case, event: events.TransferAnswered) -> dict[str, Any]:
    taken = {"organisation": event.organisation, "case_manager": None}
    return {"offered_to": None, **(taken if event.answer is TransferAnswer.ACCEPTED else {})}


EVOLVE: dict[str, Callable[[Case, Any], dict[str, Any]]] = {
    "CaseAllocated": lambda _, event: {
        "organisation": event.organisation,
        "case_manager": None,
        "offered_to": None,
    },
    "CaseAssigned": lambda _, event: {"case_manager": event.case_manager},
    "ResidenceChanged": lambda _, event: {"residence_status": event.status},
    "LegalDomainsNoted": lambda _, event: {"legal_domains": event.legal_domains},
    "CasePhaseChanged": lambda _, event: {"phase": event.to},
    "ContactRecorded": _contact,
    "ContactWithdrawn": _no_contact,
    "ConsentGiven": _consent,
    "ConsentRevoked": _revoked,
    "AssessmentRecorded": _assessed,
    **planned.EVOLVE,
    **ended.EVOLVE,
    **merged.EVOLVE,
    "ClientChanged": _client,
    "TargetGroupDecided": _grouped,
    "RectificationRequested": _disputed,
    "RectificationChanged": _dispute,
    "TransferOffered": lambda _, event: {"offered_to": event.organisation},
    "TransferAnswered": _answered,
    "TransferLapsed": lambda *_: {"offered_to": None},
    "CaseRestricted": lambda _, event: {"restricted": event.restricted, "legal_hold": event.legal_hold},
}
