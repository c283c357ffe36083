"""The JSON interface: which URL takes what, and who may ask. The pages are documented here too."""

from __future__ import annotations

from datetime import UTC, datetime
from random import SystemRandom
from typing import Any

from flask import Flask

from services.intake import challenges, handlers, schemas
from services.intake.documents import PAGES
from services.intake.domain import Origin
from services.intake.store import inbox
from shared.http.call import Answer, Call
from shared.http.routes import Routes
from shared.policy import Action
from shared.settings import settings

Command = dict[str, Any]

CHANCE = SystemRandom()

routes = Routes("intake", "The public entrance, and referrals by partners.", store=lambda: inbox().store)
routes.alive("", "/challenge", "/referrals")


@routes.add("/submissions", Action.PUBLIC, takes=schemas.Submission, gives=schemas.Receipt, status=202)
def submit(call: Call, command: Command) -> Answer:
    """Ask for advice."""
    payload = command.pop("altcha")
    used = challenges.solved(payload) if settings().altcha == "on" else None
    origin = Origin(consent_language=call.language)
    taken = handlers.take_in(command, origin, inbox=inbox(), at=call.at, chance=CHANCE, once=call.once, used=used)
    return Answer(taken, handlers.ACCEPTED)


@routes.add("/referrals", Action.INTAKE_REFER, takes=schemas.Referral, gives=schemas.Receipt, status=202)
def refer(call: Call, command: Command) -> Answer:
    """Refer a client, with her consent."""
    taken = handlers.refer(command, call.actor, inbox=inbox(), at=call.at, chance=CHANCE, once=call.once)
    return Answer(taken, handlers.ACCEPTED)


@routes.get("/challenge", Action.PUBLIC, gives=schemas.Challenge)
def challenge(call: Call) -> Answer:
    """Get a challenge, whose solution goes into the field `altcha`."""
    return Answer(challenges.fresh(at=datetime.now(UTC)))


def application() -> Flask:
    """The application that answers these routes."""
    return routes.application(pages=PAGES)
