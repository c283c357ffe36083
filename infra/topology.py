"""The map of the system: every function, what triggers it, what it costs at most, and what it may open.

`infra/local` and `infra/gcp` both build from this table, so what runs here is what is deployed there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


@dataclass(frozen=True, slots=True)
class Http:
    """Called over HTTP at paths that start with `path`: by anyone, by signed-in staff, or by providers, who sign."""

    path: str
    callers: Literal["public", "staff", "providers"]


@dataclass(frozen=True, slots=True)
class Events:
    """Called with every event whose type starts with one of these prefixes, as many as there may be.

    The cloud may deliver more (`infra/gcp/events.py`): what is not its own a function acknowledges.
    """

    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Called at these times: cron, Europe/Berlin."""

    cron: str


class Opens(StrEnum):
    """What a function may open: databases by their name, the vault, the bus, the facts."""

    INTAKE = "intake"
    CASES = "cases"
    NOTIFICATIONS = "notifications"
    REPORTING = "reporting"
    PEOPLE = "people"
    """The vault, and the key that opens it."""
    OUTBOX = "outbox"
    """Texts of messages that nobody carries, and where they are looked at."""
    PROVIDERS = "providers"
    """Who carries messages, and the secrets by which they know us."""
    FACTS = "facts"
    PUBLISH = "publish"
    CHALLENGE_KEY = "challenge-key"


@dataclass(frozen=True, slots=True)
class Function:
    """One deployable: an entry point in `services/<service>/main.py`."""

    name: str
    service: Literal["intake", "cases", "notifications", "reporting"]
    on: Http | Events | Schedule
    opens: tuple[Opens, ...]
    memory: str = "256Mi"
    timeout: int = 60
    """Seconds."""
    searches: tuple[Opens, ...] = ()
    """Databases of others that it may read and not change: to look whether who was erased still stands there."""


EVERY_MINUTE = Schedule("* * * * *")
EVERY_HOUR = Schedule("17 * * * *")
BY_NIGHT = "30,40,50 3,4 * * *"
"""The audit: the first run seals the day that is over, and each goes on where the last one's time was up."""

FUNCTIONS = (
    Function(
        "intake_web",
        "intake",
        Http("/intake/", "public"),
        (Opens.INTAKE, Opens.PEOPLE, Opens.PUBLISH, Opens.CHALLENGE_KEY),
        memory="512Mi",
    ),
    Function("intake_challenge", "intake", Http("/intake/challenge", "public"), (Opens.CHALLENGE_KEY,)),
    Function(
        "intake_referrals",
        "intake",
        Http("/intake/referrals", "staff"),
        (Opens.INTAKE, Opens.PEOPLE, Opens.PUBLISH),
        memory="512Mi",
    ),
    Function("intake_sweep", "intake", EVERY_MINUTE, (Opens.INTAKE, Opens.PUBLISH)),
    Function("intake_tidy", "intake", EVERY_HOUR, (Opens.INTAKE, Opens.PEOPLE, Opens.PUBLISH)),
    Function(
        "cases_web",
        "cases",
        Http("/cases", "staff"),
        (Opens.CASES, Opens.PEOPLE, Opens.PUBLISH),
        memory="512Mi",
    ),
    Function(
        "cases_events",
        "cases",
        Events(
            (
                "intake.submission-received.",
                "cases.appointment-made.",
                "cases.appointment-moved.",
                "cases.case-assigned.",
                "cases.case-cleared.",
                "cases.case-closed.",
                "cases.case-erased.",
                "cases.case-merged.",
                "cases.client-changed.",
                "cases.consent-revoked.",
                "cases.follow-up-set.",
                "cases.residence-recorded.",
                "cases.residence-withdrawn.",
                "cases.transfer-answered.",
            )
        ),
        (Opens.CASES, Opens.PEOPLE, Opens.PUBLISH),
    ),
    Function("cases_looks", "cases", Events(("notifications.messages-looked-at.",)), (Opens.CASES, Opens.PUBLISH)),
    Function("cases_sweep", "cases", EVERY_MINUTE, (Opens.CASES, Opens.PUBLISH)),
    Function("cases_tidy", "cases", EVERY_HOUR, (Opens.CASES, Opens.PEOPLE, Opens.PUBLISH)),
    Function(
        "cases_retention",
        "cases",
        Schedule("30 2 * * *"),
        (Opens.CASES, Opens.PEOPLE, Opens.PUBLISH),
        memory="512Mi",
        timeout=540,
    ),
    Function(
        "cases_erasures",
        "cases",
        EVERY_MINUTE,
        (Opens.CASES, Opens.PEOPLE, Opens.PUBLISH),
        memory="512Mi",
        timeout=300,
        searches=(Opens.INTAKE, Opens.NOTIFICATIONS, Opens.REPORTING, Opens.OUTBOX),
    ),
    Function("cases_audit", "cases", Schedule(BY_NIGHT), (Opens.CASES, Opens.PUBLISH), memory="1Gi", timeout=540),
    Function(
        "cases_radar",
        "cases",
        Schedule("30 5 * * *"),
        (Opens.CASES, Opens.PEOPLE, Opens.PUBLISH),
        memory="512Mi",
        timeout=540,
    ),
    Function(
        "cases_referrals",
        "cases",
        Schedule("0 6 * * *"),
        (Opens.CASES, Opens.PEOPLE, Opens.PUBLISH),
        memory="512Mi",
        timeout=540,
    ),
    Function(
        "notifications_web", "notifications", Http("/notifications", "staff"), (Opens.NOTIFICATIONS, Opens.PUBLISH)
    ),
    Function(
        "notifications_receipts",
        "notifications",
        Http("/notifications/receipts/", "providers"),
        (Opens.NOTIFICATIONS, Opens.PUBLISH),
    ),
    Function(
        "notifications_events",
        "notifications",
        Events(("intake.", "cases.", "notifications.log-sealed.")),
        (Opens.NOTIFICATIONS, Opens.OUTBOX, Opens.PUBLISH),
    ),
    Function(
        "notifications_send",
        "notifications",
        Events(("notifications.message-queued.",)),
        (Opens.NOTIFICATIONS, Opens.PEOPLE, Opens.OUTBOX, Opens.PROVIDERS, Opens.PUBLISH),
    ),
    Function("notifications_sweep", "notifications", EVERY_MINUTE, (Opens.NOTIFICATIONS, Opens.PUBLISH)),
    Function(
        "notifications_audit",
        "notifications",
        Schedule(BY_NIGHT),
        (Opens.NOTIFICATIONS, Opens.PUBLISH),
        memory="1Gi",
        timeout=540,
    ),
    Function("notifications_tidy", "notifications", Schedule("45 2 * * *"), (Opens.OUTBOX,), timeout=540),
    Function(
        "reporting_web",
        "reporting",
        Http("/reporting", "staff"),
        (Opens.REPORTING, Opens.FACTS, Opens.PUBLISH),
        memory="512Mi",
    ),
    Function("reporting_events", "reporting", Events(("",)), (Opens.FACTS,)),
    Function(
        "reporting_run",
        "reporting",
        Schedule("0 5 1 * *"),
        (Opens.REPORTING, Opens.FACTS, Opens.PUBLISH),
        memory="1Gi",
        timeout=540,
    ),
    Function(
        "reporting_vocabulary",
        "reporting",
        Schedule("15 4 * * *"),
        (Opens.REPORTING, Opens.FACTS),
        memory="512Mi",
        timeout=540,
    ),
    Function("reporting_sweep", "reporting", EVERY_MINUTE, (Opens.REPORTING, Opens.FACTS, Opens.PUBLISH)),
)

ATTEMPTS = 5
"""Deliveries of one event to one function before it goes to the dead letters."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 600.0
"""Seconds between two deliveries: doubling from the first to the longest (embedded; the cloud starts at 10)."""


def function(name: str) -> Function:
    """The row of this name. Raises `KeyError`."""
    return {row.name: row for row in FUNCTIONS}[name]
