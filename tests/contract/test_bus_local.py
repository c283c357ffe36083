"""What only the embedded bus has to show: who hears what, pauses, dead letters, and that no kill loses anything."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from shared.bus.dead_letters import DeadLetters
from shared.bus.deliveries import Deliveries, Delivery, Rules
from shared.bus.local import LocalBus

NOW = Rules(attempts=3, first_pause=0.0, longest_pause=0.0)


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[LocalBus]:
    opened = LocalBus(tmp_path / "bus.db")
    yield opened
    opened.file.close()


def listening(bus: LocalBus, rules: Rules = NOW, **prefixes: tuple[str, ...]) -> Deliveries:
    deliveries = Deliveries(bus.file, rules)
    deliveries.subscribe(prefixes or {"reader": ("",)})
    return deliveries


def tell(bus: LocalBus, subject: str = "case-1", version: int = 1, type: str = "cases.case-opened.v1") -> None:
    bus.publish_raw(b"{}", {"id": f"{subject}.{version}", "type": type, "subject": subject})


def claimed(deliveries: Deliveries) -> Delivery:
    (delivery,) = deliveries.claim()
    return delivery


def claim_all(deliveries: Deliveries) -> list[Delivery]:
    return [delivery for some in iter(deliveries.claim, []) for delivery in some]


def ids(deliveries: list[Delivery]) -> list[str]:
    return [delivery.attributes["id"] for delivery in deliveries]


def bury(deliveries: Deliveries, status: int = 500, reason: str = "answered 500") -> None:
    while claimed := deliveries.claim():
        for delivery in claimed:
            deliveries.refuse(delivery, status, reason)


def test_every_subscription_hears_its_prefixes_once(bus):
    deliveries = listening(bus, cases=("intake.",), notifications=("intake.", "cases.", "cases.case"), all=("",))

    tell(bus, type="cases.case-opened.v1")

    assert {delivery.subscription for delivery in claim_all(deliveries)} == {"notifications", "all"}


def test_an_acknowledged_delivery_is_gone(bus):
    deliveries = listening(bus)
    tell(bus)

    deliveries.acknowledge([claimed(deliveries)])

    assert deliveries.claim() == []
    assert deliveries.undelivered() == 0


def test_a_later_event_of_a_subject_waits_for_the_earlier(bus):
    deliveries = listening(bus)
    tell(bus, "case-1", 1)
    tell(bus, "case-1", 2)
    tell(bus, "case-2", 1)

    first, other = claim_all(deliveries)
    assert ids([first, other]) == ["case-1.1", "case-2.1"]
    deliveries.acknowledge([first, other])
    assert ids(claim_all(deliveries)) == ["case-1.2"]


def test_a_refused_event_holds_up_its_subject_and_no_other(bus):
    deliveries = listening(bus, Rules(attempts=3, first_pause=60.0, longest_pause=60.0))
    tell(bus, "case-1", 1)
    tell(bus, "case-1", 2)
    tell(bus, "case-2", 1)

    tell(bus, "case-2", 2)

    first, other = deliveries.claim()
    deliveries.refuse(first, 500, "answered 500")
    deliveries.acknowledge([other])

    assert ids(claim_all(deliveries)) == ["case-2.2"]


def test_order_is_kept_for_each_subscription_apart(bus):
    deliveries = listening(bus, slow=("",), quick=("",))
    tell(bus, "case-1", 1)
    tell(bus, "case-1", 2)
    slow, quick = sorted(claim_all(deliveries), key=lambda delivery: delivery.subscription == "quick")

    deliveries.acknowledge([quick])

    assert [(next.subscription, next.attributes["id"]) for next in claim_all(deliveries)] == [("quick", "case-1.2")]
    assert slow.subscription == "slow"


def test_messages_without_a_subject_have_no_order(bus):
    deliveries = listening(bus)
    bus.publish_raw(b"1", {"type": "x"})
    bus.publish_raw(b"2", {"type": "x"})

    assert len(claim_all(deliveries)) == 2


def test_one_subscription_does_not_take_every_hand(bus):
    deliveries = listening(bus, Rules(3, 0.0, 0.0, together=1), slow=("a.",), quick=("b.",))
    tell(bus, "1", type="a.x")
    tell(bus, "2", type="a.x")
    tell(bus, "3", type="b.x")

    assert [delivery.subscription for delivery in claim_all(deliveries)] == ["slow", "quick"]


def test_a_refused_event_comes_again_after_a_pause(bus, monkeypatch):
    deliveries = listening(bus, Rules(attempts=3, first_pause=5.0, longest_pause=60.0))
    tell(bus)
    now = time.time()
    monkeypatch.setattr("shared.bus.deliveries.time", SimpleNamespace(time=lambda: now))
    deliveries.refuse(claimed(deliveries), 503, "answered 503")

    now += 4.9
    assert deliveries.claim() == []
    now += 0.2
    assert claimed(deliveries).attempts == 2


def test_pauses_double_up_to_the_longest():
    rules = Rules(attempts=9, first_pause=1.0, longest_pause=10.0)

    assert [rules.pause(attempts) for attempts in (1, 2, 3, 4, 5, 6)] == [1, 2, 4, 8, 10, 10]


def test_what_is_refused_too_often_becomes_a_dead_letter_and_lets_others_pass(bus):
    deliveries = listening(bus)
    tell(bus, "case-1", 1)
    tell(bus, "case-1", 2)

    refused = [deliveries.refuse(claimed(deliveries), 422, "cannot be decoded") for _ in range(3)]

    assert refused == [False, False, True]
    (letter,) = DeadLetters(bus).listed()
    assert (letter.subscription, letter.event, letter.attempts) == ("reader", "case-1.1", 3)
    assert (letter.status, letter.reason) == (422, "cannot be decoded")
    assert ids(claim_all(deliveries)) == ["case-1.2"]


def test_listing_dead_letters_leaves_them_where_they_are(bus):
    deliveries = listening(bus)
    tell(bus)
    bury(deliveries)

    assert len(DeadLetters(bus).listed()) == len(DeadLetters(bus).listed()) == 1
    assert deliveries.claim() == []


def test_replayed_dead_letters_are_delivered_with_all_attempts_before_them(bus):
    deliveries = listening(bus)
    tell(bus)
    bury(deliveries)

    assert len(DeadLetters(bus).replay()) == 1

    delivery = claimed(deliveries)
    assert (delivery.attributes["id"], delivery.data, delivery.attempts) == ("case-1.1", b"{}", 1)
    assert DeadLetters(bus).listed() == []


def test_dead_letters_are_replayed_one_by_one_or_by_subscription(bus):
    deliveries = listening(bus, a=("",), b=("",))
    tell(bus, "case-1")
    tell(bus, "case-2")
    bury(deliveries)
    letters = DeadLetters(bus)

    assert {letter.subscription for letter in letters.replay(subscription="a")} == {"a"}
    (first, second) = letters.listed()
    assert letters.replay(id=second.id) == [second]
    assert letters.listed() == [first]


def test_a_replayed_event_keeps_its_place_behind_its_subject(bus):
    deliveries = listening(bus)
    tell(bus, "case-1", 1)
    bury(deliveries)
    tell(bus, "case-1", 2)

    DeadLetters(bus).replay()

    assert ids(claim_all(deliveries)) == ["case-1.2"]


def test_dead_letters_of_a_subscription_that_ended_stay(bus):
    deliveries = listening(bus, old=("",))
    tell(bus)
    bury(deliveries)
    deliveries.subscribe({"new": ("",)})

    assert DeadLetters(bus).replay() == []
    assert len(DeadLetters(bus).listed()) == 1


def test_a_publisher_in_another_process_is_heard(bus, tmp_path):
    deliveries = listening(bus)
    program = (
        "import sys; from pathlib import Path; from shared.bus.local import LocalBus\n"
        "LocalBus(Path(sys.argv[1])).publish_raw(b'{}', {'type': 'x', 'id': 'from-there.1'})"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "bus.db")], check=True, timeout=120)

    assert ids(claim_all(deliveries)) == ["from-there.1"]


HOLDER = """
import sys, time
from pathlib import Path
from shared.bus.deliveries import Deliveries, Rules
from shared.bus.local import LocalBus
bus = LocalBus(Path(sys.argv[1]))
deliveries = Deliveries(bus.file, Rules(1, 0.0, 0.0))
deliveries.subscribe({"reader": ("",)})
bus.publish_raw(b"{}", {"type": "x", "subject": "case-1", "id": "case-1.1"})
bus.publish_raw(b"{}", {"type": "x", "subject": "case-1", "id": "case-1.2"})
assert [one.attributes["id"] for one in deliveries.claim()] == ["case-1.1"]
print("held", flush=True)
time.sleep(60)
"""


def test_a_kill_in_the_middle_of_a_delivery_has_it_delivered_again(tmp_path):
    file = tmp_path / "bus.db"
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(file)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.send_signal(signal.SIGKILL)

    bus = LocalBus(file)
    deliveries = Deliveries(bus.file, NOW)
    deliveries.give_back()

    again = claimed(deliveries)
    assert (again.attributes["id"], again.attempts) == ("case-1.1", 1)
    deliveries.acknowledge([again])
    assert ids(claim_all(deliveries)) == ["case-1.2"]
    bus.file.close()
