"""Debian's Chromium, driven by Playwright, on a running system that wants proof of work as the real one does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from infra import assets
from infra.local.process import a_system

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

EXPECTED = "422 (UNPROCESSABLE ENTITY)"
"""Chromium reports a form that came back as a failed resource."""

expect.set_options(timeout=60_000)  # a proof of work is solved before some pages come


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        missing = "There is no Chromium here: install Debian's package `chromium`."
        if os.environ.get("KIM_REQUIRE_BROWSER") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=[*QUIET])
        yield running
        running.close()


@pytest.fixture(scope="session")
def site(browser: Browser) -> Iterator[str]:
    """The address of a running system."""
    with a_system(KIM_ALTCHA="on") as system:
        yield system.url


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    assets.packages(development=True)
    return (assets.MODULES / "axe-core/axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A fresh window. At its end nothing was asked of strangers, and the console has nothing to complain of."""
    complaints: list[str] = []
    asked: set[str] = set()

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and EXPECTED not in message.text:
            complaints.append(message.text)

    context = browser.new_context(base_url=site, viewport={"width": 1000, "height": 900})
    window = context.new_page()
    window.on("console", hear)
    window.on("pageerror", lambda error: complaints.append(str(error)))
    window.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    yield window
    context.close()
    assert not complaints
    assert asked <= {urlsplit(site).netloc, ""}
