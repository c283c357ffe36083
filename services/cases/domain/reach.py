"""How the client may be told, today: by which channel, in which language, and whether she agreed to it. Pure."""

from __future__ import annotations

from datetime import date

from services.cases.domain.case import Case
from shared.codes import Channel, ConsentKind
from shared.events import Reach

CONSENTS = {Channel.SMS: ConsentKind.CONTACT_SMS, Channel.EMAIL: ConsentKind.CONTACT_EMAIL}


def reach(case: Case, on: date) -> Reach:
    """How she is reached, and by which version of her case."""
    said = {"language": case.language, "channel": case.channel, "shared_phone": case.shared_phone}
    return Reach(**said, consent_contact=consents(case, case.channel, on), known=case.version)


def consents(case: Case, channel: Channel, on: date) -> bool:
    """Whether she agreed to be written to over a channel: as she declared last for it, or said in the form."""
    declared = [one for one in case.consents if one.kind is CONSENTS.get(channel)]
    return any(one.in_force(on) for one in declared) if declared else case.consent_contact
