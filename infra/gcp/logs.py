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


def keep(stack: Stack, project: Project, keys: Keys) -> logging.ProjectBucketConfig:
    """Keep the log here and nowhere else: where Google would keep it by itself is nowhere in particular."""
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
        filter=EVERYTHING,
        exclusions=[logging.ProjectSinkExclusionArgs(name="asked", filter=ASKED)],
    )
    logging.ProjectExclusion("log", name=stack.name("log"), project=project.id, filter=EVERYTHING)
    return bucket
