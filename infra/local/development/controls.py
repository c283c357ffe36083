"""Jobs, clock and bus: what a person or a test may turn by hand."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

from flask import Blueprint, Response, jsonify, render_template, request
from pydantic import AwareDatetime, Field

from infra.local.development.parts import Body, body, parts
from shared import clock
from shared.errors import NotThere
from shared.events import stamp

blueprint = Blueprint("controls", __name__)

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Moved(Body):
    """Where the clock is to be set; nothing gives the real time back."""

    at: Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST)] | None = None


class Anything(Body, extra="allow"):
    """Whatever the function itself will read."""


@blueprint.post("/jobs/<function>")
def job(function: str) -> Response:
    """Run a scheduled function now, and answer what it answered."""
    if function not in parts().functions.schedules():
        raise NotThere()
    sent = body(Anything).model_dump_json().encode()
    answer = parts().functions.run(function, sent)
    return Response(answer.data, answer.status_code, content_type=answer.content_type)


@blueprint.get("/clock")
def read_clock() -> Response:
    """What time the domain thinks it is."""
    return jsonify(at=stamp(clock.now()))


@blueprint.post("/clock")
def move_clock() -> Response:
    """Set the clock of every process; an empty body gives it back. Tokens stay in real time."""
    clock.move(body(Moved).at)
    parts().clock_moved()
    return read_clock()


@blueprint.get("/bus.json")
def bus() -> Response:
    """Whether everything that happened has also been heard."""
    return jsonify(undelivered=parts().deliveries.undelivered(), dead_letters=len(parts().dead_letters.listed()))


@blueprint.get("/dead-letters.json")
def dead_letters_json() -> Response:
    """Every delivery that was given up, with its event and the function that would not take it."""
    return jsonify([asdict(letter) for letter in parts().dead_letters.listed()])


@blueprint.get("/dead-letters")
def dead_letters() -> str:
    """The same as a page, with a button that delivers them again."""
    return render_template("dead_letters.html", letters=parts().dead_letters.listed())


@blueprint.post("/dead-letters/replay")
def replay() -> Response:
    """Deliver all dead letters again; with `?id=` one of them."""
    return jsonify(
        replayed=[asdict(letter) for letter in parts().dead_letters.replay(id=request.args.get("id", type=int))]
    )
