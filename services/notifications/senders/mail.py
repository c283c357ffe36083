"""A message as an e-mail: plain text, and headers that give nothing away and keep machines from answering."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from pydantic import Field

from services.notifications.domain.message import Rendered
from shared.municipality import municipality
from shared.settings import Environment

SEVEN_BIT = SMTP.clone(cte_type="7bit")
"""Encoded so that every relay can carry it."""


class MailSettings(Environment):
    """`KIM_EMAIL_FROM`: the address that e-mails come from. Its name is the municipality's neutral sender."""

    email_from: str = Field(pattern=r"^[!-?A-~]+@[!-?A-~]+$")


def mail(address: str, rendered: Rendered, id: str, *, sender: str, at: datetime) -> EmailMessage:
    """The e-mail. Its Message-ID is made from the message's own, so that a repeat can be recognised."""
    letter = EmailMessage(policy=SEVEN_BIT)
    local, _, domain = sender.rpartition("@")
    letter["From"] = Address(municipality().sender, local, domain)
    letter["To"] = address
    letter["Subject"] = rendered.subject or ""
    letter["Date"] = at
    letter["Message-ID"] = f"<{id}@{domain}>"
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    letter.set_content(rendered.body, charset="utf-8")
    letter["Content-Language"] = rendered.language  # set_content drops what was said of the content before
    return letter
