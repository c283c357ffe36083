"""What an action asks of Firestore itself is what it asks of the store: nothing is read or written on the side."""

from __future__ import annotations

import pytest

from shared.codes import Phase
from tests.actions import COMMANDS, READS, Action
from tests.costs import a_counted_service, a_service_on_firestore

pytestmark = pytest.mark.emulators

SOON_READY = [action for action in (*COMMANDS, *READS) if not isinstance(action.stage, Phase)]
"""Those whose case takes a few steps only: the emulator is slow."""


@pytest.mark.parametrize("action", SOON_READY, ids=lambda action: action.name)
def test_an_action_costs_on_firestore_what_it_costs_embedded(firestore_emulator: str, action: Action):
    with a_counted_service() as embedded:
        cost = embedded.cost(action.ready(embedded.service))

    with a_service_on_firestore() as counted:
        assert counted.cost(action.ready(counted.service)) == cost
