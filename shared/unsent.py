"""The outbox: where the texts of messages lie that nobody carries, in place of the reader's phone or mailbox."""

from __future__ import annotations

from typing import Literal

from shared.settings import Environment, settings
from shared.store import Store, connect


class SenderSettings(Environment):
    """`KIM_EMAIL` and `KIM_SMS`: who carries what. The outbox carries nothing anywhere: it is for looking at."""

    email: Literal["outbox", "smtp", "ses"] = "outbox"
    sms: Literal["outbox", "sns"] = "outbox"


def outbox() -> Store | None:
    """Where texts are kept; None in a cloud whose messages are carried by somebody."""
    chosen = SenderSettings.read()
    if settings().backend == "google" and "outbox" not in (chosen.email, chosen.sms):
        return None
    return connect("outbox")
