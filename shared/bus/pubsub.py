"""The bus on Google Cloud: one topic, ordered per subject, told before anything else goes on.

The plain publisher API, not the batching client: nobody waits here for company, an outage leaves no thread behind
that would publish later, and an ordering key is never paused.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any

from google.api_core.client_options import ClientOptions
from google.api_core.exceptions import (
    Aborted,
    DeadlineExceeded,
    GoogleAPIError,
    InternalServerError,
    ResourceExhausted,
    ServiceUnavailable,
)
from google.api_core.retry import Retry, if_exception_type
from google.pubsub_v1 import PublisherClient, PubsubMessage

from shared.bus import NotPublished, message
from shared.events import Event
from shared.settings import settings

log = logging.getLogger(__name__)

PATIENCE = 2.0
"""Seconds for one event with its repeats. What is not told then is swept up later."""

AGAIN = Retry(
    predicate=if_exception_type(Aborted, DeadlineExceeded, InternalServerError, ResourceExhausted, ServiceUnavailable),
    initial=0.05,
    maximum=0.5,
    timeout=PATIENCE,
)


class PubSubBus:
    """One topic of a project. Safe among threads; one channel for all of them."""

    wake: Callable[[], None] | None = None

    def __init__(self, project: str, topic: str) -> None:
        self._client = _client(settings().region)
        self._topic = f"projects/{project}/topics/{topic}"

    def publish(self, *events: Event) -> None:
        """One call: all messages of one have the same ordering key, as Pub/Sub asks it."""
        try:
            self._client.publish(topic=self._topic, messages=[*map(_told, events)], retry=AGAIN, timeout=PATIENCE)
        except GoogleAPIError as error:
            said = {"event": events[0].id, "error": type(error).__name__}
            log.warning("Pub/Sub did not take the event", extra=said)
            raise NotPublished from None

    def close(self) -> None:
        """Give the channel back, for whoever opens many in one process."""
        self._client.transport.close()


def _told(event: Event) -> PubsubMessage:
    data, attributes = message(event)
    return PubsubMessage(data=data, attributes=attributes, ordering_key=event.subject)


def endpoint(region: str) -> ClientOptions:
    """Pub/Sub in this region. The global one is wherever the caller is nearest, and a topic that keeps its messages
    in Germany on their way too (`enforce_in_transit`) takes none of them anywhere else."""
    return ClientOptions(api_endpoint=f"{region}-pubsub.googleapis.com:443")


def _client(region: str) -> Any:
    host = os.environ.get("PUBSUB_EMULATOR_HOST")
    if host is None:
        return PublisherClient(client_options=endpoint(region))
    import grpc
    from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

    return PublisherClient(transport=PublisherGrpcTransport(channel=grpc.insecure_channel(host)))
