"""What a scenario may arrange, and the register of scenarios."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from flows import DNS_PORT, HTTP_PORT, TCP_PORT, UDP_PORT, Flow
from netfilter import add_service
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

    `scale` multiplies the packets of every flow but the demo's. `cut_and_glued` and `duplicates`
    tell the truth what to expect; `recaptured` points are captured twice; `promiscuous` is how
    interfaces are captured; `snaplen` is the shortest that leaves all markers whole, where it is
    more than the usual; `bulk` is for very many packets. `findings` are what a diagnosis has to find.
    """

    lab: Lab
    scale: int = 1
    flows: list[Flow] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    cut_and_glued: bool = False
    duplicates: bool = False
    recaptured: tuple[str, ...] = ()
    promiscuous: bool = True
    bulk: bool = False
    snaplen: int = 0
    findings: list[dict[str, str | None]] = field(default_factory=list)

    def expect(self, code: str, point: str | None, direction: str | None) -> None:
        """What a diagnosis has to find. The scenario is then about that: no truth is told."""
        self.findings.append({"code": code, "point": point, "direction": direction})

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
