"""What people see of referrals: staff those of a case, the recipient those released to her and no others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from services.cases import items, partner_view
from services.cases.domain.case import Case
from services.cases.domain.releases import covers
from services.cases.offers.domain import Offer
from services.cases.referrals import schemas
from services.cases.referrals.domain.referral import Referral, standing
from services.cases.referrals.domain.statuses import IN_CONTACT
from services.cases.referrals.handlers import allowed, referrals
from services.cases.store import Desk, Words
from services.cases.views import looked_at
from shared import clock
from shared.codes import DataCategory, ReferralStatus
from shared.errors import Forbidden
from shared.http.call import Answer, Call
from shared.municipality import municipality
from shared.people import Person
from shared.policy import Action, Relation, may, reason
from shared.store import Condition, Page, Query

WHOLE = schemas.ReferralView()
PART = schemas.IncomingView()
ENDED = schemas.IncomingView(only=schemas.OF_WHAT_ENDED)
SHOWN = ("client", "language", "needs_interpreter")
"""What a recipient sees of the client, where a release covers it."""
OPEN = tuple(sorted(status.value for status in IN_CONTACT))


def changed(call: Call, held: Referral, *, desk: Desk) -> Answer:
    """What a change answers: the codes of the referral that the caller may see, and its version."""
    whole = may(call.actor, Action.CASE_WORK, desk.cases.get(held.case))
    return Answer((WHOLE if whole else PART).dump(held), version=held.version)


def of_case(call: Call, case_id: str, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """The referrals of a case with their words, oldest first."""
    case = looked_at(call, Action.CASE_READ, case_id, desk)
    held, after = items.page_of_case(referrals(desk), case_id, wanted, order="made_at", desk=desk)
    titles, said = _titles(held, desk), _said([(case, one) for one in held], desk)
    return Answer({"items": [_whole(one, titles, said[one.id]) for one in held], "next": after})


def read(call: Call, case_id: str, id: str, *, desk: Desk) -> Answer:
    """One referral: the whole to those who have the case, her part to the recipient."""
    case, held = desk.cases.get(case_id), referrals(desk).get(id)
    allowed(call, case, held, desk, Action.REFERRAL_READ)
    why = reason(call.actor, Action.REFERRAL_READ, standing(case, held, on=clock.day(call.at)))
    desk.looks.record(call.actor, Action.REFERRAL_READ, [case_id], why=why.value, at=call.at)
    titles = _titles([held], desk)
    if why is not Relation.RECIPIENT:
        return Answer(_whole(held, titles, _said([(case, held)], desk)[id]), version=held.version)
    (part,) = _parts([(case, held)], desk.clients([case]), titles, clock.day(call.at), desk)
    return Answer(part, version=held.version)


def incoming(call: Call, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """What was sent to the caller's organisation and is released to it today, newest first.

    What is not released any more is left out, but for what was dropped: a page may hold fewer than its limit.
    Raises `Forbidden` to an organisation that gets single things only, and never a list.
    """
    organisation = municipality().organisation(call.actor.organisation or "")
    if organisation is None:
        return Answer({"items": [], "next": None})
    if organisation.no_list:
        raise Forbidden()
    page = desk.store.query(_query(organisation.id, wanted))
    found = _states(page, desk)
    if wanted["status"] is ReferralStatus.DROPPED:  # whatever is released: she was told of its end, and finds which
        return Answer({"items": [ENDED.dump(one) for one in found if one.sent_at is not None], "next": page.next})
    cases = desk.states(one.case for one in found)
    shown = [one for one in found if _shows(call, cases[one.case], one)]
    ids = list(dict.fromkeys(one.case for one in shown))
    desk.looks.record(call.actor, Action.REFERRALS_INCOMING, ids, why=Relation.RECIPIENT.value, at=call.at)
    people = desk.clients(cases[id] for id in ids)
    hers = [(cases[one.case], one) for one in shown]
    return Answer({"items": _parts(hers, people, _titles(shown, desk), clock.day(call.at), desk), "next": page.next})


def _query(organisation: str, wanted: dict[str, Any]) -> Query:
    statuses = OPEN if wanted["status"] is None else (wanted["status"].value,)
    where: tuple[Condition, ...] = (("recipient", "==", organisation), ("status", "in", statuses))
    return Query("referrals", where, ("-made_at",), wanted["limit"], wanted["cursor"])


def _shows(call: Call, case: Case, held: Referral) -> bool:
    return may(call.actor, Action.REFERRALS_INCOMING, standing(case, held, on=clock.day(call.at)))


def _whole(held: Referral, titles: dict[str, str], said: dict[int, Words]) -> dict[str, Any]:
    return {**WHOLE.dump(held), **_worded(held, titles, said)}


def _parts(
    held: Sequence[tuple[Case, Referral]], people: Mapping[str, Person], titles: dict[str, str], on: date, desk: Desk
) -> list[dict[str, Any]]:
    """The recipient's view: how referrals stand, and of the clients what the releases in force show."""
    releases = {one.id: case.shown_by(one.recipient, on) for case, one in held}
    said = _said([(case, one) for case, one in held if covers(releases[one.id], DataCategory.REFERRALS)], desk)

    def part(case: Case, one: Referral) -> dict[str, Any]:
        seen = partner_view.row(case, releases[one.id], people.get(case.person))
        told = _worded(one, titles, said[one.id]) if one.id in said else {"offer_title": titles.get(one.offer or "")}
        return {**PART.dump(one), **told, **{name: seen.get(name) for name in SHOWN}}

    return [part(*one) for one in held]


def _said(held: Sequence[tuple[Case, Referral]], desk: Desk) -> dict[str, dict[int, Words]]:
    wanted = ((case, one, [version for version in (one.noted, one.explained) if version]) for case, one in held)
    return items.words_of(referrals(desk), wanted, desk=desk)


def _worded(held: Referral, titles: dict[str, str], said: dict[int, Words]) -> dict[str, Any]:
    return {
        "offer_title": titles.get(held.offer or ""),
        "note": said.get(held.noted or 0, {}).get("note"),
        "explanation": said.get(held.explained or 0, {}).get("explanation"),
    }


def _states(page: Page, desk: Desk) -> list[Referral]:
    return [referrals(desk).state(document.body) for document in page.items]


def _titles(held: Iterable[Referral], desk: Desk) -> dict[str, str]:
    """What their offers are called, by the offers' ids. One read each, at once."""
    found = desk.store.get_many(f"offers/{one.offer}" for one in held if one.offer is not None)
    offers = map(Offer.model_validate, found.values())
    return {one.id: one.title for one in offers}
