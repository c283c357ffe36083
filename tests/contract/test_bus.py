"""The contract of the bus: what is told arrives as it was told, in the order of its subject, or it was not told.

The same for the embedded bus, for Pub/Sub, and for the fake, which has no receiving side and delivers nothing again.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from shared import bus
from shared.bus import NotPublished
from shared.events import Event
from tests.builders import a_case_assigned, a_submission_received
from tests.contract.buses import Told, a_bus

PUBSUB = pytest.param("pubsub", marks=pytest.mark.emulators)
EVERY_BUS = pytest.mark.parametrize("kind", ["fake", "local", PUBSUB])
EVERY_BUS_THAT_DELIVERS = pytest.mark.parametrize("kind", ["local", PUBSUB])


@pytest.fixture
def told(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Told]:
    """A bus of this kind with somebody who listens."""
    if kind == "pubsub":
        request.getfixturevalue("pubsub_emulator")
    with ExitStack() as ends:
        yield a_bus(kind, tmp_path, f"kim-{secrets.token_hex(4)}", ends)


def heard(told: Told, count: int) -> list[Event]:
    events = [bus.decode(body) for body in told.listener.wait_for(count)]
    return [event for event in events if event is not None]


def ids(told: Told) -> set[str]:
    return {body["message"]["attributes"]["id"] for body in told.listener.got}


@EVERY_BUS
def test_an_event_arrives_as_it_was_told(told: Told):
    event = a_submission_received()

    told.bus.publish(event)

    assert heard(told, 1) == [event]
    assert told.listener.got[0]["message"]["attributes"] == {
        "id": "submission-a1.1",
        "type": "intake.submission-received.v1",
        "source": "/intake",
        "subject": "submission-a1",
        "time": "2026-03-02T11:00:00.000000+00:00",
    }


@EVERY_BUS
def test_events_of_one_subject_arrive_in_their_order(told: Told):
    for number in range(30):
        told.bus.publish(a_case_assigned(subject=f"case-{number % 3}", version=1 + number // 3))

    got = heard(told, 30)

    for subject in ("case-0", "case-1", "case-2"):
        assert [event.version for event in got if event.subject == subject] == list(range(1, 11))


@EVERY_BUS
def test_events_that_are_told_together_arrive_each_for_itself_and_in_their_order(told: Told):
    events = [a_case_assigned(subject="case-1", version=version) for version in range(1, 6)]

    told.bus.publish(*events)

    assert heard(told, 5) == events


@EVERY_BUS
def test_telling_the_same_twice_is_told_twice(told: Told):
    for _ in range(2):
        told.bus.publish(a_submission_received())

    assert [event.id for event in heard(told, 2)] == ["submission-a1.1"] * 2


@EVERY_BUS
def test_what_is_not_taken_is_said_and_what_comes_after_is_told(told: Told):
    with told.away(), pytest.raises(NotPublished):
        told.bus.publish(a_submission_received(version=1))
    told.bus.publish(a_submission_received(version=2))

    assert [event.version for event in heard(told, 1)] == [2]


@EVERY_BUS_THAT_DELIVERS
def test_an_event_that_is_not_acknowledged_comes_again(told: Told):
    told.listener.refuses.add("submission-a1")
    told.bus.publish(a_submission_received())
    heard(told, 2)
    told.listener.refuses.clear()

    got = heard(told, len(told.listener.got) + 1)

    assert len(got) >= 3
    assert {event.id for event in got} == {"submission-a1.1"}


@EVERY_BUS_THAT_DELIVERS
def test_what_is_refused_holds_up_its_subject_and_no_other(told: Told):
    told.listener.refuses.add("case-1")
    for version in (1, 2):
        for subject in ("case-1", "case-2"):
            told.bus.publish(a_case_assigned(subject=subject, version=version))

    told.listener.wait_until(lambda: {"case-1.1", "case-2.2"} <= ids(told))

    assert ids(told) == {"case-1.1", "case-2.1", "case-2.2"}
