"""The environment: what the program sets is what the code reads, and the other way round."""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from infra.gcp.stack import REGION
from infra.topology import FUNCTIONS, Events, Function, Http, Opens
from shared import pack
from shared.identity import IdentitySettings
from shared.settings import Settings
from tests.infra.deployed import ROOT, Deployment, deployed, koeln

EVERY_FUNCTION = pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.name)

STAFF = [row for row in FUNCTIONS if isinstance(row.on, Http) and row.on.callers == "staff"]

LEFT = {
    "KIM_ALTCHA": "on, always",
    "KIM_AWS_ENDPOINT": "for tests",
    "KIM_AWS_REGION": "Frankfurt, unless somebody has a reason",
    "KIM_CLOCK": "for machines that play the cloud",
    "KIM_DATA": "the embedded runtime's",
    "KIM_FACTS": "BigQuery; another engine is for machines without",
    "KIM_KEYS": "Cloud KMS; a file is for machines without",
    "KIM_PUSH": "Cloud Run checks at the door who calls, and takes the signature away",
    "KIM_SES_CONFIGURATION_SET": "only with SES",
    "KIM_SMTP_CA": "a relay has a certificate that the system trusts",
    "KIM_SMTP_TLS": "never without",
}
"""What the code reads and the example stack leaves as it is."""

BOTO = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
"""What Amazon's library reads by itself."""

FRAMEWORK = {"THREADS"}
"""What functions-framework reads."""


@cache
def read_in(folder: str) -> frozenset[str]:
    """The variables that the code in this folder reads."""
    files = (ROOT / folder).rglob("*.py")
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    return frozenset(name for tree in trees for name in (*_fields(tree), *_named(tree)))


def _fields(tree: ast.Module) -> Iterator[str]:
    for one in ast.walk(tree):
        if isinstance(one, ast.ClassDef) and one.name.endswith("Settings"):
            for line in one.body:
                if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                    yield f"KIM_{line.target.id.upper()}"


def _named(tree: ast.Module) -> Iterator[str]:
    """Variables that are read without a settings class: their names stand alone in a text."""
    for one in ast.walk(tree):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and re.fullmatch(r"KIM_[A-Z_]+", one.value):
            yield one.value


def plain(row: Function, deployment: Deployment) -> dict[str, str]:
    """The function's variables that are no secrets."""
    service = deployment.the("cloudfunctionsv2.Function", row.name).inputs["serviceConfig"]
    held: dict[str, str] = service["environmentVariables"]
    return held


def secret(row: Function, deployment: Deployment) -> dict[str, dict[str, str]]:
    """The function's secrets by variable."""
    service = deployment.the("cloudfunctionsv2.Function", row.name).inputs["serviceConfig"]
    return {one["key"]: one for one in service.get("secretEnvironmentVariables", [])}


def test_settings_are_found_in_the_code():
    assert {"KIM_BACKEND", "KIM_ISSUERS", "KIM_WRAPPED_KEYS"} <= read_in("shared")
    assert {"KIM_SMTP_HOST", "KIM_SNS_TOPICS"} <= read_in("services/notifications")


def test_every_settings_class_is_named_so_that_it_is_found_here():
    found = set()
    for file in [*(ROOT / "shared").rglob("*.py"), *(ROOT / "services").rglob("*.py")]:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        classes = [one for one in ast.walk(tree) if isinstance(one, ast.ClassDef)]
        found |= {one.name for one in classes if any("Environment" in ast.unparse(base) for base in one.bases)}

    assert {"Settings", "IdentitySettings", "MailSettings"} <= found
    assert not [name for name in found if not name.endswith("Settings")]


@EVERY_FUNCTION
def test_a_function_is_told_nothing_that_its_code_does_not_read(row: Function):
    libraries = FRAMEWORK | (BOTO if row.service == "notifications" else set())
    known = read_in("shared") | read_in(f"services/{row.service}") | libraries

    for deployment in deployed().values():
        assert {*plain(row, deployment), *secret(row, deployment)} <= known


def test_whatever_the_code_reads_is_set_or_left_for_a_reason():
    read = read_in("shared").union(*(read_in(f"services/{row.service}") for row in FUNCTIONS))
    told = {name for row in FUNCTIONS for name in (*plain(row, koeln()), *secret(row, koeln()))}

    assert read - told == set(LEFT)
    assert told - read == BOTO | FRAMEWORK


@EVERY_FUNCTION
def test_a_function_is_told_what_it_needs(row: Function):
    told = {*plain(row, koeln()), *secret(row, koeln())}
    database = any(
        one in row.opens for one in (Opens.INTAKE, Opens.CASES, Opens.NOTIFICATIONS, Opens.REPORTING, Opens.PEOPLE)
    )

    assert {"KIM_BACKEND", "KIM_PROJECT", "KIM_MUNICIPALITY"} <= told
    assert ("KIM_PREFIX" in told) == database
    assert ("KIM_TOPIC" in told) == (Opens.PUBLISH in row.opens)
    assert ("KIM_WRAPPED_KEYS" in told) == (Opens.PEOPLE in row.opens)
    assert ("KIM_CHALLENGE_KEY" in told) == (Opens.CHALLENGE_KEY in row.opens)
    assert ("KIM_DATASET" in told) == ("KIM_SEAL" in told) == (Opens.FACTS in row.opens)
    assert ("KIM_ISSUERS" in told) == (isinstance(row.on, Http) and row.on.callers == "staff")
    assert ("KIM_EMAIL" in told) == (Opens.OUTBOX in (*row.opens, *row.searches))


@EVERY_FUNCTION
def test_no_secret_is_told_in_clear(row: Function):
    assert not [name for name in plain(row, koeln()) if "KEY" in name or "PASSWORD" in name]


@EVERY_FUNCTION
def test_a_secret_is_one_that_is_there(row: Function):
    there = {one.inputs["secretId"] for one in koeln().every("secretmanager.Secret")}

    assert {one["secret"] for one in secret(row, koeln()).values()} <= there


def test_every_function_opens_the_vault_with_the_same_keys():
    versions = {secret(row, koeln())["KIM_WRAPPED_KEYS"]["version"] for row in FUNCTIONS if Opens.PEOPLE in row.opens}

    assert versions == {"1"}


@EVERY_FUNCTION
def test_the_code_understands_what_it_is_told(row: Function, monkeypatch: pytest.MonkeyPatch):
    _becomes(row, monkeypatch)

    settings = Settings.read()

    assert (settings.backend, settings.project, settings.region) == ("google", "kim-koeln", REGION)
    assert settings.topic == (
        koeln().the("pubsub.Topic", "events").inputs["name"] if Opens.PUBLISH in row.opens else "kim-events"
    )
    assert pack.read(settings.municipality)["name"] == "Köln"


@pytest.mark.parametrize("row", STAFF, ids=lambda row: row.name)
def test_staff_are_known_by_the_proxy_of_this_backend_alone(row: Function, monkeypatch: pytest.MonkeyPatch):
    _becomes(row, monkeypatch)

    (proxy,) = IdentitySettings.read().issuers

    assert (proxy.issuer, proxy.header) == ("https://cloud.google.com/iap", "x-goog-iap-jwt-assertion")
    assert proxy.audience == f"/projects/123456789012/global/backendServices/{7700 + len(row.name)}"
    assert (proxy.id_claim, proxy.roles_from) == ("workforce_identity.iam_principal", "staff")


def test_without_a_workforce_pool_staff_are_known_by_their_google_address():
    told = deployed()["neighbour"].the("cloudfunctionsv2.Function", "cases_web").inputs["serviceConfig"]

    (proxy,) = json.loads(told["environmentVariables"]["KIM_ISSUERS"])

    assert proxy["id_claim"] == "email"
    assert "iap.Settings" not in {one.type for one in deployed()["neighbour"].resources}


def test_the_store_opens_the_databases_that_are_there(monkeypatch: pytest.MonkeyPatch):
    from shared.settings import settings
    from shared.store import firestore
    from shared.store.catalogue import DATABASES

    row = next(row for row in FUNCTIONS if row.name == "cases_web")
    _becomes(row, monkeypatch)
    opened: list[Any] = []
    monkeypatch.setattr(firestore, "Client", lambda **given: opened.append(given))
    settings.cache_clear()
    for name in row.opens:
        if name in DATABASES:
            firestore.FirestoreStore(DATABASES[name], project=settings().project)
    settings.cache_clear()

    there = {one.inputs["name"] for one in koeln().every("firestore.Database")}
    assert {one["database"] for one in opened} == {"koeln-cases", "koeln-people"} <= there
    assert {one["project"] for one in opened} == {"kim-koeln"}


def test_facts_are_written_where_the_table_is(monkeypatch: pytest.MonkeyPatch):
    from services.reporting.bigquery import BigQuerySettings

    for row in FUNCTIONS:
        if Opens.FACTS in row.opens:
            _becomes(row, monkeypatch)
            dataset = koeln().the("bigquery.Dataset", "facts").inputs
            table = koeln().the("bigquery.Table", "facts").inputs
            assert (BigQuerySettings.read().dataset, Settings.read().region) == (
                dataset["datasetId"],
                dataset["location"],
            )
            assert BigQuerySettings.read().seal == table["encryptionConfiguration"]["kmsKeyName"]


def test_messages_go_out_by_the_providers_of_the_stack(monkeypatch: pytest.MonkeyPatch):
    from services.notifications.senders.smtp import SmtpSettings
    from services.notifications.senders.sns import SnsSettings
    from shared.unsent import SenderSettings

    _becomes(next(row for row in FUNCTIONS if row.name == "notifications_send"), monkeypatch)

    assert (SenderSettings.read().email, SenderSettings.read().sms) == ("smtp", "sns")
    assert (SmtpSettings.read().smtp_host, SmtpSettings.read().smtp_port) == ("relay.stadt-koeln.example", 587)
    assert SmtpSettings.read().email_from == "beratung@stadt-koeln.example"
    assert SnsSettings.read().sms_sender == "Beratung"


def test_receipts_are_believed_from_the_stacks_topics_only(monkeypatch: pytest.MonkeyPatch):
    from services.notifications.receipts import ReceiptSettings

    _becomes(next(row for row in FUNCTIONS if row.name == "notifications_receipts"), monkeypatch)

    assert ReceiptSettings.read().sns_topics == ("arn:aws:sns:eu-central-1:000000000000:kim-receipts",)


def test_listeners_and_schedules_know_no_issuer():
    assert not [row.name for row in FUNCTIONS if not isinstance(row.on, Http) and "KIM_ISSUERS" in plain(row, koeln())]
    assert any(isinstance(row.on, Events) for row in FUNCTIONS)


def _becomes(row: Function, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have this process stand in the function's environment."""
    for name in [name for name in os.environ if name.startswith("KIM_")]:
        monkeypatch.delenv(name)
    for name, value in plain(row, koeln()).items():
        monkeypatch.setenv(name, value)
