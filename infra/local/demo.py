"""The main job on real input: 250 submissions through the public entrance, case work, messages, a report.

Without `KIM_URL` it starts a system of its own on a temporary folder and stops it at the end.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

from infra.local import casework
from infra.local.client import Caller, Refusal
from infra.local.process import a_system
from shared import clock
from shared.codes import Phase, Role

SUBMISSIONS = Path("tests/data/submissions.jsonl")
DAYS = 40
"""The demonstration's submissions arrive over so many days, ending today."""
HANDS = 4


def main() -> None:
    """Run the demonstration, against `KIM_URL` or a system of its own."""
    url = os.environ.get("KIM_URL")
    if url is not None:
        return _run_there(url)
    with a_system(KIM_ALTCHA="off") as own:
        return run(own.url)


def _run_there(url: str) -> None:
    """Run it against a system that was started for it. Ends with a sentence where that asks for a proof of work."""
    try:
        run(url)
    except Refusal as refusal:
        if refusal.status not in {422, 429}:
            raise
        sys.exit(f"{url} refuses forms without a proof of work, or so many of them: start it with KIM_ALTCHA=off.")


def run(url: str) -> None:
    """Take every submission in, work on the cases, write the report, and print what came out."""
    started = time.monotonic()
    forms = [json.loads(line) for line in SUBMISSIONS.read_text(encoding="utf-8").splitlines()]
    references = set(send(url, forms))
    print(f"{len(references)} submissions accepted in {time.monotonic() - started:.1f} s")
    cases = _until(lambda: _opened(url, references), len(forms), "cases")
    worked = time.monotonic()
    calls = work(url, cases)
    print(f"{calls} steps of case work in {time.monotonic() - worked:.1f} s")
    _until_delivered(url)
    _tell(url, references)
    print(f"\nThe whole took {time.monotonic() - started:.1f} s.")


def send(url: str, forms: Iterable[dict[str, Any]]) -> list[str]:
    """Send every form through the public entrance, spread over the last weeks; their references."""
    forms = list(forms)
    public = Caller(url)
    first = clock.now() - timedelta(days=DAYS)
    references = []
    for number, form in enumerate(forms):
        if number % 25 == 0:
            _until_delivered(url)  # a clock that jumps would find messages that have waited for days
            at = first + timedelta(days=DAYS * number / len(forms))
            public.add("/dev/clock", {"at": at.isoformat()})
        references.append(public.add("/intake/submissions", form)["reference"])
    _until_delivered(url)
    public.add("/dev/clock", {})
    return references


def work(url: str, cases: list[dict[str, Any]]) -> int:
    """Allocate, assign, and go on with each case as far as its number says; how many steps that were."""
    coordinator, people = Caller(url, "koordination"), {one.id: _team(url, one.id) for one in casework.organisations()}

    def go(numbered: tuple[int, dict[str, Any]]) -> int:
        number, case = numbered
        if number % 10 == 9:
            return 0  # some inquiries are still waiting for the coordinator
        organisation = casework.responsible(case, number)
        lead, *managers = people[organisation]
        manager = number % len(managers)
        case = coordinator.change("POST", case, "allocation", {"organisation": organisation})
        name = casework.staff(organisation, Role.CASE_MANAGER)[manager]
        case = lead.change("POST", case, "assignment", {"case_manager": name})
        taken = 2
        for step in casework.steps(number):
            case = step(managers[manager], case)
            taken += 1
        return taken

    with ThreadPoolExecutor(HANDS) as hands:
        return sum(hands.map(go, enumerate(cases)))


def _team(url: str, organisation: str) -> list[Caller]:
    """Its team lead, and then its case managers."""
    leads, managers = (casework.staff(organisation, role) for role in (Role.TEAM_LEAD, Role.CASE_MANAGER))
    return [Caller(url, member) for member in (*leads, *managers)]


def _opened(url: str, references: set[str]) -> list[dict[str, Any]]:
    cases = Caller(url, "koordination").every("/cases?sort=opened_at")
    return [case for case in cases if case["reference"] in references]


def _until_delivered(url: str) -> None:
    """Wait until no event is on its way any more. Raises `TimeoutError` after two minutes."""
    _until(lambda: [None] * int(Caller(url).get("/dev/bus.json")["undelivered"]), 0, "deliveries")


def _until(ask: Callable[[], list[Any]], wanted: int, of_what: str) -> list[Any]:
    """Ask until exactly so many are there. Raises `TimeoutError` after two minutes."""
    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        if len(found := ask()) == wanted:
            return found
        time.sleep(0.2)
    raise TimeoutError(f"{of_what}: not {wanted} in time")


def _tell(url: str, references: set[str]) -> None:
    cases = _opened(url, references)
    phases = Counter(case["phase"] for case in cases)
    print("\nCases by phase")
    for phase in Phase:
        print(f"  {phase.label:<14}{phases[phase]:>5}")
    outbox = Caller(url).get("/dev/outbox.json")
    print(f"\nMessages in the outbox: {len(outbox)}")
    for (channel, language), count in sorted(Counter((one["channel"], one["language"]) for one in outbox).items()):
        print(f"  {channel:<6}{language:<14}{count:>5}")
    report = Caller(url).add("/dev/jobs/reporting_run", {})
    print(f"\nReport {report}")
    _first_lines(url, report["id"])


def _first_lines(url: str, report: str) -> None:
    coordinator = Caller(url, "koordination")
    for line in coordinator.text(f"/reporting/reports/{report}.csv").splitlines()[:14]:
        print(f"  {line}")


if __name__ == "__main__":
    main()
