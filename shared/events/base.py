"""What every event is: something that happened to one subject, as one version of it."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, PlainSerializer

from shared.clock import stamp

At = Annotated[AwareDatetime, PlainSerializer(stamp, return_type=str, when_used="json")]
"""A time as every document and event writes it: UTC in fixed length, so that text order is time order."""

CATALOGUE: dict[str, type["Event"]] = {}
"""Every event there is, by its wire type."""


class Event(BaseModel):
    """Something that happened to one subject, as its version `version`."""

    # Built at first use: a function starts with all of them and needs a few, and building is most of the import.
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    type: ClassVar[str]
    for_the_record: ClassVar[bool] = False
    """True where the event is kept as history only and never published."""
    found_by: ClassVar[Mapping[str, str]] = {}
    """Fields of log entries by which this event is looked up across subjects, each with the field that it repeats."""

    subject: str
    version: int
    at: At
    by: str
    """Who caused it: a staff id, `client`, or the id of the event or job that led to it."""

    @property
    def id(self) -> str:
        """Derived, so that a repeat is recognised without a table of seen ids."""
        return f"{self.subject}.{self.version}"

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        if "type" in cls.__dict__:
            CATALOGUE[cls.type] = cls
