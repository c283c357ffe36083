"""Referrals over HTTP: for those who have the case, and for those who receive them."""

from __future__ import annotations

import secrets
from typing import Any

from services.cases import table
from services.cases.referrals import handlers, schemas, views
from services.cases.shown import AddedView
from shared.http.call import Answer, Call
from shared.http.paging import PageQuery, pages_of
from shared.policy import Action

Command = dict[str, Any]


@table.routes.get(
    "/referrals/incoming",
    Action.REFERRALS_INCOMING,
    query=schemas.IncomingFilter,
    gives=pages_of(schemas.IncomingView),
)
def list_incoming(call: Call, wanted: Command) -> Answer:
    """List what was sent to your organisation, where a release from secrecy towards it is in force."""
    return views.incoming(call, wanted, desk=table.desk())


@table.routes.get("/<case_id>/referrals", Action.CASE_READ, query=PageQuery, gives=pages_of(schemas.ReferralView))
def list_referrals(call: Call, wanted: Command, case_id: str) -> Answer:
    """List the referrals of a case."""
    return views.of_case(call, case_id, wanted, desk=table.desk())


@table.routes.get(
    "/<case_id>/referrals/<referral>", Action.REFERRAL_READ, gives=schemas.OneReferralView, versioned=True
)
def read_referral(call: Call, case_id: str, referral: str) -> Answer:
    """Read a referral; the recipient reads her part of it."""
    return views.read(call, case_id, referral, desk=table.desk())


@table.routes.add("/<case_id>/referrals", Action.CASE_WORK, takes=schemas.ReferralCommand, gives=AddedView)
def make_referral(call: Call, command: Command, case_id: str) -> Answer:
    """Refer the client to an offer or an office."""
    id = f"referral-{secrets.token_hex(16)}"
    return handlers.make_referral(call, case_id, command, id=id, desk=table.desk())


@table.routes.change(
    "PATCH",
    "/<case_id>/referrals/<referral>",
    Action.REFERRAL_CHANGE,
    takes=schemas.ReferralChangeCommand,
    gives=schemas.OneReferralView,
)
def change_referral(call: Call, command: Command, case_id: str, referral: str) -> Answer:
    """Send a referral, answer it, confirm contact, or end it."""
    desk = table.desk()
    return views.changed(call, handlers.change_referral(call, case_id, referral, command, desk=desk), desk=desk)
