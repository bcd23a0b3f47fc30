"""Scenarios in which packets go other ways than Flannel's, or the wrong way."""

from __future__ import annotations

from netfilter import drop_on_wire
from paths import intended_path, pod_points
from plan import Plan, scenario
from scenarios_translation import ERROR_SNAPLEN
from shell import bridge_batch, ip_batch
from topology import CALICO, CANAL

BOTH_WAYS = frozenset({(1, 2), (2, 1)})
LOOP_TTLS = (9, 8)


@scenario(node_count=3)
def three_nodes_lossy(plan: Plan) -> None:
    """Every node talks to both others, and the wire loses every ninth VXLAN packet."""
    for client, server in ((1, 2), (2, 3), (3, 1)):
        plan.mix(f"n{client}p1", f"n{server}p2")
    drop_on_wire(plan.lab, "", 9)
    plan.losses = [f"{node.name}/eth0" for node in plan.lab.nodes]


@scenario(direct=BOTH_WAYS)
def host_gw(plan: Plan) -> None:
    """Flannel's host-gw: routes between the nodes, no VXLAN."""
    plan.everything()


@scenario(direct=frozenset({(1, 2)}))
def direct_routing(plan: Plan) -> None:
    """Node 1 sends plain packets to node 2, node 2 answers in VXLAN."""
    plan.everything()


@scenario(style=CALICO)
def calico(plan: Plan) -> None:
    """Calico: pods behind routed interfaces (cali…), no bridge, vxlan.calico on port 4789."""
    plan.everything()


@scenario(style=CANAL)
def canal(plan: Plan) -> None:
    """Canal: Calico's pods beside Flannel's VXLAN."""
    plan.everything()


@scenario()
def flooded(plan: Plan) -> None:
    """Bridges forget at once which pod is where, and send what comes for one to all others."""
    for node in plan.lab.nodes:
        commands = ["link set cni0 type bridge ageing_time 0"]
        # In hairpin mode the sender would get its own packets back.
        commands += [f"link set {pod.veth} type bridge_slave hairpin off" for pod in node.pods]
        ip_batch(plan.lab.namespace(node.name), commands)
    plan.everything()


@scenario(node_count=3)
def wrong_fdb(plan: Plan) -> None:
    """Node 1 sends node 2's packets to node 3, which drops them: the MAC is not its own."""
    lab, (first, second, third) = plan.lab, plan.lab.nodes
    bridge_batch(lab.namespace("n1"), [f"fdb replace {second.vtep_mac[4]} dev flannel.1"
                                       f" dst {third.underlay(4)} self permanent"])
    detour(plan, ["n3/eth0", "n3/flannel.1"])
    plan.losses = ["n3/flannel.1"]


@scenario(node_count=3)
def wrong_neighbour(plan: Plan) -> None:
    """Node 1 has node 3's MAC for node 2's VTEP: node 3 gets the packets and forwards them."""
    lab, (first, second, third) = plan.lab, plan.lab.nodes
    ip_batch(lab.namespace("n1"), [f"neighbour replace {second.vtep_address(4)}"
                                   f" lladdr {third.vtep_mac[4]} dev flannel.1 nud permanent"])
    detour(plan, ["n3/eth0", "n3/flannel.1", "n3/flannel.1", "n3/eth0"])


def detour(plan: Plan, points: list[str]) -> None:
    """Traffic both ways, of which node 1's comes by `points` on the wire."""
    def way(sender: str, receiver: str) -> tuple[str, ...]:
        usual = intended_path(plan.lab, sender, receiver, 4)
        wire = usual.index("n2/eth0")
        return (*usual[:wire], *points, *usual[wire:])

    out, back = way("n1p1", "n2p1"), way("n1p2", "n2p2")
    for protocol, amounts in (
        ("icmp", {"count": 10}), ("udp", {"count": 30}), ("tcp", {"up": 12_000, "down": 20_000}),
    ):
        plan.add(protocol, "n1p1", "n2p1", path=out, **amounts)
        plan.add(protocol, "n2p2", "n1p2", return_path=back, **amounts)
        plan.add(protocol, "n3p1", "n1p1", **amounts)


@scenario(node_count=3)
def loop(plan: Plan) -> None:
    """Nodes 1 and 2 send node 3's packets to each other until their TTL is used up."""
    lab, (first, second, third) = plan.lab, plan.lab.nodes
    for node, other in ((first, second), (second, first)):
        ip_batch(lab.namespace(node.name), [f"route replace {third.pod_network(4)}"
                                            f" via {other.vtep_address(4)} dev flannel.1 onlink"])
    wanted = intended_path(lab, "n1p1", "n3p1", 4)
    rest = wanted[wanted.index("n3/eth0"):]
    errors = {"n1": ("n1/cni0", *pod_points(lab, "n1p1")[::-1]),
              "n2": tuple(intended_path(lab, "n2", "n1p1", 4))}
    for ttl in LOOP_TTLS:
        way = [*pod_points(lab, "n1p1"), "n1/cni0"]
        here, there = "n1", "n2"
        for _ in range(ttl - 1):
            way += [f"{here}/flannel.1", f"{here}/eth0", f"{there}/eth0", f"{there}/flannel.1"]
            here, there = there, here
        plan.add("udp", "n1p1", "n3p1", count=15 * plan.scale, ttl=ttl, path=(*way, *rest),
                 error_path=errors[here])
        plan.losses.append(f"{here}/flannel.1")
    plan.mix("n1p2", "n2p2")
    plan.snaplen = ERROR_SNAPLEN
