"""What messages say, in the reader's language. Neutral on any lock screen: no names, topics, offices or numbers
but the one to call. English is the source; the other languages stand in the catalogues beside this file.
"""

from __future__ import annotations

import gettext as catalogues
from functools import cache
from pathlib import Path
from typing import NoReturn

from services.notifications.domain.message import Rendered, Template
from shared.codes import RIGHT_TO_LEFT, Channel

CATALOGUES = Path(__file__).parent / "catalogues"
SOURCE = "en"

SUBJECTS = {
    Template.CONFIRMATION: "Your message has arrived",
    Template.NEW_INQUIRY: "You have a new inquiry",
}

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
}


def render(template: Template, channel: Channel, language: str, *, sender: str, phone: str) -> Rendered:
    """The message in this language. Raises `LookupError` where it was not translated, rather than send English."""
    said = _catalogue(language).gettext
    values = {"sender": _held(sender, language), "phone": _held(phone.replace(" ", ""), language)}
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
