"""Residence titles and the ends of legal domains over HTTP."""

from __future__ import annotations

import secrets
from typing import Any

from services.cases import table
from services.cases.residence import handlers, schemas, views
from services.cases.schemas import WithdrawalCommand
from services.cases.shown import AddedView
from shared.http.call import Answer, Call
from shared.http.paging import PageQuery, pages_of
from shared.policy import Action

Command = dict[str, Any]


@table.routes.add("/<case_id>/residence", Action.CASE_WORK, takes=schemas.TitleCommand, gives=AddedView)
def record_title(call: Call, command: Command, case_id: str) -> Answer:
    """Record a residence title; the history stays."""
    id = f"residence-{secrets.token_hex(16)}"
    return handlers.record_title(call, case_id, command, id=id, desk=table.desk())


@table.routes.get("/<case_id>/residence", Action.CASE_READ, query=PageQuery, gives=pages_of(schemas.TitleView))
def list_titles(call: Call, wanted: Command, case_id: str) -> Answer:
    """List the residence titles."""
    return views.list_titles(call, case_id, wanted, desk=table.desk())


@table.routes.act(
    "/<case_id>/residence/<title>/withdrawal",
    Action.CASE_WORK,
    takes=WithdrawalCommand,
    gives=schemas.TitleCodes,
)
def withdraw_title(call: Call, command: Command, case_id: str, title: str) -> Answer:
    """Take out a residence title that was recorded by mistake. Where `If-Match` is sent, it is the title's version."""
    return views.withdrawn(handlers.withdraw_title(call, case_id, title, command, desk=table.desk()))


@table.routes.add("/<case_id>/domain-ends", Action.CASE_WORK, takes=schemas.DomainEndCommand, gives=AddedView)
def record_domain_end(call: Call, command: Command, case_id: str) -> Answer:
    """Note when a benefit or school duty ends."""
    id = f"domain-end-{secrets.token_hex(16)}"
    return handlers.record_domain_end(call, case_id, command, id=id, desk=table.desk())


@table.routes.act(
    "/<case_id>/domain-ends/<end>/withdrawal",
    Action.CASE_WORK,
    takes=WithdrawalCommand,
    gives=schemas.DomainEndView,
)
def withdraw_domain_end(call: Call, command: Command, case_id: str, end: str) -> Answer:
    """Take out an end that was noted by mistake. Where `If-Match` is sent, it is the end's version."""
    return views.withdrawn(handlers.withdraw_domain_end(call, case_id, end, command, desk=table.desk()))


@table.routes.get("/<case_id>/domain-ends", Action.CASE_READ, query=PageQuery, gives=pages_of(schemas.DomainEndView))
def list_domain_ends(call: Call, wanted: Command, case_id: str) -> Answer:
    """List when benefits and school duty end."""
    return views.list_domain_ends(call, case_id, wanted, desk=table.desk())
