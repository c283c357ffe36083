"""Secret Manager: the wrapped keys of the vault, the key of challenges, what providers know us by."""

from __future__ import annotations

import sys
from pathlib import Path

import pulumi
import pulumi_command as command
import pulumi_random as random
from pulumi_gcp import secretmanager

from infra.gcp.environment import provider_secrets
from infra.gcp.keys import Keys
from infra.gcp.project import Project, after
from infra.gcp.stack import REGION, Stack

ROOT = Path(__file__).parents[2]

CONFIGURED = {
    "KIM_SMTP_PASSWORD": "smtpPassword",
    "AWS_ACCESS_KEY_ID": "awsAccessKeyId",
    "AWS_SECRET_ACCESS_KEY": "awsSecretAccessKey",
}
"""Secrets that are set with `pulumi config set --secret`."""

Secrets = dict[str, pulumi.Output[str]]
"""The ids of secrets by the variable in which a function finds them, known when there is a value."""


def build(stack: Stack, project: Project, keys: Keys) -> Secrets:
    """Make the secrets, each with a first value, in Germany and under our key."""
    held = {
        "KIM_CHALLENGE_KEY": random.RandomBytes("challenge-key", length=32).base64,
        "KIM_WRAPPED_KEYS": _first_keys(keys),
    }
    settings = pulumi.Config("kim")
    held |= {name: settings.require_secret(CONFIGURED[name]) for name in provider_secrets(stack)}
    return {name: _secret(name, value, stack, project, keys) for name, value in held.items()}


def label(variable: str) -> str:
    """The name of a variable's secret: `wrapped-keys`."""
    return variable.removeprefix("KIM_").replace("_", "-").lower()


def _secret(variable: str, value: pulumi.Input[str], stack: Stack, project: Project, keys: Keys) -> pulumi.Output[str]:
    name = label(variable)
    place = secretmanager.SecretReplicationUserManagedReplicaArgs(
        location=REGION,
        customer_managed_encryption=secretmanager.SecretReplicationUserManagedReplicaCustomerManagedEncryptionArgs(
            kms_key_name=keys.data
        ),
    )
    kept = pulumi.ResourceOptions(protect=variable == "KIM_WRAPPED_KEYS")
    secret = secretmanager.Secret(
        name,
        secret_id=stack.name(name),
        project=project.id,
        replication=secretmanager.SecretReplicationArgs(
            user_managed=secretmanager.SecretReplicationUserManagedArgs(replicas=[place])
        ),
        opts=kept,
    )
    version = secretmanager.SecretVersion(
        name, secret=secret.id, secret_data=value, deletion_policy="ABANDON", opts=kept
    )
    return after(secret.secret_id, version)


def _first_keys(keys: Keys) -> pulumi.Output[str]:
    """Made once, on the machine that deploys; only wrapped do they reach Pulumi's state."""
    made = command.local.Command(
        "first-keys",
        create=pulumi.Output.concat(sys.executable, " -m infra.gcp.vault_keys first ", keys.vault),
        dir=str(ROOT),
        opts=pulumi.ResourceOptions(protect=True, ignore_changes=["create", "dir"]),
    )
    return made.stdout
