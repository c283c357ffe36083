"""Text messages by Amazon SNS."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from services.notifications.domain.message import Rendered
from services.notifications.senders.aws import AwsSettings, asked, client


class SnsSettings(AwsSettings):
    """`KIM_SMS_SENDER`: the name that a phone shows in place of a number."""

    sms_sender: str = Field(default="Beratung", pattern=r"^[A-Za-z0-9]{1,11}$")


class Sns:
    """SNS takes an address and a text; it gives no way to recognise a repeat."""

    name = "sns"

    def __init__(self, settings: SnsSettings) -> None:
        self._sender, self.client = settings.sms_sender, client("sns", settings)

    def send(self, address: str, rendered: Rendered, id: str, *, at: datetime) -> str:
        """Hand the text message to SNS. The same message handed over twice arrives twice."""
        return asked(
            self.client.publish,
            PhoneNumber=address,
            Message=rendered.body,
            MessageAttributes={
                "AWS.SNS.SMS.SenderID": {"DataType": "String", "StringValue": self._sender},
                "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
            },
        )
