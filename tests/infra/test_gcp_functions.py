"""Functions: those of the topology and no others, called by whom they are meant for and by nobody else."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from functions_framework._http.gunicorn import GunicornApplication

from infra.gcp.functions import BUILT_WITH
from infra.topology import FUNCTIONS, Events, Function, Http, Schedule
from tests.infra.deployed import deployed, koeln

AS_IN_AN_IMAGE = 315_532_801
"""The time of every file in an image that buildpacks made: one second after 1980 began."""

EVERY_FUNCTION = pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.name)
STAFF = [row for row in FUNCTIONS if isinstance(row.on, Http) and row.on.callers == "staff"]
OPEN = [row for row in FUNCTIONS if isinstance(row.on, Http) and row.on.callers != "staff"]
SCHEDULED = [row for row in FUNCTIONS if isinstance(row.on, Schedule)]


def called(name: str) -> str:
    return f"koeln-{name.replace('_', '-')}"


def callers(row: Function) -> set[str]:
    """Who may call the function: its own grants, and no function has others."""
    return {
        grant.inputs["member"]
        for grant in koeln().every("cloudrunv2.ServiceIamMember")
        if grant.inputs["name"] == called(row.name)
    }


def test_every_function_of_the_topology_is_deployed_and_no_other():
    deployed = {
        one.inputs["buildConfig"]["entryPoint"]: one.inputs["name"]
        for one in koeln().every("cloudfunctionsv2.Function")
    }

    assert deployed == {row.name: called(row.name) for row in FUNCTIONS}


@EVERY_FUNCTION
def test_a_function_has_what_the_topology_gives_it(row: Function):
    service = koeln().the("cloudfunctionsv2.Function", row.name).inputs["serviceConfig"]

    assert service["availableMemory"] == row.memory
    assert service["timeoutSeconds"] == row.timeout
    assert service["serviceAccountEmail"] == f"{called(row.name)}@kim-koeln.iam.gserviceaccount.com"


@EVERY_FUNCTION
def test_only_what_callers_wait_for_is_kept_warm_where_that_is_wanted(row: Function):
    function = deployed()["neighbour"].the("cloudfunctionsv2.Function", row.name)

    assert function.inputs["serviceConfig"]["minInstanceCount"] == isinstance(row.on, Http)


@EVERY_FUNCTION
def test_a_function_has_a_thread_for_every_call_that_it_is_handed(row: Function, monkeypatch: pytest.MonkeyPatch):
    service = koeln().the("cloudfunctionsv2.Function", row.name).inputs["serviceConfig"]
    monkeypatch.setenv("THREADS", service["environmentVariables"]["THREADS"])

    served = GunicornApplication(None, "127.0.0.1", 0, debug=False)

    assert served.cfg.threads == service["maxInstanceRequestConcurrency"]


@EVERY_FUNCTION
def test_a_function_is_made_from_its_own_bundle(row: Function):
    source = koeln().the("cloudfunctionsv2.Function", row.name).inputs["buildConfig"]["source"]["storageSource"]
    bundle = koeln().the("storage.BucketObject", row.name).inputs

    assert source == {"bucket": bundle["bucket"], "object": bundle["name"]}
    assert re.fullmatch(rf"{row.name}-[0-9a-f]{{16}}\.zip", bundle["name"])


@EVERY_FUNCTION
def test_a_build_installs_what_the_lock_names_and_resolves_nothing(row: Function):
    """That this is enough is shown where each bundle starts alone (`test_bundles.py`)."""
    built = koeln().the("cloudfunctionsv2.Function", row.name).inputs["buildConfig"]

    assert built["environmentVariables"] == BUILT_WITH
    assert built["environmentVariables"]["PIP_NO_DEPS"] == "1"


def test_what_the_build_compiled_is_not_compiled_again_at_each_start(tmp_path: Path):
    source = tmp_path / "main.py"
    source.write_text("print(__cached__)")
    compiles = [sys.executable, "-m", "compileall", "-f", "-q", "."]

    subprocess.run(compiles, cwd=tmp_path, env={"PATH": os.defpath, **BUILT_WITH}, check=True)
    os.utime(source, (AS_IN_AN_IMAGE, AS_IN_AN_IMAGE))

    starts = [sys.executable, "-B", "-v", "-c", "import main"]
    start = subprocess.run(starts, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert re.search(r"code object from '\S*main\.cpython-\d+\.pyc'", start.stderr)


@EVERY_FUNCTION
def test_nobody_reaches_a_function_past_its_entrance(row: Function):
    ingress = koeln().the("cloudfunctionsv2.Function", row.name).inputs["serviceConfig"]["ingressSettings"]

    assert ingress == ("ALLOW_INTERNAL_AND_GCLB" if isinstance(row.on, Http) else "ALLOW_INTERNAL_ONLY")


@EVERY_FUNCTION
def test_only_the_right_caller_may_call(row: Function):
    match row.on:
        case Http(callers="staff"):
            allowed = "serviceAccount:service-123456789012@gcp-sa-iap.iam.gserviceaccount.com"
        case Http():
            allowed = "allUsers"
        case Events():
            allowed = "serviceAccount:koeln-bus@kim-koeln.iam.gserviceaccount.com"
        case Schedule():
            allowed = "serviceAccount:koeln-clock@kim-koeln.iam.gserviceaccount.com"

    assert callers(row) == {allowed}


def test_every_right_to_call_is_of_a_function_of_the_topology():
    named = {grant.inputs["name"] for grant in koeln().every("cloudrunv2.ServiceIamMember")}

    assert named == {called(row.name) for row in FUNCTIONS}


def test_only_the_form_the_challenge_and_signed_receipts_are_open_to_everybody():
    everybody = {row.name for row in FUNCTIONS if callers(row) & {"allUsers", "allAuthenticatedUsers"}}
    unguarded = {one.name for one in koeln().every("compute.BackendService") if not one.inputs["iap"]["enabled"]}

    assert everybody == unguarded == {"intake_web", "intake_challenge", "notifications_receipts"}


def test_nobody_else_is_everybody():
    allowed = {one.urn for one in koeln().every("cloudrunv2.ServiceIamMember")}

    assert not [
        one.urn
        for one, _, text in koeln().texts()
        if text.startswith("all") and "Users" in text and one.urn not in allowed
    ]


@pytest.mark.parametrize("row", STAFF, ids=lambda row: row.name)
def test_what_is_staffs_is_behind_the_proxy_and_only_staff_pass(row: Function):
    backend = koeln().the("compute.BackendService", row.name).inputs
    passing = [
        one.inputs
        for one in koeln().every("iap.WebBackendServiceIamMember")
        if one.inputs["webBackendService"] == backend["name"]
    ]

    assert backend["iap"] == {"enabled": True}
    assert [one["member"] for one in passing] == [
        "principalSet://iam.googleapis.com/locations/global/workforcePools/stadt-koeln/group/kim"
    ]
    assert koeln().the("iap.Settings", row.name).inputs["accessSettings"]["identitySources"] == [
        "WORKFORCE_IDENTITY_FEDERATION"
    ]


@pytest.mark.parametrize("row", OPEN, ids=lambda row: row.name)
def test_what_is_open_lets_nobody_pass_the_proxy(row: Function):
    assert not [
        one
        for one in koeln().every("iap.WebBackendServiceIamMember")
        if one.inputs["webBackendService"] == called(row.name)
    ]


@pytest.mark.parametrize("row", SCHEDULED, ids=lambda row: row.name)
def test_a_schedule_is_the_topologys_in_berlin_time(row: Function):
    job = koeln().the("cloudscheduler.Job", row.name).inputs

    assert isinstance(row.on, Schedule)
    assert (job["schedule"], job["timeZone"]) == (row.on.cron, "Europe/Berlin")
    assert job["httpTarget"]["uri"] == f"https://{called(row.name)}-123456789012.europe-west3.run.app"
    assert job["httpTarget"]["oidcToken"] == {
        "serviceAccountEmail": "koeln-clock@kim-koeln.iam.gserviceaccount.com",
        "audience": job["httpTarget"]["uri"],
    }
    assert base64.b64decode(job["httpTarget"]["body"]) == b"{}"
    assert job["retryConfig"]["retryCount"] == 3


def test_every_schedule_is_of_the_topology():
    assert {one.name for one in koeln().every("cloudscheduler.Job")} == {row.name for row in SCHEDULED}


def test_only_who_sends_e_mail_takes_the_way_out():
    outside = {
        one.name
        for one in koeln().every("cloudfunctionsv2.Function")
        if "directVpcNetworkInterfaces" in one.inputs["serviceConfig"]
    }

    assert outside == {"notifications_send"}


def test_one_instance_runs_a_schedule_so_that_no_two_sweeps_meet():
    for row in SCHEDULED:
        service = koeln().the("cloudfunctionsv2.Function", row.name).inputs["serviceConfig"]
        assert (service["maxInstanceCount"], service["maxInstanceRequestConcurrency"]) == (1, 1)
