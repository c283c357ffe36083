"""What stands on the pages of the intake, drawn by Jinja. Needs no library beyond Flask."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template, request

from shared import consent_texts, pack, texts
from shared.codes import LANGUAGES, RIGHT_TO_LEFT, ActionField, Channel, Code, Gender, ResidenceStatus
from shared.http import browsers

FOLDER = Path(__file__).parent / "pages"
STATIC = FOLDER / "static"

OURS = "'self'"
HEADERS = browsers.headers(
    {
        **dict.fromkeys(("style-src", "font-src", "script-src", "worker-src", "connect-src", "form-action"), OURS),
        "img-src": f"{OURS} data:",
    }
)

Options = Sequence[tuple[str, str]]

AGREED = consent_texts.WORDS[consent_texts.CURRENT]
"""What stands at the boxes by which a client agrees to something: kept by version, word for word."""

TITLES = {
    "given_name": texts.marked("First name"),
    "family_name": texts.marked("Family name"),
    "date_of_birth": texts.marked("Date of birth"),
    "topics": texts.marked("Topics"),
    "message": texts.marked("Your message"),
    "language": texts.marked("In which language may we write to you?"),
    "needs_interpreter": texts.marked("I need an interpreter"),
    "channel": texts.marked("How would you like us to contact you?"),
    "phone": texts.marked("Phone number"),
    "email": texts.marked("E-mail address"),
    "shared_phone": texts.marked("Other people can read messages on this phone"),
    "consent_contact": AGREED["consent_contact"],
    "gender": texts.marked("Gender"),
    "residence_status": texts.marked("Residence status"),
    "city_quarter": texts.marked("City quarter"),
    "postcode": texts.marked("Postcode"),
    "children": texts.marked("Number of children"),
    "single_parent": texts.marked("I bring up my children alone"),
    "consent_processing": AGREED["consent_processing"],
    "altcha": texts.marked("Confirmation"),
}
"""What each field is called on the page."""

NOT_YET = texts.marked("This page is not there in your language yet.")
INSTEAD = texts.marked("Read it in English.")
"""In each language: in that one."""

FOLDED = ("gender", "residence_status", "city_quarter", "postcode", "children", "single_parent")
"""Fields in the part of the page that opens on demand, or because something in it was filled in."""


def shown(page: str, status: int = 200, **values: Any) -> Response:
    """A page in the language of whoever is being answered."""
    return Response(render_template(page, **_frame(), **values), status, headers=HEADERS, mimetype="text/html")


def form(
    *,
    token: str | None = None,
    answers: Mapping[str, Any] | None = None,
    errors: Mapping[str, object] | None = None,
    status: int = 200,
) -> Response:
    """The form: untouched, or with the answers given so far and what is wrong with them."""
    return shown(
        "form.html",
        status,
        token=token or secrets.token_urlsafe(24),
        answers=answers or {"topics": []},
        errors=_in_order(errors or {}),
        titles={name: texts.text(title) for name, title in TITLES.items()},
        open=any((answers or {}).get(name) or name in (errors or {}) for name in FOLDED),
        # Read raw: a page must not wait for the checked settings.
        challenged=os.environ.get("KIM_ALTCHA", "on") != "off",
        topics=_labelled(ActionField),
        genders=_labelled(Gender),
        channels=_labelled(Channel),
        residence_statuses=_labelled(ResidenceStatus),
        spoken=list(LANGUAGES.items()),
        districts=_districts(),
    )


MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}


def media_type(name: str) -> str:
    """What kind of file this is; the tables of the machine differ."""
    return MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream")


@cache
def version(name: str) -> str:
    """What marks this content of a static file, so that a browser may keep it for good."""
    file = STATIC / name
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.exists() else "missing"


def _frame() -> dict[str, Any]:
    """What every page needs."""
    language = texts.language.get()
    return {
        "not_yet": texts.text(NOT_YET) if _misses() else None,
        "instead": [
            (code, _here(code), texts.text_in(code, INSTEAD)) for code in texts.translated() if code != language
        ],
        "language": language,
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "languages": [(code, name, _here(code)) for code, name in LANGUAGES.items() if code in texts.translated()],
        "place": pack.here(),
        "text": texts.text,
        "static": lambda name: f"/intake/static/{name}?v={version(name)}",
        "to": lambda page: f"/intake/{page}?lang={language}",
    }


def _misses() -> bool:
    """Whether the address asks for a language in which there is no page, though perhaps one in its primary part."""
    wanted, offered = request.args.get("lang", "").lower(), texts.translated()
    known = wanted if wanted in LANGUAGES else texts.choose([wanted], offered, "")
    return bool(wanted) and known not in offered


def _here(language: str) -> str:
    """This page in another language."""
    return f"{request.path}?{urlencode({**request.args.to_dict(), 'lang': language})}"


def _in_order(errors: Mapping[str, object]) -> dict[str, object]:
    """Errors as their fields stand on the page; of fields that do not stand there, last."""
    order = list(TITLES)
    return dict(sorted(errors.items(), key=lambda error: order.index(error[0]) if error[0] in TITLES else len(order)))


def _labelled(kind: type[Code]) -> Options:
    return [(code.value, texts.label(code)) for code in kind]


def _districts() -> list[tuple[str, Options]]:
    """The quarters of the city under the names of their districts."""
    place = pack.here()
    return [
        (name, [(str(number), quarter) for number, (quarter, district) in place["quarters"].items() if district == one])
        for one, name in place["districts"].items()
    ]
