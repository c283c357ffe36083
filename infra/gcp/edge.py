"""The one entrance: HTTPS load balancer, paths of the topology, limits, and sign-in before whatever is staff's."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_gcp import compute

from infra.gcp.armor import policy
from infra.gcp.project import Project
from infra.gcp.stack import REGION, Stack
from infra.topology import FUNCTIONS, Http

HOME = "/intake/"
"""Where somebody lands who asks for nothing in particular."""

BALANCED = "EXTERNAL_MANAGED"


@dataclass(frozen=True, slots=True)
class Entrance:
    """The backend of each function that is called over HTTP, and the address that the domain must point to."""

    backends: dict[str, compute.BackendService]
    address: pulumi.Output[str]


def build(stack: Stack, project: Project) -> Entrance:
    """Backends name their functions and do not wait for them: a function must know its backend first."""
    calls, posts = policy("calls", stack, project), policy("posts", stack, project, of_posts=True)
    backends = {
        row.name: _backend(row.name, row.on, stack, project, posts if row.on.callers == "public" else calls)
        for row in FUNCTIONS
        if isinstance(row.on, Http)
    }
    address = compute.GlobalAddress("entrance", name=stack.name("entrance"), project=project.id)
    _secured(stack, project, address, _paths(stack, project, backends))
    _redirected(stack, project, address)
    return Entrance(backends, address.address)


def _backend(
    name: str, on: Http, stack: Stack, project: Project, limits: compute.SecurityPolicy
) -> compute.BackendService:
    group = compute.RegionNetworkEndpointGroup(
        name,
        name=stack.name(name),
        project=project.id,
        region=REGION,
        network_endpoint_type="SERVERLESS",
        cloud_run=compute.RegionNetworkEndpointGroupCloudRunArgs(service=stack.name(name)),
    )
    staff = on.callers == "staff"
    return compute.BackendService(
        name,
        name=stack.name(name),
        project=project.id,
        protocol="HTTPS",
        load_balancing_scheme=BALANCED,
        backends=[compute.BackendServiceBackendArgs(group=group.id)],
        security_policy=limits.id,
        iap=compute.BackendServiceIapArgs(enabled=staff),
        # Staff search by name, and a name in a URL must not end in a log.
        log_config=compute.BackendServiceLogConfigArgs(enable=not staff, sample_rate=None if staff else 1.0),
    )


def _paths(stack: Stack, project: Project, backends: dict[str, compute.BackendService]) -> compute.URLMap:
    """The longest path wins, here as in the embedded gateway."""
    routes = [
        compute.URLMapPathMatcherPathRuleArgs(paths=[path, f"{path}/*"], service=backends[row.name].id)
        for row in FUNCTIONS
        if isinstance(row.on, Http)
        for path in [row.on.path.rstrip("/")]
    ]
    home = compute.URLMapPathMatcherPathRuleArgs(
        paths=["/"],
        url_redirect=compute.URLMapPathMatcherPathRuleUrlRedirectArgs(
            path_redirect=HOME, redirect_response_code="FOUND", strip_query=True
        ),
    )
    elsewhere = backends[_front_door()].id  # answers 404 in our own words
    return compute.URLMap(
        "paths",
        name=stack.name("paths"),
        project=project.id,
        default_service=elsewhere,
        host_rules=[compute.URLMapHostRuleArgs(hosts=[stack.domain], path_matcher="paths")],
        path_matchers=[
            compute.URLMapPathMatcherArgs(name="paths", default_service=elsewhere, path_rules=[home, *routes])
        ],
    )


def _front_door() -> str:
    return next(row.name for row in FUNCTIONS if isinstance(row.on, Http) and row.on.path == HOME)


def _secured(stack: Stack, project: Project, address: compute.GlobalAddress, paths: compute.URLMap) -> None:
    certificate = compute.ManagedSslCertificate(
        "certificate",
        name=stack.name("certificate"),
        project=project.id,
        managed=compute.ManagedSslCertificateManagedArgs(domains=[stack.domain]),
    )
    encryption = compute.SSLPolicy(
        "encryption", name=stack.name("encryption"), project=project.id, profile="RESTRICTED", min_tls_version="TLS_1_2"
    )
    proxy = compute.TargetHttpsProxy(
        "secured",
        name=stack.name("secured"),
        project=project.id,
        url_map=paths.id,
        ssl_certificates=[certificate.id],
        ssl_policy=encryption.id,
    )
    _rule("secured", "443", proxy.id, stack, project, address)


def _redirected(stack: Stack, project: Project, address: compute.GlobalAddress) -> None:
    """Whoever comes unencrypted is sent to the encrypted entrance and told nothing else."""
    paths = compute.URLMap(
        "unsecured",
        name=stack.name("unsecured"),
        project=project.id,
        default_url_redirect=compute.URLMapDefaultUrlRedirectArgs(
            https_redirect=True, redirect_response_code="MOVED_PERMANENTLY_DEFAULT", strip_query=False
        ),
    )
    proxy = compute.TargetHttpProxy("unsecured", name=stack.name("unsecured"), project=project.id, url_map=paths.id)
    _rule("unsecured", "80", proxy.id, stack, project, address)


def _rule(
    name: str,
    port: str,
    proxy: pulumi.Output[str],
    stack: Stack,
    project: Project,
    address: compute.GlobalAddress,
) -> None:
    compute.GlobalForwardingRule(
        name,
        name=stack.name(name),
        project=project.id,
        target=proxy,
        port_range=port,
        ip_address=address.id,
        load_balancing_scheme=BALANCED,
    )
