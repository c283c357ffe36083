"""Whose a text is that lies in the outbox, where it stands for somebody's phone. Pure."""

from __future__ import annotations

from collections.abc import Collection

from shared.store import Document
from shared.store.traces import Traces


def whose(document: Document, found: Traces, erased: Collection[str]) -> Traces:
    """Of whom something remains in a text: of whom it was for, whatever it says; else of whose words stand there.

    What was for somebody else is none of hers, even where her words stand there: two may share a number, and a client
    may be called like a month. Such documents are counted with the codes.
    """
    if "person" not in document.body:
        return found
    remains = {document.body["person"]} & {*erased}
    return Traces(remains, (found.remains | found.codes) - remains)
