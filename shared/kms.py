"""Master keys under Cloud KMS: kept as one wrapped text, opened once per cold start, never written in clear.

`KIM_WRAPPED_KEYS` holds the text (Secret Manager): JSON with the name of the KMS key and the wrapped `KeySet`.
A new version of the KMS key needs nothing from us: Cloud KMS goes on opening what older versions closed.
"""

import base64
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from shared.errors import Busy
from shared.keys import KeySet, MasterKeys, fresh_keys, rotated
from shared.settings import Environment, FromJson

PURPOSE = b"kim master keys"
"""Bound to the wrapped text: nothing else that this key closed can be put in its place."""
TIMEOUT = 10.0
"""Seconds for one call."""


class Wrapped(BaseModel):
    """The key set, closed by a Cloud KMS key."""

    model_config = ConfigDict(frozen=True, defer_build=True, hide_input_in_errors=True)

    kms_key: str
    """projects/…/locations/…/keyRings/…/cryptoKeys/…"""
    wrapped: str


class KmsSettings(Environment):
    """`KIM_WRAPPED_KEYS`: what `first_keys` made."""

    wrapped_keys: FromJson[Wrapped]


class Kms(Protocol):
    """What we need of Cloud KMS: close and open a text of at most 64 KiB under a named key."""

    def close(self, key: str, text: bytes) -> bytes:
        """The text, encrypted. Raises `Busy` when KMS does not answer."""

    def open(self, key: str, closed: bytes) -> bytes:
        """The text in clear. Raises `Busy` when KMS does not answer."""


class CloudKms:
    """Cloud KMS by its client library."""

    def __init__(self) -> None:
        from google.cloud.kms_v1 import KeyManagementServiceClient

        self._client: Any = KeyManagementServiceClient()

    def close(self, key: str, text: bytes) -> bytes:
        request = {"name": key, "plaintext": text, "additional_authenticated_data": PURPOSE}
        text_closed: bytes = _called(self._client.encrypt, request).ciphertext
        return text_closed

    def open(self, key: str, closed: bytes) -> bytes:
        request = {"name": key, "ciphertext": closed, "additional_authenticated_data": PURPOSE}
        text: bytes = _called(self._client.decrypt, request).plaintext
        return text


def _called(method: Any, request: Mapping[str, object]) -> Any:
    from google.api_core import exceptions

    away = (exceptions.DeadlineExceeded, exceptions.InternalServerError, exceptions.ServiceUnavailable)
    try:
        return method(request=request, timeout=TIMEOUT)
    except (*away, exceptions.ResourceExhausted, exceptions.RetryError):
        raise Busy() from None


def opened(held: Wrapped, kms: Kms) -> KeySet:
    """The key set in a wrapped text. One call to KMS."""
    return KeySet.model_validate_json(kms.open(held.kms_key, base64.b64decode(held.wrapped)))


def closed(keys: KeySet, kms_key: str, kms: Kms) -> Wrapped:
    """The key set, wrapped under a KMS key. One call to KMS."""
    text = kms.close(kms_key, keys.model_dump_json().encode())
    return Wrapped(kms_key=kms_key, wrapped=base64.b64encode(text).decode())


def first_keys(kms_key: str, kms: Kms) -> Wrapped:
    """New keys for a new vault, as `KIM_WRAPPED_KEYS` holds them."""
    return closed(fresh_keys(), kms_key, kms)


def rotated_keys(held: Wrapped, kms: Kms) -> Wrapped:
    """The same keys and a new one in charge, as the next value of `KIM_WRAPPED_KEYS`.

    Deploy it to every function first, then run `People.rewrap`: an instance with the old value cannot read a person
    whose key the new one wrapped.
    """
    return closed(rotated(opened(held, kms)), held.kms_key, kms)


@cache
def keyring() -> MasterKeys:
    """The master keys of this process: one call to KMS per cold start."""
    return MasterKeys.of(opened(KmsSettings.read().wrapped_keys, CloudKms()))
