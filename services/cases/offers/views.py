"""What people see of the catalogue: offers found and ranked by stated criteria, one offer, and the sheet of all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.cases.offers import ranking, schemas, sheets
from services.cases.offers.domain import Offer
from services.cases.offers.handlers import offers
from services.cases.offers.ranking import Fit
from services.cases.store import Desk
from shared.errors import NoSuchPlace
from shared.http.call import Answer, Call
from shared.store import Query, pages

OFFER = schemas.OfferView()


def found(_: Call, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """The offers that fit, in the order that `ranking` states. One query for each two hundred offers there are."""
    among = (one for one in _every(desk, withdrawn=False) if wanted["organisation"] in (None, one.organisation))
    fits = ranking.rank(among, wanted, every=wanted["match"] == "all")
    start = _behind(fits, wanted["cursor"])
    page = fits[start : start + wanted["limit"]]
    more = start + len(page) < len(fits)
    return Answer({"items": [_fit(one) for one in page], "next": page[-1].offer.id if more else None})


def read(_: Call, id: str, *, desk: Desk) -> Answer:
    """One offer, withdrawn or not."""
    return shown(offers(desk).get(id))


def shown(offer: Offer) -> Answer:
    """An offer, and its version."""
    return Answer(OFFER.dump(offer), version=offer.version)


def sheet(_: Call, *, desk: Desk) -> Answer:
    """The whole catalogue as CSV, withdrawn offers at the end."""
    every = [*_every(desk, withdrawn=False), *_every(desk, withdrawn=True)]
    named = {"Content-Disposition": 'attachment; filename="offers.csv"'}
    return Answer(sheets.written(every), media=sheets.CSV, headers=named)


def _every(desk: Desk, *, withdrawn: bool) -> Iterator[Offer]:
    query = Query("offers", (("withdrawn", "==", withdrawn),), ("organisation",), 200)
    return (offers(desk).state(document.body) for document in pages(desk.store, query))


def _behind(fits: list[Fit], cursor: str | None) -> int:
    """Where the list goes on: behind the offer that the last page ended with. Raises `Malformed`."""
    if cursor is None:
        return 0
    for place, fit in enumerate(fits, start=1):
        if fit.offer.id == cursor:
            return place
    raise NoSuchPlace()


def _fit(fit: Fit) -> dict[str, Any]:
    return {**OFFER.dump(fit.offer), "matched": list(fit.matched), "unmatched": list(fit.unmatched)}
