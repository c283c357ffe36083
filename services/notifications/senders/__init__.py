"""Providers of messages behind one interface. Each is one file, chosen by settings, imported only when chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from services.notifications.domain.message import Rendered
from shared.codes import Channel
from shared.settings import Environment
from shared.store import connect as connect_store
from shared.unsent import SenderSettings

TIMEOUT = 5.0
"""Seconds for one step with a provider."""


class Undeliverable(Exception):
    """*Never*: the provider refuses this message for good. `reason` is a code and holds no address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TryAgain(Exception):
    """*Again*: the provider cannot take it now, or is not set up as it must be. `reason` is a code as well."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Provider(Protocol):
    """Who carries messages of one channel to their readers."""

    @property
    def name(self) -> str: ...

    def send(self, address: str, rendered: Rendered, id: str, *, at: datetime) -> str:
        """Hand over one message; what the provider calls it. `id` stays the same when it is handed over again.

        Raises `Undeliverable` or `TryAgain`, and nothing else that a provider can cause.
        """


Providers = Mapping[Channel, Provider]
Carrier = tuple[type[Environment], Callable[[Any], Provider]]
"""What a provider must be told, and what opens it with that."""


@cache
def connect() -> Providers:
    """The providers of this process, opened once."""
    return {channel: opened(needs.read()) for channel, (needs, opened) in _chosen().items()}


def check() -> None:
    """Raises `ValidationError` where a provider is chosen and lacks what it needs. Nobody is asked over the network."""
    for needs, _ in _chosen().values():
        needs.read()


def _chosen() -> dict[Channel, Carrier]:
    chosen = SenderSettings.read()
    return {Channel.EMAIL: _carrier(chosen.email), Channel.SMS: _carrier(chosen.sms)}


def _carrier(name: str) -> Carrier:
    match name:
        case "smtp":
            from services.notifications.senders.smtp import Smtp, SmtpSettings

            return SmtpSettings, Smtp
        case "ses":
            from services.notifications.senders.ses import Ses, SesSettings

            return SesSettings, Ses
        case "sns":
            from services.notifications.senders.sns import Sns, SnsSettings

            return SnsSettings, Sns
        case _:
            from services.notifications.senders.outbox import Outbox

            return Environment, lambda _: Outbox(connect_store("outbox"))
