"""Who is told when something is wrong: letters, runs, answers, histories, what waits, who is silent, the bill."""

from __future__ import annotations

from collections.abc import Iterable

import pulumi
from pulumi_gcp import billing, logging, monitoring

from infra.gcp import logs
from infra.gcp.project import Project
from infra.gcp.stack import Stack
from infra.topology import EVERY_HOUR, EVERY_MINUTE, FUNCTIONS, Events, Function, Schedule

UNPUBLISHED = "event not published"
"""What the log says of it each minute that the sweep finds it and the bus does not take it."""
SENT = "message sent"
"""What the log says with the seconds that the message `waited` since it was queued."""
DEVIATES = "audit deviates"
"""What the log says when a night's audit found a broken history or a look that was not allowed."""

PATIENCE = {EVERY_MINUTE: 15, EVERY_HOUR: 180}
"""Minutes without a good answer until a schedule is silent. Google waits for less than a day: rarer ones have none."""

RUNNING = 'resource.type = "cloud_run_revision"'
CALLS = "run.googleapis.com/request_count"
WAITING = "pubsub.googleapis.com/subscription/num_undelivered_messages"
PASSED = 'resource.type = "uptime_url" AND metric.type = "monitoring.googleapis.com/uptime_check/check_passed"'
AGE = "pubsub.googleapis.com/subscription/oldest_unacked_message_age"


class Alerts:
    """Tells the same people of everything."""

    def __init__(self, stack: Stack, project: Project) -> None:
        self._stack, self._project = stack, project
        self._told = [
            monitoring.NotificationChannel(
                f"mail-{number}",
                display_name=stack.name("mail", str(number)),
                project=project.id,
                type="email",
                labels={"email_address": address},
            ).id
            for number, address in enumerate(stack.alerts_to)
        ]

    def dead_letters(self) -> None:
        """An event that a function did not take in all its attempts."""
        names = [self._stack.name(row.name, "dead") for row in FUNCTIONS if isinstance(row.on, Events)]
        self._above("dead-letters", 0, _of_subscriptions(WAITING, names), aligner="ALIGN_MAX", minutes=1)

    def late_events(self) -> None:
        """An event that waits for a function for more than a quarter of an hour."""
        names = [self._stack.name(row.name) for row in FUNCTIONS if isinstance(row.on, Events)]
        self._above("late-events", 900, _of_subscriptions(AGE, names), aligner="ALIGN_MAX", minutes=5)

    def errors(self) -> None:
        """More than a few answers of 500 and above in five minutes, of one function."""
        self._above("errors", 5, self._calls(FUNCTIONS, "5xx"), aligner="ALIGN_DELTA", minutes=0, period=300)

    def failed_runs(self) -> None:
        """One answer of 500 and above to the clock, of what runs each hour, night or month: it may be the only one."""
        rare = [row for row in FUNCTIONS if isinstance(row.on, Schedule) and row.on != EVERY_MINUTE]
        self._above("failed-runs", 0, self._calls(rare, "5xx"), aligner="ALIGN_DELTA", minutes=0, period=300)

    def deviations(self) -> None:
        """The audit of a night found a broken history, or a look that was not allowed when it happened."""
        metric = self._counted("deviations", DEVIATES)
        self._above("deviations", 0, _of_metric(metric), aligner="ALIGN_DELTA", minutes=0, period=300)

    def unpublished_events(self) -> None:
        """The oldest event that is not published is older than five minutes: each sweep failed to publish it."""
        metric = self._counted("unpublished", UNPUBLISHED)
        self._above("unpublished", 0, _of_metric(metric), aligner="ALIGN_DELTA", minutes=5)

    def late_messages(self) -> None:
        """One message in twenty needs more than ten minutes from the queue to its provider."""
        metric = self._counted("message-delay", SENT, seconds="waited")
        self._above("late-messages", 600, _of_metric(metric), aligner="ALIGN_PERCENTILE_95", minutes=0, period=600)

    def silent_schedules(self) -> None:
        """A function that is called every minute, or every hour, and has not answered well for a while."""
        for row in FUNCTIONS:
            if isinstance(row.on, Schedule) and row.on in PATIENCE:
                self._silent(row, PATIENCE[row.on])

    def unreachable(self, check: monitoring.UptimeCheckConfig) -> None:
        """The page that everybody may call is asked from outside whether it is there, and half of the answers fail.

        Asked of the function alone: what it needs besides is watched where it fails.
        """
        self._policy(
            "unreachable",
            monitoring.AlertPolicyConditionArgs(
                display_name="unreachable",
                condition_threshold=monitoring.AlertPolicyConditionConditionThresholdArgs(
                    filter=pulumi.Output.concat(PASSED, ' AND metric.labels.check_id = "', check.uptime_check_id, '"'),
                    comparison="COMPARISON_LT",
                    threshold_value=0.5,
                    duration="0s",
                    aggregations=[
                        monitoring.AlertPolicyConditionConditionThresholdAggregationArgs(
                            alignment_period="600s",
                            per_series_aligner="ALIGN_FRACTION_TRUE",
                            cross_series_reducer="REDUCE_MEAN",
                        )
                    ],
                ),
            ),
        )

    def bill(self) -> None:
        """Half of the budget, nine tenths, all of it; and when the month will end above it."""
        rules = [billing.BudgetThresholdRuleArgs(threshold_percent=share) for share in (0.5, 0.9, 1.0)]
        rules.append(billing.BudgetThresholdRuleArgs(threshold_percent=1.0, spend_basis="FORECASTED_SPEND"))
        billing.Budget(
            "bill",
            billing_account=self._stack.billing_account,
            display_name=self._stack.name("bill"),
            budget_filter=billing.BudgetBudgetFilterArgs(
                projects=[pulumi.Output.concat("projects/", self._project.number)]
            ),
            amount=billing.BudgetAmountArgs(
                specified_amount=billing.BudgetAmountSpecifiedAmountArgs(
                    currency_code="EUR", units=str(self._stack.budget)
                )
            ),
            threshold_rules=rules,
            all_updates_rule=billing.BudgetAllUpdatesRuleArgs(
                monitoring_notification_channels=self._told, disable_default_iam_recipients=True
            ),
        )

    def _calls(self, rows: Iterable[Function], answers: str) -> str:
        names = _one_of("service_name", [self._stack.name(row.name) for row in rows])
        return f'{RUNNING} AND {names} AND metric.type = "{CALLS}" AND metric.labels.response_code_class = "{answers}"'

    def _counted(self, name: str, message: str, seconds: str | None = None) -> logging.Metric:
        """How often a message is said, or how the seconds in it are distributed.

        Counted as lines arrive, of the project and not of the log that keeps them: so the numbers are the function's
        (`cloud_run_revision`), whatever is kept where.
        """
        return logging.Metric(
            name,
            name=self._stack.name(name),
            project=self._project.id,
            filter=f'{logs.of(self._stack, "cloud_run_revision")} AND jsonPayload.message = "{message}"',
            value_extractor=None if seconds is None else f"EXTRACT(jsonPayload.{seconds})",
            bucket_options=None if seconds is None else _SECONDS,
            metric_descriptor=logging.MetricMetricDescriptorArgs(
                metric_kind="DELTA",
                value_type="INT64" if seconds is None else "DISTRIBUTION",
                unit="1" if seconds is None else "s",
            ),
        )

    def _above(
        self,
        name: str,
        threshold: float,
        said: pulumi.Input[str],
        *,
        aligner: str,
        minutes: int,
        period: int = 60,
    ) -> None:
        self._policy(
            name,
            monitoring.AlertPolicyConditionArgs(
                display_name=name,
                condition_threshold=monitoring.AlertPolicyConditionConditionThresholdArgs(
                    filter=said,
                    comparison="COMPARISON_GT",
                    threshold_value=threshold,
                    duration=f"{minutes * 60}s",
                    aggregations=[
                        monitoring.AlertPolicyConditionConditionThresholdAggregationArgs(
                            alignment_period=f"{period}s", per_series_aligner=aligner
                        )
                    ],
                ),
            ),
        )

    def _silent(self, row: Function, minutes: int) -> None:
        self._policy(
            f"{row.name}-silent",
            monitoring.AlertPolicyConditionArgs(
                display_name=f"{row.name}-silent",
                condition_absent=monitoring.AlertPolicyConditionConditionAbsentArgs(
                    filter=self._calls([row], "2xx"),
                    duration=f"{minutes * 60}s",
                    aggregations=[
                        monitoring.AlertPolicyConditionConditionAbsentAggregationArgs(
                            alignment_period="60s",
                            per_series_aligner="ALIGN_DELTA",
                            cross_series_reducer="REDUCE_SUM",
                        )
                    ],
                ),
            ),
            section="silent",
        )

    def _policy(self, name: str, condition: monitoring.AlertPolicyConditionArgs, section: str | None = None) -> None:
        monitoring.AlertPolicy(
            name,
            display_name=self._stack.name(name),
            project=self._project.id,
            combiner="OR",
            conditions=[condition],
            notification_channels=self._told,
            documentation=monitoring.AlertPolicyDocumentationArgs(
                content=f"What to do: infra/gcp/README.md, «When an alert comes», {section or name}",
                mime_type="text/markdown",
            ),
        )


_SECONDS = logging.MetricBucketOptionsArgs(
    exponential_buckets=logging.MetricBucketOptionsExponentialBucketsArgs(
        scale=1, growth_factor=2, num_finite_buckets=16
    )
)
"""From a second to eighteen hours."""


def _one_of(label: str, names: list[str]) -> str:
    listed = ", ".join(f'"{name}"' for name in names)
    return f"resource.labels.{label} = one_of({listed})"


def _of_subscriptions(metric: str, names: list[str]) -> str:
    return f'resource.type = "pubsub_subscription" AND {_one_of("subscription_id", names)} AND metric.type = "{metric}"'


def _of_metric(metric: logging.Metric) -> pulumi.Output[str]:
    return pulumi.Output.concat(f'{RUNNING} AND metric.type = "logging.googleapis.com/user/', metric.name, '"')
