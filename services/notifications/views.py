"""What staff may see of messages."""

from __future__ import annotations

from typing import Any

from services.notifications.schemas import MessageView
from services.notifications.store import Holders, Messages
from shared.http.call import Answer, Call
from shared.http.paging import listed
from shared.policy import Action, require

SHOWN = tuple(MessageView().fields)


def list_messages(call: Call, wanted: dict[str, Any], *, messages: Messages, holders: Holders) -> Answer:
    """The messages about a case, for whoever may see that case. Raises `NotThere` for everybody else."""
    require(call.actor, Action.MESSAGES_READ, holders.of(wanted["case"]))
    page = messages.of_case(wanted["case"], limit=wanted["limit"], after=wanted["cursor"])
    return Answer(listed(page, lambda found: {name: found.body[name] for name in SHOWN}))
