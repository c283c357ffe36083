"""The state of a case: codes and ids only. It is the fold of its events and nothing else."""

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from pydantic import computed_field

from services.cases.domain.consent import Consent, State
from services.cases.domain.refusals import CaseIsClosed, CaseIsErased, CaseIsMerged, CaseIsRestricted
from services.cases.domain.support_plan import Assessment, Goal, Measure
from shared.codes import (
    ActionField,
    AgeBand,
    Channel,
    ClearingResult,
    ClosureReason,
    Datum,
    EndedBy,
    Gender,
    LegalDomain,
    Phase,
    Referrer,
    ResidenceStatus,
    Resolution,
    Satisfaction,
    TargetGroup,
)
from shared.events import At, CaseFacts


class Rectification(State):
    """A datum that the client disputes. Until the dispute ends, it stays with this marker (Art. 16 GDPR)."""

    id: str
    datum: Datum
    disputed_at: At
    disputed_by: str
    written: int
    """The version under which the client's statement lies."""
    resolution: Resolution | None = None
    resolved_at: At | None = None
    resolved: int | None = None
    """The version under which lies what is to be said of the end of it."""

    @property
    def disputed(self) -> bool:
        """Whether the dispute goes on."""
        return self.resolution is None


class Closure(State):
    """How an earlier episode of the case ended."""

    episode: int
    closed_at: At
    clearing_result: ClearingResult | None = None
    reason: ClosureReason | None
    ended_by: EndedBy | None
    satisfaction: Satisfaction | None = None
    handed_to: Referrer | None = None


class Case(State):
    """One client's way through case management."""

    consented: ClassVar[tuple[str, ...]] = ()
    recognised: ClassVar[tuple[str, ...]] = ()
    recipients: ClassVar[tuple[str, ...]] = ()
    """To nobody is it released by itself: `services.cases.standing` knows the day."""

    id: str
    version: int
    submission: str
    person: str
    reference: str
    phase: Phase
    organisation: str | None = None
    case_manager: str | None = None
    language: str
    needs_interpreter: bool
    channel: Channel
    shared_phone: bool
    consent_contact: bool
    topics: tuple[ActionField, ...]
    residence_status: ResidenceStatus
    city_quarter: int | None
    city_district: int | None
    gender: Gender
    age_band: AgeBand
    single_parent: bool
    target_groups: tuple[TargetGroup, ...]
    """Those that codes suggest and nobody ruled out, and those that somebody named."""
    confirmed_groups: tuple[TargetGroup, ...] = ()
    rejected_groups: tuple[TargetGroup, ...] = ()
    referrer: Referrer
    opened_at: At
    opened_on: date
    changed_at: At
    clearing_result: ClearingResult | None = None
    voluntary: bool | None = None
    other_service: Referrer | None = None
    legal_domains: tuple[LegalDomain, ...] = ()
    consents: tuple[Consent, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    goals: tuple[Goal, ...] = ()
    measures: tuple[Measure, ...] = ()
    rectifications: tuple[Rectification, ...] = ()
    contacts: int = 0
    last_contact_at: At | None = None
    """When the last one was recorded."""
    contact_days: tuple[date, ...] = ()
    contacts_withdrawn: tuple[str, ...] = ()
    """The day of each contact that was not withdrawn; and those that were."""
    closure_reason: ClosureReason | None = None
    ended_by: EndedBy | None = None
    satisfaction: Satisfaction | None = None
    handed_to: Referrer | None = None
    closed_at: At | None = None
    episode: int = 1
    """Which time the client is accompanied; a reopened case begins the next."""
    earlier: tuple[Closure, ...] = ()
    offered_to: str | None = None
    """The organisation that is asked to take the case over."""
    amendment: str | None = None
    """The last change of the person that counts: it may still wait in the vault to become part of her."""
    restricted: bool = False
    """Only kept and read (Art. 18 GDPR), but for what the privacy officer does and the client takes back."""
    legal_hold: bool = False
    """Nothing of it may be erased."""
    erased_at: At | None = None
    merged_into: str | None = None
    """The case of the same person that goes on instead; and `merged`, those of which this is the one."""
    merged: tuple[str, ...] = ()
    counts_as: str | None = None
    was: Phase | None = None
    """The phase in which it was merged, to which it returns if that was an error."""

    @property
    def last_contact_on(self) -> date | None:
        """The day of the latest contact."""
        return max(self.contact_days, default=None)

    @property
    def disputed_in(self) -> set[int]:
        """The versions under which lies what was said about disputed data."""
        said = ((one.written, one.resolved) for one in self.rectifications)
        return {version for versions in said for version in versions if version is not None}

    @property
    def pointing_to(self) -> tuple[str, ...]:
        """The cases that a merger made hers."""
        return (*self.merged, *(() if self.merged_into is None else (self.merged_into,)))

    @property
    def ordinary_groups(self) -> list[TargetGroup]:
        """Its target groups without those that are Art. 9 GDPR data."""
        return [one for one in self.target_groups if not one.special]

    def may_record(self, group: TargetGroup, on: date) -> bool:
        """Whether nothing stands against recording this target group: a special one needs its consent in force."""
        return not group.special or any(one.lets_record(group, on) for one in self.consents)

    def recorded(self, groups: Iterable[TargetGroup], on: date) -> tuple[TargetGroup, ...]:
        """Those of these target groups that may be recorded on this day."""
        return tuple(one for one in groups if self.may_record(one, on))

    @property
    def is_closed(self) -> bool:
        """Whether the episode has ended; a merged or erased case has too."""
        return self.phase is Phase.CLOSED

    def must_be_open(self) -> None:
        """Raises `CaseIsClosed`."""
        if self.is_closed:
            raise CaseIsClosed()

    def must_be_free(self) -> None:
        """Raises `CaseIsErased`, `CaseIsRestricted`, or `CaseIsMerged`."""
        if self.erased_at is not None:
            raise CaseIsErased()
        if self.restricted:
            raise CaseIsRestricted()
        if self.merged_into is not None:
            raise CaseIsMerged(into=self.merged_into)

    def releases(self, organisation: str | None, on: date) -> tuple[Consent, ...]:
        """The releases under which this organisation may be told something on this day, the newest last."""
        return tuple(one for one in self.consents if one.shows and one.recipient == organisation and one.in_force(on))

    def shown_by(self, organisation: str | None, on: date) -> tuple[Consent, ...]:
        """The releases that let this organisation see something on this day; none while processing is restricted."""
        return () if self.restricted or self.erased_at is not None else self.releases(organisation, on)

    def recognised_by(self, organisation: str | None, on: date) -> tuple[Consent, ...]:
        """The releases by which this organisation may know on this day that the client is known here."""
        if self.restricted or self.erased_at is not None:
            return ()
        return tuple(one for one in self.consents if one.tells(organisation) and one.in_force(on))

    @computed_field  # type: ignore[prop-decorator]
    @property
    def recognisable(self) -> bool:
        """Whether a release not taken back lets others know of her: only such cases are ever asked for it."""
        return any(one.recognises and one.revoked_at is None for one in self.consents)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def shown_to(self) -> list[str]:
        """Organisations that a release not taken back lets see something: by these, partners' lists are asked for."""
        releases = (one for one in self.consents if one.shows and one.revoked_at is None)
        return sorted({one.recipient for one in releases if one.recipient is not None})

    @computed_field  # type: ignore[prop-decorator]
    @property
    def releases_end(self) -> list[str]:
        """The last days of releases not taken back: by these, what an expired one leaves open is found."""
        releases = (one for one in self.consents if one.shows and one.revoked_at is None)
        return sorted({one.valid_until.isoformat() for one in releases if one.valid_until is not None})

    @property
    def facts(self) -> CaseFacts:
        """All that reporting will ever know of this case."""
        return CaseFacts(
            person=self.person,
            phase=self.phase,
            opened_on=self.opened_on,
            organisation=self.organisation,
            city_district=self.city_district,
            gender=self.gender,
            age_band=self.age_band,
            residence_group=self.residence_status.group,
            target_groups=self.target_groups,
            action_fields=self.topics,
            legal_domains=self.legal_domains,
            referrer=self.referrer,
            language=self.language,
            clearing_result=self.clearing_result,
            closure_reason=self.closure_reason,
            counts_as=self.counts_as,
        )
