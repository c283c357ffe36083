"""A process that dies: at a method, or at a commit of the service's databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest

from tests.cases import CasesService


class Crash(BaseException):
    """The process is gone."""


@contextmanager
def crashing(where: tuple[Any, str] | None) -> Iterator[None]:
    """While this lasts, the process dies when it comes to this method."""

    def gone(*_: Any, **__: Any) -> None:
        raise Crash()

    with pytest.MonkeyPatch.context() as patched:
        if where is not None:
            patched.setattr(*where, gone)
        yield


@contextmanager
def crashing_at(cases: CasesService, number: int, when: str) -> Iterator[None]:
    """While this lasts, the process dies before or after the commit of this number in either database."""
    numbers = count(1)

    def dying(commit: Callable[..., None]) -> Callable[..., None]:
        def committed(*args: Any, **options: Any) -> None:
            this = next(numbers)
            if this == number and when == "before":
                raise Crash()
            commit(*args, **options)
            if this == number:
                raise Crash()

        return committed

    with pytest.MonkeyPatch.context() as patched:
        for store in (cases.store, cases.vault):
            patched.setattr(store, "commit", dying(store.commit))
        yield
