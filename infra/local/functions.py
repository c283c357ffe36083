"""Every function of the topology as the WSGI application that Google would run, called as Google would call it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from contextvars import copy_context
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import functions_framework
from werkzeug import Response
from werkzeug.test import create_environ

from infra.topology import Events, Function, Http, Schedule
from shared.bus import push_body
from shared.bus.deliveries import Delivery
from shared.settings import settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ENVIRON = create_environ(method="POST", content_type="application/json")
"""What every request has that is made here; the rest is put in beside it."""

SIGNATURES = {Http: "http", Schedule: "http", Events: "cloudevent"}


class Functions:
    """Opens all of them at once: a missing or broken entry point ends the start."""

    def __init__(self, rows: Iterable[Function], application: Callable[[Function], WSGIApplication]) -> None:
        self._rows = {row.name: row for row in rows}
        self._applications = {name: application(row) for name, row in self._rows.items()}

    def paths(self) -> Iterable[tuple[Http, WSGIApplication]]:
        """What answers over HTTP: where and to whom, and the application."""
        for name, row in self._rows.items():
            if isinstance(row.on, Http):
                yield row.on, self._applications[name]

    def subscriptions(self) -> dict[str, tuple[str, ...]]:
        """Who hears events, by prefixes of their types."""
        return {name: row.on.prefixes for name, row in self._rows.items() if isinstance(row.on, Events)}

    def schedules(self) -> dict[str, str]:
        """Who is called by the clock, and when (cron)."""
        return {name: row.on.cron for name, row in self._rows.items() if isinstance(row.on, Schedule)}

    def push(self, delivery: Delivery) -> Response:
        """Deliver a message as a Pub/Sub push request."""
        project = settings().project
        subscription = f"projects/{project}/subscriptions/{delivery.subscription}"
        body = push_body(delivery.data, delivery.attributes, delivery.message, subscription)
        return self.forward(delivery.subscription, json.dumps(body).encode())

    def forward(self, name: str, body: bytes) -> Response:
        """Hand on the body of a push request as it is."""
        path = f"/projects/{settings().project}/topics/{settings().topic}"
        return self._post(name, path, body)

    def run(self, name: str, body: bytes = b"{}") -> Response:
        """Call a scheduled function as Cloud Scheduler does."""
        return self._post(name, "/", body)

    def _post(self, name: str, path: str, body: bytes) -> Response:
        environ = {
            **ENVIRON,
            "PATH_INFO": path,
            "REQUEST_URI": path,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
        }
        # In a context of its own: what a function sets for its answer, such as a language, ends with it.
        return copy_context().run(Response.from_app, self._applications[name], environ)


def loaded(root: Path) -> Callable[[Function], WSGIApplication]:
    """Loads functions into this process, from the sources under `root`."""

    def application(row: Function) -> WSGIApplication:
        os.environ["FUNCTION_TARGET"] = row.name  # as the platform says it
        source = root / "services" / row.service / "main.py"
        app: WSGIApplication = functions_framework.create_app(row.name, str(source), SIGNATURES[type(row.on)])  # type: ignore[no-untyped-call]
        return app

    return application
