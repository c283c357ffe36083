"""What happens to referrals: made and followed by those who have the case, answered by those who receive them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.cases import items
from services.cases.changing import explaining
from services.cases.domain.case import Case
from services.cases.follow_ups import domain as follow_ups
from services.cases.follow_ups.handlers import follow_ups as follow_up_journal
from services.cases.offers.handlers import offers
from services.cases.referrals.domain import linking
from services.cases.referrals.domain.linking import Change
from services.cases.referrals.domain.referral import Referral, standing
from services.cases.referrals.domain.statuses import ANSWERS
from services.cases.standing import seen_by
from services.cases.store import Desk
from shared import clock
from shared.codes import ActionField, FollowUpRule, ReferralStatus
from shared.errors import Forbidden, Invalid, NotThere, Stale
from shared.events import Event
from shared.http.call import Answer, Call
from shared.municipality import municipality
from shared.policy import Action, may, require
from shared.store import Query, Write, pages
from shared.store.journal import Journal
from shared.texts import text

WORDS = ("note", "explanation")
THEIRS = frozenset({"status", "reason", "explanation", "waiting_days", "confirmed_by"})
"""What the receiving side may say of a referral."""


def referrals(desk: Desk) -> Journal[Referral]:
    """All referrals."""
    return items.journal(desk, "referrals", Referral)


def make_referral(call: Call, case_id: str, command: dict[str, Any], *, id: str, desk: Desk) -> Answer:
    """Refer the client to an offer, or to an organisation as such."""
    words = {name: command[name] for name in ("note",) if command[name]}

    def begin(case: Case) -> Change:
        return linking.make(
            case,
            id,
            **_to(command, desk),
            status=command["status"],
            noted=bool(words),
            patience=municipality().referrals.unanswered_after,
            on=clock.day(call.at),
            at=call.at,
            by=call.actor.id,
        )

    answer = items.add(call, referrals(desk), case_id, begin, desk=desk, words=words)
    if command["status"] is ReferralStatus.SENT:
        stop_unreleased(case_id, desk=desk, at=call.at, by=f"{id}.1")
    return answer


def change_referral(call: Call, case_id: str, id: str, command: dict[str, Any], *, desk: Desk) -> Referral:
    """Change a referral: whoever has the case anything that the rules allow, the recipient her answer."""
    case, on = desk.cases.get(case_id), clock.day(call.at)
    words = {name: command[name] for name in WORDS if name in command}
    patience = municipality().referrals.unanswered_after

    def decide(held: Referral) -> Change:
        allowed(call, case, held, desk)
        if call.expected is not None and call.expected != held.version:
            raise Stale(current=held.version, given=call.expected)
        case.must_be_free()
        if not may(call.actor, Action.CASE_WORK, case):
            _must_be_hers(command)
        said = _started(call, case, command)
        return linking.change(case, held, said, patience=patience, on=on, at=call.at, by=call.actor.id)

    def sealed(held: Referral, event: Event) -> Iterable[Write]:
        if words:
            yield desk.sealed(case, event.version, words, beside=f"referrals/{held.id}")

    with explaining(call, case_id, referrals(desk).path(id), desk):
        after = referrals(desk).change(id, decide, also=sealed)
    if command.get("status") is ReferralStatus.SENT:  # a revocation may have come between reading and writing
        stop_unreleased(case_id, desk=desk, at=call.at, by=f"{id}.{after.version}")
    return after


def allowed(call: Call, case: Case, held: Referral, desk: Desk, action: Action = Action.REFERRAL_CHANGE) -> None:
    """Raises `Hidden` to whoever does not stand to this referral of this case, `Forbidden` to who reads the file."""
    if held.case != case.id:
        raise NotThere()
    stands = standing(case, held, on=clock.day(call.at))
    if not may(call.actor, action, stands):
        stands = replace(stands, opened_by=seen_by(call, action, case, desk).opened_by)
    require(call.actor, action, stands)


def stop_unreleased(case_id: str, *, desk: Desk, at: datetime, by: str) -> int:
    """Stop what is open of this case without a release in force; how many that were. A repeat finds it done."""
    case, on = desk.cases.get(case_id), clock.day(at)
    return items.change_each(
        referrals(desk), _of_case(case_id, desk), lambda one: linking.stop(case, one, on=on, at=at, by=by)
    )


def withdraw(case: Case, *, desk: Desk, at: datetime, by: str) -> int:
    """End what the client has not started, with her case, and once she is erased the rest; how many that were.

    A repeat finds it done.
    """
    return items.change_each(
        referrals(desk), _of_case(case.id, desk), lambda one: linking.withdraw(case, one, at=at, by=by)
    )


def give_back_unanswered(*, desk: Desk, at: datetime, by: str) -> dict[str, int]:
    """What was not answered in time goes back to its case manager, with a follow-up; how many those were.

    What belongs to a restricted case waits until that is free: nothing is done with it but keep it (Art. 18 GDPR).
    """
    days, on, journal, returned = municipality().referrals.unanswered_after, clock.day(at), referrals(desk), 0
    for held in list(_overdue(on.isoformat(), desk)):
        case = desk.cases.get(held.case)
        if case.restricted:
            continue
        if not case.is_closed:  # first: a crash behind it finds it there, before it a referral that is still due
            _remind(case, held, days, desk=desk, at=at, by=by)
        after = journal.change(
            held.id,
            lambda one, case=case: linking.give_back(case, one, on=on, days=days, at=at, by=by),  # type: ignore[misc]
        )
        returned += after.version > held.version
    return {"returned": returned}


def _of_case(case_id: str, desk: Desk) -> Iterator[Referral]:
    return items.of_case(referrals(desk), case_id, order=("made_at",), desk=desk)


def _remind(case: Case, held: Referral, days: int, *, desk: Desk, at: datetime, by: str) -> None:
    id = f"follow-up-{held.id}-{held.version}"
    reminder = follow_ups.remind(
        case,
        id,
        FollowUpRule.UNANSWERED,
        cause=held.id,
        days=days,
        due_on=clock.day(at),
        responsible=case.case_manager,
        at=at,
        by=by,
    )
    follow_up_journal(desk).open(*reminder)


def _overdue(today: str, desk: Desk) -> Iterator[Referral]:
    query = Query("referrals", (("awaited", "==", True), ("answer_by", "<=", today)), ("answer_by",), 200)
    return (referrals(desk).state(document.body) for document in pages(desk.store, query))


def _to(command: Mapping[str, Any], desk: Desk) -> dict[str, Any]:
    """To whom it goes, and how long one waits there. Raises `Invalid`."""
    recipient, waiting, health = command["recipient"], command["waiting_days"], False
    if command["offer"] is not None:
        offer = offers(desk).find(command["offer"])
        if offer is None or offer.withdrawn:
            raise Invalid({"offer": [text("There is no such offer.")]})
        if recipient not in (None, offer.organisation):
            raise Invalid({"recipient": [text("The offer is of another organisation.")]})
        recipient, waiting = offer.organisation, offer.waiting_days if waiting is None else waiting
        health = set(offer.action_fields) == {ActionField.HEALTH}
    elif municipality().named(recipient or "") is None:
        raise Invalid({"recipient": [text("There is no such organisation.")]})
    return {"recipient": recipient, "offer": command["offer"], "waiting_days": waiting, "health_data": health}


def _must_be_hers(command: Mapping[str, Any]) -> None:
    """Raises `Forbidden` for what the receiving side has no say in."""
    speaks_for_the_client = command.get("confirmed_by") == "client"
    if command.get("status", ReferralStatus.ACCEPTED) not in ANSWERS or speaks_for_the_client:
        raise Forbidden()
    if not command.keys() <= THEIRS:
        raise Forbidden()


def _started(call: Call, case: Case, command: Mapping[str, Any]) -> Mapping[str, Any]:
    """When the receiving side says that the client has started there, it has confirmed contact."""
    hers = not may(call.actor, Action.CASE_WORK, case)
    started = command.get("status") is ReferralStatus.STARTED
    return {**command, "confirmed_by": "recipient"} if hers and started else command
