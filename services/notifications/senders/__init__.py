"""Providers of messages behind one interface. Each is one file, chosen by settings, imported only when chosen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Protocol

from services.notifications.domain.message import Rendered
from shared.codes import Channel
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


@cache
def connect() -> Providers:
    """The providers of this process, opened once."""
    chosen = SenderSettings.read()
    return {Channel.EMAIL: _open(chosen.email), Channel.SMS: _open(chosen.sms)}


def _open(name: str) -> Provider:
    match name:
        case "smtp":
            from services.notifications.senders.smtp import Smtp, SmtpSettings

            return Smtp(SmtpSettings.read())
        case "ses":
            from services.notifications.senders.ses import Ses, SesSettings

            return Ses(SesSettings.read())
        case "sns":
            from services.notifications.senders.sns import Sns, SnsSettings

            return Sns(SnsSettings.read())
        case _:
            from services.notifications.senders.outbox import Outbox

            return Outbox(connect_store("outbox"))
