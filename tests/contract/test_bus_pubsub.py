"""What only Pub/Sub has to show: its ordering key, the shape of its pushes, and what it says where nobody is."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from shared import bus
from shared.bus import NotPublished
from tests.builders import a_submission_received
from tests.contract.buses import Listener, pushed_to, subscribe
from tests.emulators import free_port, require_emulators

pytestmark = pytest.mark.emulators


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def project() -> str:
    return f"kim-{secrets.token_hex(4)}"


@pytest.fixture
def topic(pubsub_emulator: str, project: str, listener: Listener) -> Iterator[None]:
    """A topic of its own with two ordered subscriptions: one pushes, one waits to be pulled."""
    with ExitStack() as ends:
        subscribe(project, "pushed", {"push_endpoint": pushed_to(listener, ends)})
        subscribe(project, "pulled", {})
        yield


@pytest.fixture
def pubsub(topic: None, project: str) -> Iterator[Any]:
    """The bus on that topic."""
    from shared.bus.pubsub import PubSubBus

    opened = PubSubBus(project, "kim-events")
    yield opened
    opened.close()


def test_the_ordering_key_is_the_subject(pubsub: Any, project: str):
    """The emulator orders pushes by the key and leaves it out of their bodies; Google sends it."""
    from google.cloud.pubsub_v1 import SubscriberClient

    pubsub.publish(a_submission_received())

    request = {"subscription": f"projects/{project}/subscriptions/pulled", "max_messages": 10}
    with SubscriberClient() as client:
        pulled = client.pull(request=request, timeout=60).received_messages
    assert [one.message.ordering_key for one in pulled] == ["submission-a1"]


def test_what_the_emulator_pushes_is_shaped_as_the_embedded_bus_pushes_it(pubsub: Any, listener: Listener):
    event = a_submission_received()
    pubsub.publish(event)
    (body,) = listener.wait_for(1)

    ours = bus.push_body(*bus.message(event), message_id="7", subscription="reader")

    assert set(ours) <= set(body)
    assert set(ours["message"]) - {"orderingKey"} <= set(body["message"])
    assert ours["message"]["data"] == body["message"]["data"]


def test_a_topic_that_is_not_there_takes_nothing(pubsub_emulator: str):
    from shared.bus.pubsub import PubSubBus

    nowhere = PubSubBus("kim-nobody", "kim-events")

    with pytest.raises(NotPublished):
        nowhere.publish(a_submission_received())
    nowhere.close()


def test_where_nobody_listens_the_publisher_says_so_in_seconds(monkeypatch: pytest.MonkeyPatch):
    require_emulators()
    from shared.bus.pubsub import PubSubBus

    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", f"127.0.0.1:{free_port()}")
    nowhere = PubSubBus("kim-nobody", "kim-events")
    began = time.monotonic()

    with pytest.raises(NotPublished):
        nowhere.publish(a_submission_received())

    assert time.monotonic() - began < 45, "the client itself tries for a minute"
    nowhere.close()
