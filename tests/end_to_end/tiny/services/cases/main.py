"""Functions that do next to nothing: what they heard and did, a line each in a file of the data folder.

What is to take its time takes it until the test says so: there is a file `go-on` in that folder then.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict

import functions_framework
from flask import Response

from shared import bus, clock
from shared.bus.receive import received
from shared.errors import Rejected
from shared.http.problems import problem
from shared.identity import authenticate
from shared.settings import settings


def note(**line: object) -> None:
    with (settings().data / "noted.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def wait_until(met: Callable[[], bool]) -> None:
    """For two minutes at most: whoever is forgotten ends all the same."""
    ends = time.monotonic() + 120
    while not met():
        assert time.monotonic() < ends
        time.sleep(0.01)


def told_to_go_on() -> bool:
    return (settings().data / "go-on").exists()


def present() -> set[int]:
    """The processes that have answered at `/tiny/meet`, or do."""
    lines = (settings().data / "noted.jsonl").read_text(encoding="utf-8").splitlines()
    return {said["met"] for said in map(json.loads, lines) if "met" in said}


@functions_framework.http
def tiny_web(request):
    """Publish what is posted; take its time when told to, or wait for so many processes to answer together."""
    if request.path == "/tiny/slow":
        note(slow=True)
        wait_until(told_to_go_on)
    elif request.path == "/tiny/meet":
        note(met=os.getpid())
        wait_until(lambda: len(present()) >= int(request.args["of"]))
    elif request.method == "POST":
        bus.connect().publish_raw(request.get_data(), dict(request.args))  # type: ignore[attr-defined]
    return {"path": request.path, "proxy": request.headers.get("X-Goog-IAP-JWT-Assertion")}


@functions_framework.http
def tiny_desk(request):
    try:
        actor = authenticate(request.headers)
    except Rejected as refusal:
        return problem(refusal)
    said = {**asdict(actor), "roles": sorted(actor.roles)}
    return Response(json.dumps(said), content_type="application/json")


@functions_framework.cloud_event
def tiny_events(cloud_event):
    """Note the event; the data say what else to do."""
    received(cloud_event)
    attributes = cloud_event.data["message"]["attributes"]
    note(began=attributes["id"])
    if "waits" in attributes:
        wait_until(told_to_go_on)
    if "fail" in attributes:
        raise RuntimeError("Erika Mustermann")
    note(heard=attributes["id"])


@functions_framework.cloud_event
def tiny_other_events(cloud_event):
    note(other=cloud_event.data["message"]["attributes"]["id"])


@functions_framework.http
def tiny_sweep(request):
    note(swept=clock.now().isoformat())
    return {"swept": 1}


@functions_framework.http
def tiny_report(request):
    note(reported=clock.now().isoformat(), asked=request.get_json())
    return {"asked": request.get_json()}
