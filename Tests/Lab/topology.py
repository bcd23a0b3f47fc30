"""The network of the lab: nodes and pods as namespaces, joined as Flannel joins them."""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import dataclass, field

from shell import bridge_batch, inside, ip_batch, run

PREFIX = "vxlab-"
VXLAN_PORT = 8472
VXLAN_PORTS = {8472, 4789}
POD_MTU = 1450
LINK_LOCAL_GATEWAY = "169.254.1.1"


@dataclass(frozen=True)
class Style:
    """How a network plugin joins pods and nodes. `routed_pods`: no bridge, each pod behind a
    routed interface of the node that answers ARP in its neighbours' place (IPv4 only)."""

    vteps: dict[int, str]
    vni: int = 1
    port: int = VXLAN_PORT
    routed_pods: bool = False


FLANNEL = Style({4: "flannel.1", 6: "flannel-v6.1"})
CALICO = Style({4: "vxlan.calico"}, vni=4096, port=4789, routed_pods=True)
CANAL = Style({4: "flannel.1"}, routed_pods=True)


@dataclass(frozen=True)
class Pod:
    """One pod: a namespace whose eth0 is the far end of a veth on the node."""

    node: int
    number: int
    routed: bool = False

    @property
    def name(self) -> str:
        return f"n{self.node}p{self.number}"

    @property
    def veth(self) -> str:
        if self.routed:
            return f"cali{self.node}{self.number}{0x5eed000 + self.number:09x}"
        return f"veth{self.node}{self.number}" + chr(ord("a") + self.number - 1) * 2

    def address(self, family: int) -> str:
        last = self.number + 1
        return f"10.42.{self.node}.{last}" if family == 4 else f"fd00:10:42:{self.node}::{last:x}"


@dataclass(frozen=True)
class Node:
    """One node, with the addresses that Flannel would give it."""

    number: int
    pods: tuple[Pod, ...]
    bridge_mac: str
    vtep_mac: dict[int, str]

    @property
    def name(self) -> str:
        return f"n{self.number}"

    def underlay(self, family: int) -> str:
        last = 10 + self.number
        return f"172.30.9.{last}" if family == 4 else f"fd00:172:30:9::{last}"

    def gateway(self, family: int) -> str:
        return f"10.42.{self.number}.1" if family == 4 else f"fd00:10:42:{self.number}::1"

    def vtep_address(self, family: int) -> str:
        return f"10.42.{self.number}.0" if family == 4 else f"fd00:10:42:{self.number}::"

    def pod_network(self, family: int) -> str:
        return self.vtep_address(family) + ("/24" if family == 4 else "/64")


@dataclass
class Lab:
    """The namespaces of one lab. `up` makes them, `down` takes them away."""

    name: str
    node_count: int = 2
    pod_count: int = 2
    ipv6: bool = False
    offloads: bool = False
    bridge_netfilter: bool = True
    seed: int = 1
    style: Style = FLANNEL
    # Pairs of nodes, by number, of which the first sends to the second without VXLAN.
    direct: frozenset[tuple[int, int]] = frozenset()
    nodes: list[Node] = field(init=False)

    def __post_init__(self) -> None:
        numbers = random.Random(self.seed)
        self.nodes = [
            Node(
                number,
                tuple(Pod(number, pod, self.style.routed_pods)
                      for pod in range(1, self.pod_count + 1)),
                local_mac(numbers),
                {family: local_mac(numbers) for family in (4, 6)},
            )
            for number in range(1, self.node_count + 1)
        ]

    @property
    def families(self) -> tuple[int, ...]:
        return (4, 6) if self.ipv6 else (4,)

    def vtep(self, family: int) -> str:
        """The name of the nodes' VXLAN device."""
        return self.style.vteps[family]

    @property
    def tunnels(self) -> bool:
        """Whether any node sends through VXLAN; otherwise there are no VXLAN devices."""
        return len(self.direct) < self.node_count * (self.node_count - 1)

    def node_devices(self) -> list[str]:
        """The interfaces that every node has, besides its pods'."""
        bridge = [] if self.style.routed_pods else ["cni0"]
        tunnels = [self.vtep(family) for family in self.families] if self.tunnels else []
        return [*bridge, *tunnels, "eth0"]

    @property
    def wire(self) -> str:
        """The namespace of the underlay's bridge."""
        return self.namespace("wire")

    def namespace(self, name: str) -> str:
        return f"{PREFIX}{self.name}-{name}"

    def pod(self, name: str) -> Pod:
        return next(pod for node in self.nodes for pod in node.pods if pod.name == name)

    def node(self, number: int) -> Node:
        return self.nodes[number - 1]

    def up(self) -> None:
        self.make_namespaces()
        self.make_wire()
        for node in self.nodes:
            self.make_node(node)
            for pod in node.pods:
                self.make_pod(node, pod)
        for node in self.nodes:
            self.add_remote_nodes(node)
        if not self.offloads:
            self.switch_offloads_off()

    def down(self) -> None:
        take_down(self.name)

    def make_namespaces(self) -> None:
        names = ["wire"]
        for node in self.nodes:
            names += [node.name, *(pod.name for pod in node.pods)]
        for name in names:
            namespace = self.namespace(name)
            run("ip", "netns", "add", namespace)
            self.set_kernel_options(namespace, name)
            ip_batch(namespace, ["link set lo up"])

    def set_kernel_options(self, namespace: str, name: str) -> None:
        is_node = name != "wire" and "p" not in name
        ipv6_off = 0 if self.ipv6 and name != "wire" else 1
        options = {}
        for which in ("all", "default"):
            conf = f"net/ipv6/conf/{which}"
            options[f"{conf}/disable_ipv6"] = ipv6_off
            # Addresses are usable at once: nothing of the first second is lost to their detection.
            options[f"{conf}/accept_dad"] = 0
            options[f"{conf}/router_solicitations"] = 0
        # Errors are not held back: every refused packet gets its own.
        options["net/ipv4/icmp_ratelimit"] = 0
        if is_node:
            options["net/ipv4/ip_forward"] = 1
            for which in ("all", "default"):
                options[f"net/ipv4/conf/{which}/send_redirects"] = 0
            if self.ipv6:
                options["net/ipv6/conf/all/forwarding"] = 1
        if os.path.exists("/proc/sys/net/bridge/bridge-nf-call-iptables"):
            for tables in ("iptables", "ip6tables"):
                on = int(is_node and self.bridge_netfilter)
                options[f"net/bridge/bridge-nf-call-{tables}"] = on
        script = "\n".join(f"echo {value} > /proc/sys/{key}" for key, value in options.items())
        run(*inside(namespace, "sh", "-e"), given=script)

    def make_wire(self) -> None:
        ip_batch(self.wire, ["link add underlay type bridge", "link set underlay up"])

    def make_node(self, node: Node) -> None:
        namespace = self.namespace(node.name)
        port = node.name
        run("ip", "-n", namespace, "link", "add", "eth0", "type", "veth",
            "peer", "name", port, "netns", self.wire)
        ip_batch(self.wire, [f"link set {port} master underlay", f"link set {port} up"])
        ip_batch(namespace, ["link set eth0 up"])
        if not self.style.routed_pods:
            ip_batch(namespace, [f"link add cni0 address {node.bridge_mac} mtu {POD_MTU}"
                                 " type bridge", "link set cni0 up"])
        for family in self.families:
            length, nodad = (24, "") if family == 4 else (64, "nodad")
            ip_batch(namespace, [f"address add {node.underlay(family)}/{length} dev eth0 {nodad}"])
            if not self.style.routed_pods:
                ip_batch(namespace, [
                    f"address add {node.gateway(family)}/{length} dev cni0 {nodad}"])
            if self.tunnels:
                self.make_vtep(node, family)
        if self.style.routed_pods:
            # Without a way to the pods' gateway, nobody answers ARP for it.
            ip_batch(namespace, ["route add default dev eth0"])

    def make_vtep(self, node: Node, family: int) -> None:
        single, nodad = (32, "") if family == 4 else (128, "nodad")
        device = self.vtep(family)
        ip_batch(self.namespace(node.name), [
            f"link add {device} address {node.vtep_mac[family]}"
            f" mtu {POD_MTU if family == 4 else POD_MTU - 20} type vxlan id {self.style.vni}"
            f" dev eth0 local {node.underlay(family)} dstport {self.style.port} nolearning",
            f"address add {node.vtep_address(family)}/{single} dev {device} {nodad}",
            f"link set {device} up",
        ])

    def make_pod(self, node: Node, pod: Pod) -> None:
        outside, own = self.namespace(node.name), self.namespace(pod.name)
        run("ip", "-n", outside, "link", "add", pod.veth, "mtu", str(POD_MTU), "type", "veth",
            "peer", "name", "eth0", "mtu", str(POD_MTU), "netns", own)
        ip_batch(outside, [f"link set {pod.veth} up"])
        ip_batch(own, ["link set eth0 up"])
        if self.style.routed_pods:
            self.route_pod(node, pod)
            return
        ip_batch(outside, [f"link set {pod.veth} master cni0",
                           f"link set {pod.veth} type bridge_slave hairpin on"])
        for family in self.families:
            length, nodad = (24, "") if family == 4 else (64, "nodad")
            ip_batch(own, [f"address add {pod.address(family)}/{length} dev eth0 {nodad}",
                           f"route add default via {node.gateway(family)}"])

    def route_pod(self, node: Node, pod: Pod) -> None:
        """A host route to the pod, and a gateway that is nobody's address."""
        outside, own = self.namespace(node.name), self.namespace(pod.name)
        run(*inside(outside, "sh", "-e"),
            given=f"echo 1 > /proc/sys/net/ipv4/conf/{pod.veth}/proxy_arp\n"
                  f"echo 0 > /proc/sys/net/ipv4/neigh/{pod.veth}/proxy_delay\n")
        ip_batch(outside, [f"route add {pod.address(4)}/32 dev {pod.veth} scope link"])
        ip_batch(own, [f"address add {pod.address(4)}/32 dev eth0",
                       f"route add {LINK_LOCAL_GATEWAY} dev eth0 scope link",
                       f"route add default via {LINK_LOCAL_GATEWAY} dev eth0"])

    def add_remote_nodes(self, node: Node) -> None:
        """Neighbour, FDB entry and route for each other node, in Flannel's order."""
        namespace = self.namespace(node.name)
        for other in self.nodes:
            if other == node:
                continue
            for family in self.families:
                if (node.number, other.number) in self.direct:
                    ip_batch(namespace, [f"route replace {other.pod_network(family)}"
                                         f" via {other.underlay(family)} dev eth0"])
                    continue
                device, mac = self.vtep(family), other.vtep_mac[family]
                ip_batch(namespace, [f"neighbour replace {other.vtep_address(family)}"
                                     f" lladdr {mac} dev {device} nud permanent"])
                bridge_batch(namespace, [f"fdb replace {mac} dev {device}"
                                         f" dst {other.underlay(family)} self permanent"])
                ip_batch(namespace, [f"route replace {other.pod_network(family)}"
                                     f" via {other.vtep_address(family)} dev {device} onlink"])

    def switch_offloads_off(self) -> None:
        """No segmentation, no merging, true checksums: each point sees the same packets."""
        devices = [(self.wire, node.name) for node in self.nodes]
        for node in self.nodes:
            own = self.node_devices() + [pod.veth for pod in node.pods]
            devices += [(self.namespace(node.name), device) for device in own]
            devices += [(self.namespace(pod.name), "eth0") for pod in node.pods]
        for namespace, device in devices:
            run(*inside(namespace, "ethtool", "-K", device,
                        "tso", "off", "gso", "off", "gro", "off", "tx", "off"))


def local_mac(numbers: random.Random) -> str:
    """A random unicast, locally administered address."""
    octets = [numbers.randrange(256) for _ in range(6)]
    octets[0] = octets[0] & 0xFC | 0x02
    return ":".join(f"{octet:02x}" for octet in octets)


def namespaces(lab: str | None = None) -> list[str]:
    """The namespaces of one lab, or of all labs, that exist now."""
    prefix = PREFIX if lab is None else f"{PREFIX}{lab}-"
    lines = run("ip", "netns", "list").splitlines()
    return [name for name in (line.split()[0] for line in lines if line) if name.startswith(prefix)]


def labs() -> set[str]:
    """The names of the labs that exist now."""
    return {name.removeprefix(PREFIX).rsplit("-", 1)[0] for name in namespaces()}


def take_down(lab: str) -> None:
    """Ends what runs in a lab's namespaces and removes them; harmless when there are none."""
    left = namespaces(lab)
    running = {int(pid) for name in left for pid in run("ip", "netns", "pids", name).split()}
    for pid in running - {os.getpid()}:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    if running:
        time.sleep(0.05)
    for name in left:
        run("ip", "netns", "delete", name, check=False)
