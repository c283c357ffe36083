"""Case conferences: pure. Who took part and who agreed to do something; question and agreements lie sealed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from services.cases.domain import releases
from services.cases.domain.case import Case
from services.cases.domain.item import Item
from shared.codes import ConsentKind
from shared.errors import Rejected
from shared.events import Agreement, At, ConferenceRecorded, Event

CLIENT = "client"
"""Who agreed to something, where it is not an organisation."""


class NotReleased(Rejected):
    """The client has not released everybody; `unmet` names the consent, and what is missing towards whom."""

    code = "not_released"
    says = "The conference cannot be held yet: {unmet}."

    def __init__(self, unmet: Sequence[str]) -> None:
        super().__init__(unmet=", ".join(unmet))
        self._unmet = list(unmet)

    @property
    def extra(self) -> Mapping[str, object]:
        return {"unmet": self._unmet}


class Conference(Item):
    """A conference about the case, on a day."""

    held_on: date
    participants: tuple[str, ...]
    """Organisations, in the order of their sealed functions."""
    agreements: tuple[Agreement, ...]
    """In the order of their sealed words."""
    recorded_at: At
    recorded_by: str


def record(
    case: Case,
    id: str,
    *,
    held_on: date,
    participants: Sequence[str],
    agreements: Sequence[Agreement],
    on: date,
    at: datetime,
    by: str,
) -> tuple[Conference, ConferenceRecorded]:
    """Record a conference that is to be or was held, with everybody released `on` the day of recording.

    Raises `NotReleased`, naming the consent, and every category that no release towards a participant covers.
    """
    case.must_be_open()
    if missing := list(_missing(case, participants, on)):
        raise NotReleased(missing)
    event = ConferenceRecorded(
        subject=id,
        version=1,
        at=at,
        by=by,
        case=case.id,
        facts=case.facts,
        held_on=held_on,
        participants=tuple(participants),
        agreements=tuple(agreements),
    )
    return begun(event), event


def begun(event: ConferenceRecorded) -> Conference:
    """The conference that an event recorded."""
    said = event.model_dump(include={"version", "case", "held_on", "participants", "agreements"})
    return Conference(**said, id=event.subject, recorded_at=event.at, recorded_by=event.by)


def fold(history: Iterable[Event]) -> Conference:
    """The conference that a history makes: its one event."""
    (event,) = history
    assert isinstance(event, ConferenceRecorded)
    return begun(event)


def _missing(case: Case, participants: Iterable[str], on: date) -> Iterator[str]:
    """Consent and release are two declarations (§ 67b SGB X, § 203 StGB); our own organisation needs no release."""
    in_force = {(one.kind, one.recipient) for one in case.consents if one.in_force(on)}
    if (ConsentKind.PROCESSING, None) not in in_force:
        yield "consent_processing"
    for organisation in dict.fromkeys(participants):
        if organisation != case.organisation:
            yield from releases.missing(case, organisation, releases.CONFERENCE, on)
