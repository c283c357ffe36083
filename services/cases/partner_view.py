"""What a partner sees of a case: cut by the releases from secrecy that are in force. This is the one place that does.

Whoever shows a case to a partner asks here: for a list, a search or a file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from services.cases import parts, shown
from services.cases.domain import plan
from services.cases.domain import releases as released
from services.cases.domain.case import Case
from services.cases.domain.consent import Consent
from services.cases.domain.releases import covers
from services.cases.domain.support_plan import Measure
from services.cases.store import Desk
from shared.codes import DataCategory, ReferralStatus
from shared.errors import Forbidden, Invalid
from shared.identity import Actor
from shared.municipality import municipality
from shared.people import Person
from shared.store import Body, Query, pages
from shared.texts import text

FILE = shown.CaseView()
CLIENT = shown.ClientView()
ASSESSMENT = parts.AssessmentView()

FIELDS: dict[DataCategory, tuple[str, ...]] = {
    DataCategory.PROCESS: ("reference", "phase", "organisation", "case_manager", "opened_at", "closed_at"),
    DataCategory.IDENTITY: ("gender", "age_band"),
    DataCategory.CONTACT: ("language", "needs_interpreter", "channel", "shared_phone", "city_district", "city_quarter"),
    DataCategory.RESIDENCE: ("residence_status", "residence_group"),
    DataCategory.HOUSEHOLD: ("single_parent",),
}
"""Fields of a case by the category that releases them. What stands nowhere here is never shown."""

OF_THE_CLIENT: dict[DataCategory, tuple[str, ...]] = {
    DataCategory.IDENTITY: ("given_name", "family_name", "date_of_birth"),
    DataCategory.CONTACT: ("phone", "email", "postcode"),
    DataCategory.HOUSEHOLD: ("children",),
}
BESIDE: dict[DataCategory, tuple[str, str, tuple[str, ...]]] = {
    DataCategory.APPOINTMENTS: ("appointments", "starts_at", ("id", "starts_at", "minutes", "channel", "status")),
    DataCategory.PLAN: ("conferences", "held_on", ("id", "held_on", "status")),
    DataCategory.HOUSEHOLD: ("household", "added_at", ("relation", "same_household", "age_band")),
    DataCategory.REFERRALS: ("referrals", "made_at", ("id", "recipient", "made_at", "status")),
}
"""What lies beside a case, by the category that releases it: where it is, in which order, and its codes. No words."""

OF_A_CONFERENCE = ("id", "held_on", "status", "question")
"""What of a conference is said to whoever takes part, beside what was agreed on."""

RECEIVED = frozenset(ReferralStatus) - {ReferralStatus.PROPOSED, ReferralStatus.CONSENTED, ReferralStatus.DROPPED}
"""Where a referral is its recipient's. To whom else the client was referred is nobody's business."""

FILTERS = ("phase", "case_manager", "organisation", "topic", "clearing_result", "transfer")
"""Filters that would tell a partner what was not released to her."""


def row(case: Case, releases: Sequence[Consent], person: Person | None) -> dict[str, Any]:
    """What these releases show of a case in a list: fields that they do not cover are not there."""
    codes, client = FILE.dump(case), {} if person is None else CLIENT.dump(person)
    known = {name: client[name] for name in _names(OF_THE_CLIENT, releases) if client}
    seen = {"id": case.id, **{name: codes[name] for name in _names(FIELDS, releases)}}
    if covers(releases, DataCategory.ASSESSMENT):
        seen["topics"] = [one.value for one in case.topics if covers(releases, DataCategory.ASSESSMENT, one)]
    return {**seen, "client": known} if known else seen


def file(case: Case, releases: Sequence[Consent], desk: Desk) -> dict[str, Any]:
    """What these releases show of the whole file. Words are opened only where they are shown."""
    assessed = [one for one in case.assessments if covers(releases, DataCategory.ASSESSMENT, one.action_field)]
    goals = [one for one in case.goals if covers(releases, DataCategory.PLAN, one.action_field)]
    planned = [one for one in case.measures if one.goal in {goal.id for goal in goals}]
    written = desk.words(case, {one.written for one in (*assessed, *goals, *planned)})
    seen = row(case, releases, _people([case], {case.id: releases}, desk).get(case.person))
    if covers(releases, DataCategory.ASSESSMENT):
        seen["assessments"] = [shown.worded(one, written, ASSESSMENT) for one in assessed]
    if covers(releases, DataCategory.PLAN):
        seen["goals"] = shown.plan(goals, [_by_whom(one, releases) for one in planned], written)
    for category, (collection, order, names) in BESIDE.items():
        if covers(releases, category):
            query = Query(collection, (("case", "==", case.id),), (order,), 200)
            held = (one.body for one in pages(desk.store, query) if _is_hers(one.body, releases))
            seen[collection] = [{name: body[name] for name in names} for body in held]
    return seen


def _by_whom(one: Measure, releases: Sequence[Consent]) -> Measure:
    """Which other organisations do something is none of her business."""
    named = {plan.CLIENT, plan.CASE_MANAGER, *(release.recipient for release in releases)}
    return one if one.responsible in named else one.model_copy(update={"responsible": None})


def takes_part(participants: Collection[str], releases: Sequence[Consent]) -> bool:
    """Whether one of these takes part, and they cover what a conference tells."""
    return not {one.recipient for one in releases}.isdisjoint(participants) and not released.lacking(
        releases, released.CONFERENCE
    )


def conference(told: Mapping[str, Any], releases: Sequence[Consent]) -> dict[str, Any]:
    """What whoever takes part sees of a conference: what was asked and agreed on, and of who does it only her own.

    Who else took part, and in which function, is none of her business.
    """
    named = {plan.CLIENT, *(release.recipient for release in releases)}
    agreed = [{**one, "who": one["who"] if one["who"] in named else None} for one in told["agreements"]]
    return {**{name: told[name] for name in OF_A_CONFERENCE}, "agreements": agreed}


def _is_hers(body: Body, releases: Sequence[Consent]) -> bool:
    """An appointment is the client's; a referral is shown to its recipient, a conference to whoever takes part."""
    if "participants" in body:
        return takes_part(body["participants"], releases)
    return "recipient" not in body or (
        body["status"] in RECEIVED and body["recipient"] in {one.recipient for one in releases}
    )


def listed(actor: Actor, wanted: dict[str, Any], *, on: date, desk: Desk) -> tuple[list[Case], str | None]:
    """The cases of which something is released to the partner's organisation, a page of them, and the next cursor.

    In no order that tells anything; a page may hold fewer than its limit. Raises `Forbidden` to an organisation that
    has no list, and `Invalid` for a filter.
    """
    organisation = municipality().organisation(actor.organisation or "")
    if organisation is None or organisation.no_list:
        raise Forbidden()
    for name in FILTERS:
        if wanted[name] is not None:
            raise Invalid({name: [text("What is released to your organisation cannot be filtered by this.")]})
    token = None if wanted["q"] is None else desk.people.sought(wanted["q"])
    if wanted["q"] is not None and token is None:
        raise Invalid({"q": [text("Please search for a name, a birth date or a reference.")]})
    where = (("shown_to", "contains", organisation.id),)
    page = desk.store.query(Query("cases", where, (), wanted["limit"], wanted["cursor"]))  # type: ignore[arg-type]
    bodies = [one.body for one in page.items if token is None or token in one.body["tokens"]]
    cases = [desk.cases.state(body) for body in bodies]
    return [case for case in cases if _found(case, case.shown_by(organisation.id, on), token, desk)], page.next


def rows(actor: Actor, cases: Sequence[Case], *, on: date, desk: Desk) -> list[dict[str, Any]]:
    """What the releases in force show of these cases in a list."""
    releases = {case.id: case.shown_by(actor.organisation, on) for case in cases}
    people = _people(cases, releases, desk)
    return [row(case, releases[case.id], people.get(case.person)) for case in cases]


def _found(case: Case, releases: Sequence[Consent], token: str | None, desk: Desk) -> bool:
    """Whether a search may find this case: by what is released, and nothing else."""
    if token is None or not releases:
        return bool(releases)
    by_reference = token == desk.people.sought(case.reference)
    return covers(releases, DataCategory.PROCESS if by_reference else DataCategory.IDENTITY)


def _people(cases: Sequence[Case], releases: Mapping[str, Sequence[Consent]], desk: Desk) -> dict[str, Person]:
    return desk.clients(one for one in cases if any(covers(releases[one.id], category) for category in OF_THE_CLIENT))


def _names(table: Mapping[DataCategory, tuple[str, ...]], releases: Sequence[Consent]) -> Iterator[str]:
    return (name for category, names in table.items() if covers(releases, category) for name in names)
