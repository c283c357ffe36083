"""What a client declares: consents, and releases from secrecy."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from shared.codes import (
    ConsentDirection,
    ConsentForm,
    ConsentGiver,
    ConsentKind,
    ConsentPurpose,
    DataCategory,
    TargetGroup,
)
from shared.events import At


class State(BaseModel):
    """A part of what is true of a case."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")


class Consent(State):
    """A declaration of the client: a consent, or a release from secrecy."""

    id: str
    kind: ConsentKind
    recipient: str | None
    form: ConsentForm
    language: str
    text_version: str
    given_at: At
    declared_on: date | None = None
    valid_until: date | None
    giver: ConsentGiver = ConsentGiver.CLIENT
    purpose: ConsentPurpose | None = None
    data_categories: tuple[DataCategory, ...] = ()
    direction: ConsentDirection = ConsentDirection.TO_RECIPIENT
    health_data: bool = False
    interpreted: bool = False
    informed: bool = False
    target_groups: tuple[TargetGroup, ...] = ()
    """The special target groups that she expressly agrees to have recorded (Art. 9 (2) a GDPR)."""
    revoked_at: At | None = None

    @property
    def shows(self) -> bool:
        """Whether it is a release that lets its recipient see something."""
        to_recipient = self.direction is not ConsentDirection.FROM_RECIPIENT
        return self.kind is ConsentKind.SECRECY_RELEASE and bool(self.data_categories) and to_recipient

    @property
    def recognises(self) -> bool:
        """Whether it is a release that lets others know that the client is known here."""
        to_recipient = self.direction is not ConsentDirection.FROM_RECIPIENT
        return self.kind is ConsentKind.SECRECY_RELEASE and self.purpose is ConsentPurpose.RECOGNITION and to_recipient

    def tells(self, organisation: str | None) -> bool:
        """Whether it lets this organisation know so: the one that it names, or any where it names none."""
        return self.recognises and organisation is not None and self.recipient in (None, organisation)

    def lets_record(self, group: TargetGroup, on: date) -> bool:
        """Whether it allows this special target group to be recorded on this day."""
        return self.kind is ConsentKind.PROCESSING and group in self.target_groups and self.in_force(on)

    def in_force(self, on: date) -> bool:
        """Whether it holds on this day. Revoking acts at once."""
        return self.revoked_at is None and (self.valid_until is None or on <= self.valid_until)
