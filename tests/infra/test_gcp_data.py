"""What is kept: in Germany, under our key, backed up, and hard to delete by mistake."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from infra.gcp.databases import LANES
from infra.local import audit
from services.reporting.facts import COLUMNS, TABLE
from shared.store.catalogue import DATABASES, IN_THE_CLOUD, composite_indexes, ttl_fields
from tests.infra.deployed import ROOT, Deployment, deployed, koeln

GERMANY = {"europe-west3", "europe-west10"}
"""Frankfurt and Berlin."""

EMBEDDED = {"facts"}
"""What only the embedded runtime keeps in documents."""
KEPT = sorted(set(DATABASES) - EMBEDDED - {"outbox"})
EVERY_DATABASE = pytest.mark.parametrize("name", KEPT)

PLACED = {
    "artifactregistry.Repository": "location",
    "bigquery.Dataset": "location",
    "cloudfunctionsv2.Function": "location",
    "cloudscheduler.Job": "region",
    "compute.Address": "region",
    "compute.RegionNetworkEndpointGroup": "region",
    "compute.Router": "region",
    "compute.RouterNat": "region",
    "compute.Subnetwork": "region",
    "firestore.Database": "locationId",
    "kms.KeyRing": "location",
    "logging.ProjectBucketConfig": "location",
    "storage.Bucket": "location",
}
"""Everything that lies somewhere says where."""

SEALED = {
    "artifactregistry.Repository": ("kmsKeyName", "artifactregistry"),
    "bigquery.Dataset": ("defaultEncryptionConfiguration", "bigquery"),
    "bigquery.Table": ("encryptionConfiguration", "bigquery"),
    "cloudfunctionsv2.Function": ("kmsKeyName", "cloudfunctions"),
    "firestore.Database": ("cmekConfig", "firestore"),
    "logging.ProjectBucketConfig": ("cmekSettings", "logging"),
    "pubsub.Topic": ("kmsKeyName", "pubsub"),
    "secretmanager.Secret": ("replication", "secretmanager"),
    "storage.Bucket": ("encryption", "storage"),
}
"""Every product that can keep what it holds under our key, and whose right to the key it waits for."""


def test_everything_that_lies_somewhere_lies_in_germany():
    placed = {one.urn: one.inputs[PLACED[one.type]].lower() for one in koeln().resources if one.type in PLACED}

    assert {one.type for one in koeln().resources} >= set(PLACED)
    assert not {urn: place for urn, place in placed.items() if place not in GERMANY}


def test_no_other_region_is_named_anywhere():
    region = re.compile(r"\b(?:africa|asia|australia|europe|me|northamerica|southamerica|us)-[a-z]+\d+\b")

    named = {found for _, _, text in koeln().texts() for found in region.findall(text)}

    assert named == GERMANY


def test_nothing_lies_in_several_countries_at_once():
    places = {text.lower() for _, key, text in koeln().texts() if key in {"location", "locationId", "region"}}

    assert not places & {"eu", "us", "asia", "eur3", "eur4", "nam5", "global"}


@pytest.mark.parametrize("type_", SEALED)
def test_everything_at_rest_is_under_our_key_and_comes_when_the_key_may_be_used(type_: str):
    key, product = SEALED[type_]

    assert koeln().every(type_)
    for one in koeln().every(type_):
        assert "CryptoKey/data" in json.dumps(one.inputs[key])
        assert koeln().the("kms.CryptoKeyIAMMember", f"data-{product}").urn in one.waits_for


def test_the_clock_may_use_our_key_which_is_set_by_hand():
    """No resource of the provider sets it; the guide does, by the name of the key that the program exports."""
    guide = (ROOT / "infra" / "gcp" / "README.md").read_text(encoding="utf-8")
    grant = koeln().the("kms.CryptoKeyIAMMember", "data-cloudscheduler").inputs

    assert grant["cryptoKeyId"] == "CryptoKey/data"
    assert grant["member"] == "serviceAccount:service-123456789012@gcp-sa-cloudscheduler.iam.gserviceaccount.com"
    assert "gcloud scheduler cmek-config update --location=europe-west3" in guide
    assert "$(pulumi stack output data_key)" in guide


def test_keys_are_renewed_and_not_deleted():
    keys = {one.name: one for one in koeln().every("kms.CryptoKey")}

    assert set(keys) == {"data", "vault"}
    assert {one.inputs["rotationPeriod"] for one in keys.values()} == {"7776000s"}
    assert all(one.protected for one in [*keys.values(), *koeln().every("kms.KeyRing")])
    assert keys["vault"].inputs["versionTemplate"]["protectionLevel"] == "HSM"


def test_the_vaults_key_is_for_functions_alone():
    """No product of Google's is let near it: what lies in the vault stays closed to whoever holds the data."""
    users = [
        one.inputs for one in koeln().every("kms.CryptoKeyIAMMember") if one.inputs["cryptoKeyId"] == "CryptoKey/vault"
    ]

    assert {one["role"] for one in users} == {"roles/cloudkms.cryptoKeyDecrypter"}
    assert not [one["member"] for one in users if "gcp-sa" in one["member"]]


def test_there_is_a_database_for_each_service_and_the_vault():
    assert {one.inputs["name"] for one in koeln().every("firestore.Database")} == {f"koeln-{name}" for name in KEPT}


def test_whoever_looks_into_every_database_knows_which_there_are():
    assert sorted(IN_THE_CLOUD) == KEPT
    assert {database.name for database in audit.AUDITED} <= set(IN_THE_CLOUD)


def test_an_outbox_is_only_where_messages_are_only_shown():
    trial = {one.inputs["name"] for one in deployed()["neighbour"].every("firestore.Database")}

    assert trial == {f"bonn-{name}" for name in set(DATABASES) - EMBEDDED}


@EVERY_DATABASE
def test_a_database_can_be_brought_back_and_not_be_deleted_by_mistake(name: str):
    database = koeln().the("firestore.Database", name)
    backup = koeln().the("firestore.BackupSchedule", name).inputs

    assert database.inputs["pointInTimeRecoveryEnablement"] == "POINT_IN_TIME_RECOVERY_ENABLED"
    assert database.inputs["deleteProtectionState"] == "DELETE_PROTECTION_ENABLED"
    assert database.protected
    assert backup["database"] == f"koeln-{name}"
    assert "dailyRecurrence" in backup


def test_backups_forget_within_a_week_whom_the_vault_forgot():
    assert koeln().the("firestore.BackupSchedule", "people").inputs["retention"] == "604800s"


@EVERY_DATABASE
def test_a_database_has_the_indexes_of_the_catalogue_and_no_others(name: str):
    made = [
        {
            "collection": one.inputs["collection"],
            "query_scope": one.inputs["queryScope"],
            "fields": [_snake(field) for field in one.inputs["fields"]],
        }
        for one in koeln().every("firestore.Index")
        if one.inputs["database"] == f"koeln-{name}"
    ]

    def place(index: dict[str, Any]) -> str:
        return json.dumps(index, sort_keys=True)

    assert sorted(made, key=place) == sorted(composite_indexes(DATABASES[name]), key=place)


@EVERY_DATABASE
def test_few_indexes_of_a_database_are_made_at_the_same_time(name: str):
    made = [one for one in koeln().every("firestore.Index") if one.inputs["database"] == f"koeln-{name}"]
    urns = {one.urn for one in made}
    waits = {one.urn: one.waits_for & urns for one in made}

    assert all(len(before) <= 1 for before in waits.values())
    followed = [urn for before in waits.values() for urn in before]
    assert len(followed) == len(set(followed)) == max(0, len(made) - LANES)


def test_what_nobody_may_ask_for_is_in_no_index():
    for field in koeln().every("firestore.Field"):
        assert field.inputs["indexConfig"] == {"indexes": []}
    for index in koeln().every("firestore.Index"):
        assert "expires_at" not in {one["fieldPath"] for one in index.inputs["fields"]}


def test_an_index_that_firestore_would_keep_by_itself_is_not_asked_for():
    """It answers such a request with an error."""
    assert not [one.name for one in koeln().every("firestore.Index") if len(one.inputs["fields"]) < 2]


@EVERY_DATABASE
def test_what_expires_is_dropped(name: str):
    fields = [one.inputs for one in koeln().every("firestore.Field") if one.inputs["database"] == f"koeln-{name}"]

    assert [{"collection": one["collection"], "field": one["field"]} for one in fields] == ttl_fields(DATABASES[name])
    assert all("ttlConfig" in one for one in fields)


def test_the_table_of_facts_has_the_columns_that_reporting_writes():
    table = koeln().the("bigquery.Table", "facts").inputs

    assert [(one["name"], one["type"], one["mode"]) for one in json.loads(table["schema"])] == [
        (one.name, one.type, one.mode) for one in COLUMNS
    ]
    assert table["tableId"] == TABLE
    assert {table["timePartitioning"]["field"], *table["clusterings"]} <= {one.name for one in COLUMNS}
    assert table["deletionProtection"] is True


def test_secrets_lie_in_frankfurt_only():
    for secret in koeln().every("secretmanager.Secret"):
        replicas = secret.inputs["replication"]["userManaged"]["replicas"]
        assert [one["location"] for one in replicas] == ["europe-west3"]


def test_the_vaults_keys_are_made_once_and_kept_when_all_else_goes():
    made = koeln().the("command.local.Command", "first-keys")
    version = koeln().the("secretmanager.SecretVersion", "wrapped-keys")

    assert made.inputs["create"].endswith("-m infra.gcp.vault_keys first CryptoKey/vault")
    assert made.protected
    assert version.protected
    assert version.inputs["deletionPolicy"] == "ABANDON"


def test_the_log_is_kept_in_frankfurt_and_nowhere_else():
    bucket = koeln().the("logging.ProjectBucketConfig", "log").inputs
    sink = koeln().the("logging.ProjectSink", "log").inputs

    assert bucket["retentionDays"] == 30
    assert sink["destination"] == "logging.googleapis.com/ProjectBucketConfig/log"
    assert koeln().the("logging.ProjectExclusion", "log").inputs["filter"] == "severity >= DEFAULT"
    assert kept(koeln(), "cloud_run_revision", "koeln-cases-web")


@pytest.mark.parametrize("kind", ["cloud_run_revision", "cloud_scheduler_job", "http_load_balancer"])
def test_what_one_municipality_says_its_neighbour_does_not_keep(kind: str):
    neighbour = deployed()["neighbour"]

    assert kept(koeln(), kind, "koeln-cases-web")
    assert not kept(neighbour, kind, "koeln-cases-web")
    assert kept(neighbour, kind, "bonn-cases-web")
    assert not kept(koeln(), kind, "bonn-cases-web")


def test_what_the_project_says_of_nobody_in_particular_both_keep():
    assert kept(koeln(), "build", "")
    assert kept(deployed()["neighbour"], "build", "")


def test_no_log_keeps_what_staff_searched_for():
    sink = koeln().the("logging.ProjectSink", "log").inputs
    logged = {one.name for one in koeln().every("compute.BackendService") if one.inputs["logConfig"]["enable"]}

    assert sink["exclusions"] == [{"name": "asked", "filter": 'httpRequest.requestUrl:"?"'}]
    assert logged == {"intake_web", "intake_challenge", "notifications_receipts"}


def kept(deployment: Deployment, kind: str, name: str) -> bool:
    """Whether a line of a resource of this kind and name passes the filter, as Cloud Logging reads it."""
    filter_ = deployment.the("logging.ProjectSink", "log").inputs["filter"]
    own, _, others = filter_.rpartition(" OR NOT resource.type = ")
    patterns = re.findall(r'\(resource\.type = "(\w+)" AND resource\.labels\.\w+ =~ "([^"]+)"\)', own)
    named = re.findall(r'"(\w+)"', others)
    assert sorted(named) == sorted(one for one, _ in patterns)
    return kind not in named or any(kind == one and re.search(pattern, name) for one, pattern in patterns)


def _snake(field: dict[str, str]) -> dict[str, str]:
    names = {"fieldPath": "field_path", "arrayConfig": "array_config", "order": "order"}
    return {names[key]: value for key, value in field.items()}
