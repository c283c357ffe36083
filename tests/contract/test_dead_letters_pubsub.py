"""Replaying dead letters, against the Pub/Sub emulator: it moves none there by itself, so the test does."""

from __future__ import annotations

import secrets
from typing import Any, NamedTuple

import grpc
import pytest
from google.api_core.exceptions import DeadlineExceeded
from google.pubsub_v1 import PublisherClient, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from infra.gcp.dead_letters import COUNTED, PubSub, show

pytestmark = pytest.mark.emulators

EVENT = {"id": "case-1.2", "type": "cases.case-assigned.v1", "subject": "case-1"}


class Cloud(NamedTuple):
    """One listener with a dead letter, and somebody else who listens."""

    bus: PubSub
    publisher: Any
    subscriber: Any
    project: str

    def waiting(self, subscription: str, *, seconds: float = 2.0) -> list[Any]:
        """What waits there, left as it is; what must be there may take its time."""
        name = f"projects/{self.project}/subscriptions/{subscription}"
        try:
            pulled = self.subscriber.pull(subscription=name, max_messages=10, timeout=seconds).received_messages
        except DeadlineExceeded:
            return []
        ids = [one.ack_id for one in pulled]
        if ids:
            self.subscriber.modify_ack_deadline(subscription=name, ack_ids=ids, ack_deadline_seconds=0)
        return [one.message for one in pulled]


@pytest.fixture
def cloud(pubsub_emulator: str):
    project = f"kim-{secrets.token_hex(4)}"
    with grpc.insecure_channel(pubsub_emulator) as channel:
        publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
        for topic, subscription in (("koeln-events", "other"), ("koeln-cases-events-dead", "koeln-cases-events-dead")):
            name = f"projects/{project}/topics/{topic}"
            publisher.create_topic(name=name)
            said = {"name": f"projects/{project}/subscriptions/{subscription}", "topic": name}
            subscriber.create_subscription(request={**said, "enable_message_ordering": True})
        letter = {"data": b"{}", "attributes": {**EVENT, COUNTED: "5"}, "ordering_key": EVENT["subject"]}
        publisher.publish(topic=f"projects/{project}/topics/koeln-cases-events-dead", messages=[letter])
        yield Cloud(PubSub(project, "koeln-cases-events", publisher, subscriber), publisher, subscriber, project)


def test_looking_leaves_the_letter_where_it_is(cloud: Cloud):
    assert show(cloud.bus, replay=False) == ["case-1.2  cases.case-assigned.v1  after 5 attempts"]

    assert len(cloud.waiting("koeln-cases-events-dead", seconds=60)) == 1
    assert cloud.waiting("other") == []


def test_a_replay_tells_the_event_as_it_was_and_removes_the_letter(cloud: Cloud):
    show(cloud.bus, replay=True)

    told = cloud.waiting("other", seconds=60)
    assert [(one.data, dict(one.attributes), one.ordering_key) for one in told] == [(b"{}", EVENT, "case-1")]
    assert cloud.waiting("koeln-cases-events-dead") == []


def test_where_there_is_none_nothing_happens(cloud: Cloud, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("infra.gcp.dead_letters.PATIENCE", 2.0)
    show(cloud.bus, replay=True)

    assert show(cloud.bus, replay=True) == []
