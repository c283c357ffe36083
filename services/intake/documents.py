"""The pages, as the OpenAPI document tells of them: they are drawn for people, and listed for completeness."""

from __future__ import annotations

from typing import Any

Operation = dict[str, Any]

LANG = (
    "Language of the page, BCP-47. Where it is not there in that one, it says so: it is then in that of the browser "
    "(`Accept-Language`), and last in English."
)
LANGUAGE = {"in": "query", "name": "lang", "schema": {"type": "string"}, "description": LANG}


def _page(said: str) -> Operation:
    return {"description": said, "content": {"text/html": {"schema": {"type": "string"}}}}


def _refused(said: str) -> Operation:
    """A page for a reader of pages, a problem document for a program."""
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": said, "content": {**_page(said)["content"], **problem}}


def _show(said: str) -> Operation:
    return {
        "get": {
            "tags": ["intake"],
            "security": [],
            "summary": said,
            "parameters": [LANGUAGE],
            "responses": {"200": _page("The page."), "405": _refused("Another method.")},
        }
    }


_SEND: Operation = {
    "post": {
        "tags": ["intake"],
        "security": [],
        "summary": "Send the form.",
        "parameters": [LANGUAGE],
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {
                    "schema": {"$ref": "#/components/schemas/Submission"},
                    "encoding": {"topics": {"style": "form", "explode": True}},
                }
            },
        },
        "responses": {
            "303": {
                "description": "Received: go to the receipt.",
                "headers": {"Location": {"schema": {"type": "string"}}},
            },
            "400": _refused("The body could not be read."),
            "413": _refused("The body is too large."),
            "415": _refused("The body is no form."),
            "422": _page("Fields are missing or wrong: the page again, answers kept."),
            "429": _refused("Too many requests; again later."),
            "503": _refused("Too busy; again later."),
        },
    }
}

PAGES: dict[str, Operation] = {
    "/intake/": _show("The form.") | _SEND,
    "/intake/receipt": _show("What happens next."),
    "/intake/privacy": _show("Information on data protection (Art. 13 GDPR)."),
    "/intake/accessibility": _show("Accessibility statement, and how to give feedback."),
}
"""Operations by path."""
