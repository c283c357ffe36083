"""What lies beside a case, each thing a subject of its own: added, changed and read under the policy of the case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from services.cases.changing import explaining
from services.cases.domain.case import Case
from services.cases.domain.item import Item as Item
from services.cases.standing import require
from services.cases.store import Desk, Words
from shared.errors import NotThere, Stale
from shared.events import Event
from shared.http.call import Answer, Call
from shared.municipality import municipality
from shared.policy import Action
from shared.store import Condition, Query, Write, pages
from shared.store.journal import Journal

I = TypeVar("I", bound=Item)  # noqa: E741 - an item


def journal(desk: Desk, collection: str, kind: type[I]) -> Journal[I]:
    """All items of a kind, in the database of the cases."""
    return desk.cases.beside(collection, kind)


def add(
    call: Call,
    items: Journal[I],
    case_id: str,
    begin: Callable[[Case], tuple[I, Event]],
    *,
    desk: Desk,
    action: Action = Action.CASE_WORK,
    words: Words | None = None,
) -> Answer:
    """Add an item to a case. Never collides; under an idempotency key it happens once. Two reads, two writes."""
    case = desk.cases.get(case_id)
    require(call, action, case, desk)
    case.must_be_free()
    state, event = begin(case)
    location = f"/cases/{case_id}/{items.collection.replace('_', '-')}/{state.id}"
    answer = Answer({"id": state.id, "version": state.version}, 201, state.version, location=location)

    def also(_: I, event: Event) -> Iterable[Write]:
        yield from _sealed(words, case, event, items.path(state.id), desk)
        if call.once is not None:
            yield call.once.keep(201, answer.body, version=1, at=call.at, location=answer.location)

    items.open(state, event, also=also)
    return answer


def change(
    call: Call,
    items: Journal[I],
    case_id: str,
    id: str,
    decide: Callable[[Case, I], tuple[I, Event]],
    *,
    desk: Desk,
    action: Action = Action.CASE_WORK,
    words: Words | None = None,
    despite_restriction: bool = False,
) -> I:
    """Change an item, if the policy allows it with its case and the caller saw the version that is there.

    `despite_restriction` is for what has to be possible whatever happened to the case.
    """
    case = desk.cases.get(case_id)
    require(call, action, case, desk)

    def decided(item: I) -> tuple[I, Event]:
        _must_be_as_seen(call, case, item)
        if not despite_restriction:
            case.must_be_free()
        return decide(case, item)

    with explaining(call, case_id, items.path(id), desk):
        return items.change(id, decided, also=lambda _, event: _sealed(words, case, event, items.path(id), desk))


def change_each(items: Journal[I], found: Iterable[I], decide: Callable[[I], tuple[I, Event] | None]) -> int:
    """Change of these items what needs it; how many that were. A repeat finds it done."""
    return sum(items.change(one.id, decide).version > one.version for one in list(found))


def working_on(case: Case) -> tuple[str, ...]:
    """Who works on the case: its case manager, and the team leads of its organisation."""
    leads = tuple(lead.id for lead in municipality().leads(case.organisation))
    return leads if case.case_manager is None else (case.case_manager, *leads)


def of_case(items: Journal[I], case_id: str, *, order: tuple[str, ...], desk: Desk) -> Iterator[I]:
    """Every item of a kind beside a case. One query for each two hundred."""
    query = Query(items.collection, (("case", "==", case_id),), order, 200)
    return (items.state(document.body) for document in pages(desk.store, query))


def page_of_case(
    items: Journal[I], case_id: str, wanted: dict[str, Any], *, order: str, desk: Desk
) -> tuple[list[I], str | None]:
    """A page of the items of a kind beside a case, and the cursor of the next. One query."""
    where: tuple[Condition, ...] = (("case", "==", case_id),)
    page = desk.store.query(Query(items.collection, where, (order,), wanted["limit"], wanted["cursor"]))
    return [items.state(document.body) for document in page.items], page.next


def words_of(
    items: Journal[I], wanted: Iterable[tuple[Case, I, Iterable[int]]], *, desk: Desk
) -> dict[str, dict[int, Words]]:
    """The words said with these versions of items, each beside its case: by the item's id. At most two calls."""
    said = desk.words_beside((case, items.path(one.id), versions) for case, one, versions in wanted)
    return {path.rpartition("/")[2]: words for path, words in said.items()}


def _must_be_as_seen(call: Call, case: Case, item: Item) -> None:
    """Raises `NotThere` for an item of another case, and `Stale` for another version."""
    if item.case != case.id:
        raise NotThere()
    if call.expected is not None and call.expected != item.version:
        raise Stale(current=item.version, given=call.expected)


def _sealed(words: Words | None, case: Case, event: Event, path: str, desk: Desk) -> Iterator[Write]:
    """What was said with the event, if something was."""
    if words:
        yield desk.sealed(case, event.version, words, beside=path)
