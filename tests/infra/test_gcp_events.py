"""The bus: each listener hears its prefixes, in order, signed, and what it cannot take waits as a dead letter."""

from __future__ import annotations

import re

import pytest

from infra.gcp.events import filter_of
from infra.topology import ATTEMPTS, FUNCTIONS, Events, Function
from shared.events import CATALOGUE
from tests.infra.deployed import koeln

LISTENERS = [row for row in FUNCTIONS if isinstance(row.on, Events)]
EVERY_LISTENER = pytest.mark.parametrize("row", LISTENERS, ids=lambda row: row.name)


def heard(filter_: str, type_: str) -> bool:
    """What Pub/Sub does with a filter that only asks for prefixes."""
    prefixes = re.findall(r'hasPrefix\(attributes\.type, "([^"]+)"\)', filter_)
    assert filter_ == " OR ".join(f'hasPrefix(attributes.type, "{prefix}")' for prefix in prefixes)
    return not filter_ or any(type_.startswith(prefix) for prefix in prefixes)


def test_every_listener_has_one_subscription_and_nobody_else():
    pushed = {one.name for one in koeln().every("pubsub.Subscription") if "pushConfig" in one.inputs}

    assert pushed == {row.name for row in LISTENERS}


@EVERY_LISTENER
def test_a_listener_hears_the_events_of_its_prefixes_and_no_other_service(row: Function):
    filter_ = koeln().the("pubsub.Subscription", row.name).inputs.get("filter", "")

    assert isinstance(row.on, Events)
    assert len(filter_.encode()) <= 256
    hears = {type_ for type_ in CATALOGUE if heard(filter_, type_)}
    wanted = {type_ for type_ in CATALOGUE if type_.startswith(row.on.prefixes)}
    assert wanted <= hears
    assert {service(type_) for type_ in hears} == {service(type_) for type_ in wanted}


def test_what_has_room_in_a_filter_is_heard_exactly():
    some = Events(("cases.case-closed.", "cases.case-erased."))

    assert {type_ for type_ in CATALOGUE if heard(filter_of(some), type_)} == {
        "cases.case-closed.v1",
        "cases.case-erased.v1",
    }


def test_whatever_a_function_comes_to_hear_fits_into_a_filter():
    everything = Events(tuple(CATALOGUE))

    assert len(filter_of(everything).encode()) <= 256
    assert all(heard(filter_of(everything), type_) for type_ in CATALOGUE)


def service(type_: str) -> str:
    return type_.partition(".")[0]


@EVERY_LISTENER
def test_a_delivery_is_signed_for_this_function(row: Function):
    push = koeln().the("pubsub.Subscription", row.name).inputs["pushConfig"]

    assert push["pushEndpoint"] == f"https://koeln-{row.name.replace('_', '-')}-123456789012.europe-west3.run.app"
    assert push["oidcToken"] == {
        "audience": push["pushEndpoint"],
        "serviceAccountEmail": "koeln-bus@kim-koeln.iam.gserviceaccount.com",
    }


@EVERY_LISTENER
def test_what_is_not_taken_becomes_a_dead_letter_and_waits_a_month(row: Function):
    given = koeln().the("pubsub.Subscription", row.name).inputs
    kept = koeln().the("pubsub.Subscription", f"{row.name}-dead").inputs
    dead = koeln().the("pubsub.Topic", f"{row.name}-dead").inputs

    assert given["deadLetterPolicy"] == {"deadLetterTopic": f"Topic/{dead['name']}", "maxDeliveryAttempts": ATTEMPTS}
    assert kept["topic"] == f"Topic/{dead['name']}"
    assert kept["messageRetentionDuration"] == "2678400s"
    assert kept["enableMessageOrdering"] is True
    assert "pushConfig" not in kept


@EVERY_LISTENER
def test_google_may_move_dead_letters(row: Function):
    into = koeln().the("pubsub.TopicIAMMember", f"{row.name}-dead-into").inputs
    out_of = koeln().the("pubsub.SubscriptionIAMMember", f"{row.name}-dead-from").inputs
    google = "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"

    assert (into["role"], into["member"]) == ("roles/pubsub.publisher", google)
    assert (out_of["role"], out_of["member"]) == ("roles/pubsub.subscriber", google)


@EVERY_LISTENER
def test_a_delivery_comes_in_order_and_again_and_never_expires(row: Function):
    given = koeln().the("pubsub.Subscription", row.name).inputs

    assert given["enableMessageOrdering"] is True
    assert given["retryPolicy"] == {"minimumBackoff": "10s", "maximumBackoff": "600s"}
    assert given["expirationPolicy"] == {"ttl": ""}
    assert row.timeout < given["ackDeadlineSeconds"] <= 600


def test_every_topic_keeps_its_messages_in_germany_under_our_key():
    topics = koeln().every("pubsub.Topic")

    assert {one.name for one in topics} == {"events", *(f"{row.name}-dead" for row in LISTENERS)}
    for topic in topics:
        assert topic.inputs["kmsKeyName"] == "CryptoKey/data"
        assert topic.inputs["messageStoragePolicy"]["allowedPersistenceRegions"] == ["europe-west3", "europe-west10"]
        assert topic.inputs["messageStoragePolicy"]["enforceInTransit"] is True


def test_there_is_one_topic_for_all_events():
    assert {koeln().the("pubsub.Subscription", row.name).inputs["topic"] for row in LISTENERS} == {"Topic/koeln-events"}
