"""Service accounts: one for each function, with the least roles that the topology's `opens` needs."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi
from pulumi_gcp import bigquery, kms, projects, pubsub, secretmanager, serviceaccount

from infra.gcp.keys import Keys
from infra.gcp.project import Project, after
from infra.gcp.stack import Stack
from infra.topology import Events, Function, Opens

APPENDING = ("bigquery.tables.get", "bigquery.tables.updateData")
"""What streaming a row into BigQuery takes; every role that Google offers with it may read and delete tables too."""

ACCOUNT_LETTERS = 30
"""The longest id of a service account that Google takes."""


def account(name: str, purpose: str, stack: Stack, project: Project) -> serviceaccount.Account:
    """An account that may do nothing yet."""
    id = stack.name(name)
    assert len(id) <= ACCOUNT_LETTERS, f"{id} is too long for a service account"
    return serviceaccount.Account(name, account_id=id, display_name=purpose, project=project.id)


def appender(stack: Stack, project: Project) -> projects.IAMCustomRole:
    """A role that adds rows to a table and sees none."""
    return projects.IAMCustomRole(
        "appends-facts",
        role_id=f"{stack.prefix}_appends_facts",
        project=project.id,
        title=f"Append facts ({stack.prefix})",
        permissions=list(APPENDING),
    )


class Grants:
    """What is granted to one account; `email` is known only when all of it is."""

    def __init__(self, name: str, account: serviceaccount.Account, stack: Stack, project: Project) -> None:
        self._name, self._account, self._stack, self._project = name, account, stack, project
        self._given: list[pulumi.CustomResource] = []

    @property
    def email(self) -> pulumi.Output[str]:
        return after(self._account.email, *self._given)

    def database(self, database: str, *, changes: bool = True) -> None:
        """Read this database and no other, and write it."""
        name = f"projects/{self._stack.project}/databases/{self._stack.name(database)}"
        self._given.append(
            projects.IAMMember(
                f"{self._name}-{database}",
                project=self._project.id,
                role="roles/datastore.user" if changes else "roles/datastore.viewer",
                member=self._account.member,
                condition=projects.IAMMemberConditionArgs(
                    title=f"only {self._stack.name(database)}", expression=f'resource.name == "{name}"'
                ),
            )
        )

    def publish(self, topic: pubsub.Topic) -> None:
        """Tell events."""
        self._given.append(
            pubsub.TopicIAMMember(
                f"{self._name}-publish",
                project=self._project.id,
                topic=topic.name,
                role="roles/pubsub.publisher",
                member=self._account.member,
            )
        )

    def unwrap(self, keys: Keys) -> None:
        """Open what was wrapped with the vault's key; wrapping is for whoever makes the first keys."""
        self._given.append(
            kms.CryptoKeyIAMMember(
                f"{self._name}-vault-key",
                crypto_key_id=keys.vault,
                role="roles/cloudkms.cryptoKeyDecrypter",
                member=self._account.member,
            )
        )

    def secret(self, name: str, id: pulumi.Output[str]) -> None:
        """Read one secret."""
        self._given.append(
            secretmanager.SecretIamMember(
                f"{self._name}-{name}",
                project=self._project.id,
                secret_id=id,
                role="roles/secretmanager.secretAccessor",
                member=self._account.member,
            )
        )

    def facts(self, dataset: bigquery.Dataset, *, appender: projects.IAMCustomRole | None) -> None:
        """Append rows by this role, or else read them and ask about them."""
        self._given.append(
            bigquery.DatasetIamMember(
                f"{self._name}-facts",
                project=self._project.id,
                dataset_id=dataset.dataset_id,
                role="roles/bigquery.dataViewer" if appender is None else appender.id,
                member=self._account.member,
            )
        )
        if appender is None:
            self._given.append(
                projects.IAMMember(
                    f"{self._name}-ask",
                    project=self._project.id,
                    role="roles/bigquery.jobUser",
                    member=self._account.member,
                )
            )


def databases(row: Function, stack: Stack) -> Iterator[str]:
    """The databases that the function opens and that this stack has."""
    yield from (str(one) for one in row.opens if one in stack.databases())


def searched(row: Function, stack: Stack) -> Iterator[str]:
    """The databases of others that the function looks into and that this stack has."""
    yield from (str(one) for one in row.searches if one in stack.databases())


def appends(row: Function) -> bool:
    """Whether the function adds to the facts: the listener does, the others read."""
    return Opens.FACTS in row.opens and isinstance(row.on, Events)
