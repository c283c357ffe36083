"""What Amazon's services share: how they are reached, and which of their errors are for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.notifications.senders import TIMEOUT, TryAgain, Undeliverable
from shared.settings import Address, Environment

NEVER = frozenset(
    {
        "BadRequestException",
        "EndpointDisabled",
        "InvalidParameter",
        "InvalidParameterValue",
        "MessageRejected",
        "OptedOut",
        "ParameterValueInvalid",
        "ValidationException",
    }
)
"""Errors about this one message. All others (throttling, outages, our own rights and settings) pass or get mended."""


class AwsSettings(Environment):
    """`KIM_AWS_REGION`, `KIM_AWS_ENDPOINT`; who we are comes from the environment, as boto3 reads it."""

    aws_region: str = "eu-central-1"
    """Frankfurt: personal data stays in Germany."""
    aws_endpoint: Address | None = None
    """Another address than Amazon's, for tests."""


def client(service: str, settings: AwsSettings) -> Any:
    """A client with short timeouts and no tries of its own: the bus tries again."""
    import boto3
    from botocore.config import Config

    config = Config(connect_timeout=TIMEOUT, read_timeout=TIMEOUT, retries={"total_max_attempts": 1})
    return boto3.client(service, region_name=settings.aws_region, endpoint_url=settings.aws_endpoint, config=config)


def asked(call: Callable[..., Any], **parameters: Any) -> str:
    """The `MessageId` that a call answers with. Raises `Undeliverable` or `TryAgain`: codes, never addresses."""
    from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

    try:
        return str(call(**parameters)["MessageId"])
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        raise (Undeliverable if code in NEVER else TryAgain)(code) from None
    except ParamValidationError:
        raise Undeliverable("ParamValidation") from None  # its text quotes the parameters
    except BotoCoreError as error:
        raise TryAgain(type(error).__name__) from None
