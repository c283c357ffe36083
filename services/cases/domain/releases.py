"""What a release from secrecy lets be passed on, and what each way of passing on needs. This is the one place: pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from services.cases.domain.case import Case
from services.cases.domain.consent import Consent
from services.cases.domain.refusals import RELEASE, ReleaseMissing
from shared.codes import ActionField, DataCategory

C = DataCategory

REFERRAL = (C.IDENTITY, C.REFERRALS)
"""A referral tells its recipient who comes to her, and for what."""

CONFERENCE = (C.IDENTITY, C.PLAN)
"""At a conference it is spoken of a person and of what is planned with her."""


def referral(*, health: bool) -> tuple[DataCategory, ...]:
    """What a referral needs: to an offer that is for health alone, that expressly."""
    return (*REFERRAL, C.HEALTH) if health else REFERRAL


def transfer(case: Case) -> tuple[DataCategory, ...]:
    """What handing the whole file over needs: every category; health where something of health is in it."""
    assessed, planned = ({one.action_field for one in held} for held in (case.assessments, case.goals))
    fields = {*case.topics, *assessed, *planned}
    return tuple(one for one in C if one is not C.HEALTH or ActionField.HEALTH in fields)


def covers(releases: Iterable[Consent], category: DataCategory, field: ActionField | None = None) -> bool:
    """Whether one of these releases names the category; for the action field of health, health too, and expressly."""
    return any(
        category in one.data_categories
        and (field is not ActionField.HEALTH or (one.health_data and C.HEALTH in one.data_categories))
        for one in releases
    )


def lacking(releases: Sequence[Consent], needed: Iterable[DataCategory]) -> list[DataCategory]:
    """The categories that none of these releases names."""
    return [one for one in needed if not covers(releases, one)]


def missing(case: Case, organisation: str, needed: Iterable[DataCategory], on: date) -> list[str]:
    """What is missing towards the organisation on this day, each as a requirement that names both."""
    return [named(organisation, one) for one in lacking(case.releases(organisation, on), needed)]


def require(case: Case, organisation: str, needed: Iterable[DataCategory], on: date) -> None:
    """Raises `ReleaseMissing`, naming the organisation and every category that no release in force covers."""
    if unmet := missing(case, organisation, needed, on):
        raise ReleaseMissing(unmet)


def named(organisation: str, category: DataCategory) -> str:
    """The requirement of a release towards an organisation that names a category."""
    return f"{RELEASE}:{organisation}:{category.value}"
