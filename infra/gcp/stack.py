"""What is set for one municipality (`Pulumi.<stack>.yaml`), and how its resources are named."""

from __future__ import annotations

from typing import Any, Literal

import pulumi
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from infra.topology import Function, Opens
from shared.pack import DEFAULT

REGION = "europe-west3"
"""Frankfurt: everything runs and lies here."""

GERMANY = (REGION, "europe-west10")
"""Frankfurt and Berlin: where data may be at all."""

BERLIN_TIME = "Europe/Berlin"

DATABASES = (Opens.INTAKE, Opens.CASES, Opens.NOTIFICATIONS, Opens.REPORTING, Opens.PEOPLE, Opens.OUTBOX)
"""What can be opened and is a database."""


class _Settings(BaseModel):
    """Set in camel case, as Pulumi's own settings are."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)


class Workforce(_Settings):
    """The municipality's sign-in as a workforce pool, with the client by which Identity-Aware Proxy uses it."""

    pool: str = Field(pattern=r"^locations/global/workforcePools/[a-z0-9-]+$")
    client: str


class Messages(_Settings):
    """Who carries messages, in the words of `services.notifications.senders`."""

    email: Literal["outbox", "smtp", "ses"]
    sms: Literal["outbox", "sns"]
    email_from: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    ses_configuration_set: str = ""
    sns_topics: tuple[str, ...] = ()
    """Where Amazon publishes what became of messages; anybody could sign for another topic."""
    sms_sender: str = Field(default="Beratung", pattern=r"^[A-Za-z0-9]{1,11}$")

    @model_validator(mode="after")
    def _complete(self) -> Messages:
        if self.email != "outbox" and not self.email_from:
            raise ValueError("kim:messages: emailFrom is missing")
        if self.email == "smtp" and not self.smtp_host:
            raise ValueError("kim:messages: smtpHost is missing")
        return self

    @property
    def shown(self) -> bool:
        """Whether messages of a channel are only shown, to try things out: the outbox holds them in clear."""
        return "outbox" in (self.email, self.sms)


class Stack(_Settings):
    """The settings of one municipality. What is missing or wrong ends the program with its name."""

    project: str
    municipality: str = DEFAULT
    """The pack of this name in `shared/municipality/`."""
    prefix: str = Field(pattern=r"^[a-z][a-z0-9]{1,6}$")
    """In front of every name; the municipality, unless set. A service account's name has but thirty letters."""
    domain: str
    staff: tuple[str, ...] = Field(min_length=1)
    """Who may pass the proxy, as IAM writes them; what they may do says their role."""
    workforce: Workforce | None = None
    messages: Messages
    vault_keys: str = "1"
    """Which version of the vault's wrapped keys every function opens: all of them the same."""
    alerts_to: tuple[str, ...] = Field(min_length=1)
    billing_account: str
    budget: int
    """Euros a month, above which somebody is told."""
    warm: int = 0
    """Instances of each page and interface that wait for callers: none waits at no cost."""

    def name(self, *parts: str) -> str:
        """The name of a resource, with the municipality's prefix: `koeln-cases-web`."""
        return "-".join((self.prefix, *parts)).replace("_", "-")

    def databases(self) -> tuple[Opens, ...]:
        """The databases of this stack: an outbox only where nobody carries messages."""
        return tuple(one for one in DATABASES if one is not Opens.OUTBOX or self.messages.shown)


def sends(row: Function) -> bool:
    """Whether the function hands messages to a provider."""
    return Opens.PROVIDERS in row.opens


def configured() -> Stack:
    """The settings of the stack that is being deployed."""
    held = pulumi.Config("kim")
    given: dict[str, Any] = {"project": pulumi.Config("gcp").require("project")}
    for name, field in Stack.model_fields.items():
        key = to_camel(name)
        value = held.get(key) if field.annotation is str else held.get_object(key)
        if value is not None:
            given[key] = value
    return Stack.model_validate({"prefix": given.get("municipality", DEFAULT), **given})
