"""The scenarios: each is a small function that arranges losses and services and says what is sent.

To add one, write a function with the decorator `scenario`; the first line of its docstring is what
`lab list` prints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from flows import DNS_PORT, HTTP_PORT, TCP_PORT, UDP_PORT, Flow
from netfilter import (
    add_flannel_masquerade, add_service, drop_arriving, drop_leaving, drop_on_wire,
)
from topology import Lab

# The longest just fits: 1450 octets of flannel.1, 1430 of flannel-v6.1.
UDP_SIZES = {4: (32, 64, 200, 512, 1000, 1422), 6: (32, 64, 200, 512, 1000, 1382)}
ECHO_SIZES = (56, 56, 1000)
WRITES = (8, 120, 504, 1392, 4000)
DNS_SERVICE = "10.43.0.10"
HTTP_SERVICE = "10.43.0.80"
HTTP_TARGET_PORT = 8080


@dataclass
class Plan:
    """What a scenario sends, and the points after which it may (and must) lose packets.

    `scale` multiplies the packets of every flow but the demo's.
    """

    lab: Lab
    scale: int = 1
    flows: list[Flow] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)

    def add(self, protocol: str, client: str, server: str, **details: object) -> None:
        family = int(details.get("family", 4))  # type: ignore[call-overload]
        ports = {"udp": UDP_PORT, "tcp": TCP_PORT, "dns": DNS_PORT, "icmp": 0}
        sizes = {"udp": UDP_SIZES[family], "tcp": WRITES, "dns": (), "icmp": ECHO_SIZES}
        defaults: dict[str, object] = {
            "port": ports[protocol],
            "address": self.lab.pod(server).address(family),
            "sizes": sizes[protocol],
        }
        number = len(self.flows) + 1
        flow = Flow(number, protocol, client, server, **{**defaults, **details})  # type: ignore
        self.flows.append(flow)

    def mix(self, client: str, server: str, family: int = 4) -> None:
        """Echoes, datagrams and a stream from one pod to another, and what comes back."""
        self.add("icmp", client, server, family=family, count=10 * self.scale)
        self.add("udp", client, server, family=family, count=30 * self.scale)
        self.add("tcp", client, server, family=family,
                 up=12_000 * self.scale, down=20_000 * self.scale)

    def everything(self, family: int = 4) -> None:
        """Every pair of pods that matters, both ways, and both nodes themselves."""
        first, last = self.lab.nodes[0].pods, self.lab.nodes[-1].pods
        self.mix(first[0].name, last[0].name, family)
        self.mix(last[-1].name, first[-1].name, family)
        self.mix(first[0].name, first[-1].name, family)
        if family == 4:
            # Connection-less and with DF, Linux leaves the IP ID zero.
            self.add("udp", last[0].name, first[0].name, count=20 * self.scale, dont_fragment=True)
        near, far = self.lab.nodes[0].name, self.lab.nodes[-1].name
        self.add("udp", near, last[0].name, family=family, count=10 * self.scale)
        self.add("icmp", far, last[-1].name, family=family, count=5 * self.scale)

    def services(self) -> None:
        """A DNS-like and a web-like ClusterIP, both with their pod on the last node."""
        client, server = self.lab.nodes[0].pods[0], self.lab.nodes[-1].pods[-1]
        target = server.address(4)
        add_service(self.lab, DNS_SERVICE, "udp", DNS_PORT, target, DNS_PORT)
        add_service(self.lab, HTTP_SERVICE, "tcp", HTTP_PORT, target, HTTP_TARGET_PORT)
        self.add("dns", client.name, server.name, count=20 * self.scale, address=DNS_SERVICE)
        self.add("tcp", client.name, server.name, up=2_000 * self.scale, down=16_000 * self.scale,
                 address=HTTP_SERVICE, port=HTTP_PORT, target_port=HTTP_TARGET_PORT)


@dataclass(frozen=True)
class Scenario:
    """A named way to fill a plan. `settings` are the lab's, where a scenario needs others."""

    name: str
    fill: Callable[[Plan], None]
    settings: dict[str, object]

    @property
    def summary(self) -> str:
        return (self.fill.__doc__ or "").strip().splitlines()[0]


SCENARIOS: dict[str, Scenario] = {}


def scenario(**settings: object) -> Callable[[Callable[[Plan], None]], Callable[[Plan], None]]:
    def register(fill: Callable[[Plan], None]) -> Callable[[Plan], None]:
        name = fill.__name__.replace("_", "-")
        SCENARIOS[name] = Scenario(name, fill, settings)
        return fill

    return register


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
