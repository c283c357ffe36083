"""Who may do what, as a page for the data-protection officer: made from the policy and the routes, never by hand."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from importlib import import_module
from pathlib import Path

from infra.topology import FUNCTIONS
from shared.codes import Role
from shared.http.routes import Routes
from shared.policy import POLICY, Action, Relation

PAGE = Path(__file__).parent.parent / "build" / "policy.html"

MEANING = {
    Relation.ANY: "always",
    Relation.ASSIGNED: "cases assigned to her",
    Relation.ORGANISATION: "cases of her organisation",
    Relation.OFFERED: "cases offered to her organisation, until it answers",
    Relation.CONSENTED: "what a release from secrecy in force shows her organisation, and nothing else",
    Relation.RECOGNISED: "that somebody is known elsewhere, under a release in force that says so, and nothing else",
    Relation.BREAK_GLASS: "a case before which she broke the glass, to read only, until her time is over",
    Relation.RECIPIENT: "what was sent to her organisation, under a release from secrecy in force",
}

FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>KIM: who may do what</title>
<style>
body {{ font: 1rem/1.5 sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ border: 1px solid #767676; padding: .4rem .6rem; text-align: start; vertical-align: top }}
thead th {{ background: #eee; position: sticky; top: 0 }}
</style>
</head>
<body>
<h1>Who may do what</h1>
<p>Made from the table that the program obeys. An empty cell means: refused, and the refusal is recorded.</p>
<table>
<thead><tr><th scope="col">Action</th><th scope="col">Asked by</th>{roles}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""


def page() -> str:
    """The table as an HTML page: a row for each action, a column for each role."""
    asked = list(_asked())
    roles = "".join(f'<th scope="col">{escape(role.label)}<br><code>{role}</code></th>' for role in Role)
    return FRAME.format(roles=roles, rows="\n".join(_row(action, asked) for action in Action))


def _row(action: Action, asked: list[tuple[Action, str]]) -> str:
    routes = "<br>".join(f"<code>{escape(route)}</code>" for wanted, route in asked if wanted is action)
    cells = "".join(f"<td>{_cell(action, role)}</td>" for role in Role)
    return f'<tr><th scope="row">{action}</th><td>{routes}</td>{cells}</tr>'


def _cell(action: Action, role: Role) -> str:
    if action is Action.PUBLIC:
        return "everybody"
    return "<br>".join(MEANING[relation] for relation in Relation if (role, relation) in POLICY[action])


def _asked() -> Iterator[tuple[Action, str]]:
    """Which route asks for which action."""
    for service in sorted({function.service for function in FUNCTIONS}):
        module = import_module(f"services.{service}.routes")
        module.application()  # now every module of routes has declared its own
        for routes in vars(module).values():
            if isinstance(routes, Routes):
                yield from ((action, f"{method} {path}") for method, path, action in routes.declared)


def main() -> None:
    """Write the page into `build/`."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE)


if __name__ == "__main__":
    main()
