"""E-mail by Amazon SES v2, as raw MIME."""

from __future__ import annotations

from datetime import datetime

from services.notifications.domain.message import TAG, Rendered, tagged
from services.notifications.senders import Undeliverable
from services.notifications.senders.aws import AwsSettings, asked, client
from services.notifications.senders.mail import MailSettings, mail


class SesSettings(AwsSettings, MailSettings):
    """`KIM_SES_CONFIGURATION_SET`: where SES publishes what became of an e-mail (`receipts.py` reads it)."""

    ses_configuration_set: str | None = None


class Ses:
    """SES puts its own Message-ID on every e-mail; ours goes along as a tag and comes back with receipts."""

    name = "ses"

    def __init__(self, settings: SesSettings) -> None:
        self._settings, self.client = settings, client("sesv2", settings)

    def send(self, address: str, rendered: Rendered, id: str, *, at: datetime) -> str:
        """Hand the e-mail to SES. SES knows no repeats: the same message handed over twice arrives twice."""
        if not address.isascii():
            raise Undeliverable("smtputf8_missing")
        letter = mail(address, rendered, id, sender=self._settings.email_from, at=at)
        chosen = self._settings.ses_configuration_set
        return asked(
            self.client.send_email,
            FromEmailAddress=self._settings.email_from,
            Destination={"ToAddresses": [address]},
            Content={"Raw": {"Data": letter.as_bytes()}},
            EmailTags=[{"Name": TAG, "Value": tagged(id)}],
            **({} if chosen is None else {"ConfigurationSetName": chosen}),
        )
