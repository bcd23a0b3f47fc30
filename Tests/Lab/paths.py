"""The points that a packet is meant to cross, known from who sends it and who receives it."""

from __future__ import annotations

from flows import Flow
from topology import Lab, Node, Pod


def flow_path(lab: Lab, flow: Flow, direction: str) -> list[str]:
    """The way of a flow's packets; an error goes from the server's side to the client."""
    own = {"reply": flow.return_path, "down": flow.return_path, "error": flow.error_path}
    path = own.get(direction, flow.path)
    if path is not None:
        return list(path)
    ends = (flow.client, flow.server)
    sender, receiver = ends[::-1] if direction in own else ends
    return intended_path(lab, sender, receiver, flow.family)


def intended_path(lab: Lab, sender: str, receiver: str, family: int) -> list[str]:
    """Every point between two endpoints, in order: as Flannel routes, whether captured or not."""
    source, destination = endpoint_node(lab, sender), endpoint_node(lab, receiver)
    leaving, arriving = pod_points(lab, sender), pod_points(lab, receiver)[::-1]
    bridge = [] if lab.style.routed_pods else ["cni0"]
    if source is destination:
        # Between two pods the bridge forwards by itself; only the node's own packets cross cni0.
        between = [] if leaving and arriving else [f"{source.name}/{name}" for name in bridge]
        return leaving + between + arriving
    direct = (source.number, destination.number) in lab.direct
    if not arriving:
        # A node that sends past the tunnel does so from its underlay address: so come the answers.
        direct = direct or (destination.number, source.number) in lab.direct
    tunnel = [] if direct else [lab.vtep(family)]
    out = bridge * bool(leaving) + tunnel + ["eth0"]
    into = ["eth0"] + tunnel + bridge * bool(arriving)
    return [
        *leaving,
        *(f"{source.name}/{interface}" for interface in out),
        *(f"{destination.name}/{interface}" for interface in into),
        *arriving,
    ]


def endpoint_node(lab: Lab, endpoint: str) -> Node:
    return lab.node(int(endpoint[1:].split("p")[0]))


def pod_points(lab: Lab, endpoint: str) -> list[str]:
    """From inside the pod to the node's end of its veth; nothing for a node itself."""
    if "p" not in endpoint:
        return []
    pod: Pod = lab.pod(endpoint)
    return [f"n{pod.node}/pod:{pod.name}:eth0", f"n{pod.node}/{pod.veth}"]


def endpoints_by_address(lab: Lab) -> dict[str, str]:
    """Which endpoint an address belongs to."""
    owners = {}
    for node in lab.nodes:
        for family in (4, 6):
            for own in (node.gateway(family), node.vtep_address(family), node.underlay(family)):
                owners[own] = node.name
            for pod in node.pods:
                owners[pod.address(family)] = pod.name
    return owners
