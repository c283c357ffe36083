"""Shows the dead letters of a function, and tells their events once more.

    python -m infra.gcp.dead_letters PROJECT koeln-cases-events             who is there; nothing is changed
    python -m infra.gcp.dead_letters PROJECT koeln-cases-events --replay    publishes them again and removes them

Every listener hears the event again, and whoever had taken it finds it done.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shared.settings import settings

MOST = 1000
"""Dead letters that one run takes up."""

PATIENCE = 20.0
"""Seconds until it is clear that there is none."""

COUNTED = "CloudPubSubDeadLetterSourceDeliveryCount"
GOOGLES = "CloudPubSubDeadLetterSource"
"""How the attributes begin that Google adds to a dead letter."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One event that was given up, as it was published."""

    data: bytes
    attributes: dict[str, str]
    attempts: int
    receipt: str
    """By which it is removed."""

    def __str__(self) -> str:
        said = self.attributes
        return f"{said.get('id', '?')}  {said.get('type', '?')}  after {self.attempts} attempts"


class Bus(Protocol):
    """What we need of Pub/Sub."""

    def waiting(self) -> Iterator[DeadLetter]:
        """The dead letters, each held back from others for a while."""

    def tell(self, letter: DeadLetter) -> None:
        """Return when the event is published again, in the order of its subject."""

    def remove(self, letter: DeadLetter) -> None:
        """Remove the dead letter for good."""

    def release(self, letter: DeadLetter) -> None:
        """Put the dead letter back where it was."""


def show(bus: Bus, *, replay: bool) -> list[str]:
    """A line for each dead letter. One that was published and not removed in time is published once more."""
    lines = []
    for letter in bus.waiting():
        lines.append(str(letter))
        if replay:
            bus.tell(letter)
            bus.remove(letter)
        else:
            bus.release(letter)
    return lines


class PubSub:
    """Pub/Sub by its client library, without its batching: what is told is told."""

    def __init__(self, project: str, subscription: str, publisher: Any = None, subscriber: Any = None) -> None:
        from google.pubsub_v1 import PublisherClient, SubscriberClient

        from shared.bus.pubsub import endpoint

        there = endpoint(settings().region)
        self._publisher = publisher or PublisherClient(client_options=there)
        self._subscriber = subscriber or SubscriberClient(client_options=there)
        self._from = f"projects/{project}/subscriptions/{subscription}-dead"
        self._to = f"projects/{project}/topics/{subscription.partition('-')[0]}-events"

    def waiting(self) -> Iterator[DeadLetter]:
        from google.api_core.exceptions import DeadlineExceeded

        try:
            pulled = self._subscriber.pull(subscription=self._from, max_messages=MOST, timeout=PATIENCE)
        except DeadlineExceeded:  # there is none
            return
        for one in pulled.received_messages:
            given = dict(one.message.attributes)
            yield DeadLetter(
                data=one.message.data,
                attributes={name: value for name, value in given.items() if not name.startswith(GOOGLES)},
                attempts=int(given.get(COUNTED, 0)),
                receipt=one.ack_id,
            )

    def tell(self, letter: DeadLetter) -> None:
        subject = letter.attributes.get("subject", "")
        told: Any = {"data": letter.data, "attributes": letter.attributes, "ordering_key": subject}
        self._publisher.publish(topic=self._to, messages=[told], timeout=60)

    def remove(self, letter: DeadLetter) -> None:
        self._subscriber.acknowledge(subscription=self._from, ack_ids=[letter.receipt])

    def release(self, letter: DeadLetter) -> None:
        self._subscriber.modify_ack_deadline(subscription=self._from, ack_ids=[letter.receipt], ack_deadline_seconds=0)


def main(arguments: Sequence[str]) -> None:
    """Read the arguments and print. Raises `SystemExit` with the usage."""
    match list(arguments):
        case [project, subscription]:
            replay = False
        case [project, subscription, "--replay"]:
            replay = True
        case _:
            raise SystemExit(__doc__)
    lines = show(PubSub(project, subscription), replay=replay)
    print("\n".join([f"{'Told again' if replay else 'Dead letters'}: {len(lines)}", *lines]))


if __name__ == "__main__":
    main(sys.argv[1:])
