"""The environment of each function: what its code reads, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import pulumi

from infra.gcp.accounts import databases
from infra.gcp.stack import REGION, Stack, sends
from infra.topology import Function, Http, Opens

Variables = dict[str, pulumi.Input[str]]


def variables(row: Function, stack: Stack, given: Mapping[str, pulumi.Input[str]]) -> Variables:
    """What is no secret. `given` holds what other resources know: the topic, the dataset, issuers and so on."""
    said: Variables = {
        "KIM_BACKEND": "google",
        "KIM_PROJECT": stack.project,
        "KIM_MUNICIPALITY": stack.municipality,
        "KIM_REGION": REGION,
    }
    if next(databases(row, stack), None) is not None:
        said["KIM_PREFIX"] = f"{stack.prefix}-"
    said |= {name: given[name] for name in _needed(row)}
    if isinstance(row.on, Http) and row.on.callers == "providers":
        said["KIM_SNS_TOPICS"] = json.dumps(stack.messages.sns_topics)
    if Opens.OUTBOX in (*row.opens, *row.searches):
        said |= {"KIM_EMAIL": stack.messages.email, "KIM_SMS": stack.messages.sms}
    return said | (_messages(stack) if sends(row) else {})


def secrets(row: Function, stack: Stack) -> Iterator[str]:
    """The variables whose values are secrets."""
    if Opens.CHALLENGE_KEY in row.opens:
        yield "KIM_CHALLENGE_KEY"
    if Opens.PEOPLE in row.opens:
        yield "KIM_WRAPPED_KEYS"
    if sends(row):
        yield from provider_secrets(stack)


def provider_secrets(stack: Stack) -> Iterator[str]:
    """The secrets by which providers of messages know us."""
    messages = stack.messages
    if messages.email == "smtp" and messages.smtp_user:
        yield "KIM_SMTP_PASSWORD"
    if messages.email == "ses" or messages.sms == "sns":
        yield from ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


def _needed(row: Function) -> Iterator[str]:
    if Opens.PUBLISH in row.opens:
        yield "KIM_TOPIC"
    if Opens.FACTS in row.opens:
        yield from ("KIM_DATASET", "KIM_SEAL")
    if isinstance(row.on, Http) and row.on.callers == "staff":
        yield "KIM_ISSUERS"


def _messages(stack: Stack) -> Variables:
    chosen = stack.messages
    said: Variables = {}
    if chosen.email != "outbox":
        said["KIM_EMAIL_FROM"] = chosen.email_from
    if chosen.email == "smtp":
        said |= {"KIM_SMTP_HOST": chosen.smtp_host, "KIM_SMTP_PORT": str(chosen.smtp_port)}
        said |= {"KIM_SMTP_USER": chosen.smtp_user} if chosen.smtp_user else {}
    if chosen.email == "ses" and chosen.ses_configuration_set:
        said["KIM_SES_CONFIGURATION_SET"] = chosen.ses_configuration_set
    if chosen.sms == "sns":
        said["KIM_SMS_SENDER"] = chosen.sms_sender
    return said
