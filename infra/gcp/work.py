"""What one piece of work takes of the databases and the bus, which tests count, and how often it is done."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Work:
    """What one piece of work takes."""

    reads: int
    writes: int
    events: int = 0
    deliveries: int = 0
    facts: int = 0
    calls: int = 1
    """Functions called by people; those that events call are its deliveries."""
    stored: int = 0
    """Bytes that stay in Firestore, with their index entries."""
    kept: int = 0
    """Documents that stay."""
    lines: int = 0
    """Of these, lines of the logs that are audited."""
    logs: int = 0
    """Logs that begin."""


UPDATE = Work(reads=2, writes=4, events=1, deliveries=3, facts=1, stored=6_000, kept=2, lines=1)
"""A contact with a note: case and person's key; state, event, text, mark; heard by notifications and reporting, and by
cases itself, which acknowledges it: what it acts on is more than a filter has room for."""
LOOK = Work(reads=2, writes=2, stored=2_500, kept=1, lines=1)
"""A case and its client; the record of the look."""
PAGE = Work(reads=100, writes=2, stored=12_000, kept=1, lines=1)
"""A list of fifty cases and their clients' names; the record of fifty looks."""
SUBMISSION = Work(reads=7, writes=18, events=4, deliveries=9, facts=4, calls=3, stored=30_000, kept=11, lines=4, logs=2)
"""The form, the challenge, what is sent, and the message that says it arrived. Vault 1 write; submission, event,
reference, challenge, answer and mark; case, event and mark; a message, queued, claimed and sent by 2 writes each."""
MESSAGE = Work(reads=4, writes=9, events=2, deliveries=3, facts=2, calls=0, stored=10_000, kept=5, lines=3, logs=1)
"""To an organisation or a client, after an update: queued, claimed and sent, two of them marked; who holds the case."""
SWEEP = Work(reads=3, writes=0)
"""A query that finds nothing is paid as one read."""

MONTHLY = {UPDATE: 10.0, LOOK: 40.0, PAGE: 10.0, SUBMISSION: 0.2, MESSAGE: 2.0}
"""How often in a month, for each active case *(assumed)*: two or three contacts a week; a case lasts half a year."""
