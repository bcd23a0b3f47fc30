"""Scenarios in which packets are cut at the NIC and glued together at the far side."""

from __future__ import annotations

from netfilter import drop_on_wire
from offloads import allow_big_tcp, cut_at_nics, merge_datagrams, merge_at_nic
from plan import Plan, scenario

# Writes of many segments, and of few, so that units of all sizes are sent.
LARGE_WRITES = (60_000, 24_000, 7_000, 120_000, 2_800, 504)
GSO_SIZE = 1200
GSO_SIZES = (24_600, 6_000, 1_800, 60_000)


def large_streams(plan: Plan, family: int) -> None:
    """Two streams across the nodes, with data both ways, and one within a node."""
    scale = plan.scale
    plan.add("tcp", "n1p1", "n2p1", family=family, sizes=LARGE_WRITES,
             up=480_000 * scale, down=320_000 * scale)
    plan.add("tcp", "n2p2", "n1p2", family=family, sizes=LARGE_WRITES[::-1],
             up=240_000 * scale, down=160_000 * scale)
    plan.add("tcp", "n1p1", "n1p2", family=family, sizes=LARGE_WRITES, up=160_000, down=8_000)
    plan.add("icmp", "n1p1", "n2p1", family=family, count=10 * scale)
    cut_at_nics(plan.lab)
    merge_at_nic(plan.lab, plan.lab.nodes[0])
    plan.cut_and_glued = True


@scenario(offloads=True)
def segmentation(plan: Plan) -> None:
    """TCP units of up to 64 KB, cut at the NICs; merged at node 1's NIC and node 2's flannel.1."""
    large_streams(plan, 4)


@scenario(offloads=True, ipv6=True)
def segmentation_ipv6(plan: Plan) -> None:
    """The same with IPv6."""
    large_streams(plan, 6)


@scenario(offloads=True)
def segmentation_lossy(plan: Plan) -> None:
    """The same, and every 40th packet is lost on the wire, so that segments are sent again."""
    large_streams(plan, 4)
    drop_on_wire(plan.lab, "", 40)
    plan.losses = ["n1/eth0", "n2/eth0"]


@scenario(offloads=True, ipv6=True)
def segmentation_ipv6_lossy(plan: Plan) -> None:
    """Lossy and IPv6: equal segments within a millisecond are unclear."""
    large_streams(plan, 6)
    drop_on_wire(plan.lab, "", 40)
    plan.losses = ["n1/eth0", "n2/eth0"]


@scenario(offloads=True, ipv6=True)
def segmentation_big_tcp(plan: Plan) -> None:
    """IPv6 units above 64 KB (BIG TCP) between pods of one node."""
    plan.add("tcp", "n1p1", "n1p2", family=6, sizes=(600_000,), up=3_000_000, down=80_000)
    plan.add("icmp", "n1p1", "n2p1", family=6, count=10 * plan.scale)
    allow_big_tcp(plan.lab)
    plan.cut_and_glued = True


@scenario(offloads=True)
def segmentation_udp(plan: Plan) -> None:
    """UDP GSO (UDP_SEGMENT) cut at the NICs and merged at the far flannel.1."""
    large_datagrams(plan, 4)


@scenario(offloads=True)
def segmentation_udp_lossy(plan: Plan) -> None:
    """The same as fast as it goes, and every 40th packet is lost on the wire."""
    large_datagrams(plan, 4, pace=0)
    drop_on_wire(plan.lab, "", 40)
    plan.losses = ["n1/eth0", "n2/eth0"]


@scenario(offloads=True, ipv6=True)
def segmentation_udp_ipv6(plan: Plan) -> None:
    """The same with IPv6, where no identification tells the datagrams."""
    large_datagrams(plan, 6)


def large_datagrams(plan: Plan, family: int, pace: float = 0.02) -> None:
    """Units of up to 60 KB, across the nodes both ways; a socket's have identifications in common."""
    for client, server in (("n1p1", "n2p1"), ("n2p2", "n1p2")):
        plan.add("udp", client, server, family=family, count=300 * plan.scale, sizes=GSO_SIZES,
                 segment=GSO_SIZE, pace=pace)
    cut_at_nics(plan.lab)
    merge_datagrams(plan.lab)
    plan.cut_and_glued = True
