"""How long it takes from an accepted submission to its message in the outbox, at twenty submissions a second."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from datetime import datetime

from infra.local.client import Caller
from infra.local.process import a_system
from tests.performance.load import quantile
from tests.performance.throughput import FORMS, until

RATE, SECONDS = 20, 20


def measure() -> Iterator[str]:
    """Lines that tell what was measured."""
    with a_system(KIM_ALTCHA="off") as system:
        accepted = _send(system.url)
        caller = Caller(system.url)
        until(lambda: caller.get("/dev/bus.json")["undelivered"] == 0, 60)
        sent = {
            one["id"]: datetime.fromisoformat(one["sent_at"])
            for one in caller.get("/dev/outbox.json")
            if one["id"].startswith("message-submission-")
        }
        messages = len(sent)
        times = sorted((sent[name] - at).total_seconds() for name, at in _accepted_at(system.data, sent).items())
    yield (
        f"{len(accepted)} submissions at {RATE}/s, {messages} messages: "
        f"p50 {quantile(times, 0.5):.0f} ms   p95 {quantile(times, 0.95):.0f} ms   (goal: p95 under 1000 ms)"
    )


def _accepted_at(data, sent) -> dict[str, datetime]:  # type: ignore[no-untyped-def]
    from shared.store.catalogue import DATABASES
    from shared.store.sqlite import SqliteStore

    store = SqliteStore(DATABASES["intake"], data / "intake.db")
    found = {}
    for name in sent:
        submission = name.removeprefix("message-").rpartition(".")[0]
        body = store.get(f"submissions/{submission}")
        found[name] = datetime.fromisoformat(body["received_at"])
    store.close()
    return found


def _send(url: str) -> list[str]:
    """Send at an even pace, whatever the answers take."""
    accepted: list[str] = []
    threads = []
    started = time.monotonic()
    for number, form in zip(range(RATE * SECONDS), itertools.cycle(FORMS), strict=False):
        time.sleep(max(0.0, started + number / RATE - time.monotonic()))
        thread = threading.Thread(
            target=lambda form=form: accepted.append(Caller(url).add("/intake/submissions", form)["reference"])
        )
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join(30)
    return accepted
