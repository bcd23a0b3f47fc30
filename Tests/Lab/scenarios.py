"""The plain scenarios: losses, services, IPv6, more nodes.

To add one, write a function with the decorator `scenario`; the first line of its docstring is what
`lab list` prints.
"""

from __future__ import annotations

from collections.abc import Iterable

from netfilter import add_flannel_masquerade, drop_arriving, drop_leaving, drop_on_wire
from plan import Plan, scenario


@scenario()
def clean(plan: Plan) -> None:
    """Echoes, datagrams and streams, across nodes and within one; nothing is lost."""
    plan.everything()


@scenario()
def lossy_wire(plan: Plan) -> None:
    """Every seventh VXLAN packet is lost between the nodes, both ways."""
    plan.everything()
    drop_on_wire(plan.lab, "", 7)
    plan.losses = [f"{node.name}/eth0" for node in plan.lab.nodes]


@scenario()
def lossy_forward_source(plan: Plan) -> None:
    """Node 1 loses every fifth packet between cni0 and flannel.1."""
    plan.everything()
    drop_leaving(plan.lab, plan.lab.nodes[0], 4, 5)
    plan.losses = ["n1/cni0"]


@scenario()
def lossy_forward_destination(plan: Plan) -> None:
    """Node 2 loses every fifth packet between flannel.1 and cni0."""
    plan.everything()
    drop_arriving(plan.lab, plan.lab.nodes[1], 4, 5)
    plan.losses = ["n2/flannel.1"]


@scenario()
def blackhole(plan: Plan) -> None:
    """No VXLAN packet from node 1 reaches node 2; the other way is open."""
    plan.everything()
    drop_on_wire(plan.lab, 'iifname "n1"', 1)
    plan.losses = ["n1/eth0"]


@scenario()
def clusterip(plan: Plan) -> None:
    """A DNS-like and a web-like service with their pod on the other node, beside plain traffic."""
    plan.services()
    plan.mix("n1p2", "n2p1")
    add_flannel_masquerade(plan.lab)


@scenario(ipv6=True)
def ipv6(plan: Plan) -> None:
    """The same mix over IPv6 pods and an IPv6 underlay, with some IPv4 beside it."""
    plan.everything(family=6)
    plan.mix("n1p1", "n2p1")


@scenario(ipv6=True)
def lossy_ipv6(plan: Plan) -> None:
    """Every seventh VXLAN packet is lost on an IPv6 underlay, both ways."""
    plan.everything(family=6)
    drop_on_wire(plan.lab, "", 7)
    plan.losses = [f"{node.name}/eth0" for node in plan.lab.nodes]


@scenario(node_count=3)
def three_nodes(plan: Plan) -> None:
    """Every node talks to both others."""
    pairs: Iterable[tuple[int, int]] = ((1, 2), (2, 3), (3, 1))
    for client, server in pairs:
        plan.mix(f"n{client}p1", f"n{server}p2")


@scenario()
def same_node(plan: Plan) -> None:
    """Pods on one node talk to each other, and the node talks to its pods."""
    plan.mix("n1p1", "n1p2")
    plan.mix("n2p2", "n2p1")
    plan.add("udp", "n1", "n1p1", count=20)
    plan.add("icmp", "n2", "n2p2", count=10)


@scenario()
def demo(plan: Plan) -> None:
    """A short mix with a service; node 1 loses some packets, the wire loses others."""
    plan.add("icmp", "n1p1", "n2p1", count=6)
    plan.add("udp", "n1p1", "n2p1", count=24)
    plan.add("udp", "n2p2", "n1p2", count=16)
    plan.add("udp", "n1p2", "n1p1", count=4)
    plan.add("tcp", "n1p2", "n2p2", up=4_800, down=12_000)
    plan.services()
    drop_leaving(plan.lab, plan.lab.nodes[0], 4, 11)
    drop_on_wire(plan.lab, 'iifname "n2"', 13)
    plan.losses = ["n1/cni0", "n2/eth0"]
