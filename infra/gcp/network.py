"""The way out for e-mail: a network whose one exit has an address that a relay can know."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_gcp import compute

from infra.gcp.project import Project, after
from infra.gcp.stack import REGION, Stack

RANGE = "10.8.0.0/26"
WEB = "443"


@dataclass(frozen=True, slots=True)
class WayOut:
    """What a function needs to send through it, and the address that the relay will see."""

    network: pulumi.Output[str]
    subnetwork: pulumi.Output[str]
    address: pulumi.Output[str]


def build(stack: Stack, project: Project) -> WayOut:
    """Only web and mail ports lead out; nothing leads in."""
    network = compute.Network(
        "out", name=stack.name("out"), project=project.id, auto_create_subnetworks=False, routing_mode="REGIONAL"
    )
    subnetwork = compute.Subnetwork(
        "out",
        name=stack.name("out"),
        project=project.id,
        region=REGION,
        network=network.id,
        ip_cidr_range=RANGE,
        private_ip_google_access=True,
    )
    _ports(stack, project, network)
    address, exit_ = _exit(stack, project, network, subnetwork)
    return WayOut(network.id, after(subnetwork.id, exit_), address.address)


def _exit(
    stack: Stack, project: Project, network: compute.Network, subnetwork: compute.Subnetwork
) -> tuple[compute.Address, compute.RouterNat]:
    address = compute.Address("out", name=stack.name("out"), project=project.id, region=REGION)
    router = compute.Router("out", name=stack.name("out"), project=project.id, region=REGION, network=network.id)
    nat = compute.RouterNat(
        "out",
        name=stack.name("out"),
        project=project.id,
        region=REGION,
        router=router.name,
        nat_ip_allocate_option="MANUAL_ONLY",
        nat_ips=[address.id],
        source_subnetwork_ip_ranges_to_nat="LIST_OF_SUBNETWORKS",
        subnetworks=[compute.RouterNatSubnetworkArgs(name=subnetwork.id, source_ip_ranges_to_nats=["ALL_IP_RANGES"])],
    )
    return address, nat


def _ports(stack: Stack, project: Project, network: compute.Network) -> None:
    compute.Firewall(
        "out-allowed",
        name=stack.name("out", "allowed"),
        project=project.id,
        network=network.id,
        direction="EGRESS",
        priority=1000,
        destination_ranges=["0.0.0.0/0"],
        allows=[compute.FirewallAllowArgs(protocol="tcp", ports=[WEB, str(stack.messages.smtp_port)])],
    )
    compute.Firewall(
        "out-denied",
        name=stack.name("out", "denied"),
        project=project.id,
        network=network.id,
        direction="EGRESS",
        priority=65000,
        destination_ranges=["0.0.0.0/0"],
        denies=[compute.FirewallDenyArgs(protocol="all")],
    )
