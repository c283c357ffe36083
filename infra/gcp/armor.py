"""Cloud Armor: how often one address may call."""

from __future__ import annotations

from pulumi_gcp import compute

from infra.gcp.project import Project
from infra.gcp.stack import Stack
from infra.topology import FUNCTIONS, Http

POSTS_A_MINUTE = 30
"""Of one address to all public paths together: as in the embedded runtime."""
CALLS_A_MINUTE = 600
"""Of one address to anything: an office is one address to us."""
EVERYBODY = 2147483647
"""The last rule: what no other spoke of."""


def policy(name: str, stack: Stack, project: Project, *, of_posts: bool = False) -> compute.SecurityPolicy:
    """Refuse with 429 whoever calls too often; where it is asked, whoever sends too often."""
    rules = [_limit(2000, CALLS_A_MINUTE, _anybody()), _rule(EVERYBODY, "allow", _anybody())]
    if of_posts:
        rules.insert(0, _limit(1000, POSTS_A_MINUTE, _posts()))
    return compute.SecurityPolicy(name, name=stack.name(name), project=project.id, type="CLOUD_ARMOR", rules=rules)


def _anybody() -> compute.SecurityPolicyRuleMatchArgs:
    return compute.SecurityPolicyRuleMatchArgs(
        versioned_expr="SRC_IPS_V1", config=compute.SecurityPolicyRuleMatchConfigArgs(src_ip_ranges=["*"])
    )


def _posts() -> compute.SecurityPolicyRuleMatchArgs:
    """What is sent to any public path."""
    public = {row.on.path.rstrip("/") for row in FUNCTIONS if isinstance(row.on, Http) and row.on.callers == "public"}
    roots = sorted(path for path in public if not any(path.startswith(f"{other}/") for other in public))
    asked = " || ".join(f"request.path.startsWith('{path}')" for path in roots)
    return compute.SecurityPolicyRuleMatchArgs(
        expr=compute.SecurityPolicyRuleMatchExprArgs(expression=f"request.method == 'POST' && ({asked})")
    )


def _limit(priority: int, often: int, match: compute.SecurityPolicyRuleMatchArgs) -> compute.SecurityPolicyRuleArgs:
    return _rule(
        priority,
        "throttle",
        match,
        rate_limit_options=compute.SecurityPolicyRuleRateLimitOptionsArgs(
            conform_action="allow",
            exceed_action="deny(429)",
            enforce_on_key="IP",
            rate_limit_threshold=compute.SecurityPolicyRuleRateLimitOptionsRateLimitThresholdArgs(
                count=often, interval_sec=60
            ),
        ),
    )


def _rule(
    priority: int,
    action: str,
    match: compute.SecurityPolicyRuleMatchArgs,
    rate_limit_options: compute.SecurityPolicyRuleRateLimitOptionsArgs | None = None,
) -> compute.SecurityPolicyRuleArgs:
    return compute.SecurityPolicyRuleArgs(
        priority=priority, action=action, match=match, rate_limit_options=rate_limit_options
    )
