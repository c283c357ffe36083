"""What the privacy officer is told of the nights: a number to keep, and how much was found. Nothing about anybody."""

from __future__ import annotations

from services.notifications.domain.message import Message, Rendered, Template
from shared import texts
from shared.codes import Channel

SUBJECTS = {
    Template.CASES_SEALED: texts.marked("Log of the case work, {day}"),
    Template.MESSAGES_SEALED: texts.marked("Log of the messages, {day}"),
}

BODY = texts.marked(
    "Hello,\n\n"
    "the log is sealed up to the end of {day} with this number. Please keep it:\n\n"
    "{day} {root}\n\n"
    "make verify-audit says at any time whether it still holds.\n"
    "Deviations found in this night: {count}\n\n"
    "{sender}\n"
)


def render(message: Message, *, sender: str) -> Rendered:
    """The message in its language."""
    token = texts.language.set(message.language)
    try:
        said = {"day": message.sealed_on, "root": message.root, "count": message.count, "sender": sender}
        subject = texts.text(SUBJECTS[message.template], day=message.sealed_on)
        return Rendered(Channel.EMAIL, message.language, body=texts.text(BODY, **said), subject=subject)
    finally:
        texts.language.reset(token)
