"""The first page of each list, over HTTP, at a thousand, a hundred thousand and a million cases."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from infra.local.client import Caller
from infra.local.process import a_system
from shared import codes, keys
from shared.events import stamp
from shared.municipality import municipality
from shared.people import People, Person
from shared.store import Put
from shared.store.catalogue import DATABASES
from shared.store.sqlite import SqliteStore
from tests.performance.load import quantile

SIZES = (1_000, 100_000, 1_000_000)
PERSONS = 2_000
ASKED = 200
SOUGHT = 42
"""The number of a case that a team lead looks for by its reference."""
LISTS = {
    "own cases": ("lindenhof-1", "/cases?case_manager=me"),
    "own cases in a phase": ("lindenhof-1", "/cases?phase=monitoring"),
    "cases of the team": ("lindenhof-leitung", "/cases?sort=-changed_at"),
    "of the team, by topic": ("lindenhof-leitung", "/cases?topic=housing"),
    "found by name": ("lindenhof-leitung", "/cases?q=Yilmaz"),
    "by it in another script": ("lindenhof-leitung", "/cases?q=Йылмаз"),
    "by both names": ("lindenhof-leitung", "/cases?q=Yilmas+Leyla"),
    "by reference": ("lindenhof-leitung", f"/cases?q=KIM-0000-{SOUGHT:04}"),
    "by birth date": ("lindenhof-leitung", "/cases?q=24.12.1999"),
    "unallocated inquiries": ("koordination", "/cases?organisation=unallocated"),
}


def measure(sizes: tuple[int, ...] = SIZES) -> Iterator[str]:
    """Lines that tell what was measured."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder) / "data"
            data.mkdir()
            began = time.perf_counter()
            fill(data, size)
            yield f"{size:>9} cases, filled in {time.perf_counter() - began:.0f} s"
            with a_system(data, KIM_ALTCHA="off") as system:
                for name, (user, path) in LISTS.items():
                    yield f"{'':>10}{name:<24}{_told(Caller(system.url, user), path)}"


def _told(caller: Caller, path: str) -> str:
    found = len(caller.get(path)["items"])
    times = [_timed(caller, path) for _ in range(ASKED)]
    return f"{found:>4} lines   p50 {quantile(times, 0.5):5.1f} ms   p95 {quantile(times, 0.95):5.1f} ms"


def _timed(caller: Caller, path: str) -> float:
    began = time.perf_counter()
    caller.get(path)
    return time.perf_counter() - began


def fill(data: Path, size: int) -> None:
    """Lay so many cases of a few thousand persons into the databases of an empty folder."""
    chance = random.Random(size)
    people = People(SqliteStore(DATABASES["people"], data / "people.db"), keys.key_file(data / "master.key"))
    tokens = [_person(people, number, chance) for number in range(PERSONS)]
    store = SqliteStore(DATABASES["cases"], data / "cases.db")
    batch: list[Put] = []
    for number in range(size):
        batch.append(Put(f"cases/case-{number:032x}", _case(number, tokens, chance)))
        if len(batch) == 2_000 or number == size - 1:
            store.commit(batch)
            batch = []


def _person(people: People, number: int, chance: random.Random) -> list[str]:
    given_name = chance.choice(["Leyla", "Omar", "Iryna", "Zofia", "Selam", "Emre", "Farid", "Elena"])
    family_name = chance.choice(["Yilmaz", "Haddad", "Kovalenko", "Nowak", "Tesfay", "Öztürk", "Rahimi", "Popescu"])
    born = date(1999, 1, 1) + timedelta(days=chance.randrange(365))
    person = Person(given_name=given_name, family_name=family_name, date_of_birth=born)
    people.keep(f"person-{number}", person, subject=f"case-{number}", at=datetime.now(UTC))
    return people.tokens(person, f"KIM-0000-{number % 10000:04}")


def _case(number: int, tokens: list[list[str]], chance: random.Random) -> dict[str, Any]:
    organisation = "lindenhof" if number == SOUGHT else chance.choice([None, "lindenhof", "bruecke", "kompass"])
    staff = [one.id for one in municipality().staff if one.organisation == organisation]
    at = stamp(datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=number))
    quarter = chance.choice(list(municipality().quarters))
    return {
        "id": f"case-{number:032x}",
        "version": 1,
        "submission": f"submission-{number:032x}",
        "person": f"person-{number % PERSONS}",
        "reference": f"KIM-0000-{number % 10000:04}",
        "phase": chance.choice(list(codes.Phase)).value,
        "organisation": organisation,
        "case_manager": chance.choice(staff) if staff else None,
        "language": "ar",
        "needs_interpreter": False,
        "channel": "sms",
        "shared_phone": False,
        "consent_contact": True,
        "topics": [topic.value for topic in chance.sample(list(codes.ActionField), 2)],
        "residence_status": "toleration",
        "city_quarter": quarter,
        "city_district": municipality().district(quarter),
        "gender": "female",
        "age_band": "21_24",
        "single_parent": False,
        "target_groups": ["young_adult"],
        "referrer": "self",
        "opened_at": at,
        "opened_on": at[:10],
        "changed_at": at,
        "head": "0" * 64,
        "tokens": tokens[number % PERSONS],
    }


if __name__ == "__main__":
    for line in measure(tuple(map(int, sys.argv[1:])) or SIZES):
        print(line)
