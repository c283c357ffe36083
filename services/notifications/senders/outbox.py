"""The outbox: messages are put where a developer or a demonstration can read them, and go nowhere."""

from __future__ import annotations

from datetime import datetime

from services.notifications.domain.message import Rendered
from shared.events import stamp
from shared.store import AlreadyThere, Create, Store


class Outbox:
    """Keeps each message once, under its id."""

    name = "outbox"

    def __init__(self, store: Store) -> None:
        self._store = store

    def send(self, address: str, rendered: Rendered, id: str, *, at: datetime) -> str:
        """Keep the message; a repeat finds it there and is fine."""
        shown = {
            "id": id,
            "channel": rendered.channel,
            "to": address,
            "subject": rendered.subject,
            "body": rendered.body,
            "language": rendered.language,
            "sent_at": stamp(at),
            "person": rendered.person,
        }
        try:
            self._store.commit([Create(f"outbox/{id}", shown)])
        except AlreadyThere:
            return id
        return id
