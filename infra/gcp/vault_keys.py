"""Makes the keys of a new vault, and new ones for an old: wrapped by Cloud KMS, in clear nowhere but in memory.

    python -m infra.gcp.vault_keys first KEY           prints the first value of the secret
    python -m infra.gcp.vault_keys rotate < VALUE      prints the next value

KEY is the name of the vault's key in Cloud KMS. Whoever runs it needs `roles/cloudkms.cryptoKeyEncrypter` on it,
and to rotate `roles/cloudkms.cryptoKeyDecrypter` as well. `pulumi up` runs the first once, by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TextIO

from shared.kms import CloudKms, Kms, Wrapped, first_keys, rotated_keys


def made(arguments: Sequence[str], given: TextIO, kms: Kms) -> Wrapped:
    """The value that the arguments ask for. Raises `SystemExit` with the usage."""
    match list(arguments):
        case ["first", key]:
            return first_keys(key, kms)
        case ["rotate"]:
            return rotated_keys(Wrapped.model_validate_json(given.read()), kms)
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    print(made(sys.argv[1:], sys.stdin, CloudKms()).model_dump_json())
