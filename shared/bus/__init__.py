"""Publishing and receiving events: at least once, in order per subject. Two implementations, one contract."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Protocol

from pydantic import ValidationError

from shared.errors import Rejected
from shared.events import Event, kind
from shared.settings import settings


class NotPublished(Exception):
    """The bus did not take the event. It stays in the log, and the sweep will try again."""


class Undecodable(Rejected):
    """A delivery that no reader will ever understand: it goes to the dead letters."""

    status = 422
    code = "undecodable"
    says = "This event cannot be decoded: {reason}."


class Bus(Protocol):
    """Where events are told."""

    wake: Callable[[], None] | None
    """Wakes whoever reads the logs for this bus, where a commit publishes; None where events have to be told."""

    def publish(self, *events: Event) -> None:
        """Return when the bus has these events of one subject for good, in their order. Raises `NotPublished`."""


def message(event: Event) -> tuple[bytes, dict[str, str]]:
    """What goes over the wire: JSON, and the CloudEvents attributes. The ordering key is the subject."""
    return message_of(event.type, event.model_dump(mode="json"))


def message_of(type_: str, said: Mapping[str, Any]) -> tuple[bytes, dict[str, str]]:
    """The message of an event of this type that says this, as a log entry keeps it."""
    attributes = {
        "id": f"{said['subject']}.{said['version']}",
        "type": type_,
        "source": f"/{type_.partition('.')[0]}",
        "subject": said["subject"],
        "time": said["at"],
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode(), attributes


def decode(body: Any) -> Event | None:
    """The event in a Pub/Sub message (`{"message": {"data", "attributes"}}`); None for a type nobody here knows.

    Raises `Undecodable`, naming fields and never values.
    """
    match body:
        case {"message": {"data": str(data), "attributes": {"type": str(type_)}}}:
            pass
        case _:
            raise Undecodable(reason="not a Pub/Sub message with data and a type")
    known = kind(type_)
    if known is None:
        return None
    try:
        return known.model_validate_json(base64.b64decode(data, validate=True))
    except ValidationError as error:
        fields = sorted({".".join(map(str, problem["loc"])) or "body" for problem in error.errors()})
        raise Undecodable(reason=f"{type_}: {', '.join(fields)}") from None
    except ValueError:
        raise Undecodable(reason=f"{type_}: data is not base64") from None


def push_body(data: bytes, attributes: Mapping[str, str], message_id: str, subscription: str) -> dict[str, Any]:
    """The body of a Pub/Sub push request, as Google sends it."""
    return {
        "message": {
            "data": base64.b64encode(data).decode(),
            "attributes": dict(attributes),
            "messageId": message_id,
            "orderingKey": attributes.get("subject", ""),
            "publishTime": attributes.get("time", ""),
        },
        "subscription": subscription,
    }


@cache
def connect() -> Bus:
    """The bus of this process."""
    if settings().backend == "google":
        from shared.bus.pubsub import PubSubBus

        return PubSubBus(project=settings().project, topic=settings().topic)
    from shared.bus.local import LocalBus

    return LocalBus(settings().data / "bus.db")
