"""What a browser is told with every page: what it may load for it, and that it keeps and tells nothing of it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

NOTHING = {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'"}
"""What a page may do that names nothing: no other page frames it, and it sends no form."""
GUARDED = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


def headers(loads: Mapping[str, str]) -> dict[str, str]:
    """The headers of a page, which may load and send what these directives of its policy say."""
    policy = "; ".join(f"{directive} {sources}" for directive, sources in {**NOTHING, **loads}.items())
    return {"Content-Security-Policy": policy, **GUARDED}


def itself(text: str) -> str:
    """The source, in a policy, that is this very text within the page."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
