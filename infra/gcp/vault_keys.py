"""Makes the keys of a new vault, and new ones for an old: wrapped by Cloud KMS, in clear nowhere but in memory.

    python -m infra.gcp.vault_keys first KEY           prints the first value of the secret
    python -m infra.gcp.vault_keys rotate < VALUE      prints the next value
    python -m infra.gcp.vault_keys rewrap < VALUE      brings every person under its newest key, and prints how many

The last opens the vault of `KIM_PROJECT` and `KIM_PREFIX`, with `KIM_BACKEND=google` and `roles/datastore.user` on it;
it may be broken off and begun again. KEY is the name of the vault's key in Cloud KMS. Whoever makes keys needs
`roles/cloudkms.cryptoKeyEncrypter` on it, and for all but the first `roles/cloudkms.cryptoKeyDecrypter` as well.
`pulumi up` runs the first once, by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TextIO

from shared import store
from shared.keys import MasterKeys
from shared.kms import CloudKms, Kms, Wrapped, first_keys, opened, rotated_keys


def said(arguments: Sequence[str], given: TextIO, kms: Kms) -> str:
    """What is printed: a value, or how many persons were brought over. Raises `SystemExit` with the usage."""
    match list(arguments):
        case ["first", key]:
            return first_keys(key, kms).model_dump_json()
        case ["rotate"]:
            return rotated_keys(_value(given), kms).model_dump_json()
        case ["rewrap"]:
            return f"{_rewrapped(_value(given), kms)} persons are under the new master key."
        case _:
            raise SystemExit(__doc__)


def _rewrapped(held: Wrapped, kms: Kms) -> int:
    from shared.people import People  # of no use to whoever makes the first keys

    return People(store.connect("people"), MasterKeys.of(opened(held, kms))).rewrap()


def _value(given: TextIO) -> Wrapped:
    return Wrapped.model_validate_json(given.read())


if __name__ == "__main__":
    print(said(sys.argv[1:], sys.stdin, CloudKms()))
