"""Cloud KMS: one key under which everything at rest lies, and one that opens the vault."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_gcp import kms

from infra.gcp.project import Project, after
from infra.gcp.stack import REGION, Stack

QUARTER = f"{90 * 24 * 3600}s"
"""A new version every ninety days; the old ones go on opening what they closed."""

SECOND_THOUGHTS = f"{30 * 24 * 3600}s"
"""How long a version that was to be destroyed can still be brought back."""

SEALED_BY_US = (
    "artifactregistry",
    "bigquery",
    "cloudfunctions",
    "cloudscheduler",
    "eventarc",
    "firestore",
    "logging",
    "pubsub",
    "run",
    "secretmanager",
    "storage",
)
"""The products that keep what they hold under our key."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The names of the keys; of the first, known when every product may use it."""

    data: pulumi.Output[str]
    vault: pulumi.Output[str]


def build(stack: Stack, project: Project) -> Keys:
    """Make the keys. Neither is deleted with the stack: a key that is gone takes everything with it."""
    ring = kms.KeyRing(
        "keys", name=stack.name("keys"), location=REGION, project=project.id, opts=pulumi.ResourceOptions(protect=True)
    )
    data = _key("data", ring, "SOFTWARE")
    grants = [_may_use(name, project.agents[name], data) for name in SEALED_BY_US]
    return Keys(after(data.id, *grants), _key("vault", ring, "HSM").id)


def _key(name: str, ring: kms.KeyRing, level: str) -> kms.CryptoKey:
    return kms.CryptoKey(
        name,
        name=name,
        key_ring=ring.id,
        purpose="ENCRYPT_DECRYPT",
        rotation_period=QUARTER,
        destroy_scheduled_duration=SECOND_THOUGHTS,
        version_template=kms.CryptoKeyVersionTemplateArgs(
            algorithm="GOOGLE_SYMMETRIC_ENCRYPTION", protection_level=level
        ),
        opts=pulumi.ResourceOptions(protect=True),
    )


def _may_use(name: str, agent: pulumi.Output[str], key: kms.CryptoKey) -> kms.CryptoKeyIAMMember:
    return kms.CryptoKeyIAMMember(
        f"data-{name}", crypto_key_id=key.id, role="roles/cloudkms.cryptoKeyEncrypterDecrypter", member=agent
    )
