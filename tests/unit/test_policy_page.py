"""The page for the data-protection officer says what the program obeys: every row, and every route that asks for it."""

from __future__ import annotations

from html import unescape

from infra import policy_page
from services.cases.table import routes
from shared.policy import Relation


def test_every_relation_is_put_into_words():
    assert set(policy_page.MEANING) == set(Relation)


def test_every_route_stands_there_also_those_of_what_lies_beside_a_case():
    page = unescape(policy_page.page())

    assert not [route for route in routes.declared if f"<code>{route[0]} {route[1]}</code>" not in page]
