"""E-mail by a relay of the city's own: SMTP with STARTTLS (RFC 3207)."""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from typing import Literal

from pydantic import Field, FilePath, SecretStr, ValidationInfo, field_validator

from services.notifications.domain.message import Rendered
from services.notifications.senders import TIMEOUT, TryAgain, Undeliverable
from services.notifications.senders.mail import MailSettings, mail
from shared.settings import is_here


class SmtpSettings(MailSettings):
    """`KIM_SMTP_HOST`, `KIM_SMTP_PORT` and so on."""

    smtp_host: str
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_tls: Literal["starttls", "none"] = "starttls"
    """`none` only for a relay on the same machine: addresses and texts are in clear on the way there."""
    smtp_ca: FilePath | None = None
    """Certificates to trust in place of the system's."""
    smtp_user: str | None = None
    smtp_password: SecretStr = SecretStr("")

    @field_validator("smtp_tls")
    @classmethod
    def _closed_on_the_way(cls, said: str, told: ValidationInfo) -> str:
        if said == "none" and not is_here(told.data.get("smtp_host", "localhost")):
            raise ValueError("none is for a relay on this machine only; to KIM_SMTP_HOST it has to be starttls")
        return said


class Smtp:
    """One connection for each e-mail: functions come and go, and relays close idle connections."""

    name = "smtp"

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings

    def send(self, address: str, rendered: Rendered, id: str, *, at: datetime) -> str:
        """Hand the e-mail to the relay. Only a refusal of this recipient or this content is for good.

        Whatever else a relay refuses (our sender, our login, the connection) would hold for every e-mail: that
        is for somebody to mend, not for the message to fail.
        """
        letter = mail(address, rendered, id, sender=self._settings.email_from, at=at)
        try:
            self._hand_over(address, letter)
        except smtplib.SMTPRecipientsRefused as refusal:
            code = next((code for code, _ in refusal.recipients.values()), 0)
            raise _sorted(code) from None  # the cause quotes the address
        except smtplib.SMTPDataError as refusal:
            raise _sorted(refusal.smtp_code) from None
        except smtplib.SMTPResponseException as refusal:
            raise TryAgain(f"smtp_{refusal.smtp_code}") from None
        except (smtplib.SMTPException, OSError) as failure:
            raise TryAgain(type(failure).__name__) from None
        return str(letter["Message-ID"]).strip("<>")

    def _hand_over(self, address: str, letter: EmailMessage) -> None:
        chosen = self._settings
        with smtplib.SMTP(chosen.smtp_host, chosen.smtp_port, timeout=TIMEOUT) as relay:
            if chosen.smtp_tls == "starttls":
                relay.starttls(context=ssl.create_default_context(cafile=chosen.smtp_ca))
            if chosen.smtp_user is not None:
                relay.login(chosen.smtp_user, chosen.smtp_password.get_secret_value())
            relay.ehlo_or_helo_if_needed()
            if not address.isascii() and not relay.has_extn("smtputf8"):
                raise Undeliverable("smtputf8_missing")
            relay.send_message(letter, to_addrs=[address])


def _sorted(code: int) -> Undeliverable | TryAgain:
    """Replies of 500 and above are for good, those of 400 and above for now (RFC 5321, section 4.2.1)."""
    return Undeliverable(f"smtp_{code}") if code >= 500 else TryAgain(f"smtp_{code}")
