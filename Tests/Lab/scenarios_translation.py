"""Scenarios in which addresses, ports and ICMP identifiers are translated."""

from __future__ import annotations

from netfilter import (
    add_node_port, add_service, masquerade, masquerade_hairpin, refuse,
)
from paths import intended_path, pod_points
from plan import Plan, scenario
from topology import Lab

OWN_SERVICE, NEIGHBOUR_SERVICE, CLOSED_SERVICE = "10.43.0.20", "10.43.0.21", "10.43.0.30"
SERVICE_PORT, TARGET_PORT = 90, 9090
CLOSED_PORT, REFUSED_PORT = 5999, 5998
NODE_PORT, LOCAL_NODE_PORT = 30080, 30081
SAME_PORT, SAME_ECHO_ID = 41000, 0x7777
# What an ICMP error that quotes a marker needs in an encapsulated, cooked capture.
ERROR_SNAPLEN = 144


def through(lab: Lab, client: str, points: list[str], server: str) -> tuple[str, ...]:
    """From one pod to another by way of `points`."""
    return (*pod_points(lab, client), *points, *pod_points(lab, server)[::-1])


def service_flows(plan: Plan, service: str, client: str, server: str, **paths: object) -> None:
    """Datagrams and a stream to a service."""
    for protocol in ("udp", "tcp"):
        add_service(plan.lab, service, protocol, SERVICE_PORT,
                    plan.lab.pod(server).address(4), TARGET_PORT)
    common = {"address": service, "port": SERVICE_PORT, "target_port": TARGET_PORT, **paths}
    plan.add("udp", client, server, count=20 * plan.scale, **common)
    plan.add("tcp", client, server, up=6_000 * plan.scale, down=12_000 * plan.scale, **common)


def keep_bridge_quiet(plan: Plan) -> None:
    """Captures without promiscuous mode.

    A promiscuous bridge hands a copy of what it forwards to its own node. Of a frame that
    br_netfilter sent to another pod by DNAT, that copy is still marked as the node's own: it is
    routed as well, and the pod gets the packet twice.
    """
    plan.promiscuous = False


def clash(plan: Plan, target: str) -> None:
    """Two pods use the same source port, and the same echo identifier, towards one pod."""
    for client in ("n1p1", "n1p2"):
        plan.add("udp", client, target, count=20 * plan.scale, source_port=SAME_PORT)
        plan.add("tcp", client, target, up=6_000 * plan.scale, down=12_000 * plan.scale,
                 source_port=SAME_PORT)
        plan.add("icmp", client, target, count=10 * plan.scale, echo_id=SAME_ECHO_ID)


@scenario()
def masquerade_leaving(plan: Plan) -> None:
    """Pods of node 1 appear under flannel.1's address; equal ports and echo identifiers clash."""
    masquerade(plan.lab, plan.lab.nodes[0], "-s 10.42.1.0/24 -o flannel.1")
    clash(plan, "n2p1")
    plan.mix("n2p2", "n1p2")


@scenario()
def masquerade_random(plan: Plan) -> None:
    """The same with a new random port for every flow (--random-fully)."""
    masquerade(plan.lab, plan.lab.nodes[0], "-s 10.42.1.0/24 -o flannel.1", "--random-fully")
    clash(plan, "n2p1")
    service_flows(plan, NEIGHBOUR_SERVICE, "n1p1", "n2p2")


@scenario(node_count=3)
def nodeport(plan: Plan) -> None:
    """Node 3 reaches pods on nodes 2 and 1 by ports of node 1 (DNAT and SNAT)."""
    lab, first = plan.lab, plan.lab.nodes[0]
    onward = intended_path(lab, "n1", "n2p1", 4)
    back = intended_path(lab, "n2p1", "n1", 4)
    local = ["n1/eth0", "n1/cni0"]
    for protocol in ("udp", "tcp"):
        remote_target, local_target = lab.pod("n2p1").address(4), lab.pod("n1p2").address(4)
        add_node_port(lab, first, protocol, NODE_PORT, remote_target, TARGET_PORT)
        add_node_port(lab, first, protocol, LOCAL_NODE_PORT, local_target, TARGET_PORT)
        amounts = {"udp": {"count": 20 * plan.scale}, "tcp": {"up": 6_000, "down": 12_000}}
        common = {"address": first.underlay(4), "target_port": TARGET_PORT, **amounts[protocol]}
        plan.add(protocol, "n3", "n2p1", port=NODE_PORT, **common,
                 path=("n3/eth0", "n1/eth0", *onward),
                 return_path=(*back, "n1/eth0", "n3/eth0"))
        plan.add(protocol, "n3", "n1p2", port=LOCAL_NODE_PORT, **common,
                 path=("n3/eth0", *local, *pod_points(lab, "n1p2")[::-1]),
                 return_path=(*pod_points(lab, "n1p2"), *local[::-1], "n3/eth0"))


@scenario()
def hairpin(plan: Plan) -> None:
    """A pod reaches itself by its service; with br_netfilter cni0 shows it once."""
    keep_bridge_quiet(plan)
    masquerade_hairpin(plan.lab)
    way = through(plan.lab, "n1p1", ["n1/cni0"], "n1p1")
    service_flows(plan, OWN_SERVICE, "n1p1", "n1p1", path=way, return_path=way)


@scenario(bridge_netfilter=False)
def hairpin_routed(plan: Plan) -> None:
    """The same without br_netfilter: in and out of cni0."""
    masquerade_hairpin(plan.lab)
    way = through(plan.lab, "n1p1", ["n1/cni0", "n1/cni0"], "n1p1")
    service_flows(plan, OWN_SERVICE, "n1p1", "n1p1", path=way, return_path=way)


@scenario()
def clusterip_same_node(plan: Plan) -> None:
    """A service whose pod is on the client's node; replies do not cross cni0."""
    keep_bridge_quiet(plan)
    # br_netfilter bridges to the new destination, through cni0 only until its MAC is known.
    way = through(plan.lab, "n1p1", ["n1/cni0?"], "n1p2")
    service_flows(plan, NEIGHBOUR_SERVICE, "n1p1", "n1p2", path=way)
    plan.mix("n1p2", "n1p1")


@scenario(bridge_netfilter=False)
def clusterip_same_node_routed(plan: Plan) -> None:
    """The same without br_netfilter: replies are not translated back, so TCP is refused."""
    way = through(plan.lab, "n1p1", ["n1/cni0", "n1/cni0"], "n1p2")
    service_flows(plan, NEIGHBOUR_SERVICE, "n1p1", "n1p2", path=way)
    plan.mix("n1p2", "n1p1")


@scenario(bridge_netfilter=False)
def clusterip_routed(plan: Plan) -> None:
    """A service on the other node without br_netfilter: translated within cni0."""
    service_flows(plan, NEIGHBOUR_SERVICE, "n1p1", "n2p2")
    plan.mix("n1p2", "n2p1")


@scenario()
def icmp_errors(plan: Plan) -> None:
    """Closed ports behind a service, behind SNAT and directly, and a port that node 2 refuses."""
    lab = plan.lab
    target = lab.pod("n2p1").address(4)
    add_service(lab, CLOSED_SERVICE, "udp", SERVICE_PORT, target, CLOSED_PORT)
    masquerade(lab, lab.nodes[0], f"-s {lab.pod('n1p2').address(4)} -o flannel.1")
    refuse(lab, lab.nodes[1], "udp", REFUSED_PORT)
    common = {"closed": True, "count": 12 * plan.scale}
    plan.add("udp", "n1p1", "n2p1", address=CLOSED_SERVICE, port=SERVICE_PORT,
             target_port=CLOSED_PORT, **common)
    plan.add("udp", "n1p2", "n2p1", port=CLOSED_PORT, **common)
    plan.add("udp", "n2p2", "n1p1", port=CLOSED_PORT, **common)
    plan.add("udp", "n1p1", "n2p2", port=REFUSED_PORT, **common,
             error_path=tuple(intended_path(lab, "n2", "n1p1", 4)))
    plan.losses = ["n2/flannel.1"]
    plan.snaplen = ERROR_SNAPLEN
