"""`python -m infra.local.dead_letters`: show what could not be delivered, and deliver it after all."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from infra.local.release import must_fit
from shared.bus.dead_letters import DeadLetter, DeadLetters
from shared.bus.local import LocalBus
from shared.settings import settings


def main(arguments: list[str] | None = None) -> None:
    """List the dead letters of KIM_DATA; `--replay` puts them back into delivery, whether KIM runs or not."""
    given = _parser().parse_args(arguments)
    letters = DeadLetters(LocalBus(settings().data / "bus.db"))
    chosen = {"subscription": given.subscription, "id": given.id}
    if given.replay and not given.dry_run:
        _show("Put back into delivery", letters.replay(**chosen))
    else:
        _show("Would be put back" if given.replay else "Dead letters", letters.listed(**chosen))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.local.dead_letters", description=__doc__)
    parser.add_argument("--replay", action="store_true", help="put them back into delivery")
    parser.add_argument("--dry-run", action="store_true", help="with --replay: only say what would be put back")
    parser.add_argument("--subscription", help="only those of this function")
    parser.add_argument("--id", type=int, help="only this one")
    return parser


def _show(heading: str, letters: Iterable[DeadLetter]) -> None:
    found = list(letters)
    print(f"{heading}: {len(found)}")
    for letter in found:
        print(f"  {letter.id:>5}  {letter.died_at}  {letter.subscription:<22} {letter.event or '?'} ({letter.type})")
        print(f"         {letter.attempts} attempts, {letter.status}: {letter.reason}")


if __name__ == "__main__":
    must_fit()
    main()
