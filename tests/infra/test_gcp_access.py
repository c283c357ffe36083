"""Who may what: each function what its row opens, and nobody more."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from infra.topology import FUNCTIONS, Events, Function, Opens
from tests.infra.deployed import Resource, koeln

EVERY_FUNCTION = pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.name)
REPORTING = [row for row in FUNCTIONS if row.service == "reporting"]

ROLES = {
    "IAMCustomRole/appends-facts",
    "roles/artifactregistry.writer",
    "roles/bigquery.dataViewer",
    "roles/bigquery.jobUser",
    "roles/cloudkms.cryptoKeyDecrypter",
    "roles/cloudkms.cryptoKeyEncrypterDecrypter",
    "roles/datastore.user",
    "roles/datastore.viewer",
    "roles/iap.httpsResourceAccessor",
    "roles/logging.logWriter",
    "roles/pubsub.publisher",
    "roles/pubsub.subscriber",
    "roles/run.invoker",
    "roles/secretmanager.secretAccessor",
    "roles/storage.objectViewer",
}
"""Every role that anybody has. A new one is a decision."""

DATABASES = (Opens.INTAKE, Opens.CASES, Opens.NOTIFICATIONS, Opens.REPORTING, Opens.PEOPLE)

BASES = "projects/kim-koeln/databases"

SECRETS = {
    Opens.PEOPLE: ["wrapped-keys"],
    Opens.CHALLENGE_KEY: ["challenge-key"],
    Opens.PROVIDERS: ["smtp-password", "aws-access-key-id", "aws-secret-access-key"],
}


@dataclass(frozen=True)
class Grant:
    """One role of one account, at one place."""

    role: str
    at: str


OTHERS = {
    Opens.PUBLISH: {Grant("roles/pubsub.publisher", "koeln-events")},
    Opens.PEOPLE: {Grant("roles/cloudkms.cryptoKeyDecrypter", "CryptoKey/vault")},
}
APPENDS = {Grant("IAMCustomRole/appends-facts", "koeln_reporting")}
READS = {Grant("roles/bigquery.dataViewer", "koeln_reporting"), Grant("roles/bigquery.jobUser", "the whole project")}


def grants(row: Function) -> set[Grant]:
    """All that the function's account was granted, by any kind of grant."""
    account = f"serviceAccount:koeln-{row.name.replace('_', '-')}@kim-koeln.iam.gserviceaccount.com"
    return {
        Grant(one.inputs["role"], _place(one))
        for one in koeln().resources
        if "role" in one.inputs and one.inputs.get("member") == account
    }


def _place(one: Resource) -> str:
    given = one.inputs
    if one.type == "projects.IAMMember":
        return given.get("condition", {}).get("expression", "the whole project")
    keys = ("topic", "cryptoKeyId", "secretId", "datasetId")
    return next(str(given[key]) for key in keys if key in given)


def expected(row: Function) -> set[Grant]:
    """What the topology says."""
    databases = [one for one in DATABASES if one in row.opens]
    of_databases = {Grant("roles/datastore.user", f'resource.name == "{BASES}/koeln-{name}"') for name in databases}
    of_databases |= {
        Grant("roles/datastore.viewer", f'resource.name == "{BASES}/koeln-{name}"')
        for name in row.searches
        if name in DATABASES
    }
    reads = {
        Grant("roles/secretmanager.secretAccessor", f"koeln-{name}")
        for one in row.opens
        for name in SECRETS.get(one, ())
    }
    others = {grant for one in row.opens for grant in OTHERS.get(one, ())}
    if Opens.FACTS in row.opens:
        others |= APPENDS if isinstance(row.on, Events) else READS
    return of_databases | reads | others


@EVERY_FUNCTION
def test_a_function_may_what_its_row_opens_and_nothing_else(row: Function):
    assert grants(row) == expected(row)


def test_every_function_runs_as_an_account_of_its_own():
    accounts = [
        one.inputs["serviceConfig"]["serviceAccountEmail"] for one in koeln().every("cloudfunctionsv2.Function")
    ]

    assert len(set(accounts)) == len(FUNCTIONS)


def test_every_account_is_of_a_function_or_one_of_three_helpers():
    helpers = {"koeln-build", "koeln-bus", "koeln-clock"}

    made = {one.inputs["accountId"] for one in koeln().every("serviceaccount.Account")}

    assert made == helpers | {f"koeln-{row.name.replace('_', '-')}" for row in FUNCTIONS}


@pytest.mark.parametrize("row", REPORTING, ids=lambda row: row.name)
def test_reporting_reaches_neither_the_vault_nor_its_key(row: Function):
    places = {grant.at for grant in grants(row)}

    assert not [place for place in places if "people" in place or "vault" in place or "wrapped-keys" in place]
    assert Grant("roles/datastore.user", "the whole project") not in grants(row)


def test_who_searches_databases_of_others_opens_the_vault_and_changes_nothing_there():
    searching = [row for row in FUNCTIONS if row.searches]

    assert [row.name for row in searching] == ["cases_erasures"]
    assert not {one for row in searching for one in row.searches if one in row.opens}


def test_only_who_opens_the_vault_gets_its_wrapped_keys():
    for row in FUNCTIONS:
        service = koeln().the("cloudfunctionsv2.Function", row.name).inputs["serviceConfig"]
        secrets = {one["key"] for one in service.get("secretEnvironmentVariables", [])}
        assert ("KIM_WRAPPED_KEYS" in secrets) == (Opens.PEOPLE in row.opens)


def test_no_account_has_a_role_that_nobody_decided_on():
    given = {one.inputs["role"] for one in koeln().resources if "role" in one.inputs}

    assert given == ROLES
    assert not given & {"roles/owner", "roles/editor", "roles/viewer"}


def test_whoever_appends_facts_neither_reads_nor_deletes_any():
    (role,) = koeln().every("projects.IAMCustomRole")

    assert role.inputs["permissions"] == ["bigquery.tables.get", "bigquery.tables.updateData"]
    assert role.inputs["roleId"] == "koeln_appends_facts"


def test_a_role_in_the_whole_project_opens_no_data():
    whole = {one.inputs["role"] for one in koeln().every("projects.IAMMember") if "condition" not in one.inputs}

    assert whole == {"roles/bigquery.jobUser", "roles/logging.logWriter", "roles/storage.objectViewer"}


def test_who_looks_at_files_in_the_whole_project_is_the_builder_alone():
    lookers = [
        one.inputs["member"]
        for one in koeln().every("projects.IAMMember")
        if one.inputs["role"] == "roles/storage.objectViewer"
    ]

    assert lookers == ["serviceAccount:koeln-build@kim-koeln.iam.gserviceaccount.com"]


def test_every_use_of_keys_and_secrets_is_on_record():
    watched = {one.inputs["service"]: one.inputs["auditLogConfigs"] for one in koeln().every("projects.IAMAuditConfig")}

    assert set(watched) == {"cloudkms.googleapis.com", "secretmanager.googleapis.com"}
    assert all({"logType": "DATA_READ"} in kinds for kinds in watched.values())


def test_a_function_starts_when_it_has_its_rights():
    function = koeln().the("cloudfunctionsv2.Function", "cases_web")
    needed = {
        one.urn
        for one in koeln().resources
        if one.name in {"cases_web-cases", "cases_web-people", "cases_web-vault-key"}
    }

    assert len(needed) == 3
    assert needed <= function.waits_for
