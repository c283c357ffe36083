"""What staff may see of messages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from services.notifications import texts
from services.notifications.domain.message import Message
from services.notifications.schemas import ClientMessageView, MessageView
from services.notifications.store import Holders, Messages
from shared.http.call import Answer, Call
from shared.http.paging import listed
from shared.looks import Looks
from shared.municipality import municipality
from shared.policy import Action, reason
from shared.store import Page

SHOWN = tuple(MessageView().fields)
TO_CLIENT = ClientMessageView()


def list_messages(call: Call, wanted: dict[str, Any], *, messages: Messages, holders: Holders, looks: Looks) -> Answer:
    """The messages about a case, for whoever may see that case, once it is on record that she looks.

    Raises `NotThere` for everybody else.
    """
    page = _looked_at(call, Action.MESSAGES_READ, wanted, messages, holders, looks)
    return Answer(listed(page, lambda found: {name: found.body[name] for name in SHOWN}))


def list_texts(call: Call, wanted: dict[str, Any], *, messages: Messages, holders: Holders, looks: Looks) -> Answer:
    """The messages to the client of a case, with what they say; a page may hold fewer than its limit.

    A text is kept nowhere and follows from its codes: it is said for as long as it would be kept.
    """
    page = _looked_at(call, Action.MESSAGES_RIGHTS_READ, wanted, messages, holders, looks)
    hers = [one for one in (messages.state(found.body) for found in page.items) if one.person is not None]
    return Answer({"items": [_with_text(one, call.at) for one in hers], "next": page.next})


def _looked_at(
    call: Call, action: Action, wanted: dict[str, Any], messages: Messages, holders: Holders, looks: Looks
) -> Page:
    why = reason(call.actor, action, holders.of(wanted["case"]))
    looks.record(call.actor, action, [wanted["case"]], why=why.value, at=call.at)
    return messages.of_case(wanted["case"], limit=wanted["limit"], after=wanted["cursor"])


def _with_text(message: Message, at: datetime) -> Any:
    pack = municipality()
    kept = message.due_at + timedelta(days=pack.retention.message_text_days)
    sayable = (message.template, message.channel) in texts.BODIES  # a call has no words
    said = texts.of(message, pack) if sayable and at < kept else None
    text = {"subject": said and said.subject, "body": said and said.body}
    return TO_CLIENT.dump({**message.model_dump(), **text})
