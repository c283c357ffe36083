"""The project as Google must have it ready: interfaces switched on, and Google's own accounts in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_gcp import bigquery, logging, organizations, projects, storage

from infra.gcp.stack import Stack

INTERFACES = (
    "artifactregistry",
    "bigquery",
    "billingbudgets",
    "cloudbuild",
    "cloudfunctions",
    "cloudkms",
    "cloudresourcemanager",
    "cloudscheduler",
    "compute",
    "eventarc",
    "firestore",
    "iam",
    "iap",
    "logging",
    "monitoring",
    "pubsub",
    "run",
    "secretmanager",
    "storage",
)

AGENTS = {
    "artifactregistry": "gcp-sa-artifactregistry",
    "cloudfunctions": "gcf-admin-robot",
    "cloudscheduler": "gcp-sa-cloudscheduler",
    "eventarc": "gcp-sa-eventarc",
    "firestore": "gcp-sa-firestore",
    "iap": "gcp-sa-iap",
    "pubsub": "gcp-sa-pubsub",
    "run": "serverless-robot-prod",
    "secretmanager": "gcp-sa-secretmanager",
}
"""Google's accounts that act for us, by product: where in `iam.gserviceaccount.com` they live."""

WATCHED = ("cloudkms.googleapis.com", "secretmanager.googleapis.com")
"""Where every use of a key or a secret goes on Google's record, by whomever."""


@dataclass(frozen=True, slots=True)
class Project:
    """The project, usable: who takes its `id` waits until it is ready."""

    id: pulumi.Output[str]
    number: pulumi.Output[str]
    agents: dict[str, pulumi.Output[str]]
    """Google's accounts by product, as members of a grant."""


def prepare(stack: Stack) -> Project:
    """Switch on what is needed. It stays on when the stack is destroyed: others may need it too."""
    on = [
        projects.Service(name, service=f"{name}.googleapis.com", project=stack.project, disable_on_destroy=False)
        for name in INTERFACES
    ]
    ready = after(stack.project, *on)
    # Asked at once, and so known in every preview: the guide has this one interface switched on by hand.
    number = organizations.get_project_output(project_id=stack.project).number
    for service in WATCHED:
        _watch(service, ready)
    return Project(ready, number, _agents(ready, number))


def after(value: pulumi.Input[str], *resources: pulumi.Resource) -> pulumi.Output[str]:
    """The value, and with it the wait for these resources: whoever takes it comes after them.

    The value is known as soon as it was; were it unknown until then, a preview would take each new wait for a
    replacement of everything that waits.
    """

    async def nothing() -> None: ...

    async def yes() -> bool:
        return True

    waiting = pulumi.Output(set(resources), nothing(), yes())
    both: pulumi.Output[list[Any]] = pulumi.Output.all(value, waiting)
    return both.apply(lambda known: str(known[0]))


def _agents(project: pulumi.Output[str], number: pulumi.Output[str]) -> dict[str, pulumi.Output[str]]:
    made = {name: _agent(name, project, number) for name in AGENTS}
    files = storage.get_project_service_account_output(project=project)
    tables = bigquery.get_default_service_account_output(project=project)
    records = logging.get_project_cmek_settings_output(project=project)
    return made | {
        "storage": pulumi.Output.concat("serviceAccount:", files.email_address),
        "bigquery": pulumi.Output.concat("serviceAccount:", tables.email),
        "logging": pulumi.Output.concat("serviceAccount:", records.service_account_id),
    }


def _agent(name: str, project: pulumi.Output[str], number: pulumi.Output[str]) -> pulumi.Output[str]:
    agent = projects.ServiceIdentity(name, service=f"{name}.googleapis.com", project=project)
    home = f"{AGENTS[name]}.iam.gserviceaccount.com"
    return after(pulumi.Output.concat("serviceAccount:service-", number, "@", home), agent)


def _watch(service: str, project: pulumi.Output[str]) -> None:
    kinds = ("ADMIN_READ", "DATA_READ", "DATA_WRITE")
    projects.IAMAuditConfig(
        service.partition(".")[0],
        project=project,
        service=service,
        audit_log_configs=[projects.IAMAuditConfigAuditLogConfigArgs(log_type=kind) for kind in kinds],
    )
