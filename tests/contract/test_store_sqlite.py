"""What only SQLite can get wrong: the file, other processes, and the planner."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared import database_files
from shared.errors import Busy
from shared.store import AlreadyThere, Create, Delete, Document, Put, Query, Write, cursor
from shared.store.catalogue import DATABASES, Collection, Database, Index
from shared.store.searches import selection
from shared.store.sqlite import SqliteStore
from tests.contract.stores import a_case, an_entry, at, found

CASES = DATABASES["cases"]
OPEN = Query("cases", (("phase", "==", "inquiry"),), ("opened_at",))


def rows(file: Path, statement: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def test_documents_survive_reopening(tmp_path: Path):
    store = SqliteStore(CASES, tmp_path / "cases.db")
    store.commit([a_case("1")])
    store.close()

    again = SqliteStore(CASES, tmp_path / "cases.db")

    assert again.get("cases/1") == a_case("1").body
    assert found(again, OPEN) == ["1"]
    again.close()


def test_the_log_is_written_ahead(tmp_path: Path):
    SqliteStore(CASES, tmp_path / "cases.db").close()

    assert rows(tmp_path / "cases.db", "PRAGMA journal_mode") == [("wal",)]


def declared(*indexes: Index) -> Database:
    return Database("cases", (Collection("cases", indexes),))


def made(file: Path) -> set[object]:
    return {name for (name,) in rows(file, "SELECT name FROM sqlite_schema WHERE sql IS NOT NULL")}


def test_a_new_index_is_filled_and_one_that_is_no_longer_declared_goes(tmp_path: Path):
    before = declared(Index(equal=("phase",), order=("opened_at",)), Index(contains="topics", order=("opened_at",)))
    store = SqliteStore(before, tmp_path / "cases.db")
    store.commit([a_case("1", 1, tokens=["a"]), a_case("2", 2, tokens=["a", "b"])])
    store.close()

    after = declared(Index(contains="tokens", order=("-opened_at",)), Index(equal=("organisation",)))
    store = SqliteStore(after, tmp_path / "cases.db")

    assert found(store, Query("cases", (("tokens", "contains", "a"),), ("-opened_at",))) == ["2", "1"]
    assert found(store, Query("cases", (("organisation", "==", None),))) == ["1", "2"]
    store.close()
    assert made(tmp_path / "cases.db") == {"cases", "cases:organisation", "cases:tokens[],opened_at"}


def test_documents_keep_their_places_when_their_table_is_laid_down_anew(tmp_path: Path):
    store = SqliteStore(CASES, tmp_path / "cases.db")
    store.commit([an_entry("1", 1), an_entry("1", 2), an_entry("2", 1)])
    logged = store.logged(0, 9)
    store.close()
    connection = sqlite3.connect(tmp_path / "cases.db")  # as an earlier release left it: bodies alone, and gaps
    connection.executescript(
        """
        CREATE TABLE earlier (path TEXT PRIMARY KEY, body TEXT NOT NULL);
        INSERT INTO earlier (rowid, path, body) SELECT rowid + 7, path, body FROM events;
        DROP TABLE events;
        ALTER TABLE earlier RENAME TO events;
        CREATE TABLE "events:/,version" (path TEXT PRIMARY KEY);
        """
    )
    connection.close()

    store = SqliteStore(CASES, tmp_path / "cases.db")

    assert store.logged(0, 9) == [(place + 7, entry) for place, entry in logged]
    assert found(store, Query("cases/1/events", (), ("version",))) == ["1", "2"]
    assert store.end_of_log() == 10
    store.close()


def test_documents_stay_when_nobody_declares_their_collection_any_more(tmp_path: Path):
    store = SqliteStore(CASES, tmp_path / "cases.db")
    store.commit([a_case("1")])
    store.close()
    SqliteStore(replace(CASES, collections=()), tmp_path / "cases.db").close()

    assert rows(tmp_path / "cases.db", "SELECT path FROM cases") == [("cases/1",)]


def test_an_update_leaves_no_keys_behind(tmp_path: Path):
    store = SqliteStore(CASES, tmp_path / "cases.db")
    store.commit([a_case("1", 1, tokens=["a", "b"], topics=["work", "work"]), an_entry("1", 1, cases=["1"])])
    store.commit([a_case("1", 2, tokens=["b", "c"]), Put("cases/1/events/1", an_entry("1", 1).body)])
    store.commit([Delete("cases/1"), Delete("cases/1/events/1")])
    store.close()

    names = rows(tmp_path / "cases.db", "SELECT name FROM sqlite_schema WHERE type = 'table'")
    counts = {name: rows(tmp_path / "cases.db", f'SELECT count(*) FROM "{name}"') for (name,) in names}
    assert set(map(tuple, counts.values())) == {((0,),)}


WRITER = """
    import sys
    from pathlib import Path
    from shared.store import AlreadyThere, Create
    from shared.store.catalogue import DATABASES
    from shared.store.sqlite import SqliteStore

    store = SqliteStore(DATABASES["reporting"], Path(sys.argv[1]))
    won = 0
    for number in range(40):
        try:
            store.commit([Create(f"answers/{number}", {"by": sys.argv[2], "expires_at": "2026"})])
            won += 1
        except AlreadyThere:
            pass
    print(won)
"""


def test_two_processes_write_one_file_and_each_document_has_one_winner(tmp_path: Path):
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(tmp_path / "reporting.db")]
    writers = [subprocess.Popen([*command, name], stdout=subprocess.PIPE, text=True) for name in ("one", "two")]
    won = [int(writer.communicate(timeout=60)[0]) for writer in writers]

    assert [writer.returncode for writer in writers] == [0, 0]
    assert sum(won) == 40
    assert rows(tmp_path / "reporting.db", "SELECT count(*) FROM answers") == [(40,)]


def queries(collection: Collection, index: Index) -> list[Query]:
    """Each query that an index was declared for: alone, from a cursor, and with a range where there is an order."""
    name = f"*/{collection.name}" if index.across else f"cases/1/{collection.name}" if collection.group else "cases"
    where = tuple((field, "==", "x") for field in index.equal)
    where += ((index.contains, "contains", "x"),) if index.contains else ()
    plain = Query(name, where, index.order)
    place = {field: at(1) for field in plain.fields}
    under = name.replace("*", "cases/1")
    later = replace(plain, after=cursor(plain, Document(f"{under}/1", place)))
    ranges = [replace(plain, where=(*where, (field, "<=", at(2)))) for field in plain.fields[:1]]
    return [plain, later, *ranges]


@pytest.mark.parametrize(
    "query",
    [
        query
        for collection in CASES.collections
        if collection.name in {"cases", "events"}
        for index in collection.indexes
        for query in queries(collection, index)
    ],
    ids=lambda query: f"{query.collection} {[c[0] for c in query.where]} {query.order} {'later' * bool(query.after)}",
)
def test_the_planner_searches_the_declared_index_and_never_sorts(tmp_path: Path, query: Query):
    store = SqliteStore(CASES, tmp_path / "cases.db")
    statement, values = selection(CASES, query)
    plan = [row[3] for row in store._connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    store.close()

    assert not [step for step in plan if "TEMP B-TREE" in step]
    if query.where or query.after:
        assert plan[0].startswith(
            ("SEARCH e0 USING PRIMARY KEY", f"SEARCH t USING INDEX {query.collection.split('/')[-1]}:")
        )
    assert all(step.startswith("SEARCH") for step in plan[1:])
    if query.after:
        assert (f"({query.fields[0]},path)" if query.fields else "path>?") in plan[0]


@pytest.mark.parametrize(
    ("asked", "order", "read"),
    [
        (
            {"tokens": "contains", "organisation": "==", "phase": "=="},
            "-opened_at",
            ["SEARCH e0 USING PRIMARY KEY (tokens[]=?)", "SEARCH t USING INDEX sqlite_autoindex_cases_1 (path=?)"],
        ),
        (
            {"organisation": "==", "topics": "contains"},
            "-changed_at",
            [
                "SEARCH t USING INDEX cases:organisation,changed_at (organisation=?)",
                "SEARCH e1 USING PRIMARY KEY (topics[]=? AND changed_at=? AND path=?)",
            ],
        ),
    ],
)
def test_the_most_telling_index_leads_and_the_others_are_not_scanned(tmp_path: Path, asked, order, read):
    store = SqliteStore(CASES, tmp_path / "cases.db")
    where = tuple((field, how, "x") for field, how in asked.items())
    statement, values = selection(CASES, Query("cases", where, (order,)))
    plan = [row[3] for row in store._connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    store.close()

    assert plan == read


def test_a_commit_that_cannot_be_written_is_told_to_all_who_waited(tmp_path: Path):
    store = SqliteStore(CASES, tmp_path / "cases.db")

    with pytest.raises(TypeError):
        store.commit([Create("cases/1", a_case("1", strange=object()).body)])
    store.commit([a_case("1")])

    assert found(store, OPEN) == ["1"]
    store.close()


def test_whoever_finds_another_process_writing_is_next_or_told_to_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    store, other = SqliteStore(CASES, tmp_path / "cases.db"), sqlite3.connect(tmp_path / "cases.db")
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(database_files, "WAIT", 0.0)
    with pytest.raises(Busy):
        store.commit([a_case("1")])
    monkeypatch.setattr(database_files, "WAIT", 600.0)
    monkeypatch.setattr(database_files.time, "sleep", lambda _: other.rollback())

    store.commit([a_case("2")])

    assert found(store, OPEN) == ["2"]
    other.close()
    store.close()


def test_whoever_opens_a_new_file_as_another_process_does_waits_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    other = sqlite3.connect(tmp_path / "cases.db")
    other.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr(database_files.time, "sleep", lambda _: other.rollback())

    store = SqliteStore(CASES, tmp_path / "cases.db")

    other.close()
    store.commit([a_case("1")])
    assert found(store, OPEN) == ["1"]
    store.close()


def together(store: SqliteStore, file: Path, commits: list[list[Write]]) -> list[BaseException | None]:
    """How commits end of which the first waits for another process, and the rest for the first."""
    other, ends = sqlite3.connect(file), []
    other.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(len(commits)) as hands:
        for number, writes in enumerate(commits):
            ends.append(hands.submit(store.commit, writes))
            while not store._turns._served or len(store._turns._queue) < number:
                time.sleep(0.001)
        other.rollback()
    other.close()
    return [end.exception() for end in ends]


def test_of_commits_that_are_written_together_only_the_one_that_comes_second_is_refused(tmp_path: Path):
    store = SqliteStore(CASES, tmp_path / "cases.db")
    commits: list[list[Write]] = [[Put("heads/0", {"of": 0}), Create("heads/one", {"of": 0})]]
    commits += [[Put(f"heads/{of}", {"of": of}), Create("heads/two", {"of": of})] for of in range(1, 5)]

    ends = together(store, tmp_path / "cases.db", commits)

    refused = {of for of, end in enumerate(ends) if isinstance(end, AlreadyThere)}
    written = {of for of in range(len(commits)) if store.get(f"heads/{of}") is not None}
    assert (len(refused), refused & written, refused | written) == (3, set(), set(range(len(commits))))
    assert written == {0, store.get("heads/two")["of"]}
    store.close()


def test_nobody_is_told_that_something_is_there_which_could_not_be_written_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    store = SqliteStore(CASES, tmp_path / "cases.db")
    transaction, begun = store._transaction, iter([False, False, True])

    def fails_in_the_end(*, durably: bool) -> Any:
        if next(begun):
            raise sqlite3.OperationalError("database or disk is full")
        return transaction(durably=durably)

    monkeypatch.setattr(store, "_transaction", fails_in_the_end)

    ends = together(store, tmp_path / "cases.db", [[Create("heads/0", {})], *[[Create("heads/one", {})]] * 2])

    assert [type(end) for end in ends[1:]] == [sqlite3.OperationalError] * 2
    assert store.get("heads/one") is None
    store.close()
