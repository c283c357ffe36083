"""The HTTP interface: what became of the messages about a case, for staff; receipts, from providers."""

from __future__ import annotations

from typing import Any

from flask import Flask, request

from services.notifications import handlers, receipts, schemas, store, views
from shared import clock
from shared.errors import NotThere
from shared.http.call import Answer, Call
from shared.http.paging import pages_of
from shared.http.routes import Routes
from shared.identity import Actor
from shared.policy import Action
from shared.store import connect


def _refused(actor: Actor, action: Action, _: str | None) -> None:
    store.looks().refuse(actor, action, request.args.get("case"), at=clock.now())


routes = Routes(
    "notifications",
    "Messages to clients and organisations.",
    store=lambda: connect("notifications"),
    refused=_refused,
)
routes.alive("", "/receipts")


@routes.get(
    "/messages",
    Action.MESSAGES_READ,
    query=schemas.MessagesQuery,
    gives=pages_of(schemas.MessageView),
    refusals=(404, 422),
)
def list_messages(call: Call, wanted: dict[str, Any]) -> Answer:
    """List the messages about a case, newest first."""
    return views.list_messages(call, wanted, messages=store.messages(), holders=store.holders(), looks=store.looks())


@routes.get(
    "/subject-access",
    Action.MESSAGES_RIGHTS_READ,
    query=schemas.ClientMessagesQuery,
    gives=pages_of(schemas.ClientMessageView),
)
def list_texts(call: Call, wanted: dict[str, Any]) -> Answer:
    """List what was sent to the client of a case, with its texts, for her (Art. 15 GDPR)."""
    return views.list_texts(call, wanted, messages=store.messages(), holders=store.holders(), looks=store.looks())


@routes.act("/receipts/<provider>", Action.PUBLIC, status=204, refusals=(403, 413))
def hear_back(call: Call, provider: str) -> Answer:
    """Take a delivery receipt, signed by the provider."""
    if provider != "sns":
        raise NotThere()
    # SNS posts its JSON as text/plain
    receipt = receipts.read(request.get_data(), topics=receipts.topics(), fetch=receipts.fetched, at=call.at)
    if receipt is not None:
        handlers.hear_back(receipt, provider="ses", messages=store.messages(), at=call.at)
    return Answer(None, 204)


def application() -> Flask:
    """The Flask application of these routes."""
    return routes.application()
