"""Appointments: made, moved, cancelled, kept or missed; what the client is told; and the calendar file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from services.cases.appointments import domain, handlers
from services.cases.appointments.domain import AppointmentIsOver, InThePast, NotYet
from services.cases.domain.reach import reach
from services.cases.domain.refusals import CaseIsClosed, NotOnTheCase
from shared import clock
from shared.codes import AppointmentStatus, Channel, ConsentKind, ContactChannel, Phase
from shared.errors import Rejected
from shared.events import AppointmentCancelled, AppointmentChanged, AppointmentMade, AppointmentMoved, Event
from shared.store.chains import verify
from tests.builders import NOON, a_case, a_consent
from tests.cases import APPOINTMENT, CasesService, a_cases_service

CM, LEAD = "lindenhof-1", "lindenhof-leitung"
BY: dict[str, Any] = {"at": NOON, "by": CM}
TODAY = NOON.date()
MONDAY = NOON + timedelta(days=7)


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def made(**said: Any) -> domain.Change:
    given: dict[str, Any] = {
        "staff": CM,
        "among": [CM],
        "starts_at": MONDAY,
        "minutes": 60,
        "channel": ContactChannel.MEETING,
        "place": "platz-1",
        "interpreter": None,
        **said,
    }
    return domain.make(a_case(), "appointment-1", **given, **BY, on=TODAY)


def add(cases: CasesService, case: str, **said: Any) -> str:
    answer = cases.call(CM, "POST", f"/cases/{case}/appointments", {**APPOINTMENT, **said})
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def patch(cases: CasesService, case: str, id: str, body: Any, version: int = 1) -> Any:
    return cases.call(CM, "PATCH", f"/cases/{case}/appointments/{id}", body, If_Match=f'"{version}"')


def told(cases: CasesService) -> list[Event]:
    return [event for event in cases.bus.published if event.type.startswith("cases.appointment-")]


def test_it_begins_in_the_future():
    with pytest.raises(InThePast):
        made(starts_at=NOON)
    with pytest.raises(InThePast):
        domain.move(a_case(), made()[0], among=[CM], starts_at=NOON, **BY, on=TODAY)


def test_a_closed_case_gets_no_appointment_and_is_not_moved_to_another_day():
    closed = a_case(phase=Phase.CLOSED)
    with pytest.raises(CaseIsClosed):
        domain.move(closed, made()[0], among=[CM], minutes=30, **BY, on=TODAY)
    assert domain.cancel(closed, made()[0], **BY, on=TODAY)[0].status is AppointmentStatus.CANCELLED


def test_it_is_with_somebody_who_works_on_the_case():
    with pytest.raises(NotOnTheCase):
        made(staff="lindenhof-2")


def test_what_is_cancelled_is_over():
    held, _ = domain.cancel(a_case(), made()[0], **BY, on=TODAY)

    for again in (
        lambda: domain.cancel(a_case(), held, **BY, on=TODAY),
        lambda: domain.move(a_case(), held, among=[CM], minutes=30, **BY, on=TODAY),
        lambda: domain.change(a_case(), held, interpreter="ar", **BY),
    ):
        with pytest.raises(AppointmentIsOver):
            again()


def test_whether_she_came_is_known_once_it_has_begun():
    held, _ = made()
    with pytest.raises(NotYet):
        domain.change(a_case(), held, status=AppointmentStatus.KEPT, **BY)

    after, _ = domain.change(a_case(), held, status=AppointmentStatus.MISSED, at=MONDAY, by=CM)
    assert after.status is AppointmentStatus.MISSED


def test_a_move_makes_void_what_was_planned_by_the_last_event_she_was_told_of():
    held, _ = made()
    held, _ = domain.change(a_case(), held, interpreter="ar", **BY)
    held, moved = domain.move(a_case(), held, among=[CM], minutes=30, **BY, on=TODAY)
    _, cancelled = domain.cancel(a_case(), held, **BY, on=TODAY)

    assert isinstance(moved, AppointmentMoved)
    assert isinstance(cancelled, AppointmentCancelled)
    assert (moved.replaces, cancelled.replaces) == ("appointment-1.1", "appointment-1.3")
    assert moved.interpreter == "ar"


@pytest.mark.parametrize(
    ("consents", "said", "may"),
    [
        ([], True, True),
        ([], False, False),
        ([{}], False, True),
        ([{"revoked_at": NOON}], True, False),
        ([{"revoked_at": NOON}, {}], False, True),
        ([{"valid_until": TODAY - timedelta(days=1)}], True, False),
    ],
)
def test_what_she_declared_of_her_channel_counts_more_than_the_form(consents: list[Any], said: bool, may: bool):
    declared = [a_consent(kind=ConsentKind.CONTACT_SMS, **one) for one in consents]
    case = a_case(consent_contact=said, channel=Channel.SMS, consents=[*declared, a_consent()])

    assert reach(case, TODAY).consent_contact is may


STEPS = st.lists(
    st.one_of(
        st.fixed_dictionaries({"starts_at": st.datetimes(datetime(2026, 4, 1), timezones=st.just(UTC))}),  # noqa: DTZ001
        st.fixed_dictionaries({"place": st.sampled_from(["platz-1", "gasse-7", None]), "purposed": st.booleans()}),
        st.fixed_dictionaries({"interpreter": st.sampled_from(["ar", None]), "purposed": st.booleans()}),
        st.fixed_dictionaries({"status": st.sampled_from(AppointmentStatus)}),
    ),
    max_size=8,
)


@given(steps=STEPS)
def test_the_state_is_the_fold_of_its_events(steps: list[dict[str, Any]]):
    held, event = made()
    history: list[Event] = [event]
    for step in steps:
        try:
            if step.get("status") is AppointmentStatus.CANCELLED:
                held, event = domain.cancel(a_case(), held, **BY, on=TODAY)
            elif {"starts_at", "place"} & step.keys():
                held, event = domain.move(a_case(), held, among=[CM], **step, **BY, on=TODAY)
            else:
                held, event = domain.change(a_case(), held, **step, **BY)
        except Rejected:
            continue
        history.append(event)

    assert domain.fold(history) == held
    assert held.sequence == sum(isinstance(one, AppointmentMoved | AppointmentCancelled) for one in history)


def test_it_is_made_with_the_case_manager_and_mediation_as_the_case_needs_it(cases: CasesService):
    case = cases.assigned(language="ti", needs_interpreter=True)
    id = add(cases, case)

    (row,) = cases.get(LEAD, f"/cases/{case}/appointments")["items"]

    assert (row["id"], row["staff"], row["interpreter"], row["status"]) == (id, CM, "ti", "planned")
    assert (row["address"], row["purpose"], row["reason"]) == ("Musterplatz 1, 50667 Köln", "Erstgespräch", None)
    assert "Erstgespräch" not in cases.kept()
    (event,) = told(cases)
    assert isinstance(event, AppointmentMade)
    assert (event.place, event.reach.language, event.reach.channel) == ("platz-1", "ti", Channel.SMS)
    assert "Musterplatz" not in event.model_dump_json()


def test_it_is_moved_and_then_cancelled_with_a_reason(cases: CasesService):
    case = cases.assigned()
    id = add(cases, case)

    moved = patch(cases, case, id, {"starts_at": "2026-03-10T10:00:00+01:00"})
    cancelled = patch(cases, case, id, {"status": "cancelled", "reason": "Krank."}, version=2)

    assert (moved.status_code, moved.json["sequence"]) == (200, 1)
    assert (cancelled.json["status"], cancelled.headers["ETag"]) == ("cancelled", '"3"')
    assert [type(event) for event in told(cases)] == [AppointmentMade, AppointmentMoved, AppointmentCancelled]
    (row,) = cases.get(CM, f"/cases/{case}/appointments")["items"]
    assert (row["purpose"], row["reason"], row["starts_at"][:10]) == ("Erstgespräch", "Krank.", "2026-03-10")
    assert moved.json["starts_at"] == row["starts_at"], "times are told in UTC from the first answer on"
    assert patch(cases, case, id, {"minutes": 30}, version=3).status_code == 409
    journal = handlers.appointments(cases.desk)
    assert domain.fold(journal.history(id)) == journal.get(id)
    assert verify(cases.store, f"appointments/{id}") is None


def test_whether_she_came_is_recorded_and_she_is_not_told(cases: CasesService):
    case = cases.assigned()
    id = add(cases, case)
    clock.move(MONDAY)

    assert patch(cases, case, id, {"status": "kept"}).json["status"] == "kept"
    assert isinstance(told(cases)[-1], AppointmentChanged)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"place": "ufer-12"}, "place"),
        ({"place": None}, "place"),
        ({"starts_at": "2026-03-09T10:00:00"}, "starts_at"),
        ({"minutes": 0}, "minutes"),
        ({"interpreter": "xx"}, "interpreter"),
    ],
)
def test_an_appointment_that_cannot_be_is_an_error(cases: CasesService, body: Any, field: str):
    answer = cases.call(CM, "POST", f"/cases/{cases.assigned()}/appointments", {**APPOINTMENT, **body})

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


@pytest.mark.parametrize(
    "body",
    [{}, {"status": "planned"}, {"status": "kept", "minutes": 30}, {"reason": "x"}, {"status": "kept", "reason": "x"}],
)
def test_a_change_says_one_thing(cases: CasesService, body: Any):
    case = cases.assigned()

    assert patch(cases, case, add(cases, case), body).status_code == 422


def test_over_the_phone_no_place_is_needed(cases: CasesService):
    case = cases.assigned()
    add(cases, case, channel="phone", place=None)

    (row,) = cases.get(CM, f"/cases/{case}/appointments")["items"]
    assert (row["channel"], row["address"]) == ("phone", None)


def calendar(cases: CasesService, case: str, id: str) -> Any:
    answer = cases.call(CM, "GET", f"/cases/{case}/appointments/{id}.ics", Accept_Language="de")
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    return Calendar.from_ical(answer.data)


def test_the_calendar_file_says_when_and_where_and_not_whom(cases: CasesService):
    case = cases.assigned()
    id = add(cases, case)

    file = calendar(cases, case, id)
    (entry,) = file.walk("VEVENT")

    assert (str(file["METHOD"]), str(entry["UID"]), entry["SEQUENCE"]) == ("PUBLISH", id, 0)
    assert (entry.decoded("DTSTART"), entry.decoded("DTEND")) == (
        datetime(2026, 3, 9, 9, 0, tzinfo=UTC),
        datetime(2026, 3, 9, 10, 0, tzinfo=UTC),
    )
    assert (str(entry["SUMMARY"]), str(entry["STATUS"]), str(entry["CLASS"])) == ("Termin", "CONFIRMED", "PRIVATE")
    assert str(entry["LOCATION"]) == "Musterplatz 1, 50667 Köln"
    written = file.to_ical().decode()
    assert not [word for word in ("Amina", "Beispiel", "Erstgespräch", "Lindenhof", case) if word in written]
    assert cases.looks()[-1].cases == (case,)


def test_a_moved_appointment_brings_the_calendar_up_to_date_and_a_cancelled_one_leaves_it(cases: CasesService):
    case = cases.assigned()
    id = add(cases, case)

    patch(cases, case, id, {"starts_at": "2026-03-10T10:00:00+01:00"})
    moved = calendar(cases, case, id)
    patch(cases, case, id, {"status": "cancelled"}, version=2)
    cancelled = calendar(cases, case, id)

    seen = [(str(file["METHOD"]), file.walk("VEVENT")[0]) for file in (moved, cancelled)]
    assert [(method, entry["SEQUENCE"], str(entry["STATUS"])) for method, entry in seen] == [
        ("PUBLISH", 1, "CONFIRMED"),
        ("CANCEL", 2, "CANCELLED"),
    ]
    assert {str(entry["UID"]) for _, entry in seen} == {id}


def test_it_is_that_of_its_case_only(cases: CasesService):
    mine, another = cases.assigned(), cases.assigned()
    id = add(cases, mine)

    assert cases.call(CM, "GET", f"/cases/{another}/appointments/{id}.ics").status_code == 404
    assert patch(cases, another, id, {"minutes": 30}).status_code == 404
