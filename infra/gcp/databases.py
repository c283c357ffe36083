"""Firestore: one database for each service and one for the vault, with what the catalogue declares of them."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_gcp import firestore

from infra.gcp.keys import Keys
from infra.gcp.project import Project
from infra.gcp.stack import REGION, Stack
from shared.store.catalogue import DATABASES, composite_indexes, ttl_fields

WEEK = f"{7 * 24 * 3600}s"
"""How long daily backups are kept. Whoever is erased from the vault lives on in them until then: keep it short."""


LANES = 4
"""Indexes of one database that are made at the same time. Firestore makes many at once meet each other and gives some
up (github.com/firebase/firebase-tools/issues/1119); one after the other would take hours."""


def build(stack: Stack, project: Project, keys: Keys) -> None:
    """Make the databases that this stack has. Each is protected from deletion twice: by Google and by Pulumi."""
    for name in stack.databases():
        _database(str(name), stack, project, keys)


def _database(name: str, stack: Stack, project: Project, keys: Keys) -> None:
    database = firestore.Database(
        name,
        name=stack.name(name),
        project=project.id,
        location_id=REGION,
        type="FIRESTORE_NATIVE",
        concurrency_mode="OPTIMISTIC",
        app_engine_integration_mode="DISABLED",
        point_in_time_recovery_enablement="POINT_IN_TIME_RECOVERY_ENABLED",
        delete_protection_state="DELETE_PROTECTION_ENABLED",
        deletion_policy="DELETE",
        cmek_config=firestore.DatabaseCmekConfigArgs(kms_key_name=keys.data),
        opts=pulumi.ResourceOptions(protect=True),
    )
    firestore.BackupSchedule(name, project=project.id, database=database.name, retention=WEEK, daily_recurrence={})
    made: list[firestore.Index] = []
    for index in composite_indexes(DATABASES[name]):
        before = made[-LANES] if len(made) >= LANES else database
        made.append(_index(name, database, project, index, after=before))
    for field in ttl_fields(DATABASES[name]):
        _expiry(name, database, project, **field)


def _index(
    name: str, database: firestore.Database, project: Project, index: dict[str, Any], *, after: pulumi.Resource
) -> firestore.Index:
    fields = [firestore.IndexFieldArgs(**field) for field in index["fields"]]
    said = "-".join(
        f"{field['field_path']}.{field.get('order', field.get('array_config'))}".lower() for field in index["fields"]
    )
    return firestore.Index(
        f"{name}-{index['collection']}-{said}",
        project=project.id,
        database=database.name,
        collection=index["collection"],
        query_scope=index["query_scope"],
        fields=fields,
        opts=pulumi.ResourceOptions(depends_on=[after]),
    )


def _expiry(name: str, database: firestore.Database, project: Project, *, collection: str, field: str) -> None:
    firestore.Field(
        f"{name}-{collection}-{field}",
        project=project.id,
        database=database.name,
        collection=collection,
        field=field,
        ttl_config=firestore.FieldTtlConfigArgs(),
        index_config=firestore.FieldIndexConfigArgs(indexes=[]),  # `serving` lets nobody ask for it
    )
