"""What of the libraries few requests need: it comes late (`shared.late`). Tests read in each that it may."""

from __future__ import annotations

from collections.abc import Mapping

PATTERNS = frozenset(
    {"cryptography.x509.name", "fractions", "http.cookiejar", "marshmallow.validate", "urllib3.util.url"}
)
"""Modules that ask nothing of their patterns but what a pattern does: a test reads it."""

SHAPES = "pydantic_core.core_schema"

PASS_NAMES_ON = frozenset(
    {
        "charset_normalizer",
        "cryptography.x509",
        "google.api_core.gapic_v1",
        "google.cloud.firestore_v1",
        "google.cloud.firestore_v1.services.firestore",
        "google.cloud.firestore_v1.types",
        "google.cloud.kms_v1",
        "google.cloud.kms_v1.services.key_management_service",
        "google.pubsub_v1",
        "google.pubsub_v1.services.publisher",
        "phonenumbers",
    }
)
"""Packages whose own code uses none of the names that they pass on: a test reads it."""

SERVICES = (
    "google.cloud.firestore_v1.services.firestore",
    "google.cloud.kms_v1.services.key_management_service",
    "google.pubsub_v1.services.publisher",
)
LIST_NAMES: Mapping[str, tuple[str, ...]] = {
    "phonenumbers.data": ("phonenumbers.data.alt_format_",),
    **{
        f"{service}.{module}": (f"{service}.transports.grpc_asyncio", f"{service}.transports.rest")
        for service in SERVICES
        for module in ("client", "transports")
    },
}
"""Modules that put names into a list, and which modules' names wait there: other countries' ways to write a number,
other ways to send. Whoever takes one from the list can call it, or go through it."""

CALL_NAMES: Mapping[str, tuple[str, ...]] = {
    "google.cloud.firestore_v1.base_client": ("google.cloud.firestore_v1.bulk_writer",),
}
"""Modules whose functions call names that few need, and which modules' names wait there until they do."""

NEVER_LOOKED_INTO = frozenset(
    {"google.api_core._observability", "google.protobuf.internal.python_message", "grpc.aio", "grpc_status._async"}
)
"""Modules that others load as a whole, and need only where another way is gone."""
