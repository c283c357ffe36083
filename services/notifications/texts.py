"""What messages say, in the reader's language. Neutral on any lock screen: no names, topics, offices or numbers
but the one to call; of an appointment its time and a plain address. English is the source; the other languages
stand in the catalogues beside this file.
"""

from __future__ import annotations

import gettext as catalogues
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NoReturn

from services.notifications.domain.message import Message, Rendered, Template
from shared.clock import BERLIN
from shared.codes import RIGHT_TO_LEFT, Channel
from shared.municipality import Municipality

CATALOGUES = Path(__file__).parent / "catalogues"
SOURCE = "en"

SUBJECTS = {
    Template.CONFIRMATION: "Your message has arrived",
    Template.NEW_INQUIRY: "You have a new inquiry",
    Template.TO_LOOK_AT: "Please look at something",
    Template.APPOINTMENT_MADE: "Your appointment",
    Template.APPOINTMENT_MOVED: "Your appointment has moved",
    Template.APPOINTMENT_CANCELLED: "Your appointment is cancelled",
    Template.APPOINTMENT_REMINDER: "Reminder of your appointment",
}

OF_APPOINTMENTS = (
    Template.APPOINTMENT_MADE,
    Template.APPOINTMENT_MOVED,
    Template.APPOINTMENT_CANCELLED,
    Template.APPOINTMENT_REMINDER,
)

BODIES = {
    (Template.CONFIRMATION, Channel.SMS): (
        "{sender}: Your message has arrived. We will contact you. Questions, or no more SMS: {phone}"
    ),
    (Template.CONFIRMATION, Channel.EMAIL): (
        "Hello,\n\n"
        "your message has arrived. We will contact you.\n\n"
        "Do you have questions? Call us: {phone}\n"
        "You do not want e-mails from us any more? Tell us at the same number.\n\n"
        "{sender}\n"
    ),
    (Template.NEW_INQUIRY, Channel.EMAIL): (
        "Hello,\n\n"
        "a new inquiry is waiting for you. Please sign in to read it.\n\n"
        "This e-mail was sent automatically. You do not want such e-mails any more? Call {phone}\n\n"
        "{sender}\n"
    ),
    (Template.TO_LOOK_AT, Channel.EMAIL): (
        "Hello,\n\n"
        "there is something that you should look at soon. Please sign in.\n\n"
        "This e-mail was sent automatically. Do you have questions? Call us: {phone}\n\n"
        "{sender}\n"
    ),
    **dict.fromkeys(
        ((template, Channel.SMS) for template in OF_APPOINTMENTS),
        "{sender}: {said}: {appointment}. Questions, or no more SMS: {phone}",
    ),
    **dict.fromkeys(
        ((template, Channel.EMAIL) for template in OF_APPOINTMENTS),
        "Hello,\n\n"
        "{said}:\n"
        "{appointment}\n\n"
        "Do you have questions? Call us: {phone}\n"
        "You do not want e-mails from us any more? Tell us at the same number.\n\n"
        "{sender}\n",
    ),
}
"""`said` is the subject, as a heading."""

CLDR = {"de-x-leicht": "de", "kmr": "ku"}
"""Languages whose days and months CLDR has under another name."""


def appointment(starts_at: datetime | None, address: str | None, language: str) -> str:
    """When and where, in this language and in Berlin's time; empty where a message is about no appointment."""
    if starts_at is None:
        return ""
    from babel.dates import format_date, format_time  # a message about no appointment need not wait for it

    here, locale = starts_at.astimezone(BERLIN), CLDR.get(language, language)
    when = (format_date(here, "full", locale=locale), format_time(here, "HH:mm", locale=locale))
    return ("، " if language in RIGHT_TO_LEFT else ", ").join((*when, *([_held(address, language)] if address else [])))


def of(message: Message, pack: Municipality) -> Rendered:
    """What a message says. Raises as `render` does."""
    place = None if message.place is None else pack.place(message.place)
    said = render(
        message.template,
        message.channel,
        message.language,
        sender=pack.sender,
        phone=pack.call_back,
        appointment=appointment(message.starts_at, None if place is None else place.address, message.language),
    )
    return replace(said, person=message.person)


def render(
    template: Template, channel: Channel, language: str, *, sender: str, phone: str, appointment: str = ""
) -> Rendered:
    """The message in this language. Raises `LookupError` where it was not translated, rather than send English."""
    said = _catalogue(language).gettext
    values = {
        "sender": _held(sender, language),
        "phone": _held(phone.replace(" ", ""), language),
        "said": said(SUBJECTS[template]),
        "appointment": appointment,
    }
    return Rendered(
        channel=channel,
        language=language,
        body=said(BODIES[template, channel]).format(**values),
        subject=said(SUBJECTS[template]) if channel is Channel.EMAIL else None,
    )


class _Untranslated(catalogues.NullTranslations):
    """What a catalogue asks for a text that it does not hold."""

    def gettext(self, message: str) -> NoReturn:
        raise LookupError("a message is not translated")


@cache
def _catalogue(language: str) -> catalogues.NullTranslations:
    if language == SOURCE:
        return catalogues.NullTranslations()
    file = CATALOGUES / language / "LC_MESSAGES" / "messages.mo"
    if not file.exists():
        raise LookupError(f"no compiled catalogue of messages for {language}")
    with file.open("rb") as compiled:
        found = catalogues.GNUTranslations(compiled)
    found.add_fallback(_Untranslated())
    return found


def _held(value: str, language: str) -> str:
    """A name or a number that keeps its own direction among letters that run from right to left (UAX #9)."""
    return f"\u2066{value}\u2069" if language in RIGHT_TO_LEFT else value
