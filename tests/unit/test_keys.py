"""Master keys: in a file that only its owner can read, or wrapped by Cloud KMS; rotation never loses an old one."""

from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap
from google.api_core import exceptions
from google.cloud.kms import DecryptRequest, EncryptRequest

from infra.local import rotate_key
from shared import keys, kms, people, settings, store
from shared.errors import Busy
from shared.keys import KeySet, MasterKeys, fresh_keys, key_file, rotate, rotated
from shared.kms import CloudKms, Wrapped, first_keys, opened, rotated_keys
from tests.builders import NOON, a_person

KEY = bytes(range(32))
KMS_KEY = "projects/p/locations/europe-west3/keyRings/r/cryptoKeys/vault"


def test_a_key_is_unwrapped_as_it_was_wrapped(tmp_path: Path):
    keyring = key_file(tmp_path / "master.key")

    assert keyring.unwrap(keyring.wrap(KEY)) == KEY
    assert key_file(tmp_path / "master.key").unwrap(keyring.wrap(KEY)) == KEY


def test_the_file_is_for_its_owner_only(tmp_path: Path):
    key_file(tmp_path / "new" / "master.key")

    assert stat.S_IMODE((tmp_path / "new" / "master.key").stat().st_mode) == 0o600
    assert os.listdir(tmp_path / "new") == ["master.key"]


def test_those_who_start_together_agree_on_one_file(tmp_path: Path):
    with ThreadPoolExecutor(8) as threads:
        keyrings = list(threads.map(lambda _: key_file(tmp_path / "master.key"), range(8)))

    assert len({keyring.search_key() for keyring in keyrings}) == 1
    assert keyrings[0].unwrap(keyrings[7].wrap(KEY)) == KEY


def test_an_altered_key_is_refused(tmp_path: Path):
    keyring = key_file(tmp_path / "master.key")
    name, _, text = keyring.wrap(KEY).partition(":")

    with pytest.raises(InvalidUnwrap):
        keyring.unwrap(f"{name}:{'A' * len(text[:-4])}{text[-4:]}")


def test_two_places_have_different_keys(tmp_path: Path):
    one, other = key_file(tmp_path / "a" / "master.key"), key_file(tmp_path / "b" / "master.key")

    assert one.search_key() != other.search_key()
    with pytest.raises(InvalidUnwrap):
        other.unwrap(one.wrap(KEY))


def test_rotation_puts_a_new_key_in_charge_and_keeps_the_old(tmp_path: Path):
    before = key_file(tmp_path / "master.key")
    wrapped, search_key = before.wrap(KEY), before.search_key()
    assert before.is_current(wrapped)

    rotate(tmp_path / "master.key")

    after = key_file(tmp_path / "master.key")
    assert not after.is_current(wrapped)
    assert after.is_current(after.wrap(KEY))
    assert after.unwrap(wrapped) == KEY
    assert after.search_key() == search_key
    assert stat.S_IMODE((tmp_path / "master.key").stat().st_mode) == 0o600


def test_who_runs_during_a_rotation_learns_of_the_new_key(tmp_path: Path):
    running = key_file(tmp_path / "master.key")
    rotate(tmp_path / "master.key")
    rotate(tmp_path / "master.key")

    assert running.unwrap(key_file(tmp_path / "master.key").wrap(KEY)) == KEY
    assert running.wrap(KEY).startswith("3:")


def test_names_of_keys_go_on_beyond_nine():
    held = fresh_keys()
    for _ in range(12):
        held = rotated(held)

    assert held.current == "13"
    assert len(set(held.keys.values())) == 13


def test_a_key_set_shows_no_key():
    held = fresh_keys()

    for shown in (repr(held), str(held)):
        assert held.search not in shown
        assert held.keys["1"] not in shown
    with pytest.raises(ValueError, match="search") as failure:
        KeySet.model_validate({"current": "1", "keys": {"1": "c2VjcmV0"}, "search": ["c2VjcmV0"]})
    assert "c2VjcmV0" not in str(failure.value)


def test_the_command_brings_every_person_under_the_new_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("KIM_DATA", str(tmp_path))
    for cached in (settings.settings, store.connect, keys.connect, people.connect_people):
        cached.cache_clear()
    people.connect_people().keep("person-a1", a_person(), subject="submission-a1", at=NOON)

    rotate_key.main()

    assert "1 persons" in capsys.readouterr().out
    assert people.connect_people().find("person-a1") == a_person()
    assert store.connect("people").get("persons/person-a1")["key"].startswith("2:")
    for cached in (settings.settings, store.connect, keys.connect, people.connect_people):
        cached.cache_clear()


def test_the_command_says_when_there_is_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KIM_DATA", str(tmp_path))
    settings.settings.cache_clear()

    with pytest.raises(SystemExit, match="no master key"):
        rotate_key.main()
    settings.settings.cache_clear()


# Cloud KMS


class FakeKms:
    """A KMS that closes by turning bytes over, bound to the name of its key, and counts its calls."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def close(self, key: str, text: bytes) -> bytes:
        self.calls.append("close")
        return key.encode() + b"|" + text[::-1]

    def open(self, key: str, closed: bytes) -> bytes:
        self.calls.append("open")
        name, _, text = closed.partition(b"|")
        assert name == key.encode()
        return text[::-1]


def test_keys_come_out_of_kms_as_they_went_in_with_one_call():
    fake = FakeKms()
    held = first_keys(KMS_KEY, fake)
    fake.calls.clear()

    keyring = MasterKeys.of(opened(held, fake))

    assert fake.calls == ["open"]
    assert keyring.unwrap(MasterKeys.of(opened(held, fake)).wrap(KEY)) == KEY


def test_rotation_in_kms_keeps_the_old_keys_and_the_search_key():
    fake = FakeKms()
    held = first_keys(KMS_KEY, fake)
    before, after = MasterKeys.of(opened(held, fake)), MasterKeys.of(opened(rotated_keys(held, fake), fake))
    wrapped = before.wrap(KEY)

    assert after.unwrap(wrapped) == KEY
    assert not after.is_current(wrapped)
    assert after.search_key() == before.search_key()


def test_what_is_kept_shows_no_key():
    fake = FakeKms()
    held = first_keys(KMS_KEY, fake)

    assert opened(held, fake).search not in held.model_dump_json()


def test_the_keyring_of_a_process_costs_one_call(monkeypatch: pytest.MonkeyPatch):
    fake = FakeKms()
    monkeypatch.setenv("KIM_WRAPPED_KEYS", first_keys(KMS_KEY, fake).model_dump_json())
    monkeypatch.setattr(kms, "CloudKms", lambda: fake)
    kms.keyring.cache_clear()
    fake.calls.clear()

    assert kms.keyring() is kms.keyring()
    assert fake.calls == ["open"]
    kms.keyring.cache_clear()


def test_wrapped_keys_that_cannot_be_read_are_not_shown(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KIM_WRAPPED_KEYS", json.dumps({"kms_key": KMS_KEY, "rapped": "c2VjcmV0"}))
    kms.keyring.cache_clear()

    with pytest.raises(ValueError, match="wrapped") as failure:
        kms.keyring()

    assert "c2VjcmV0" not in str(failure.value)


def test_the_held_value_is_plain_json():
    held = first_keys(KMS_KEY, FakeKms())

    assert Wrapped.model_validate_json(held.model_dump_json()) == held
    assert set(json.loads(held.model_dump_json())) == {"kms_key", "wrapped"}


class FakeClient:
    """Google's client for Cloud KMS: remembers what it was asked, and answers or fails."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.asked: list[dict[str, object]] = []

    def encrypt(self, *, request: dict[str, object], timeout: float) -> object:
        return self._answer(request, ciphertext=b"closed")

    def decrypt(self, *, request: dict[str, object], timeout: float) -> object:
        return self._answer(request, plaintext=b"text")

    def _answer(self, request: dict[str, object], **said: bytes) -> object:
        self.asked.append(request)
        if self.error is not None:
            raise self.error
        return SimpleNamespace(**said)


def a_cloud_kms(client: FakeClient) -> CloudKms:
    kms = CloudKms.__new__(CloudKms)
    kms._client = client
    return kms


def test_cloud_kms_is_asked_for_the_key_and_the_purpose():
    client = FakeClient()
    cloud = a_cloud_kms(client)

    assert cloud.close(KMS_KEY, b"text") == b"closed"
    assert cloud.open(KMS_KEY, b"closed") == b"text"
    bound = {"name": KMS_KEY, "additional_authenticated_data": b"kim master keys"}
    assert client.asked == [{**bound, "plaintext": b"text"}, {**bound, "ciphertext": b"closed"}]


def test_a_kms_that_does_not_answer_makes_callers_come_back():
    for name in ("ServiceUnavailable", "DeadlineExceeded", "InternalServerError", "ResourceExhausted"):
        with pytest.raises(Busy):
            a_cloud_kms(FakeClient(getattr(exceptions, name)("injected"))).open(KMS_KEY, b"closed")


def test_a_kms_that_refuses_is_a_fault_and_no_delay():
    with pytest.raises(exceptions.PermissionDenied):
        a_cloud_kms(FakeClient(exceptions.PermissionDenied("injected"))).open(KMS_KEY, b"closed")


def test_the_requests_are_what_googles_library_takes():
    client = FakeClient()
    cloud = a_cloud_kms(client)
    cloud.close(KMS_KEY, b"text")
    cloud.open(KMS_KEY, b"closed")

    assert EncryptRequest(client.asked[0]).plaintext == b"text"
    assert DecryptRequest(client.asked[1]).additional_authenticated_data == b"kim master keys"
