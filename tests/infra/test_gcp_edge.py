"""The entrance: the topology's paths, limits for the public, and encryption."""

from __future__ import annotations

import pytest

from infra.gcp.armor import POSTS_A_MINUTE
from infra.local.settings import RuntimeSettings
from infra.topology import FUNCTIONS, Http
from tests.infra.deployed import koeln

PAGES = {row.name: row.on for row in FUNCTIONS if isinstance(row.on, Http)}


def answers(path: str) -> str:
    """The function that the load balancer hands a path to: the longest rule that fits wins."""
    paths = koeln().the("compute.URLMap", "paths").inputs["pathMatchers"][0]
    fitting = {
        pattern.removesuffix("*"): rule.get("service", "elsewhere")
        for rule in paths["pathRules"]
        for pattern in rule["paths"]
        if path == pattern or (pattern.endswith("/*") and path.startswith(pattern[:-1]))
    }
    chosen = fitting[max(fitting, key=len)] if fitting else paths["defaultService"]
    return str(chosen).removeprefix("BackendService/koeln-").replace("-", "_")


@pytest.mark.parametrize(
    ("path", "function"),
    [
        ("/intake/", "intake_web"),
        ("/intake/submissions", "intake_web"),
        ("/intake/challenge", "intake_challenge"),
        ("/intake/referrals", "intake_referrals"),
        ("/cases", "cases_web"),
        ("/cases/case-7/history", "cases_web"),
        *((f"{on.path.rstrip('/')}/healthz", name) for name, on in PAGES.items()),
        ("/notifications/messages", "notifications_web"),
        ("/notifications/receipts/ses", "notifications_receipts"),
        ("/reporting/reports/1.xlsx", "reporting_web"),
        ("/casesandmore", "intake_web"),
        ("/", "elsewhere"),
    ],
)
def test_a_path_leads_to_the_function_of_the_topology(path: str, function: str):
    assert answers(path) == function


def test_every_page_has_a_backend_that_leads_to_its_function():
    for name in PAGES:
        group = koeln().the("compute.RegionNetworkEndpointGroup", name).inputs
        backend = koeln().the("compute.BackendService", name).inputs
        assert group["cloudRun"] == {"service": f"koeln-{name.replace('_', '-')}"}
        assert backend["backends"] == [{"group": f"RegionNetworkEndpointGroup/{group['name']}"}]
    assert {one.name for one in koeln().every("compute.BackendService")} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_staff_sign_in_before_their_pages_and_no_log_keeps_what_they_search_for(name: str):
    backend = koeln().the("compute.BackendService", name).inputs
    staff = PAGES[name].callers == "staff"

    assert (backend["iap"]["enabled"], backend["logConfig"]["enable"]) == (staff, not staff)


def test_whoever_asks_for_nothing_is_led_to_the_form_without_what_she_said_besides():
    (rules,) = (one["pathRules"] for one in koeln().the("compute.URLMap", "paths").inputs["pathMatchers"])
    (home,) = (rule["urlRedirect"] for rule in rules if rule["paths"] == ["/"])

    assert (home["pathRedirect"], home["redirectResponseCode"], home["stripQuery"]) == ("/intake/", "FOUND", True)


def test_a_backend_does_not_wait_for_its_function_which_must_know_it_first():
    function = koeln().the("cloudfunctionsv2.Function", "cases_web")

    assert koeln().the("compute.BackendService", "cases_web").urn in function.waits_for


def test_who_sends_too_often_is_refused_as_in_the_embedded_runtime():
    rules = koeln().the("compute.SecurityPolicy", "posts").inputs["rules"]
    posts = min(rules, key=lambda rule: rule["priority"])

    assert posts["match"]["expr"]["expression"] == "request.method == 'POST' && (request.path.startsWith('/intake'))"
    assert posts["rateLimitOptions"]["rateLimitThreshold"] == {"count": POSTS_A_MINUTE, "intervalSec": 60}
    assert (posts["rateLimitOptions"]["exceedAction"], posts["rateLimitOptions"]["enforceOnKey"]) == ("deny(429)", "IP")
    assert RuntimeSettings.model_fields["post_limit"].default == f"{POSTS_A_MINUTE}/minute"


def test_every_backend_has_a_limit():
    for name, on in PAGES.items():
        policy = koeln().the("compute.BackendService", name).inputs["securityPolicy"]
        assert policy == f"SecurityPolicy/koeln-{'posts' if on.callers == 'public' else 'calls'}"
    for policy in koeln().every("compute.SecurityPolicy"):
        assert [rule["action"] for rule in policy.inputs["rules"]][-2:] == ["throttle", "allow"]


def test_nothing_is_answered_without_encryption():
    rules = {one.inputs["portRange"]: one.inputs["target"] for one in koeln().every("compute.GlobalForwardingRule")}

    assert rules == {"443": "TargetHttpsProxy/koeln-secured", "80": "TargetHttpProxy/koeln-unsecured"}
    assert koeln().the("compute.URLMap", "unsecured").inputs["defaultUrlRedirect"]["httpsRedirect"] is True
    assert koeln().the("compute.SSLPolicy", "encryption").inputs["minTlsVersion"] == "TLS_1_2"
    assert koeln().the("compute.ManagedSslCertificate", "certificate").inputs["managed"]["domains"] == [
        "kim.stadt-koeln.example"
    ]


def test_nothing_leads_into_the_network_and_only_web_and_mail_lead_out():
    walls = {one.name: one.inputs for one in koeln().every("compute.Firewall")}

    assert {one["direction"] for one in walls.values()} == {"EGRESS"}
    assert walls["out-allowed"]["allows"] == [{"protocol": "tcp", "ports": ["443", "587"]}]
    assert walls["out-denied"]["denies"] == [{"protocol": "all"}]
