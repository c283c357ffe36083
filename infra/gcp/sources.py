"""Where functions come from: the bundles, who builds them into images, and where the images lie."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pulumi
from pulumi_gcp import artifactregistry, projects, serviceaccount, storage

from infra.bundles import BUNDLES
from infra.gcp.accounts import account
from infra.gcp.keys import Keys
from infra.gcp.project import Project, after
from infra.gcp.stack import REGION, Stack
from infra.topology import Function

KEPT_IMAGES = 5


@dataclass(frozen=True, slots=True)
class Sources:
    """What a build needs."""

    bucket: storage.Bucket
    repository: pulumi.Output[str]
    builder: pulumi.Output[str]


def build(stack: Stack, project: Project, keys: Keys) -> Sources:
    """A bucket of bundles, a registry of images, and an account that may turn the one into the other."""
    bucket = storage.Bucket(
        "bundles",
        name=f"{stack.project}-{stack.name('bundles')}",
        project=project.id,
        location=REGION.upper(),
        uniform_bucket_level_access=True,
        public_access_prevention="enforced",
        force_destroy=True,
        encryption=storage.BucketEncryptionArgs(default_kms_key_name=keys.data),
    )
    images = _images(stack, project, keys)
    return Sources(bucket, images.id, _builder(stack, project, images))


def _images(stack: Stack, project: Project, keys: Keys) -> artifactregistry.Repository:
    """The registry. Of each image the last few stay, however old they are."""
    return artifactregistry.Repository(
        "images",
        repository_id=stack.name("images"),
        project=project.id,
        location=REGION,
        format="DOCKER",
        kms_key_name=keys.data,
        cleanup_policies=[
            artifactregistry.RepositoryCleanupPolicyArgs(
                id="keep",
                action="KEEP",
                most_recent_versions=artifactregistry.RepositoryCleanupPolicyMostRecentVersionsArgs(
                    keep_count=KEPT_IMAGES
                ),
            ),
            artifactregistry.RepositoryCleanupPolicyArgs(
                id="drop",
                action="DELETE",
                condition=artifactregistry.RepositoryCleanupPolicyConditionArgs(older_than="30d"),
            ),
        ],
    )


def upload(row: Function, sources: Sources) -> storage.BucketObject:
    """The function's bundle, named after its content: another content is another object, and a new deployment."""
    bundle = _bundle(row)
    digest = hashlib.sha256(bundle.read_bytes()).hexdigest()[:16]
    return storage.BucketObject(
        row.name, name=f"{row.name}-{digest}.zip", bucket=sources.bucket.name, source=pulumi.FileAsset(str(bundle))
    )


def _bundle(row: Function) -> Path:
    """Raises `FileNotFoundError` before `make bundles`."""
    bundle = BUNDLES / f"{row.name}.zip"
    if not bundle.exists():
        raise FileNotFoundError(f"{bundle}: run `make bundles` first")
    return bundle


def _builder(stack: Stack, project: Project, images: artifactregistry.Repository) -> pulumi.Output[str]:
    builder = account("build", "Builds the images of all functions", stack, project)
    return after(
        builder.id,
        artifactregistry.RepositoryIamMember(
            "build-images",
            project=project.id,
            location=REGION,
            repository=images.name,
            role="roles/artifactregistry.writer",
            member=builder.member,
        ),
        _may(builder, "roles/logging.logWriter", "build-log", project),
        _may(builder, "roles/storage.objectViewer", "build-source", project),
    )


def _may(builder: serviceaccount.Account, role: str, name: str, project: Project) -> projects.IAMMember:
    return projects.IAMMember(name, project=project.id, role=role, member=builder.member)
