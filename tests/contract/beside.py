"""What lies beside a case and is counted: made up for the indicators' tests, and counted once more in plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as some

from services.reporting.domain.measures import Measure
from services.reporting.domain.periods import Period
from shared.events import (
    AppointmentCancelled,
    AppointmentChanged,
    AppointmentMade,
    AppointmentMoved,
    CaseEvent,
    ConferenceChanged,
    ConferenceRecorded,
    FindingRaised,
    ReferralChanged,
    ReferralMade,
    ReferralReturned,
    ReferralStopped,
)
from tests.reporting import a_case_event, noon

Row = dict[str, Any]
Found = dict[Measure, list[tuple[Row, float]]]


def of_what_lies_beside(known: Iterable[Row], days: Period, found: Found) -> None:
    """Referrals, conferences, first appointments and findings, one by one. `known` is what was told by the last day."""
    known = list(known)
    for noun, counts in (("referral", referred), ("conference", conferred)):
        for history in by_subject(known, noun):
            counts(history, days, found)
    for case in {one["case_id"] for one in known if one.get("case_id")}:
        met([one for one in known if one.get("case_id") == case], days, found)
    found[Measure.FINDINGS] += [
        (one, 1) for one in known if one["type"] == "cases.finding-raised.v1" and one["day"] >= days.begins
    ]


def by_subject(known: Iterable[Row], noun: str) -> Iterable[list[Row]]:
    told = defaultdict(list)
    for one in known:
        if one["type"].startswith(f"cases.{noun}-"):
            told[one["subject"]].append(one)
    return [sorted(history, key=lambda one: one["version"]) for history in told.values()]


def referred(history: list[Row], days: Period, found: Found) -> None:
    first: dict[str, date] = {}
    for one in history:
        said = "answer" if one["status"] in {"accepted", "declined", "started"} else one["status"]
        first[said] = min(first.get(said, one["day"]), one["day"])
    last = history[-1]
    made = [one["day"] for one in history if one["type"] == "cases.referral-made.v1"]
    if made and made[0] >= days.begins:
        found[Measure.REFERRALS].append((last, 1))
    if "sent" in first and "answer" in first and first["answer"] >= days.begins:
        found[Measure.ANSWERED].append((last, 1))
        found[Measure.WAITING].append((last, (first["answer"] - first["sent"]).days))


def conferred(history: list[Row], days: Period, found: Found) -> None:
    last = history[-1]
    if last["status"] == "held" and days.begins <= last["about"] <= days.ends:
        found[Measure.CONFERENCES].append((last, 1))


def met(told: list[Row], days: Period, found: Found) -> None:
    firsts = []
    for history in by_subject(told, "appointment"):
        dated = [one for one in history if one.get("about")]
        if dated and history[-1]["status"] != "cancelled":
            firsts.append((dated[-1]["about"], dated[-1]["subject"], dated[-1]))
    if firsts:
        on, _, one = min(firsts, key=lambda each: each[:2])
        if days.begins <= on <= days.ends:
            found[Measure.FIRST_APPOINTMENTS].append((one, 1))
            found[Measure.TO_FIRST_APPOINTMENT].append((one, (on - one["opened_on"]).days))


Said = tuple[type[CaseEvent], dict[str, Any]]
REACH = {"language": "de", "channel": "sms", "shared_phone": False, "consent_contact": True}
TO_JOBCENTER = {"recipient": "jobcenter", "answer_by": "2026-12-01"}
AT_ONE = {"staff": "lindenhof-1", "channel": "meeting", "minutes": 30, "written": 1, "reach": REACH}


def a_day(draw: some.DrawFn) -> str:
    return (date(2026, 9, 20) + timedelta(days=draw(some.integers(0, 50)))).isoformat()


def referral_made(draw: some.DrawFn) -> Said:
    return ReferralMade, {**TO_JOBCENTER, "status": draw(some.sampled_from(["proposed", "sent"]))}


def referral_goes_on(draw: some.DrawFn) -> Said:
    if draw(some.booleans()):
        status = draw(some.sampled_from(["sent", "accepted", "declined", "started", "finished"]))
        return ReferralChanged, {**TO_JOBCENTER, "status": status}
    stopped: Said = (ReferralStopped, {"recipient": "jobcenter"})
    return draw(some.sampled_from([stopped, (ReferralReturned, {"recipient": "jobcenter", "days": 14})]))


def conference_recorded(draw: some.DrawFn) -> Said:
    status = draw(some.sampled_from(["planned", "held"]))
    return ConferenceRecorded, {"held_on": a_day(draw), "participants": ["lindenhof"], "status": status}


def conference_goes_on(draw: some.DrawFn) -> Said:
    status = draw(some.sampled_from(["planned", "held", "cancelled"]))
    return ConferenceChanged, {"held_on": a_day(draw), "participants": [], "status": status, "written": 1}


def appointment_made(draw: some.DrawFn) -> Said:
    return AppointmentMade, {**AT_ONE, "starts_at": f"{a_day(draw)}T09:00:00Z"}


def appointment_goes_on(draw: some.DrawFn) -> Said:
    if draw(some.booleans()):
        status = draw(some.sampled_from(["planned", "kept", "missed"]))
        return AppointmentChanged, {"staff": "lindenhof-1", "status": status, "written": 1}
    kind = draw(some.sampled_from([AppointmentMoved, AppointmentCancelled]))
    return kind, {**AT_ONE, "starts_at": f"{a_day(draw)}T09:00:00Z", "replaces": "appointment-1.1"}


BESIDE: dict[str, tuple[Callable[[some.DrawFn], Said], Callable[[some.DrawFn], Said]]] = {
    "referral": (referral_made, referral_goes_on),
    "conference": (conference_recorded, conference_goes_on),
    "appointment": (appointment_made, appointment_goes_on),
}
"""How what lies beside a case begins, and how it goes on."""


def something_beside(draw: some.DrawFn, told: dict[str, int], number: int, *, on: date, **facts: Any) -> CaseEvent:
    """Something that begins or goes on beside a case; `told` is how often each was heard of."""
    noun = draw(some.sampled_from(sorted(BESIDE)))
    subject = f"{noun}-{number}-{draw(some.sampled_from([1, 1, 1, 2]))}"
    begins, goes_on = BESIDE[noun]
    kind, said = goes_on(draw) if subject in told else begins(draw)
    told[subject] = told.get(subject, 0) + 1
    about = {"case": f"case-{number}", "subject": subject, "version": told[subject]}
    return a_case_event(kind, on=on, **about, **facts, **said)


def a_finding(number: int, draw: some.DrawFn) -> FindingRaised:
    return FindingRaised(
        subject=f"finding-{number}",
        version=1,
        at=noon(date(2026, 9, 28) + timedelta(days=draw(some.integers(0, 36)))),
        by="lindenhof-1",
        organisation=draw(some.sampled_from([None, "lindenhof"])),
        from_office="jobcenter",
        to_office="immigration_office",
    )
