"""Buses of every kind, each with somebody who listens to all that is told."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol
from unittest import mock

from werkzeug import Request, Response
from werkzeug.serving import make_server

from infra.local.dispatcher import Dispatcher
from shared import bus
from shared.bus.deliveries import Deliveries, Delivery, Rules
from shared.bus.local import LocalBus
from tests.fakes import FakeBus

PATIENCE = 60.0
AGAIN_SOON = Rules(attempts=100, first_pause=0.01, longest_pause=0.05)


class Listener:
    """Keeps the bodies that it is pushed; those of a subject in `refuses` it does not acknowledge."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.refuses: set[str] = set()

    def hear(self, body: dict[str, Any]) -> Response:
        self.got.append(body)
        return Response(status=500 if body["message"]["attributes"].get("subject") in self.refuses else 204)

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        """What was pushed, as soon as it is so much, or after a while."""
        return self.wait_until(lambda: len(self.got) >= count)

    def wait_until(self, enough: Callable[[], bool]) -> list[dict[str, Any]]:
        """What was pushed, as soon as it is enough, or after a while."""
        until = time.monotonic() + PATIENCE
        while not enough() and time.monotonic() < until:
            time.sleep(0.02)
        return self.got


class Told(Protocol):
    """A bus, who listens to it, and a way to have it away."""

    bus: Any
    listener: Listener

    def away(self) -> AbstractContextManager[object]: ...


class Fake:
    """The fake is heard at once, and once: it has no receiving side that could deliver again."""

    def __init__(self) -> None:
        self.listener = Listener()
        self.bus = FakeBus()
        self.bus.hears = lambda event: self.listener.hear(_pushed(*bus.message(event)))

    @contextmanager
    def away(self) -> Iterator[None]:
        self.bus.down = True
        yield
        self.bus.down = False


class Local:
    """The embedded bus, with the dispatcher that delivers from it."""

    def __init__(self, folder: Path, ends: ExitStack) -> None:
        self.listener = Listener()
        self.bus = LocalBus(folder / "bus.db")
        ends.callback(self.bus.file.close)
        deliveries = Deliveries(self.bus.file, AGAIN_SOON)
        deliveries.subscribe({"reader": ("",)})
        dispatcher = Dispatcher(deliveries, self.bus.bell, self._push, threads=2)
        dispatcher.start()
        ends.callback(dispatcher.stop, PATIENCE)

    def away(self) -> AbstractContextManager[object]:
        return mock.patch.object(self.bus.file, "transaction", side_effect=sqlite3.OperationalError("injected"))

    def _push(self, delivery: Delivery) -> Response:
        return self.listener.hear(_pushed(delivery.data, dict(delivery.attributes)))


class PubSub:
    """Pub/Sub's emulator, pushing to a port of ours."""

    def __init__(self, project: str, ends: ExitStack) -> None:
        from shared.bus.pubsub import PubSubBus

        self.listener = Listener()
        subscribe(project, "pushed", {"push_endpoint": pushed_to(self.listener, ends)})
        self.bus = PubSubBus(project, "kim-events")
        ends.callback(self.bus.close)

    def away(self) -> AbstractContextManager[object]:
        from google.api_core.exceptions import ServiceUnavailable

        return mock.patch.object(self.bus._client, "publish", side_effect=ServiceUnavailable("injected"))


def a_bus(kind: str, folder: Path, project: str, ends: ExitStack) -> Told:
    """A bus of this kind; what it needs to be closed is left with `ends`."""
    match kind:
        case "fake":
            return Fake()
        case "local":
            return Local(folder, ends)
        case _:
            return PubSub(project, ends)


def pushed_to(listener: Listener, ends: ExitStack) -> str:
    """The address of a port at which the listener is pushed to."""

    def app(environ: Any, start: Any) -> Any:
        return listener.hear(Request(environ).get_json())(environ, start)

    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    ends.callback(server.server_close)
    ends.callback(thread.join)
    ends.callback(server.shutdown)
    return f"http://127.0.0.1:{server.server_port}/"


def subscribe(project: str, name: str, push: dict[str, str]) -> None:
    """An ordered subscription to the topic of the project, which is made where it is not there."""
    from google.api_core.exceptions import AlreadyExists
    from google.cloud.pubsub_v1 import PublisherClient, SubscriberClient

    topic = f"projects/{project}/topics/kim-events"
    publisher = PublisherClient()
    try:
        publisher.create_topic(name=topic)
    except AlreadyExists:
        pass
    finally:
        publisher.stop()
        publisher.transport.close()
    told = {"name": f"projects/{project}/subscriptions/{name}", "topic": topic, "push_config": push}
    with SubscriberClient() as client:
        client.create_subscription(request={**told, "enable_message_ordering": True})


def _pushed(data: bytes, attributes: dict[str, str]) -> dict[str, Any]:
    return bus.push_body(data, attributes, "1", "reader")
