"""What listens at a loopback port, as a WSGI application."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug import Response
from werkzeug.middleware.http_proxy import ProxyMiddleware

from infra.local.gateway import nothing_here, refused
from shared.errors import Busy

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

UNREACHABLE = 502
"""What the proxy answers when nobody is there, or goes away in the middle. No function of ours answers so."""


def proxied(port: int, patience: int) -> WSGIApplication:
    """Hands requests on and waits so many seconds for an answer. Where there is none: 503, come back."""
    forward = ProxyMiddleware(nothing_here, {}, timeout=patience)
    target = {"target": f"http://127.0.0.1:{port}", "remove_prefix": False, "host": None, "headers": {}}

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")  # WSGI has bytes in latin-1
        answer = Response.from_app(forward.proxy_to(target, path, "/"), environ)
        if answer.status_code == UNREACHABLE:
            return refused(Busy(), environ, start_response)
        return answer(environ, start_response)

    return application
