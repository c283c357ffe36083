"""Pub/Sub: one topic for every event, a push subscription for each listener, and its dead letters."""

from __future__ import annotations

from collections.abc import Collection

import pulumi
from pulumi_gcp import pubsub

from infra.gcp.keys import Keys
from infra.gcp.project import Project, after
from infra.gcp.stack import GERMANY, Stack
from infra.topology import ATTEMPTS, Events, Function

FIRST_PAUSE, LONGEST_PAUSE = "10s", "600s"
WEEK, MONTH = f"{7 * 24 * 3600}s", f"{31 * 24 * 3600}s"
MARGIN = 10
"""Seconds that a delivery may take beyond the function's own time-out."""
LONGEST_FILTER = 256
"""Bytes that Pub/Sub takes (cloud.google.com/pubsub/docs/subscription-message-filter)."""


def topic(name: str, stack: Stack, project: Project, keys: Keys) -> pubsub.Topic:
    """A topic whose messages stay in Germany, under our key."""
    return pubsub.Topic(
        name,
        name=stack.name(name),
        project=project.id,
        kms_key_name=keys.data,
        message_storage_policy=pubsub.TopicMessageStoragePolicyArgs(
            allowed_persistence_regions=list(GERMANY), enforce_in_transit=True
        ),
    )


def filter_of(on: Events) -> str:
    """What is heard, in Pub/Sub's words; empty where everything is.

    Prefixes that need more room than Pub/Sub gives become the services they name: there the function is called with
    all that these tell, and acknowledges what is not its own.
    """
    exact = _any_of(on.prefixes)
    return exact if len(exact.encode()) <= LONGEST_FILTER else _any_of(_services(on))


def _services(on: Events) -> list[str]:
    """The services whose events are heard, as prefixes."""
    return sorted({f"{prefix.partition('.')[0]}." for prefix in on.prefixes})


def _any_of(prefixes: Collection[str]) -> str:
    if "" in prefixes:
        return ""
    return " OR ".join(f'hasPrefix(attributes.type, "{prefix}")' for prefix in prefixes)


def listen(
    row: Function,
    on: Events,
    stack: Stack,
    project: Project,
    *,
    heard: pubsub.Topic,
    dead: pubsub.Topic,
    pushed_to: pulumi.Input[str],
    pusher: pulumi.Input[str],
) -> pubsub.Subscription:
    """Push to the function every event that it hears, in order per subject.

    What fails is repeated after 10 to 600 s; after `ATTEMPTS` it goes to the function's dead letters, which wait
    a month in a subscription of their own.
    """
    kept = _dead_letters(row, stack, project, dead)
    subscription = pubsub.Subscription(
        row.name,
        name=stack.name(row.name),
        project=project.id,
        topic=heard.id,
        filter=filter_of(on) or None,
        enable_message_ordering=True,
        ack_deadline_seconds=row.timeout + MARGIN,
        message_retention_duration=WEEK,
        expiration_policy=pubsub.SubscriptionExpirationPolicyArgs(ttl=""),
        retry_policy=pubsub.SubscriptionRetryPolicyArgs(minimum_backoff=FIRST_PAUSE, maximum_backoff=LONGEST_PAUSE),
        dead_letter_policy=pubsub.SubscriptionDeadLetterPolicyArgs(
            dead_letter_topic=after(dead.id, *kept), max_delivery_attempts=ATTEMPTS
        ),
        push_config=pubsub.SubscriptionPushConfigArgs(
            push_endpoint=pushed_to,
            oidc_token=pubsub.SubscriptionPushConfigOidcTokenArgs(service_account_email=pusher, audience=pushed_to),
        ),
    )
    pubsub.SubscriptionIAMMember(
        f"{row.name}-dead-from",
        project=project.id,
        subscription=subscription.name,
        role="roles/pubsub.subscriber",
        member=project.agents["pubsub"],
    )
    return subscription


def _dead_letters(
    row: Function, stack: Stack, project: Project, dead: pubsub.Topic
) -> tuple[pubsub.Subscription, pubsub.TopicIAMMember]:
    """Where dead letters wait to be looked at, and Google's right to put them there."""
    kept = pubsub.Subscription(
        f"{row.name}-dead",
        name=stack.name(row.name, "dead"),
        project=project.id,
        topic=dead.id,
        enable_message_ordering=True,
        message_retention_duration=MONTH,
        expiration_policy=pubsub.SubscriptionExpirationPolicyArgs(ttl=""),
    )
    putting = pubsub.TopicIAMMember(
        f"{row.name}-dead-into",
        project=project.id,
        topic=dead.name,
        role="roles/pubsub.publisher",
        member=project.agents["pubsub"],
    )
    return kept, putting
