"""The outbox in place of the phone: what the embedded provider took, as a page and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, render_template

from shared import clock
from shared.store import Query, connect, pages

blueprint = Blueprint("outbox", __name__)

FIELDS = ("channel", "to", "subject", "body", "language", "sent_at")
SHOWN = 200
"""Messages on the page, which is for looking at; the JSON has them all."""


@blueprint.get("/outbox.json")
def as_json() -> Response:
    """Every message that would have gone out, the newest last."""
    return jsonify(list(_messages("sent_at")))


@blueprint.get("/outbox")
def page() -> str:
    """The newest messages as a page, each in its language and its direction."""
    newest = connect("outbox").query(Query("outbox", order=("-sent_at",), limit=SHOWN))
    messages = [_shown(document.id, document.body) for document in newest.items]
    return render_template("outbox.html", messages=messages, more=newest.next is not None, local=_local)


def _messages(order: str) -> Iterator[dict[str, Any]]:
    query = Query("outbox", order=(order,), limit=SHOWN)
    return (_shown(document.id, document.body) for document in pages(connect("outbox"), query))


def _shown(id: str, message: dict[str, Any]) -> dict[str, Any]:
    return {"id": id, **{field: message.get(field) for field in FIELDS}}


def _local(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp).astimezone(clock.BERLIN)
