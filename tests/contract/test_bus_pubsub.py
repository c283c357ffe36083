"""What is told to Pub/Sub arrives as it was told, in the order of its subject, at a push endpoint."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug import Request, Response
from werkzeug.serving import make_server

from shared import bus
from shared.bus import NotPublished
from shared.events import Event
from tests.builders import a_case_assigned, a_submission_received
from tests.emulators import free_port, require_emulators

pytestmark = pytest.mark.emulators


class Endpoint:
    """A push endpoint that keeps what it is given; while `refuses` it acknowledges nothing."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.refuses = False
        self._server = make_server("127.0.0.1", 0, self._app)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        until = time.monotonic() + 20
        while len(self.got) < count and time.monotonic() < until:
            time.sleep(0.02)
        return self.got

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _app(self, environ: Any, start: Any) -> Any:
        self.got.append(Request(environ).get_json())
        return Response(status=500 if self.refuses else 204)(environ, start)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    opened = Endpoint()
    yield opened
    opened.close()


@pytest.fixture
def project() -> str:
    return f"kim-{secrets.token_hex(4)}"


@pytest.fixture
def subscriber(pubsub_emulator: str, project: str, endpoint: Endpoint) -> Iterator[Any]:
    """A topic of its own with two ordered subscriptions: one pushes, one waits to be pulled."""
    from google.cloud.pubsub_v1 import PublisherClient, SubscriberClient

    topic = f"projects/{project}/topics/kim-events"
    publisher = PublisherClient()
    publisher.create_topic(name=topic)
    publisher.stop()
    publisher.transport.close()
    with SubscriberClient() as client:
        for name, push in (("pushed", {"push_endpoint": endpoint.url}), ("pulled", {})):
            name = f"projects/{project}/subscriptions/{name}"
            request = {"name": name, "topic": topic, "enable_message_ordering": True, "push_config": push}
            client.create_subscription(request=request)
        yield client


@pytest.fixture
def pulled(subscriber: Any, project: str) -> Callable[[], list[Any]]:
    """What waits in the other subscription."""

    def pull() -> list[Any]:
        request = {"subscription": f"projects/{project}/subscriptions/pulled", "max_messages": 10}
        return [received.message for received in subscriber.pull(request=request, timeout=10).received_messages]

    return pull


@pytest.fixture
def pubsub(subscriber: Any, project: str) -> Iterator[Any]:
    """The bus on that topic."""
    from shared.bus.pubsub import PubSubBus

    opened = PubSubBus(project, "kim-events")
    yield opened
    opened.close()


def events(bodies: list[dict[str, Any]]) -> list[Event | None]:
    return [bus.decode(body) for body in bodies]


def test_an_event_arrives_as_it_was_told(pubsub: Any, endpoint: Endpoint):
    event = a_submission_received()
    pubsub.publish(event)

    (body,) = endpoint.wait_for(1)

    assert bus.decode(body) == event
    assert body["message"]["attributes"] == {
        "id": "submission-a1.1",
        "type": "intake.submission-received.v1",
        "source": "/intake",
        "subject": "submission-a1",
        "time": "2026-03-02T11:00:00.000000+00:00",
    }


def test_the_ordering_key_is_the_subject(pubsub: Any, pulled: Any):
    """The emulator orders pushes by the key and leaves it out of their bodies; Google sends it."""
    pubsub.publish(a_submission_received())

    assert [message.ordering_key for message in pulled()] == ["submission-a1"]


def test_what_the_emulator_pushes_is_shaped_as_the_embedded_bus_pushes_it(pubsub: Any, endpoint: Endpoint):
    event = a_submission_received()
    pubsub.publish(event)
    (body,) = endpoint.wait_for(1)

    ours = bus.push_body(*bus.message(event), message_id="7", subscription="reader")

    assert set(ours) <= set(body)
    assert set(ours["message"]) - {"orderingKey"} <= set(body["message"])
    assert ours["message"]["data"] == body["message"]["data"]


def test_events_of_one_subject_arrive_in_their_order(pubsub: Any, endpoint: Endpoint):
    told = [a_case_assigned(subject=f"case-{n % 3}", version=1 + n // 3) for n in range(30)]
    for event in told:
        pubsub.publish(event)

    got = events(endpoint.wait_for(30))

    for subject in ("case-0", "case-1", "case-2"):
        assert [event.version for event in got if event and event.subject == subject] == list(range(1, 11))


def test_an_event_that_is_not_acknowledged_comes_again(pubsub: Any, endpoint: Endpoint):
    endpoint.refuses = True
    pubsub.publish(a_submission_received())
    endpoint.wait_for(2)
    endpoint.refuses = False
    got = len(endpoint.got)

    bodies = endpoint.wait_for(got + 1)

    assert {body["message"]["attributes"]["id"] for body in bodies} == {"submission-a1.1"}


def test_telling_the_same_twice_is_told_twice(pubsub: Any, endpoint: Endpoint):
    for _ in range(2):
        pubsub.publish(a_submission_received())

    assert len(events(endpoint.wait_for(2))) == 2


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

    assert time.monotonic() - began < 10
    nowhere.close()


def test_a_publisher_goes_on_after_an_outage(pubsub: Any, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch):
    from google.api_core.exceptions import ServiceUnavailable

    def away(**_: Any) -> None:
        raise ServiceUnavailable("injected")

    with monkeypatch.context() as patch:
        patch.setattr(pubsub._client, "publish", away)
        with pytest.raises(NotPublished):
            pubsub.publish(a_submission_received(version=1))
    pubsub.publish(a_submission_received(version=2))

    (event,) = events(endpoint.wait_for(1))

    assert event is not None
    assert event.version == 2
