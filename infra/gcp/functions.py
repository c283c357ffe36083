"""Cloud Run functions, 2nd generation: one for each row of the topology."""

from __future__ import annotations

import pulumi
from pulumi_gcp import cloudfunctionsv2, cloudrunv2

from infra.gcp.keys import Keys
from infra.gcp.network import WayOut
from infra.gcp.project import Project
from infra.gcp.secret_manager import Secrets
from infra.gcp.sources import Sources, upload
from infra.gcp.stack import REGION, Stack
from infra.topology import Events, Function, Http, Schedule

RUNTIME = "python311"
BUILT_WITH = {"PIP_NO_DEPS": "1", "SOURCE_DATE_EPOCH": "315532801"}
"""A lock names everything, so pip resolves nothing: before 23.3 it asked of an extra of what is pinned the newest
version, and refused that for want of its hash.

Google's build compiles our source and notes the times of the files (`compileall -f`, buildpacks'
`cmd/python/functions_framework`); then every file of the image is given one time in 1980 (lifecycle's
`NormalizedModTime`), and each cold start would compile all of it again. With a date given, Python notes hashes in
place of times (`py_compile`)."""
PROCESSORS = "1"
AT_ONCE = {Http: 8, Events: 4, Schedule: 1}
"""Calls that one instance answers at the same time: Google hands it so many, and as many threads wait for them."""
INSTANCES = {Http: 20, Events: 10, Schedule: 1}
"""How many there are at most: a limit on the bill, and one sweep at a time."""


def url(row: Function, stack: Stack, project: Project) -> pulumi.Output[str]:
    """Where a function answers and whom a token for it must name; known before the function is there."""
    return pulumi.Output.concat("https://", stack.name(row.name), "-", project.number, f".{REGION}.run.app")


def deploy(
    row: Function,
    stack: Stack,
    project: Project,
    keys: Keys,
    sources: Sources,
    *,
    runs_as: pulumi.Input[str],
    variables: dict[str, pulumi.Input[str]],
    secrets: Secrets,
    way_out: WayOut | None,
) -> cloudfunctionsv2.Function:
    """Deploy one function. Only the load balancer, or Google's bus and clock, can reach it at all."""
    return cloudfunctionsv2.Function(
        row.name,
        name=stack.name(row.name),
        project=project.id,
        location=REGION,
        kms_key_name=keys.data,
        build_config=_built(row, sources),
        service_config=cloudfunctionsv2.FunctionServiceConfigArgs(
            available_memory=row.memory,
            available_cpu=PROCESSORS,
            timeout_seconds=row.timeout,
            min_instance_count=stack.warm if isinstance(row.on, Http) else 0,
            max_instance_count=INSTANCES[type(row.on)],
            max_instance_request_concurrency=AT_ONCE[type(row.on)],
            ingress_settings="ALLOW_INTERNAL_AND_GCLB" if isinstance(row.on, Http) else "ALLOW_INTERNAL_ONLY",
            all_traffic_on_latest_revision=True,
            service_account_email=runs_as,
            environment_variables={**variables, "THREADS": str(AT_ONCE[type(row.on)])},
            secret_environment_variables=[_secret(name, id, stack) for name, id in secrets.items()],
            direct_vpc_egress=None if way_out is None else "VPC_EGRESS_ALL_TRAFFIC",
            direct_vpc_network_interfaces=None if way_out is None else [_interface(way_out)],
        ),
    )


def let_in(
    name: str, function: cloudfunctionsv2.Function, member: pulumi.Input[str], project: Project
) -> cloudrunv2.ServiceIamMember:
    """Allow one caller to call the function."""
    return cloudrunv2.ServiceIamMember(
        name,
        project=project.id,
        location=REGION,
        name=function.name,
        role="roles/run.invoker",
        member=member,
    )


def _built(row: Function, sources: Sources) -> cloudfunctionsv2.FunctionBuildConfigArgs:
    bundle = upload(row, sources)
    return cloudfunctionsv2.FunctionBuildConfigArgs(
        runtime=RUNTIME,
        entry_point=row.name,
        environment_variables=BUILT_WITH,
        service_account=sources.builder,
        docker_repository=sources.repository,
        source=cloudfunctionsv2.FunctionBuildConfigSourceArgs(
            storage_source=cloudfunctionsv2.FunctionBuildConfigSourceStorageSourceArgs(
                bucket=sources.bucket.name, object=bundle.name
            )
        ),
    )


def _secret(
    name: str, id: pulumi.Output[str], stack: Stack
) -> cloudfunctionsv2.FunctionServiceConfigSecretEnvironmentVariableArgs:
    version = stack.vault_keys if name == "KIM_WRAPPED_KEYS" else "latest"
    return cloudfunctionsv2.FunctionServiceConfigSecretEnvironmentVariableArgs(
        key=name, project_id=stack.project, secret=id, version=version
    )


def _interface(way_out: WayOut) -> cloudfunctionsv2.FunctionServiceConfigDirectVpcNetworkInterfaceArgs:
    return cloudfunctionsv2.FunctionServiceConfigDirectVpcNetworkInterfaceArgs(
        network=way_out.network, subnetwork=way_out.subnetwork
    )
