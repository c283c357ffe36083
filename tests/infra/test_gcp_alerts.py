"""Alerts: somebody is told of everything that can go wrong, and reads in the guide what to do."""

from __future__ import annotations

import ast
import re

import pytest
from functions_framework import create_app

from infra.gcp.alerts import DEVIATES, SENT, UNPUBLISHED
from infra.topology import EVERY_HOUR, EVERY_MINUTE, FUNCTIONS, Events, Function, Schedule
from tests.infra.deployed import ROOT, deployed, koeln

RARE = [row for row in FUNCTIONS if isinstance(row.on, Schedule) and row.on != EVERY_MINUTE]
OFTEN = {EVERY_MINUTE: "900s", EVERY_HOUR: "10800s"}
"""How long what runs so often may be silent."""

GUIDE = (ROOT / "infra" / "gcp" / "README.md").read_text(encoding="utf-8")


def test_somebody_is_told_of_everything_that_can_go_wrong():
    silent = {f"{row.name}-silent" for row in FUNCTIONS if isinstance(row.on, Schedule) and row.on in OFTEN}
    others = {"dead-letters", "late-events", "errors", "failed-runs", "deviations", "unpublished", "late-messages"}
    others |= {"unreachable"}
    policies = {one.name: one.inputs for one in koeln().every("monitoring.AlertPolicy")}

    assert set(policies) == others | silent
    for policy in policies.values():
        assert policy["notificationChannels"] == ["NotificationChannel/mail-0"]


def test_one_failed_run_of_what_runs_seldom_is_enough():
    condition = koeln().the("monitoring.AlertPolicy", "failed-runs").inputs["conditions"][0]["conditionThreshold"]

    watched = re.findall(r'"(koeln-[a-z-]+)"', condition["filter"])
    assert sorted(watched) == sorted(f"koeln-{row.name.replace('_', '-')}" for row in RARE)
    assert {"koeln-cases-audit", "koeln-cases-retention", "koeln-reporting-run", "koeln-intake-tidy"} <= set(watched)
    assert 'response_code_class = "5xx"' in condition["filter"]
    assert (condition["thresholdValue"], condition["duration"]) == (0, "0s")


@pytest.mark.parametrize("row", [row for row in FUNCTIONS if row.on in OFTEN], ids=lambda row: row.name)
def test_what_runs_often_is_missed_when_it_is_silent(row: Function):
    policy = koeln().the("monitoring.AlertPolicy", f"{row.name}-silent").inputs
    condition = policy["conditions"][0]["conditionAbsent"]

    assert isinstance(row.on, Schedule)
    assert condition["duration"] == OFTEN[row.on]
    assert f'"koeln-{row.name.replace("_", "-")}"' in condition["filter"]


def test_the_dead_letters_of_every_listener_are_watched():
    condition = koeln().the("monitoring.AlertPolicy", "dead-letters").inputs["conditions"][0]["conditionThreshold"]

    for row in FUNCTIONS:
        if isinstance(row.on, Events):
            assert f'"{koeln().the("pubsub.Subscription", f"{row.name}-dead").inputs["name"]}"' in condition["filter"]
    assert condition["thresholdValue"] == 0


def test_what_everybody_may_call_is_asked_from_outside_whether_it_is_there():
    check = koeln().the("monitoring.UptimeCheckConfig", "unreachable").inputs

    paths = koeln().the("compute.URLMap", "paths").inputs
    assert [check["monitoredResource"]["labels"]["host"]] == paths["hostRules"][0]["hosts"]
    assert check["httpCheck"]["useSsl"] is True
    condition = koeln().the("monitoring.AlertPolicy", "unreachable").inputs["conditions"][0]["conditionThreshold"]
    assert '"unreachable-7700"' in condition["filter"]
    application = create_app("intake_web", str(ROOT / "services" / "intake" / "main.py"), "http")
    assert application.test_client().get(check["httpCheck"]["path"]).status_code == 200


def test_every_function_is_watched_for_errors():
    condition = koeln().the("monitoring.AlertPolicy", "errors").inputs["conditions"][0]["conditionThreshold"]

    for one in koeln().every("cloudfunctionsv2.Function"):
        assert f'"{one.inputs["name"]}"' in condition["filter"]


@pytest.mark.parametrize(
    ("alert", "most"),
    [("dead-letters", 0), ("late-events", 15 * 60), ("errors", 5), ("failed-runs", 0), ("late-messages", 10 * 60)],
)
def test_more_than_so_much_is_told(alert: str, most: int):
    (condition,) = koeln().the("monitoring.AlertPolicy", alert).inputs["conditions"]

    assert condition["conditionThreshold"]["comparison"] == "COMPARISON_GT"
    assert condition["conditionThreshold"]["thresholdValue"] == most


@pytest.mark.parametrize("message", [UNPUBLISHED, SENT, DEVIATES])
def test_what_is_looked_for_in_the_log_is_what_the_code_says(message: str):
    assert message in said_in_the_log()


def test_what_is_counted_of_the_log_is_this_municipalitys_and_says_which_function_said_it():
    """A metric of a log bucket would name the bucket instead, and an alert on functions would never see it."""
    for name, deployment in deployed().items():
        prefix = "bonn" if name == "neighbour" else "koeln"
        for metric in deployment.every("logging.Metric"):
            line = f'resource.type = "cloud_run_revision" AND resource.labels.service_name =~ "^{prefix}-"'
            assert metric.inputs["filter"].startswith(f"{line} AND jsonPayload.message = ")
            assert "bucketName" not in metric.inputs
        watched = [text for _, _, text in deployment.texts() if "logging.googleapis.com/user/" in text]
        assert len(watched) == len(deployment.every("logging.Metric")) == 3
        assert all(text.startswith('resource.type = "cloud_run_revision"') for text in watched)


def test_how_long_a_message_waited_is_in_its_line():
    source = (ROOT / "services" / "notifications" / "handlers.py").read_text(encoding="utf-8")

    assert '"waited": ' in source
    metric = koeln().the("logging.Metric", "message-delay").inputs
    assert metric["valueExtractor"] == "EXTRACT(jsonPayload.waited)"
    assert metric["bucketOptions"]["exponentialBuckets"]["growthFactor"] == 2


def test_the_bill_has_a_limit_that_somebody_hears_of():
    bill = koeln().the("billing.Budget", "bill").inputs

    assert bill["amount"]["specifiedAmount"] == {"currencyCode": "EUR", "units": "300"}
    assert [rule["thresholdPercent"] for rule in bill["thresholdRules"]] == [0.5, 0.9, 1.0, 1.0]
    assert bill["budgetFilter"]["projects"] == ["projects/123456789012"]


def test_each_alert_names_its_line_in_the_guide_and_each_line_has_an_alert():
    documentation = [one.inputs["documentation"]["content"] for one in koeln().every("monitoring.AlertPolicy")]
    named = {re.sub(r"^What to do: infra/gcp/README.md, «When an alert comes», ", "", said) for said in documentation}

    assert "\n## When an alert comes\n" in GUIDE
    assert named == set(re.findall(r"^- `([a-z-]+)` — ", GUIDE, re.MULTILINE))


def said_in_the_log() -> set[str]:
    """The constant messages of all log lines in shared and services."""
    found = set()
    for file in [*(ROOT / "shared").rglob("*.py"), *(ROOT / "services").rglob("*.py")]:
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("log."):
                found |= {one.value for one in call.args if isinstance(one, ast.Constant)}
    return found
