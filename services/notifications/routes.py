"""The staff HTTP interface of notifications: what became of the messages about a case."""

from __future__ import annotations

from typing import Any

from flask import Flask

from services.notifications import schemas, store, views
from shared.http.call import Answer, Call
from shared.http.paging import pages_of
from shared.http.routes import Routes
from shared.policy import Action
from shared.store import connect

routes = Routes("notifications", "Messages to clients and organisations.", store=lambda: connect("notifications"))


@routes.get(
    "/messages",
    Action.MESSAGES_READ,
    query=schemas.MessagesQuery,
    gives=pages_of(schemas.MessageView),
    refusals=(404, 422),
)
def list_messages(call: Call, wanted: dict[str, Any]) -> Answer:
    """List the messages about a case, newest first."""
    return views.list_messages(call, wanted, messages=store.messages(), holders=store.holders())


def application() -> Flask:
    """The Flask application of these routes."""
    return routes.application()
