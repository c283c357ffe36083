"""Cloud Logging: what functions say is kept in Frankfurt, under our key, for thirty days."""

from __future__ import annotations

import pulumi
from pulumi_gcp import logging

from infra.gcp.keys import Keys
from infra.gcp.project import Project
from infra.gcp.stack import REGION, Stack

DAYS = 30

ASKED = 'httpRequest.requestUrl:"?"'
"""Requests with a question in their URL: staff search by name. Google writes them down unasked; we do not keep them."""

EVERYTHING = "severity >= DEFAULT"

NAMED = {
    "cloud_run_revision": "service_name",
    "cloud_scheduler_job": "job_id",
    "http_load_balancer": "backend_service_name",
}
"""What says lines of clients' and staff's calls, and the label that has the municipality's prefix in front."""


def of(stack: Stack, kind: str) -> str:
    """The lines of one kind that are this municipality's, in the words of Cloud Logging's queries."""
    return f'resource.type = "{kind}" AND resource.labels.{NAMED[kind]} =~ "^{stack.name("")}"'


def ours(stack: Stack) -> str:
    """What this municipality keeps: its own lines, and those of the project that are nobody's in particular."""
    own = " OR ".join(f"({of(stack, kind)})" for kind in NAMED)
    kinds = " OR ".join(f'"{kind}"' for kind in NAMED)
    return f"{own} OR NOT resource.type = ({kinds})"


def keep(stack: Stack, project: Project, keys: Keys) -> None:
    """Keep the log here and nowhere else: where Google would keep it by itself is nowhere in particular.

    A neighbour in the same project has a log of its own, and neither reads the other's.
    """
    bucket = logging.ProjectBucketConfig(
        "log",
        bucket_id=stack.name("log"),
        project=project.id,
        location=REGION,
        retention_days=DAYS,
        cmek_settings=logging.ProjectBucketConfigCmekSettingsArgs(kms_key_name=keys.data),
    )
    logging.ProjectSink(
        "log",
        name=stack.name("log"),
        project=project.id,
        destination=pulumi.Output.concat("logging.googleapis.com/", bucket.id),
        filter=ours(stack),
        exclusions=[logging.ProjectSinkExclusionArgs(name="asked", filter=ASKED)],
    )
    logging.ProjectExclusion("log", name=stack.name("log"), project=project.id, filter=EVERYTHING)
