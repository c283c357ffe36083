"""Identity-Aware Proxy: nobody reaches what is staff's without signing in; the rest says the policy table."""

from __future__ import annotations

import json

import pulumi
from pulumi_gcp import compute, iap

from infra.gcp.project import Project
from infra.gcp.stack import Stack, Workforce
from shared.identity import PROXY

PROXY_KEYS = "https://www.gstatic.com/iap/verify/public_key-jwk"

BY_PRINCIPAL, BY_ADDRESS = "workforce_identity.iam_principal", "email"
"""What the proxy's assertion calls somebody of a workforce pool, and somebody with a Google account."""


def protect(name: str, backend: compute.BackendService, stack: Stack, project: Project) -> None:
    """Let the municipality's staff pass, signed in where the municipality says."""
    for number, member in enumerate(stack.staff):
        iap.WebBackendServiceIamMember(
            f"{name}-{number}",
            project=project.id,
            web_backend_service=backend.name,
            role="roles/iap.httpsResourceAccessor",
            member=member,
        )
    if stack.workforce is not None:
        _by_workforce(name, backend, stack.workforce, project)


def issuers(backend: compute.BackendService, stack: Stack, project: Project) -> pulumi.Output[str]:
    """`KIM_ISSUERS`: the proxy, for this backend only. Whoever comes has passed it, so there is no other.

    What somebody may do says the pack's staff list, in which she stands by the name that the proxy calls her.
    """
    called = BY_ADDRESS if stack.workforce is None else BY_PRINCIPAL

    def listed(known: list[str]) -> str:
        number, id = known
        audience = f"/projects/{number}/global/backendServices/{id}"
        return json.dumps([{"issuer": PROXY, "audience": audience, "jwks": PROXY_KEYS, "id_claim": called}])

    return pulumi.Output.all(project.number, backend.generated_id.apply(str)).apply(listed)


def _by_workforce(name: str, backend: compute.BackendService, workforce: Workforce, project: Project) -> None:
    iap.Settings(
        name,
        name=pulumi.Output.concat("projects/", project.number, "/iap_web/compute/services/", backend.name),
        access_settings=iap.SettingsAccessSettingsArgs(
            identity_sources=["WORKFORCE_IDENTITY_FEDERATION"],
            workforce_identity_settings=iap.SettingsAccessSettingsWorkforceIdentitySettingsArgs(
                workforce_pools=workforce.pool,
                oauth2=iap.SettingsAccessSettingsWorkforceIdentitySettingsOauth2Args(
                    client_id=workforce.client,
                    client_secret=pulumi.Config("kim").require_secret("workforceSecret"),
                ),
            ),
        ),
    )
