"""The catalogue of offers over HTTP."""

from __future__ import annotations

import secrets
from typing import Any

from services.cases import table
from services.cases.offers import handlers, hsds, schemas, sheets, taking_in, views
from services.cases.shown import AddedView
from shared.http.call import Answer, Call
from shared.http.paging import pages_of
from shared.policy import Action

Command = dict[str, Any]


@table.routes.get("/offers", Action.OFFERS_READ, query=schemas.OfferFilter, gives=pages_of(schemas.FitView))
def find_offers(call: Call, wanted: Command) -> Answer:
    """Find offers by stated criteria: each says which it fits. More fitting first, then shorter waiting time."""
    return views.found(call, wanted, desk=table.desk())


@table.routes.get("/offers.csv", Action.OFFERS_READ, media=sheets.CSV)
def offers_as_csv(call: Call) -> Answer:
    """Export the catalogue."""
    return views.sheet(call, desk=table.desk())


@table.routes.get("/offers/<offer>", Action.OFFERS_READ, gives=schemas.OfferView, versioned=True)
def read_offer(call: Call, offer: str) -> Answer:
    """Read an offer."""
    return views.read(call, offer, desk=table.desk())


@table.routes.add("/offers", Action.OFFERS_WRITE, takes=schemas.OfferCommand, gives=AddedView, refusals=(409,))
def list_offer(call: Call, command: Command) -> Answer:
    """Put an offer of your organisation into the catalogue."""
    id = f"offer-{secrets.token_hex(16)}"
    return handlers.list_offer(call, command, id=id, desk=table.desk())


@table.routes.change(
    "PATCH",
    "/offers/<offer>",
    Action.OFFERS_WRITE,
    takes=schemas.OfferChangeCommand,
    gives=schemas.OfferView,
)
def change_offer(call: Call, command: Command, offer: str) -> Answer:
    """Change an offer, or withdraw it."""
    return views.shown(handlers.change_offer(call, offer, command, desk=table.desk()))


@table.routes.add("/offers/import", Action.OFFERS_WRITE, reads="text/csv", status=200, gives=schemas.ImportReport)
def import_csv(call: Call, sheet: str) -> Answer:
    """Take offers in from a sheet with the columns of the export: every row, or none. The coordinator takes in all."""
    return taking_in.take_in(call, sheets.read(sheet), desk=table.desk())


@table.routes.add(
    "/offers/hsds", Action.OFFERS_WRITE, takes=schemas.HsdsCommand, status=200, gives=schemas.ImportReport
)
def import_hsds(call: Call, command: Command) -> Answer:
    """Take offers in from services of Open Referral HSDS 3: every one, or none."""
    return taking_in.take_in(call, hsds.rows(command["contents"]), desk=table.desk())
