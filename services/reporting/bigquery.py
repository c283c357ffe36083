"""The facts in BigQuery: rows are streamed in, and each event is read once however often it arrived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from pydantic_settings import BaseSettings, SettingsConfigDict

from services.reporting.domain.fact import Row
from services.reporting.facts import COLUMNS, TABLE, declared, values
from shared.events import stamp
from shared.settings import settings

if TYPE_CHECKING:
    from ibis import Table


class BigQuerySettings(BaseSettings):
    """`KIM_DATASET`: the dataset that holds the table of facts."""

    model_config = SettingsConfigDict(env_prefix="KIM_", frozen=True)

    dataset: str = "kim_reporting"
    region: str = "europe-west3"


class Client(Protocol):
    """What we need of `google.cloud.bigquery.Client`."""

    def insert_rows_json(self, table: str, json_rows: list[dict[str, Any]], row_ids: list[str]) -> Sequence[Any]: ...
    def query_and_wait(self, query: str) -> Any: ...


class NotAppended(Exception):
    """BigQuery did not take the row: the delivery is to come again."""


class BigQueryFacts:
    """The facts of one project."""

    dialect = "bigquery"

    def __init__(self, client: Client | None = None) -> None:
        here = BigQuerySettings()
        self._dataset = f"{settings().project}.{here.dataset}"
        self._client = client or _client(self._dataset, here.region)

    def append(self, row: Row) -> None:
        """`row_ids` has BigQuery drop most repeats within a minute or so; `table` drops the others."""
        names = [column.name for column in COLUMNS]
        body = {name: _json(value) for name, value in zip(names, values(row), strict=True)}
        refused = self._client.insert_rows_json(f"{self._dataset}.{TABLE}", [body], row_ids=[row["event_id"]])
        if refused:
            raise NotAppended(row["event_id"])

    def settle(self) -> int:
        return 0  # BigQuery shows what it was sent

    @staticmethod
    def table() -> Table:
        import ibis

        rows = declared()
        return rows.mutate(nth=ibis.row_number().over(group_by="event_id")).filter(lambda row: row.nth == 0).drop("nth")

    def run(self, statement: str) -> list[dict[str, Any]]:
        return [dict(row.items()) for row in self._client.query_and_wait(statement)]


def _client(dataset: str, region: str) -> Client:
    from google.cloud import bigquery

    usual = bigquery.QueryJobConfig(default_dataset=dataset)
    client: Client = bigquery.Client(project=settings().project, location=region, default_query_job_config=usual)
    return client


def _json(value: Any) -> Any:
    match value:
        case datetime():
            return stamp(value)
        case date():
            return value.isoformat()
        case _:
            return value
