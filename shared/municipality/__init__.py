"""What is a municipality's own: districts, organisations, staff, bounds and periods. One folder each."""

from functools import cache
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared import pack
from shared.codes import Referrer, Role
from shared.settings import settings


class _Given(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True, extra="forbid")


class Place(_Given):
    """Where clients are met. Its address goes into messages: it names no organisation and no office."""

    id: str
    address: str


class Organisation(_Given):
    """A provider (Träger) or an office (Amt)."""

    id: str
    name: str
    kind: Literal["provider", "office"]
    districts: tuple[int, ...]
    inbox: str
    """The e-mail address of its functional mailbox."""
    language: str
    referrer: Referrer | None = None
    """As what it counts in reports when it refers somebody; a provider counts as one without saying so."""

    places: tuple[Place, ...] = ()
    after_closure_months: int | None = None
    inquiry_months: int | None = None
    waiting_list_months: int | None = None
    """How long this one keeps what is closed, not taken on, or on its list; as everybody does, where it is not said."""
    caseload: int | None = Field(default=None, gt=0)
    """How many open cases one case manager should have at most: more is warned of, and never refused."""
    no_list: bool = False
    """It is shown single things that were released to it, and never a list (§§ 87, 88 AufenthG)."""

    @property
    def refers_as(self) -> Referrer:
        """The code under which its referrals are counted."""
        return self.referrer or (Referrer.PROVIDER if self.kind == "provider" else Referrer.OTHER)


class External(_Given):
    """Somebody outside whose offers stand in the catalogue: nobody of hers signs in, and nothing is sent to her."""

    id: str
    name: str


class Staff(_Given):
    """Somebody who signs in. `id` is what cases, histories and records of looks say of her: never give it twice."""

    id: str
    signs_in_as: str | None = None
    """What the sign-in calls her, where that is not her id; behind Google's proxy a principal or an e-mail address."""
    name: str
    roles: tuple[Role, ...]
    organisation: str


class TargetGroupBounds(_Given):
    """Ages in whole years, both included."""

    youngest: int
    oldest: int


class Disclosure(_Given):
    """The smallest count that is shown, inside the administration and in public."""

    administration: int
    public: int


class Retention(_Given):
    """How long what is kept (assumed; configurable)."""

    after_closure_months: int
    inquiry_months: int
    waiting_list_months: int
    message_text_days: int


class QuietHours(_Given):
    """Full hours, Berlin time, between which no text message goes to a client."""

    start: int = Field(alias="from")
    end: int = Field(alias="to")


class Radar(_Given):
    """When an end is followed up, and when nobody having done so is told to the team lead; in days (assumed)."""

    before_an_end: tuple[int, ...]
    escalates_after: int


class Referrals(_Given):
    """After how many days a referral without an answer comes back to the case manager (assumed)."""

    unanswered_after: int


class Audit(_Given):
    """Whether the privacy officer is sent the root of every day, to keep it where nobody here can reach it."""

    sends_roots: bool
    whole_within_days: int = Field(gt=0)
    """Days within which the nights read every history from its beginning, beside what is new (assumed)."""


class BreakGlass(_Given):
    """For how many minutes a case is open to who broke the glass, and how soon that is reviewed (assumed)."""

    across_providers: bool
    """Whether also a case opens that is with another provider than hers, or with none yet."""
    minutes: int = Field(gt=0)
    reviewed_within_days: int


class Public(_Given):
    """Whom the public pages name: for feedback, for data protection, and who watches over both."""

    feedback: str
    privacy_officer: str
    supervision: str
    ombuds: str


class Municipality(_Given):
    """One municipality, as its pack describes it."""

    name: str
    sender: str
    call_back: str
    imprint: str
    public: Public
    target_group: TargetGroupBounds
    disclosure: Disclosure
    retention: Retention
    quiet_hours: QuietHours
    radar: Radar
    referrals: Referrals
    audit: Audit
    break_glass: BreakGlass
    organisations: tuple[Organisation, ...]
    externals: tuple[External, ...] = ()
    staff: tuple[Staff, ...]
    quarters: dict[int, tuple[str, int]]
    """Number of a city quarter to its name and the number of its district."""
    districts: dict[int, str]

    @model_validator(mode="after")
    def _everybody_once(self) -> Self:
        for names in ([one.id for one in self.staff], [one.signs_in_as or one.id for one in self.staff]):
            if len(set(names)) < len(names):
                raise ValueError("staff: two members share an id or a sign-in")
        if len({one.id for one in self.everybody}) < len(self.everybody):
            raise ValueError("two organisations share an id")
        return self

    def organisation(self, id: str) -> Organisation | None:
        """The organisation of this id, or None."""
        return next((one for one in self.organisations if one.id == id), None)

    def named(self, id: str) -> Organisation | External | None:
        """The organisation of this id, or who has offers without being one, or None."""
        return next((one for one in self.everybody if one.id == id), None)

    @property
    def everybody(self) -> tuple[Organisation | External, ...]:
        """The organisations, and those who only have offers."""
        return (*self.organisations, *self.externals)

    def place(self, id: str) -> Place | None:
        """The place of this id, whosoever it is, or None."""
        return next((place for one in self.organisations for place in one.places if place.id == id), None)

    def leads(self, organisation: str | None) -> tuple[Staff, ...]:
        """The team leads of an organisation."""
        return tuple(one for one in self.staff if one.organisation == organisation and Role.TEAM_LEAD in one.roles)

    def member(self, id: str) -> Staff | None:
        """The member of staff of this id, or None."""
        return next((one for one in self.staff if one.id == id), None)

    def signing_in_as(self, name: str) -> Staff | None:
        """The member of staff whom the sign-in calls so, or None."""
        return next((one for one in self.staff if (one.signs_in_as or one.id) == name), None)

    def district(self, quarter: int | None) -> int | None:
        """The district in which a quarter lies."""
        return None if quarter is None else self.quarters[quarter][1]


@cache
def municipality() -> Municipality:
    """The municipality of this process, read once from its pack. Raises `FileNotFoundError` without one."""
    return Municipality(**pack.read(settings().municipality))
