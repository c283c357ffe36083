"""What staff may see of messages."""

from __future__ import annotations

from typing import Any

from services.notifications.schemas import MessageView
from services.notifications.store import Holders, Messages
from shared.http.call import Answer, Call
from shared.http.paging import listed
from shared.looks import Looks
from shared.policy import Action, reason

SHOWN = tuple(MessageView().fields)


def list_messages(call: Call, wanted: dict[str, Any], *, messages: Messages, holders: Holders, looks: Looks) -> Answer:
    """The messages about a case, for whoever may see that case, once it is on record that she looks.

    Raises `NotThere` for everybody else.
    """
    why = reason(call.actor, Action.MESSAGES_READ, holders.of(wanted["case"]))
    looks.record(call.actor, Action.MESSAGES_READ, [wanted["case"]], why=why.value, at=call.at)
    page = messages.of_case(wanted["case"], limit=wanted["limit"], after=wanted["cursor"])
    return Answer(listed(page, lambda found: {name: found.body[name] for name in SHOWN}))
