"""Stacks: one for each municipality, apart from each other even in one project, and whole or not at all."""

from __future__ import annotations

import io

import pytest
from pydantic import ValidationError

from infra.gcp import vault_keys
from infra.gcp.stack import Messages, Stack
from infra.topology import FUNCTIONS
from shared.keys import MasterKeys
from shared.kms import Wrapped, opened
from shared.people import People
from tests.builders import NOON, a_person
from tests.fakes import MemoryStore
from tests.infra.deployed import EXAMPLE, Deployment, deployed, koeln

SHARED = {"projects.Service", "projects.ServiceIdentity", "projects.IAMAuditConfig"}
"""What is the project's and not the municipality's, the same in every stack."""

NAMES = ("name", "accountId", "secretId", "datasetId", "repositoryId", "bucketId")

INSIDE = {"kms.CryptoKey", "storage.BucketObject", "bigquery.Table", "iap.Settings"}
"""What has its name within something that is the municipality's."""

MESSAGES = {"email": "smtp", "sms": "outbox", "emailFrom": "a@b.example", "smtpHost": "relay.example"}
LEAST = {
    "project": "kim-koeln",
    "prefix": "koeln",
    "domain": "kim.example",
    "staff": ["group:kim@example.org"],
    "messages": MESSAGES,
    "alertsTo": ["somebody@example.org"],
    "billingAccount": "0",
    "budget": 100,
}


def names(deployment: Deployment) -> set[tuple[str, str]]:
    """What Google would call the resources."""
    return {
        (one.type, one.inputs[key])
        for one in deployment.resources
        for key in NAMES
        if key in one.inputs and one.type not in SHARED | INSIDE
    }


def test_two_municipalities_in_one_project_have_no_name_in_common():
    assert len(names(koeln())) > 100
    assert not names(koeln()) & names(deployed()["neighbour"])


def test_what_two_municipalities_share_is_the_same_in_both():
    def shared(deployment: Deployment) -> dict[tuple[str, str], object]:
        return {(one.type, one.name): one.inputs for one in deployment.resources if one.type in SHARED}

    assert shared(koeln()) == shared(deployed()["neighbour"])


def test_one_municipality_says_nothing_of_another():
    assert not [
        (one.urn, text)
        for one, _, text in deployed()["neighbour"].texts()
        if "koeln-" in text and "kim-koeln" not in text
    ]


def test_every_name_is_short_enough_for_google_with_the_longest_prefix():
    for one in koeln().every("serviceaccount.Account"):
        assert 6 <= len(one.inputs["accountId"].replace("koeln", "x" * 7)) <= 30
    for one in koeln().every("cloudfunctionsv2.Function"):
        assert len(one.inputs["name"].replace("koeln", "x" * 7) + "-123456789012") <= 63


def test_a_preview_knows_the_project_before_anything_is_there():
    """What hangs on an unknown value would look like a replacement of everything, the next time something is new."""
    for one in deployed()["preview"].resources:
        assert one.inputs.get("project") in {None, "kim-koeln"}
    push = deployed()["preview"].the("cloudscheduler.Job", "cases_sweep").inputs["httpTarget"]["uri"]
    assert push == "https://koeln-cases-sweep-123456789012.europe-west3.run.app"


def test_nothing_comes_before_its_interface_is_switched_on():
    on = {one.urn for one in koeln().every("projects.Service")}

    for one in koeln().every("pubsub.Topic") + koeln().every("firestore.Database") + koeln().every("compute.Network"):
        assert on <= one.waits_for
    assert not [one for one in koeln().every("projects.Service") if one.inputs["disableOnDestroy"]]


def test_what_holds_data_is_protected_and_nothing_else():
    protected = {one.type for one in koeln().resources if one.protected}

    assert protected == {
        "bigquery.Table",
        "command.local.Command",
        "firestore.Database",
        "kms.CryptoKey",
        "kms.KeyRing",
        "secretmanager.Secret",
        "secretmanager.SecretVersion",
    }


def test_the_example_has_no_secret_in_clear():
    text = EXAMPLE.read_text(encoding="utf-8")

    assert not [word for word in ("Password", "Secret:", "AccessKey", "secure:") if word in text]


@pytest.mark.parametrize("name", sorted(set(LEAST) - {"project", "prefix"}))
def test_a_stack_without_a_setting_ends_with_its_name(name: str):
    with pytest.raises(ValidationError, match=name):
        Stack.model_validate({key: value for key, value in LEAST.items() if key != name})


@pytest.mark.parametrize("prefix", ["", "Köln", "1koeln", "rheinsiegkreis", "koeln-2"])
def test_a_prefix_that_google_would_not_take_is_refused(prefix: str):
    with pytest.raises(ValidationError, match="prefix"):
        Stack.model_validate({**LEAST, "prefix": prefix})


@pytest.mark.parametrize("missing", ["emailFrom", "smtpHost"])
def test_e_mail_without_a_sender_or_a_relay_is_refused(missing: str):
    with pytest.raises(ValidationError, match=missing):
        Messages.model_validate({key: value for key, value in MESSAGES.items() if key != missing})


def test_a_setting_that_nobody_knows_is_refused():
    with pytest.raises(ValidationError, match="smtpUsr"):
        Messages.model_validate({**MESSAGES, "smtpUsr": "kim"})


def test_every_function_of_the_neighbour_is_there_too():
    assert {one.name for one in deployed()["neighbour"].every("cloudfunctionsv2.Function")} == {
        row.name for row in FUNCTIONS
    }


class TurnedAround:
    """A key storage that only turns texts around."""

    def close(self, key: str, text: bytes) -> bytes:
        return text[::-1]

    def open(self, key: str, closed: bytes) -> bytes:
        return closed[::-1]


def test_first_keys_are_printed_wrapped():
    made = vault_keys.said(["first", "projects/p/cryptoKeys/vault"], io.StringIO(), TurnedAround())

    assert Wrapped.model_validate_json(made).kms_key == "projects/p/cryptoKeys/vault"
    assert '"keys"' not in made


def test_a_rotation_keeps_the_old_keys_and_adds_one():
    first = vault_keys.said(["first", "k"], io.StringIO(), TurnedAround())
    second = vault_keys.said(["rotate"], io.StringIO(first), TurnedAround())

    before, after = (opened(Wrapped.model_validate_json(value), TurnedAround()) for value in (first, second))
    assert after.keys.items() > before.keys.items()
    assert (after.current, after.search) == ("2", before.search)


@pytest.mark.parametrize("arguments", [[], ["first"], ["second"]])
def test_wrong_arguments_print_the_usage(arguments: list[str]):
    with pytest.raises(SystemExit, match="KEY is the name"):
        vault_keys.said(arguments, io.StringIO(), TurnedAround())


def test_after_a_rotation_every_person_is_brought_under_the_new_key(monkeypatch: pytest.MonkeyPatch):
    first = vault_keys.said(["first", "k"], io.StringIO(), TurnedAround())
    second = vault_keys.said(["rotate"], io.StringIO(first), TurnedAround())
    vault = MemoryStore("people")
    monkeypatch.setattr("shared.store.connect", {"people": vault}.__getitem__)
    before = MasterKeys.of(opened(Wrapped.model_validate_json(first), TurnedAround()))
    for id in ("person-1", "person-2"):
        People(vault, before).keep(id, a_person(), subject="submission-1", at=NOON)

    told = [vault_keys.said(["rewrap"], io.StringIO(second), TurnedAround()) for _ in range(2)]

    assert told == [f"{number} persons are under the new master key." for number in (2, 0)]
    after = opened(Wrapped.model_validate_json(second), TurnedAround())
    (newest,) = set(after.keys) - {"1"}
    alone = MasterKeys.of(after.model_copy(update={"keys": {newest: after.keys[newest]}}))
    assert People(vault, alone).find("person-1") == a_person()
