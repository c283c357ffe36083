"""BigQuery: the table of facts, one row per event, in the columns that reporting declares."""

from __future__ import annotations

from pathlib import Path

import pulumi
from pulumi_gcp import bigquery

from infra.gcp.keys import Keys
from infra.gcp.project import Project
from infra.gcp.stack import REGION, Stack

COLUMNS = Path(__file__).parents[2] / "services" / "reporting" / "facts.json"
TABLE = "facts"


def dataset_name(stack: Stack) -> str:
    """BigQuery takes no hyphen in it."""
    return f"{stack.prefix}_reporting"


def build(stack: Stack, project: Project, keys: Keys) -> bigquery.Dataset:
    """The dataset and its table. Neither goes while it holds rows."""
    dataset = bigquery.Dataset(
        "facts",
        dataset_id=dataset_name(stack),
        project=project.id,
        location=REGION,
        delete_contents_on_destroy=False,
        default_encryption_configuration=bigquery.DatasetDefaultEncryptionConfigurationArgs(kms_key_name=keys.data),
    )
    bigquery.Table(
        "facts",
        dataset_id=dataset.dataset_id,
        table_id=TABLE,
        project=project.id,
        schema=COLUMNS.read_text(encoding="utf-8"),
        time_partitioning=bigquery.TableTimePartitioningArgs(type="MONTH", field="day"),
        clusterings=["type", "case_id"],
        deletion_protection=True,
        encryption_configuration=bigquery.TableEncryptionConfigurationArgs(kms_key_name=keys.data),
        opts=pulumi.ResourceOptions(protect=True),
    )
    return dataset
