"""`python -m tests.end_to_end.tiny`: the embedded runtime with functions of a few lines, and quick back-off."""

from __future__ import annotations

from pathlib import Path

from infra.local.runtime import run
from infra.topology import Events, Function, Http, Schedule
from shared.bus.deliveries import Rules

FUNCTIONS = (
    Function("tiny_web", "cases", Http("/tiny/", "public"), ()),
    Function("tiny_desk", "cases", Http("/tiny/desk", "staff"), ()),
    Function("tiny_events", "cases", Events(("tiny.", "reporting.")), ()),
    Function("tiny_other_events", "cases", Events(("tiny.",)), ()),
    Function("tiny_sweep", "cases", Schedule("0 6 1 * *"), ()),
    Function("tiny_report", "cases", Schedule("0 5 1 * *"), ()),
)

if __name__ == "__main__":
    run(FUNCTIONS, Path(__file__).parent, Rules(attempts=3, first_pause=0.05, longest_pause=0.1))
