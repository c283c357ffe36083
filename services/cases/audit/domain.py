"""Whether a look was allowed at its moment: the state of the case then, against the reason that was given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from services.cases.domain import releases
from services.cases.domain.case import Case
from services.cases.domain.consent import Consent
from services.cases.domain.history import EVOLVE, begun, evolve
from shared import events
from shared.codes import DataCategory
from shared.events import AccessEvent, CaseEvent, CaseOpened, CasesLookedAt, Event

GRACE = timedelta(minutes=1)
"""A look and a change that meet may be written in either order: what held within this time counts."""

_KINDS: tuple[type[CaseEvent], ...] = (CaseOpened, *(getattr(events, name) for name in EVOLVE))
TELLING = tuple(kind.type for kind in _KINDS if issubclass(kind, AccessEvent))
"""The types of what may change who may see a case: of all that happens to it nothing else is read again."""


class Standing(NamedTuple):
    """All of a case that decides who may see it, and since when it was so."""

    since: datetime
    organisation: str | None
    case_manager: str | None
    offered_to: str | None
    consents: tuple[Consent, ...]
    """Those by which somebody is shown something, or that the client is known."""
    transfer: tuple[DataCategory, ...]
    """What a release has to cover for the case to be offered to another organisation."""
    shut: bool = False
    """Whether no release shows anything: processing is restricted (Art. 18 GDPR), or the person erased."""


Allows = Callable[[Standing], bool]


class Deviation(NamedTuple):
    """A look whose reason did not hold."""

    look: str
    case: str
    by: str
    at: str
    action: str
    reason: str
    why: str


def standings(history: Iterable[Event]) -> Iterator[Standing]:
    """How a case stood, each time that it changed. Whatever is no `AccessEvent` may be left out of its history."""
    case: Case | None = None
    last: Standing | None = None
    for event in history:
        if isinstance(event, CaseOpened):
            case = begun(event)
        elif case is not None and isinstance(event, CaseEvent):
            case = evolve(case, event)
        if case is not None:
            now = _standing(case, event.at)
            if last is None or now[1:] != last[1:]:
                yield now
            last = now


def _standing(case: Case, since: datetime) -> Standing:
    shown = tuple(one for one in case.consents if one.shows or one.recognises)
    shut = case.restricted or case.erased_at is not None
    whose = (case.organisation, case.case_manager, case.offered_to)
    return Standing(since, *whose, shown, releases.transfer(case), shut)


def around(states: Iterable[Standing], at: datetime) -> list[Standing]:
    """How a case may have stood at a moment."""
    before: Standing | None = None
    near: list[Standing] = []
    for state in states:
        if state.since <= at - GRACE:
            before = state
        elif state.since <= at + GRACE:
            near.append(state)
    return near if before is None else [before, *near]


def checked(look: CasesLookedAt, case: str, states: Sequence[Standing], allows: Allows) -> Deviation | None:
    """The deviation, when the look at a case was not allowed as it stood then."""
    seen = around(states, look.moment)
    if any(map(allows, seen)):
        return None
    return deviation(look, case, "reason_did_not_hold" if seen else "no_such_case")


def deviation(look: CasesLookedAt, case: str, why: str) -> Deviation:
    """What is reported of a look at a case."""
    said = look.model_dump(mode="json")
    return Deviation(look.id, case, look.by, said["looked_at"] or said["at"], look.action, look.reason, why)
