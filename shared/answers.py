"""What a client told of herself, once a form is read: what is hers to keep, what may travel, and how she is reached.

Needs no library: whoever takes a form in has read it before, and whoever hears of one reads none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from shared import texts
from shared.codes import AgeBand, Channel

PERSONAL = ("given_name", "family_name", "date_of_birth", "phone", "email", "postcode", "children", "message")
"""Fields that go into the vault and nowhere else. An age band takes the place of the date of birth."""

DECLARED = ("consent_processing", "consent_form", "reason", "referrer_reference", "altcha")
"""Fields that are neither codes about the client nor hers to keep."""

NEEDED = {Channel.SMS: "phone", Channel.CALL: "phone", Channel.EMAIL: "email"}

PHONE_MISSING = texts.marked("Please give a phone number, or choose e-mail.")
EMAIL_MISSING = texts.marked("Please give an e-mail address, or choose another way.")


def unreachable(channel: Channel, read: Mapping[str, Any]) -> dict[str, list[str]]:
    """Which field is empty without which nobody is reached by this channel, and what to say of it."""
    field = NEEDED[channel]
    if read.get(field, field) is not None:
        return {}
    return {field: [texts.text(PHONE_MISSING if field == "phone" else EMAIL_MISSING)]}


def personal(read: Mapping[str, Any]) -> dict[str, Any]:
    """What of a form belongs into the vault: the arguments of a `Person`."""
    person = {name: read[name] for name in PERSONAL}
    return person | {
        "referrer_reference": read.get("referrer_reference"),
        "referral_reason": read.get("reason"),
    }


def coded(read: Mapping[str, Any], on: date) -> dict[str, Any]:
    """What of a form may travel: codes only, with the age band of that day."""
    kept = {name: value for name, value in read.items() if name not in PERSONAL and name not in DECLARED}
    return kept | {"age_band": AgeBand.on(on, read["date_of_birth"])}
