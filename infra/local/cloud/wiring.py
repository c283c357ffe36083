"""The topic, and a push subscription for every function that hears events, as `infra/gcp/events.py` makes them.

The emulator ignores filters and dead letters, so they are not asked for: every function gets every event and
acknowledges what is not its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from shared.settings import settings

DEADLINE = 70
"""Seconds for one delivery: a function's time-out and a margin."""


def wire(subscriptions: Iterable[str], pushed_to: str) -> None:
    """Have the Pub/Sub emulator push every event to `pushed_to`/<function>, in order per subject."""
    from google.cloud.pubsub_v1 import PublisherClient, SubscriberClient

    topic = f"projects/{settings().project}/topics/{settings().topic}"
    with SubscriberClient() as subscriber:
        PublisherClient().create_topic(name=topic)
        for name in subscriptions:
            subscriber.create_subscription(
                request={
                    "name": f"projects/{settings().project}/subscriptions/{name}",
                    "topic": topic,
                    "enable_message_ordering": True,
                    "ack_deadline_seconds": DEADLINE,
                    "push_config": {"push_endpoint": f"{pushed_to}/{name}"},
                }
            )
