"""What the intake does: take a submission in, and forget persons who came without one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Any

from services.intake import challenges
from services.intake.domain import Answers, Origin, Submission, receive
from services.intake.store import Inbox, claim
from shared import clock, consent_texts
from shared.answers import coded, personal
from shared.errors import Busy, Forbidden
from shared.events import stamp
from shared.http.once import Once
from shared.identity import Actor
from shared.people import Person
from shared.references import REFERENCES
from shared.store import AlreadyThere, Create, Write
from shared.store.expiry import forget_expired
from shared.store.journal import Also

Form = Mapping[str, Any]
"""A form that its schema has read."""

DRAWS = 8
"""Tries to draw a reference that nobody has yet."""

ACCEPTED = 202


def take_in(
    form: Form,
    origin: Origin,
    *,
    inbox: Inbox,
    at: datetime,
    chance: Random,
    once: Once | None = None,
    used: Create | None = None,
) -> dict[str, str]:
    """Keep the person, then her submission, the event, the answer and the used challenge in one commit.

    Raises `AlreadyThere` for an idempotency key that came at the same moment, `Invalid` for a challenge that
    was used before.
    """
    hex, answers = f"{chance.getrandbits(128):032x}", Answers(**coded(form, clock.day(at)))
    inbox.people.keep(f"person-{hex}", Person(**personal(form)), subject=f"submission-{hex}", at=at)
    for _ in range(DRAWS):
        drawn = chance.randrange(REFERENCES)
        submission, event = receive(hex, drawn, answers, origin, consent_text=consent_texts.CURRENT, at=at)
        answer = {"reference": submission.reference, "received_at": stamp(at)}
        kept = None if once is None else once.keep(ACCEPTED, answer, version=None, at=at)
        try:
            inbox.submissions.open(submission, event, also=_with(kept, used))
        except AlreadyThere as there:
            if not there.path.startswith("references/"):
                raise _met(there, inbox, once) from None
        else:
            return answer
    raise Busy()


def refer(
    form: Form, actor: Actor, *, inbox: Inbox, at: datetime, chance: Random, once: Once | None = None
) -> dict[str, str]:
    """An office or organisation refers a client who agreed to it."""
    from shared.municipality import municipality  # for which no client has to wait

    organisation = municipality().organisation(actor.organisation or "")
    if organisation is None:
        raise Forbidden()
    origin = Origin(
        referrer=organisation.refers_as,
        organisation=organisation.id,
        consent_form=form["consent_form"],
        consent_language=form["language"],
        by=actor.id,
    )
    return take_in(form, origin, inbox=inbox, at=at, chance=chance, once=once)


def tidy(*, inbox: Inbox, at: datetime) -> dict[str, int]:
    """Forget persons whose submission was never written, and answers and challenges that had their time."""
    return {
        "forgotten": inbox.people.forget_orphans(
            "submission-", lambda subject: inbox.submissions.find(subject) is not None, at=at
        ),
        "expired": forget_expired(inbox.store, "intake", at=at),
    }


def _with(*writes: Write | None) -> Also[Submission]:
    """What is written together with a submission: the claim to its reference, and these."""
    return lambda submission, _event: (claim(submission), *(write for write in writes if write is not None))


def _met(there: AlreadyThere, inbox: Inbox, once: Once | None) -> Exception:
    """What it means that a document of the commit was there: its key, or its challenge, was used."""
    if there.path.startswith("challenges/"):
        if once is not None and once.kept(inbox.store) is not None:
            return AlreadyThere(once.path)  # the same request, a moment earlier
        return challenges.refused(challenges.USED)
    return there
