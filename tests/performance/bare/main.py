"""What the platform alone costs: a function that does nothing, and some that write as little as ours must."""

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


@functions_framework.http
def bare_clients(_: Request) -> str:
    """Write one document to Firestore and tell of it: what any first write needs of Google's client libraries."""
    from google.cloud import firestore
    from google.pubsub_v1 import PublisherClient

    database = firestore.Client(project="kim-bare", database="bare")
    database.document(f"bare/{uuid.uuid4().hex}").set({"a": 1})
    publisher = PublisherClient(transport=_transport())
    told = {"data": b"{}", "attributes": {"type": "bare.thing-written.v1"}, "ordering_key": "bare"}
    publisher.publish(topic=os.environ["BARE_TOPIC"], messages=[told])
    return "ok"


@functions_framework.http
def bare_facts(request: Request) -> str:
    """The same, and ask the engine of the facts something: what any report needs."""
    import duckdb

    with duckdb.connect(os.environ["BARE_FACTS"]) as facts:
        facts.execute("SELECT 1").fetchall()
    return bare_clients(request)


def _transport():
    import grpc
    from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

    return PublisherGrpcTransport(channel=grpc.insecure_channel(os.environ["PUBSUB_EMULATOR_HOST"]))


def _connection() -> sqlite3.Connection:
    if not hasattr(_local, "connection"):
        _local.connection = sqlite3.connect(os.environ["BARE_FILE"], isolation_level=None, timeout=10)
        _local.connection.execute("PRAGMA journal_mode = WAL")
        _local.connection.execute("PRAGMA synchronous = FULL")
        _local.connection.execute("CREATE TABLE IF NOT EXISTS documents (path TEXT PRIMARY KEY, body TEXT)")
    return _local.connection
