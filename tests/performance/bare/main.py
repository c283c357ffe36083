"""What the platform alone costs: a function that does nothing, and one that writes two documents and syncs them."""

import json
import os
import sqlite3
import threading
import uuid

import functions_framework
from flask import Request

_local = threading.local()


@functions_framework.http
def bare(_: Request) -> str:
    """Answer, and nothing else."""
    return "ok"


@functions_framework.http
def bare_write(request: Request) -> dict[str, str]:
    """Write two documents in one synchronous SQLite transaction."""
    connection = _connection()
    body, name = json.dumps(request.get_json()), uuid.uuid4().hex
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO documents VALUES (?, ?)", (f"cases/{name}", body))
    connection.execute("INSERT INTO documents VALUES (?, ?)", (f"cases/{name}/events/1", body))
    connection.execute("COMMIT")
    return {"id": name}


def _connection() -> sqlite3.Connection:
    if not hasattr(_local, "connection"):
        _local.connection = sqlite3.connect(os.environ["BARE_FILE"], isolation_level=None, timeout=10)
        _local.connection.execute("PRAGMA journal_mode = WAL")
        _local.connection.execute("PRAGMA synchronous = FULL")
        _local.connection.execute("CREATE TABLE IF NOT EXISTS documents (path TEXT PRIMARY KEY, body TEXT)")
    return _local.connection
