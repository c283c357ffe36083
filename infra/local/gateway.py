"""The one entrance: what load balancer, Identity-Aware Proxy and Cloud Armor are in the cloud."""

from __future__ import annotations

import time
from collections.abc import Iterable
from ipaddress import IPv6Address, IPv6Network
from typing import TYPE_CHECKING

from flask import Request, redirect
from limits import parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.http import parse_cookie

from shared.errors import NotThere, Rejected, TooLarge, TooMany
from shared.http import alive
from shared.http.arrival import CUT_OFF, TURNED_AWAY, begin
from shared.http.problems import problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

COOKIE = "kim-sign-in"
FORM = "/intake/"
HOUSEHOLD = 64
"""Bits of an IPv6 address that are the same for all who are behind one door."""
ASSERTION = "HTTP_X_GOOG_IAP_JWT_ASSERTION"


class Gateway:
    """Hands a request to the application with the longest path that it lies under."""

    def __init__(self, paths: Iterable[tuple[str, WSGIApplication]], home: str) -> None:
        named = ((path.rstrip("/"), application) for path, application in paths)
        self._paths = sorted(named, key=lambda path: len(path[0]), reverse=True)
        self._home = home

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ.pop(ASSERTION, None)  # only the proxy says who is asking, never the client itself
        if CUT_OFF in environ and environ["PATH_INFO"] != FORM:  # which says so on its own page
            return refused(TooLarge(), environ, start_response)
        return self._chosen(environ["PATH_INFO"])(environ, start_response)

    def _chosen(self, asked: str) -> WSGIApplication:
        if asked == f"/{alive.HEALTH}":
            return healthy
        if asked == "/":
            return redirect(self._home)
        for path, application in self._paths:
            if asked == path or asked.startswith(f"{path}/"):
                return application
        return nothing_here


def healthy(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer, as each function does for itself, that the whole is there."""
    return alive.answer(Request(environ))(environ, start_response)


def nothing_here(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer what belongs to no function: 404, as a problem document."""
    return refused(NotThere(), environ, start_response)


def refused(refusal: Rejected, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Refuse right here, before any function hears of it."""
    begin(Request(environ))
    return problem(refusal)(environ, start_response)


class SignedIn:
    """What the proxy does for staff: a browser is known by its cookie; a program brings its own token."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if "HTTP_AUTHORIZATION" not in environ and (token := parse_cookie(environ).get(COOKIE)):
            environ[ASSERTION] = token
        return self._application(environ, start_response)


class Limited:
    """Refuses more than so many POSTs from one address with 429. All paths of one limit count together.

    Of IPv6 the first half is the address: a household has all that lie behind it (RFC 6177).
    """

    def __init__(self, limit: str, counts: Storage) -> None:
        self._limit = parse(limit)
        self._limiter = FixedWindowRateLimiter(counts)

    def around(self, application: WSGIApplication) -> WSGIApplication:
        """The application behind this limit."""

        def limited(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            address = _home(environ.get("REMOTE_ADDR", ""))
            if environ["REQUEST_METHOD"] != "POST" or self._limiter.hit(self._limit, address):
                return application(environ, start_response)
            if environ["PATH_INFO"] != FORM:
                return refused(TooMany(retry_after=self._wait(address)), environ, start_response)
            environ[TURNED_AWAY] = self._wait(address)  # the form says so on its own page, which keeps her answers
            return application(environ, start_response)

        return limited

    def _wait(self, address: str) -> int:
        ends = self._limiter.get_window_stats(self._limit, address).reset_time
        return max(1, round(ends - time.time()))


def _home(address: str) -> str:
    """As whose an address counts; one that is none counts as itself."""
    try:
        read = IPv6Address(address)
    except ValueError:
        return address
    return str(read.ipv4_mapped or IPv6Network((read, HOUSEHOLD), strict=False))
