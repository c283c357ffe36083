"""Functions that do next to nothing: what they heard and did, a line each in a file of the data folder."""

from __future__ import annotations

import json
import time
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


@functions_framework.http
def tiny_web(request):
    """Publish what is posted; take its time when told to."""
    if request.path == "/tiny/slow":
        time.sleep(float(request.args["seconds"]))
        note(slow=True)
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
    if "sleep" in attributes:
        time.sleep(float(attributes["sleep"]))
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
