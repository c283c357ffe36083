"""The form as it is sent: read, checked, taken in, once."""

from __future__ import annotations

from datetime import datetime
from random import SystemRandom

from marshmallow import ValidationError

from services.intake import challenges, handlers, schemas
from services.intake.domain import Origin
from services.intake.store import inbox
from shared import texts
from shared.errors import Invalid
from shared.http.schema import translated
from shared.settings import settings
from shared.store import AlreadyThere

CHANCE = SystemRandom()


def send(read: schemas.Pairs, *, at: datetime) -> str:
    """Take a sent form in and give its reference; the same form sent again gives the same reference.

    Raises `Invalid` for what is wrong with it, `KeyReused` when other answers were sent with its token.
    """
    once = schemas.once(read)
    if once is not None and (before := once.kept(inbox().store)) is not None:
        return str(before[1]["reference"])
    try:
        form = schemas.Submission().load(schemas.from_form(read))
    except ValidationError as error:
        raise Invalid(translated(error.messages_dict)) from None
    payload = form.pop("altcha")
    used = challenges.solved(payload) if settings().altcha == "on" else None
    origin = Origin(consent_language=texts.language.get())
    try:
        return handlers.take_in(form, origin, inbox=inbox(), at=at, chance=CHANCE, once=once, used=used)["reference"]
    except AlreadyThere:
        if once is None or (before := once.kept(inbox().store)) is None:
            raise
        return str(before[1]["reference"])
