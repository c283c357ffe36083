"""Nobody has to call to learn how a referral or a transfer stands: the other side is told that something is there."""

from __future__ import annotations

from typing import Any

import pytest

from services.notifications.domain import other_side
from services.notifications.domain.message import Template
from shared.events import Event, ReferralChanged, ReferralMade, ReferralReturned, ReferralStopped, TransferAnswered
from tests.builders import NOON, a_case_allocated, a_referral, case_facts
from tests.unit.test_notifications_handlers import Service

SENDING, RECEIVING = "lindenhof-1", "partner-jobcenter"
INBOX = {one: f"eingang@{one}.example" for one in ("lindenhof", "jobcenter", "kompass")}


@pytest.fixture
def service() -> Service:
    return Service()


def answered(answer: str, by: str, organisation: str, asked: str | None = "kompass") -> TransferAnswered:
    return TransferAnswered.model_validate(
        {
            "subject": "case-a1",
            "version": 9,
            "at": NOON,
            "by": by,
            "answer": answer,
            "organisation": organisation,
            "offered_by": "lindenhof",
            "offered_to": asked,
            "facts": case_facts(organisation=organisation),
        }
    )


TOLD: dict[str, tuple[Event, str]] = {
    "sent at once": (a_referral(), "jobcenter"),
    "sent later": (a_referral(ReferralChanged, version=2), "jobcenter"),
    "accepted": (a_referral(ReferralChanged, by=RECEIVING, status="accepted"), "lindenhof"),
    "declined": (a_referral(ReferralChanged, by=RECEIVING, status="declined", reason="no_capacity"), "lindenhof"),
    "recalled before it was answered": (a_referral(ReferralChanged, status="dropped", was="sent"), "jobcenter"),
    "recalled after she had started": (a_referral(ReferralChanged, status="dropped", was="started"), "jobcenter"),
    "stopped by a revocation": (a_referral(ReferralStopped, by="consent-4.7", was="accepted"), "jobcenter"),
    "stopped with the case": (a_referral(ReferralStopped, reason="case_closed", was="sent"), "jobcenter"),
    "come back": (a_referral(ReferralReturned, by="cases_radar"), "lindenhof"),
    "an inquiry that went to somebody else": (a_case_allocated(taken_from="kompass", by="lindenhof-1"), "kompass"),
    "taken over": (answered("accepted", "kompass-leitung", "kompass"), "lindenhof"),
    "not taken over": (answered("refused", "kompass-leitung", "lindenhof"), "lindenhof"),
    "a transfer that was recalled": (answered("recalled", "lindenhof-leitung", "lindenhof"), "kompass"),
}
NOBODY: dict[str, Event] = {
    "proposed": a_referral(status="proposed"),
    "confirmed by the sender": a_referral(ReferralChanged, status="accepted", client_confirmed=True),
    "recalled before it was sent": a_referral(ReferralChanged, status="dropped", was="proposed"),
    "stopped before it was sent": a_referral(ReferralStopped, was="consented"),
    "stopped, in an earlier release": a_referral(ReferralStopped),
    "stopped at the immigration office": a_referral(ReferralStopped, was="sent", recipient="auslaenderbehoerde"),
    "to the immigration office": a_referral(recipient="auslaenderbehoerde"),
    "within the organisation": a_referral(recipient="lindenhof"),
    "recalled, in an earlier release": answered("recalled", "lindenhof-leitung", "lindenhof", None),
    "an inquiry that was with nobody": a_case_allocated(by="lindenhof-1"),
    "an inquiry that they gave away themselves": a_case_allocated(taken_from="lindenhof", by="lindenhof-1"),
    "written before": answered("refused", "kompass-leitung", "lindenhof").model_copy(update={"offered_by": None}),
    "to somebody unknown": a_referral(recipient="gone"),
}


@pytest.mark.parametrize("event", [event for event, _ in TOLD.values()], ids=TOLD)
def test_the_other_side_is_told_once_at_its_mailbox_and_nothing_of_whom(service: Service, event: Any):
    whom = next(one for held, one in TOLD.values() if held is event)
    for _ in range(2):
        service.hear(event)
    for queued in service.queued():
        service.send(queued)

    ((address, said, _),) = service.provider.handed
    assert address == INBOX[whom]
    assert service.only().template is Template.TO_LOOK_AT
    for secret in ("case-a1", "referral", "person-a1", "Jobcenter", "Lindenhof", "Kompass", "Vermittlung", "Übergabe"):
        assert secret not in f"{said.subject}{said.body}"


@pytest.mark.parametrize("event", NOBODY.values(), ids=NOBODY)
def test_of_everything_else_nobody_is_told(service: Service, event: Any):
    service.hear(event)

    assert service.all() == []


@pytest.mark.parametrize(("offered_to", "whom"), [("kompass", []), ("jobcenter", ["jobcenter"])])
def test_who_was_asked_and_gets_the_inquiry_is_told_of_that_alone(offered_to: str, whom: list[str]):
    event = a_case_allocated(organisation="kompass", offered_to=offered_to)

    told = other_side.told(event, {"jobcenter": "de", "kompass": "de"}, works_for="stadt")

    assert [one.organisation for one in told] == whom


@pytest.mark.parametrize(
    ("event", "whom"),
    [
        (a_referral(ReferralMade), ["jobcenter"]),
        (a_referral(ReferralChanged, status="accepted"), ["lindenhof"]),
        (a_referral(ReferralChanged, status="finished"), []),
    ],
    ids=["sent", "answered", "finished"],
)
def test_where_nobody_knows_who_caused_it_whoever_awaits_it_is_told(event: Event, whom: list[str]):
    told = other_side.told(event, {"jobcenter": "de", "lindenhof": "de"}, works_for=None)

    assert [one.organisation for one in told] == whom
