"""The start page, and signing in as one of the invented people of the municipality pack."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request

from infra.local.development.parts import Body, body, parts
from infra.local.gateway import COOKIE
from shared import clock
from shared.errors import NotThere
from shared.municipality import Staff, municipality

blueprint = Blueprint("people", __name__)


class Who(Body):
    """Who wants to be signed in."""

    user: str


@blueprint.get("/users")
def users() -> Response:
    """Who can be signed in: the invented staff of the municipality's pack."""
    return jsonify([_shown(member) for member in municipality().staff])


@blueprint.post("/token")
def token() -> Response:
    """A token for a program, signed and later verified as an identity provider's. Raises `Invalid` for nobody's id."""
    return jsonify(access_token=parts().issuer.token(_member(body(Who).user)))


@blueprint.get("/")
def start() -> str:
    """The page on which to sign in, and the way to everything else."""
    return render_template(
        "start.html",
        municipality=municipality(),
        organisations=[
            (municipality().organisation(id), list(members))
            for id, members in groupby(municipality().staff, key=lambda member: member.organisation)
        ],
        signed_in=_signed_in(),
        at=clock.now().astimezone(clock.BERLIN),
        undelivered=parts().deliveries.undelivered(),
        dead=len(parts().dead_letters.listed()),
    )


@blueprint.post("/sign-in")
def sign_in() -> Any:
    """From the start page: the browser keeps the token, and the gateway shows it to the functions."""
    answer = redirect("/dev/", 303)
    issued = parts().issuer.token(_member(request.form.get("user", "")))
    answer.set_cookie(COOKIE, issued, httponly=True, samesite="Strict")
    return answer


@blueprint.post("/sign-out")
def sign_out() -> Any:
    """Forget who is signed in, and show the start page."""
    answer = redirect("/dev/", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="Strict")
    return answer


def _member(id: str) -> Staff:
    found = municipality().member(id)
    if found is None:
        raise NotThere()
    return found


def _signed_in() -> Staff | None:
    token = request.cookies.get(COOKIE)
    id = parts().issuer.member(token) if token else None
    return None if id is None else municipality().member(id)


def _shown(member: Staff) -> dict[str, object]:
    return {
        "id": member.id,
        "name": member.name,
        "roles": [str(role) for role in member.roles],
        "organisation": member.organisation,
    }
