"""The facts in BigQuery: rows are streamed in, and each event is read once however often it arrived."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from services.reporting.facts import COLUMNS, TABLE, Rows, Statement, declared, values
from shared.errors import Busy
from shared.events import stamp
from shared.settings import Environment, settings

if TYPE_CHECKING:
    from ibis import Table

    from services.reporting.domain.fact import Row


PATIENCE = 40.0
"""Seconds for one call with its repeats: less than a function has."""


class BigQuerySettings(Environment):
    """`KIM_DATASET`: the dataset that holds the table of facts. `KIM_SEAL`: the Cloud KMS key of what a query gives.

    Google keeps every result for a day, in a table of its own that knows nothing of the dataset's key.
    """

    dataset: str = "kim_reporting"
    seal: str | None = None


class Client(Protocol):
    """What we need of `google.cloud.bigquery.Client`."""

    def insert_rows_json(
        self, table: str, json_rows: list[dict[str, Any]], row_ids: list[str], *, retry: Any, timeout: float
    ) -> Sequence[Any]: ...
    def query_and_wait(
        self, query: str, *, job_config: Any, retry: Any, job_retry: Any, wait_timeout: float
    ) -> Any: ...


class NotAppended(Exception):
    """BigQuery did not take the row: the delivery is to come again."""


class BigQueryFacts:
    """The facts of one project."""

    dialect, binds, keeps = "bigquery", "@", False

    def __init__(self, client: Client | None = None) -> None:
        here = BigQuerySettings.read()
        self._dataset = f"{settings().project}.{here.dataset}"
        self._client = client or _client(self._dataset, here.seal)

    def append(self, row: Row) -> None:
        """`row_ids` has BigQuery drop most repeats within a minute or so; `table` drops the others."""
        names = [column.name for column in COLUMNS]
        body = {name: _json(value) for name, value in zip(names, values(row), strict=True)}
        ids, table = [row["event_id"]], f"{self._dataset}.{TABLE}"
        with _patiently() as how:
            refused = self._client.insert_rows_json(table, [body], row_ids=ids, timeout=PATIENCE, retry=how["retry"])
        if refused:
            raise NotAppended(row["event_id"])

    def settle(self) -> int:
        return 0  # BigQuery shows what it was sent

    @staticmethod
    def table() -> Table:
        import ibis

        rows = declared()
        return rows.mutate(nth=ibis.row_number().over(group_by="event_id")).filter(lambda row: row.nth == 0).drop("nth")

    def run(self, statements: Iterable[Statement]) -> list[Rows]:
        return [self._rows(one) for one in statements]

    def _rows(self, statement: Statement) -> Rows:
        bound = _bound(statement)
        with _patiently() as how:
            found = self._client.query_and_wait(statement.text, job_config=bound, wait_timeout=PATIENCE, **how)
            return [dict(row.items()) for row in found]


@contextmanager
def _patiently() -> Iterator[dict[str, Any]]:
    """How often to ask again, and for how long. Raises `Busy` when BigQuery is away all that time."""
    from google.api_core.exceptions import RetryError, ServerError, TooManyRequests
    from google.auth.exceptions import TransportError
    from google.cloud.bigquery.retry import DEFAULT_JOB_RETRY, DEFAULT_RETRY

    try:
        yield {"retry": DEFAULT_RETRY.with_timeout(PATIENCE), "job_retry": DEFAULT_JOB_RETRY.with_timeout(PATIENCE)}
    except (RetryError, ServerError, TooManyRequests, TransportError, OSError):  # no connection is an OSError
        raise Busy() from None


def _bound(statement: Statement) -> Any:
    """The values of a statement. All else about the query is as the client usually does it."""
    from google.cloud import bigquery

    values = [
        bigquery.ScalarQueryParameter(name, "DATE" if isinstance(value, date) else "STRING", value)
        for name, value in statement.values.items()
    ]
    return bigquery.QueryJobConfig(query_parameters=values)


def _client(dataset: str, seal: str | None) -> Client:
    from google.cloud import bigquery

    usual = bigquery.QueryJobConfig(default_dataset=dataset)
    if seal is not None:
        usual.destination_encryption_configuration = bigquery.EncryptionConfiguration(kms_key_name=seal)
    here = settings()
    client: Client = bigquery.Client(project=here.project, location=here.region, default_query_job_config=usual)
    return client


def _json(value: Any) -> Any:
    match value:
        case datetime():
            return stamp(value)
        case date():
            return value.isoformat()
        case _:
            return value
