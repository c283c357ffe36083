"""Retention of message texts: a message is codes, and its text stands only where it was shown in place of a phone.

Providers keep what they carry as they were told to; here that is the outbox.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from services.notifications.domain.message import Message
from shared.events import stamp
from shared.store import Condition, Delete, Query, Store

AT_ONCE = 200


def texts(outbox: Store | None, *, days: int, at: datetime, dry_run: bool) -> dict[str, int]:
    """Delete the texts that were sent `days` ago or earlier; in a dry run, say how many they are. May be repeated."""
    if outbox is None:
        return {"due": 0, "deleted": 0}
    due = sum(map(len, _due(outbox, at - timedelta(days=days)))) if dry_run else 0
    deleted = 0 if dry_run else _delete(outbox, at - timedelta(days=days))
    return {"due": due + deleted, "deleted": deleted}


def forget(outbox: Store | None, messages: Iterable[Message]) -> None:
    """Delete the texts of those messages that were for their client: she is erased. May be repeated.

    What an organisation was told of her case says nothing of whom, and stays for its time.
    """
    if outbox is None:
        return
    hers = (Delete(f"outbox/{message.id}") for message in messages if message.person is not None)
    while some := list(islice(hers, AT_ONCE)):
        outbox.commit(some)


def _delete(outbox: Store, until: datetime) -> int:
    deleted = 0
    for paths in _due(outbox, until):
        outbox.commit([Delete(path) for path in paths])
        deleted += len(paths)
    return deleted


def _due(outbox: Store, until: datetime) -> Iterator[list[str]]:
    """Paths of what was sent by then, the oldest first, some at once."""
    where: tuple[Condition, ...] = (("sent_at", "<=", stamp(until)),)
    after: str | None = None
    while True:
        page = outbox.query(Query("outbox", where, ("sent_at",), AT_ONCE, after))
        yield [document.path for document in page.items]
        if (after := page.next) is None:
            return
