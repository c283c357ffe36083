"""How long and where a client's yes counts: not beyond its end, and not against a later no in another of her cases."""

from __future__ import annotations

from datetime import timedelta
from functools import partial, reduce
from typing import Any

import pytest

from services.notifications.domain import changes
from services.notifications.domain.message import Reason, folded
from services.notifications.handlers import take_up
from shared.events import CaseAbsorbed, CaseMerged, CaseSeparated, ConsentGiven, Event, MessageQueued
from tests.builders import NOON, a_client_changed, case_facts
from tests.unit.test_notifications_handlers import Service
from tests.unit.test_notifications_order import MAIL, NEWS, REMINDER, made, messages, moved, orders, reminders, revoked

DUE = NOON + timedelta(days=6)
"""When the reminder is due: on 8 March."""
ENDS, HOLDS = "2026-03-07", "2026-03-08"


def given(until: str, version: int = 7, kind: str = "contact_sms") -> Event:
    said = {"subject": "case-a1", "version": version, "at": NOON, "by": "lindenhof-1", "facts": case_facts()}
    declared = {"consent": f"consent-{version}", "kind": kind, "form": "written", "language": "de", "text_version": "1"}
    return ConsentGiven.model_validate({**said, **declared, "valid_until": until, "agreed_until": until})


def until(day: str | None, **said: Any) -> dict[str, Any]:
    return {"reach": {"known": 5, "agreed_at": NOON, "agreed_until": day, **said}}


MAIL_THAT_ENDS = a_client_changed(channel="email", agreed_until=ENDS, version=8)
MAIL_WITHOUT_END = a_client_changed(channel="email", version=8)

ENDING: dict[str, tuple[tuple[Event, ...], str | None]] = {
    "it ends before": ((made(**until(ENDS)), MAIL_WITHOUT_END), Reason.CONSENT_ENDS),
    "it ends on the day": ((made(**until(HOLDS)), given(HOLDS)), None),
    "she says so afterwards": ((made(), given(ENDS)), Reason.CONSENT_ENDS),
    "she says so afterwards, of a later day": ((made(), given(HOLDS)), None),
    "she says so afterwards, of another channel": ((made(), given(ENDS, kind="contact_email")), None),
    "she agreed for longer before": ((made(**until(ENDS)), given(HOLDS)), Reason.CONSENT_ENDS),
    "she had said so before": ((given(ENDS, 4), made()), None),
    "she takes another channel, without end": ((made(**until(HOLDS)), MAIL_WITHOUT_END), None),
    "she takes another channel, where it ends": ((made(**until(HOLDS)), MAIL_THAT_ENDS), Reason.CONSENT_ENDS),
    "it ends, and then she takes another": ((made(), given(ENDS), MAIL_WITHOUT_END), Reason.CONSENT_ENDS),
    "she takes another, and then the first ends": ((made(), MAIL, given(ENDS, 8)), None),
}


@pytest.mark.parametrize(("history", "reason"), ENDING.values(), ids=ENDING.keys())
def test_no_reminder_goes_out_that_is_due_after_the_end_in_whatever_order(
    history: tuple[Event, ...], reason: str | None
):
    for order in orders(history):
        for told in (order, [event for event in order for _ in range(3)], [*order, *order]):
            found = messages(told)[REMINDER]
            assert (found.status, found.reason) == ("withheld" if reason else "planned", reason), order


def test_what_waits_for_the_end_of_the_quiet_hours_is_stopped_when_her_consent_ended_over_night():
    service, late = Service(), NOON + timedelta(hours=10)
    service.hear(made(at=late, **until("2026-03-02")), at=late)
    morning = NOON + timedelta(hours=20)

    assert take_up(messages=service.messages, at=morning) == 1
    for told in service.queued():
        service.send(told, at=morning)

    assert (service.provider.handed, service.messages.get(NEWS).reason) == ([], Reason.CONSENT_ENDS)


def test_what_ends_while_a_message_is_under_way_stops_it_and_another_way_does_not():
    service, later = Service(), NOON + timedelta(days=1)
    service.hear(made(**until("2026-03-09")))
    service.hear(given("2026-03-02"))
    service.hear(a_client_changed(channel="email", agreed_until="2026-03-02", version=8))
    (told,) = [event for event in service.queued() if event.subject == NEWS]
    service.send(told, at=later)

    assert len(service.provider.handed) == 1, "it goes the way that it has"
    other = Service()
    other.hear(made(**until("2026-03-09")))
    other.hear(given("2026-03-02"))
    for told in other.queued():
        other.send(told, at=later)
    assert other.messages.get(NEWS).reason == Reason.CONSENT_ENDS


def test_what_a_sender_has_in_hand_is_said_to_be_withheld_only_once_it_is():
    service = Service()
    service.hear(made())
    service.messages.change(NEWS, partial(changes.claim, by="e", at=NOON))
    service.hear(revoked())
    in_hand = service.messages.get(NEWS).status
    for told in service.queued():
        service.send(told, at=NOON + changes.LEASE)

    found = service.messages.get(NEWS)
    assert (in_hand, found.status, found.reason) == ("sending", "withheld", Reason.NO_CONSENT)
    assert service.provider.handed == []


def test_what_was_heeded_once_is_not_planned_anew():
    service = Service()
    for event in (made(), given(HOLDS)):
        service.hear(event)
    before = service.messages.get(REMINDER)
    for event in (given(HOLDS), given(HOLDS, 8)):
        service.hear(event)

    assert service.messages.get(REMINDER) == before
    assert reduce(folded, service.messages.history(REMINDER), None) == before, "its state is the fold of its events"  # type: ignore[arg-type]


def test_what_is_planned_anew_is_so_by_its_events():
    service = Service()
    service.hear(made(reach={"known": 5, "agreed_at": NOON}))
    before = service.messages.get(REMINDER)
    anew = {"channel": "email", "language": "en", "shared_phone": True, "agreed_at": NOON + timedelta(hours=1)}
    service.hear(a_client_changed(version=8, **anew))

    held = service.messages.get(REMINDER)
    assert before.place is not None
    assert (held.channel, held.language, held.place, held.agreed_at) == ("email", "en", None, anew["agreed_at"])
    assert reduce(folded, service.messages.history(REMINDER), None) == held  # type: ignore[arg-type]


# ---- cases that are merged


def merged(kind: Any, case: str, other: str, version: int) -> Event:
    said = {"subject": case, "version": version, "at": NOON, "by": "lindenhof-1", "facts": case_facts(), "other": other}
    return kind.model_validate({**said, "counts_as": "person-1", "was": "planning", "legal_hold": False})  # type: ignore[no-any-return]


def silenced(case: str, version: int = 9, hours: int = 2, kind: str = "contact_sms") -> Event:
    at = NOON + timedelta(hours=hours)
    return revoked(version, kind).model_copy(update={"subject": case, "case": case, "at": at})


INTO = (merged(CaseMerged, "case-b2", "case-a1", 3), merged(CaseAbsorbed, "case-a1", "case-b2", 6))
TOO = (merged(CaseMerged, "case-c3", "case-b2", 4), merged(CaseAbsorbed, "case-b2", "case-c3", 5))
ENDED = (merged(CaseMerged, "case-a1", "case-b2", 6), merged(CaseAbsorbed, "case-b2", "case-a1", 3))
PARTED = (merged(CaseSeparated, "case-b2", "case-a1", 4), merged(CaseSeparated, "case-a1", "case-b2", 7))
AGREED = until(None)

ELSEWHERE: dict[str, tuple[tuple[Event, ...], bool]] = {
    "in the case that ended": ((made(**AGREED), *INTO, silenced("case-b2")), True),
    "in the case that goes on": ((made(**AGREED), *ENDED, silenced("case-b2")), True),
    "in another that ended for the same": ((made(**AGREED), *ENDED, *TOO, silenced("case-c3")), True),
    "before they were merged": ((made(**AGREED), silenced("case-b2", 2), *INTO), True),
    "before she agreed to it here": ((made(**AGREED), *INTO, silenced("case-b2", hours=-2)), False),
    "of another channel": ((made(**AGREED), *INTO, silenced("case-b2", kind="contact_email")), False),
    "of a case that is not merged": ((made(**AGREED), silenced("case-b2"), *INTO[:0]), False),
    "after they were separated": ((made(**AGREED), *INTO, *PARTED, silenced("case-b2")), False),
    "and an appointment that was moved": ((made(**AGREED), *INTO, moved(**AGREED), silenced("case-b2")), True),
}


@pytest.mark.parametrize(("history", "silent"), ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_what_she_took_back_in_one_of_her_cases_holds_in_all_in_whatever_order(
    history: tuple[Event, ...], silent: bool
):
    for order in orders(history):
        ends = {status for status, *_ in reminders(order).values()}
        assert ends == {"withheld" if silent else "planned"}, order
        assert reminders([*order, *order]) == reminders(order)


def test_what_she_took_back_elsewhere_stops_what_is_under_way_at_the_last_moment():
    service = Service()
    for event in (*INTO, made(**AGREED)):
        service.hear(event)
    told = [event for event in service.bus.published if isinstance(event, MessageQueued)]
    service.bus.published.clear()
    service.hear(silenced("case-b2"))
    for event in told:
        service.send(event)

    assert service.provider.handed == []
    assert service.messages.get(NEWS).reason == Reason.NO_CONSENT


def test_what_a_wish_says_of_how_she_is_written_to_stays_with_its_case():
    other = MAIL.model_copy(update={"subject": "case-b2", "case": "case-b2"})

    assert {channel for _, channel, _ in reminders([made(**AGREED), *INTO, other]).values()} == {"sms"}
