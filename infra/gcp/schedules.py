"""Cloud Scheduler: who is called by the clock."""

from __future__ import annotations

import base64

import pulumi
from pulumi_gcp import cloudscheduler

from infra.gcp.project import Project
from infra.gcp.stack import BERLIN_TIME, REGION, Stack
from infra.topology import Function, Schedule

NOTHING = base64.b64encode(b"{}").decode()


def call(
    row: Function,
    on: Schedule,
    stack: Stack,
    project: Project,
    *,
    called: pulumi.Input[str],
    caller: pulumi.Input[str],
) -> cloudscheduler.Job:
    """Call the function at its times; when it fails, three times more. A run that is still going is not doubled."""
    return cloudscheduler.Job(
        row.name,
        name=stack.name(row.name),
        project=project.id,
        region=REGION,
        schedule=on.cron,
        time_zone=BERLIN_TIME,
        attempt_deadline=f"{row.timeout}s",
        retry_config=cloudscheduler.JobRetryConfigArgs(
            retry_count=3, min_backoff_duration="10s", max_backoff_duration="600s", max_doublings=5
        ),
        http_target=cloudscheduler.JobHttpTargetArgs(
            uri=called,
            http_method="POST",
            body=NOTHING,
            headers={"Content-Type": "application/json"},
            oidc_token=cloudscheduler.JobHttpTargetOidcTokenArgs(service_account_email=caller, audience=called),
        ),
    )
