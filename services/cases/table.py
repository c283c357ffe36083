"""The table of the service's routes, and the desk they work at. Every module of routes adds to it."""

from __future__ import annotations

from services.cases import store
from shared import clock
from shared.http.routes import Routes
from shared.identity import Actor
from shared.policy import Action


def desk() -> store.Desk:
    """The desk of this process."""
    return store.desk()


def _refused(actor: Actor, action: Action, case_id: str | None) -> None:
    desk().looks.refuse(actor, action, case_id, at=clock.now())


routes = Routes("cases", "Case work of staff.", store=lambda: desk().store, refused=_refused)
routes.alive("")
