"""What a window shows that somebody could not read."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page


def violations(page: Page, axe: str) -> list[str]:
    """What axe-core finds that is serious."""
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{one['id']}: {one['nodes'][0]['html']}"
        for one in found
        if one["impact"] in {"moderate", "serious", "critical"}
    ]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide
