"""Dead letters on Google Cloud: looking changes nothing, replaying tells each event again and removes it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from google.api_core.client_options import ClientOptions

from infra.gcp.dead_letters import DeadLetter, PubSub, main, show
from infra.gcp.stack import REGION
from shared.bus.pubsub import PubSubBus
from tests.infra.deployed import koeln

LETTER = DeadLetter(b"{}", {"id": "case-1.2", "type": "cases.case-assigned.v1", "subject": "case-1"}, 5, "r1")


class FakeBus:
    """Remembers what was asked of it."""

    def __init__(self, *letters: DeadLetter) -> None:
        self.letters, self.asked = letters, list[tuple[str, str]]()

    def waiting(self) -> Iterator[DeadLetter]:
        return iter(self.letters)

    def tell(self, letter: DeadLetter) -> None:
        self.asked.append(("tell", letter.receipt))

    def remove(self, letter: DeadLetter) -> None:
        self.asked.append(("remove", letter.receipt))

    def release(self, letter: DeadLetter) -> None:
        self.asked.append(("release", letter.receipt))


def test_looking_puts_every_letter_back():
    bus = FakeBus(LETTER)

    assert show(bus, replay=False) == ["case-1.2  cases.case-assigned.v1  after 5 attempts"]
    assert bus.asked == [("release", "r1")]


def test_a_replay_tells_before_it_removes():
    bus = FakeBus(LETTER)

    show(bus, replay=True)

    assert bus.asked == [("tell", "r1"), ("remove", "r1")]


def test_what_cannot_be_told_stays():
    class Down(FakeBus):
        def tell(self, letter: DeadLetter) -> None:
            raise ConnectionError

    bus = Down(LETTER)
    with pytest.raises(ConnectionError):
        show(bus, replay=True)

    assert bus.asked == []


def test_what_is_shown_holds_no_data():
    letter = DeadLetter(b"secret", {}, 5, "r1")

    assert show(FakeBus(letter), replay=False) == ["?  ?  after 5 attempts"]


@pytest.mark.parametrize("arguments", [[], ["project"], ["project", "koeln-cases-events", "--replya"]])
def test_wrong_arguments_print_the_usage(arguments: list[str]):
    with pytest.raises(SystemExit, match="publishes them again"):
        main(arguments)


def test_pubsub_is_asked_in_the_region_where_a_topic_lets_its_messages_be(monkeypatch: pytest.MonkeyPatch):
    """From a desk the global entrance may be in another country: it takes nothing of what must stay in Germany."""
    asked: list[str] = []

    def client(client_options: ClientOptions) -> None:
        asked.append(client_options.api_endpoint)

    for name in ("google.pubsub_v1.PublisherClient", "google.pubsub_v1.SubscriberClient"):
        monkeypatch.setattr(name, client)
    monkeypatch.setattr("shared.bus.pubsub.PublisherClient", client)
    monkeypatch.delenv("PUBSUB_EMULATOR_HOST", raising=False)
    PubSub("kim-koeln", "koeln-cases-events")
    PubSubBus("kim-koeln", "koeln-events")

    assert asked == [f"{REGION}-pubsub.googleapis.com:443"] * 3
    assert REGION in koeln().the("pubsub.Topic", "events").inputs["messageStoragePolicy"]["allowedPersistenceRegions"]
