"""Every function of the topology as the WSGI application that Google would run, called as Google would call it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextvars import copy_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import functions_framework
from werkzeug.test import Client, TestResponse

from infra.topology import Events, Function, Http, Schedule
from shared.bus import push_body
from shared.bus.deliveries import Delivery
from shared.settings import settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

SIGNATURES = {Http: "http", Schedule: "http", Events: "cloudevent"}


class Functions:
    """Opens all of them at once: a missing or broken entry point ends the start."""

    def __init__(self, rows: Iterable[Function], application: Callable[[Function], WSGIApplication]) -> None:
        self._rows = {row.name: row for row in rows}
        self._clients = {name: Client(application(row), use_cookies=False) for name, row in self._rows.items()}

    def paths(self) -> Iterable[tuple[Http, Any]]:
        """What answers over HTTP: where and to whom, and the application."""
        for name, row in self._rows.items():
            if isinstance(row.on, Http):
                yield row.on, self._clients[name].application

    def subscriptions(self) -> dict[str, tuple[str, ...]]:
        """Who hears events, by prefixes of their types."""
        return {name: row.on.prefixes for name, row in self._rows.items() if isinstance(row.on, Events)}

    def schedules(self) -> dict[str, str]:
        """Who is called by the clock, and when (cron)."""
        return {name: row.on.cron for name, row in self._rows.items() if isinstance(row.on, Schedule)}

    def push(self, delivery: Delivery) -> TestResponse:
        """Deliver a message as a Pub/Sub push request."""
        project = settings().project
        subscription = f"projects/{project}/subscriptions/{delivery.subscription}"
        body = push_body(delivery.data, delivery.attributes, delivery.message, subscription)
        return self.forward(delivery.subscription, json.dumps(body).encode())

    def forward(self, name: str, body: bytes) -> TestResponse:
        """Hand on the body of a push request as it is."""
        path = f"/projects/{settings().project}/topics/{settings().topic}"
        return self._post(name, path, data=body, content_type="application/json")

    def run(self, name: str, body: bytes = b"{}") -> TestResponse:
        """Call a scheduled function as Cloud Scheduler does."""
        return self._post(name, "/", data=body, content_type="application/json")

    def _post(self, name: str, path: str, **request: Any) -> TestResponse:
        # In a context of its own: what a function sets for its answer, such as a language, ends with it.
        return copy_context().run(self._clients[name].post, path, **request)


def loaded(root: Path) -> Callable[[Function], WSGIApplication]:
    """Loads functions into this process, from the sources under `root`."""

    def application(row: Function) -> WSGIApplication:
        source = root / "services" / row.service / "main.py"
        app: WSGIApplication = functions_framework.create_app(row.name, str(source), SIGNATURES[type(row.on)])  # type: ignore[no-untyped-call]
        return app

    return application
