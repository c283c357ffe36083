"""The page for the data-protection officer says what the program obeys: every row, and every route that asks for it."""

from __future__ import annotations

import re
from html import unescape

from infra import policy_page
from services.cases.table import routes
from shared.codes import Role
from shared.policy import Action, Relation


def cells(action: Action) -> dict[Role, str]:
    """What the page says to an action, for each role."""
    (row,) = re.findall(rf'<tr><th scope="row">{re.escape(action)}</th>(.*?)</tr>', policy_page.page())
    _, *said = re.findall(r"<td>(.*?)</td>", row)
    return dict(zip(Role, said, strict=True))


def test_every_relation_is_put_into_words():
    assert set(policy_page.MEANING) == set(Relation)


def test_every_route_stands_there_also_those_of_what_lies_beside_a_case():
    page = unescape(policy_page.page())

    assert not [route for route in routes.declared if f"<code>{route[0]} {route[1]}</code>" not in page]
    assert "POST /cases/<case_id>/break-glass" in page


def test_the_page_says_who_may_break_the_glass_and_what_that_opens():
    may_break, may_read, may_write = (
        {role for role, said in cells(action).items() if words in said}
        for action, words in (
            (Action.CASE_BREAK_GLASS, "always"),
            (Action.CASE_READ, "broke the glass"),
            (Action.CASE_WORK, "broke the glass"),
        )
    )

    assert may_break == may_read == {Role.CASE_MANAGER, Role.TEAM_LEAD}
    assert may_write == set()
