"""Everything that one municipality needs, put together from the topology."""

from __future__ import annotations

import pulumi
from pulumi_gcp import cloudfunctionsv2

from infra.gcp import (
    accounts,
    databases,
    edge,
    environment,
    events,
    facts,
    functions,
    keys,
    logs,
    network,
    outside,
    project,
    schedules,
    secret_manager,
    sign_in,
    sources,
)
from infra.gcp.alerts import Alerts
from infra.gcp.stack import Stack, sends
from infra.topology import FUNCTIONS, Events, Function, Http, Opens, Schedule


def build(stack: Stack) -> dict[str, pulumi.Input[str]]:
    """Build all of it; what whoever deploys must know."""
    here = Municipality(stack)
    for row in FUNCTIONS:
        here.deploy(row)
    here.watch()
    return here.exports()


class Municipality:
    """What functions share, and then the functions."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._project = project.prepare(stack)
        self._keys = keys.build(stack, self._project)
        self._secrets = secret_manager.build(stack, self._project, self._keys)
        self._topic = events.topic("events", stack, self._project, self._keys)
        self._facts = facts.build(stack, self._project, self._keys)
        self._appender = accounts.appender(stack, self._project)
        self._sources = sources.build(stack, self._project, self._keys)
        self._entrance = edge.build(stack, self._project)
        self._way_out = network.build(stack, self._project) if stack.messages.email == "smtp" else None
        self._bus = accounts.account("bus", "Brings events to functions", stack, self._project)
        self._clock = accounts.account("clock", "Calls functions at their times", stack, self._project)
        databases.build(stack, self._project, self._keys)

    def exports(self) -> dict[str, pulumi.Input[str]]:
        """The address that the domain must point to, the page, both keys, where e-mail comes from."""
        shown: dict[str, pulumi.Input[str]] = {
            "address": self._entrance.address,
            "page": f"https://{self._stack.domain}{edge.HOME}",
            "data_key": self._keys.data,
            "vault_key": self._keys.vault,
        }
        return shown if self._way_out is None else shown | {"mail_from_address": self._way_out.address}

    def deploy(self, row: Function) -> None:
        """Deploy one function, and let in whoever is to call it and nobody else."""
        function = functions.deploy(
            row,
            self._stack,
            self._project,
            self._keys,
            self._sources,
            runs_as=self._account(row),
            variables=environment.variables(row, self._stack, self._known(row)),
            secrets={name: self._secrets[name] for name in environment.secrets(row, self._stack)},
            way_out=self._way_out if sends(row) else None,
        )
        match row.on:
            case Http() as on:
                self._open(row, on, function)
            case Events() as on:
                self._listen(row, on, function)
            case Schedule() as on:
                self._call(row, on, function)

    def watch(self) -> None:
        """Keep the log, and tell somebody when something is wrong."""
        logs.keep(self._stack, self._project, self._keys)
        alerts = Alerts(self._stack, self._project)
        alerts.dead_letters()
        alerts.late_events()
        alerts.errors()
        alerts.failed_runs()
        alerts.deviations()
        alerts.unpublished_events()
        alerts.late_messages()
        alerts.silent_schedules()
        alerts.unreachable(outside.ask(self._stack, self._project))
        alerts.bill()

    def _account(self, row: Function) -> pulumi.Output[str]:
        account = accounts.account(row.name, f"Runs {row.name}", self._stack, self._project)
        grants = accounts.Grants(row.name, account, self._stack, self._project)
        for database in accounts.databases(row, self._stack):
            grants.database(database)
        for database in accounts.searched(row, self._stack):
            grants.database(database, changes=False)
        for variable in environment.secrets(row, self._stack):
            grants.secret(secret_manager.label(variable), self._secrets[variable])
        if Opens.PUBLISH in row.opens:
            grants.publish(self._topic)
        if Opens.PEOPLE in row.opens:
            grants.unwrap(self._keys)
        if Opens.FACTS in row.opens:
            grants.facts(self._facts, appender=self._appender if accounts.appends(row) else None)
        return grants.email

    def _known(self, row: Function) -> environment.Variables:
        """What only other resources know."""
        known: environment.Variables = {
            "KIM_TOPIC": self._topic.name,
            "KIM_DATASET": self._facts.dataset_id,
            "KIM_SEAL": self._keys.data,
        }
        if isinstance(row.on, Http) and row.on.callers == "staff":
            known["KIM_ISSUERS"] = sign_in.issuers(self._entrance.backends[row.name], self._stack, self._project)
        return known

    def _open(self, row: Function, on: Http, function: cloudfunctionsv2.Function) -> None:
        if on.callers == "staff":
            sign_in.protect(row.name, self._entrance.backends[row.name], self._stack, self._project)
        caller = self._project.agents["iap"] if on.callers == "staff" else "allUsers"
        functions.let_in(row.name, function, caller, self._project)

    def _listen(self, row: Function, on: Events, function: cloudfunctionsv2.Function) -> None:
        let_in = functions.let_in(row.name, function, self._bus.member, self._project)
        events.listen(
            row,
            on,
            self._stack,
            self._project,
            heard=self._topic,
            dead=events.topic(f"{row.name}-dead", self._stack, self._project, self._keys),
            pushed_to=project.after(functions.url(row, self._stack, self._project), let_in),
            pusher=self._bus.email,
        )

    def _call(self, row: Function, on: Schedule, function: cloudfunctionsv2.Function) -> None:
        let_in = functions.let_in(row.name, function, self._clock.member, self._project)
        schedules.call(
            row,
            on,
            self._stack,
            self._project,
            called=project.after(functions.url(row, self._stack, self._project), let_in),
            caller=self._clock.email,
        )
