"""Whether the system is there, asked from outside: through the address, the certificate, the balancer, as anybody."""

from __future__ import annotations

from pulumi_gcp import monitoring

from infra.gcp.edge import HOME
from infra.gcp.project import Project
from infra.gcp.stack import Stack
from shared.http.alive import HEALTH


def ask(stack: Stack, project: Project) -> monitoring.UptimeCheckConfig:
    """Ask the page that everybody may call, from several places each five minutes."""
    return monitoring.UptimeCheckConfig(
        "unreachable",
        display_name=stack.name("unreachable"),
        project=project.id,
        period="300s",
        timeout="10s",
        http_check=monitoring.UptimeCheckConfigHttpCheckArgs(
            path=f"{HOME}{HEALTH}", port=443, use_ssl=True, validate_ssl=True
        ),
        monitored_resource=monitoring.UptimeCheckConfigMonitoredResourceArgs(
            type="uptime_url", labels={"project_id": stack.project, "host": stack.domain}
        ),
    )
