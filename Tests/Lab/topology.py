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
POD_MTU = 1450


@dataclass(frozen=True)
class Pod:
    """One pod: a namespace whose eth0 is the far end of a veth on the node."""

    node: int
    number: int

    @property
    def name(self) -> str:
        return f"n{self.node}p{self.number}"

    @property
    def veth(self) -> str:
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


def vtep(family: int) -> str:
    """The name of Flannel's VXLAN device."""
    return "flannel.1" if family == 4 else "flannel-v6.1"


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
    nodes: list[Node] = field(init=False)

    def __post_init__(self) -> None:
        numbers = random.Random(self.seed)
        self.nodes = [
            Node(
                number,
                tuple(Pod(number, pod) for pod in range(1, self.pod_count + 1)),
                local_mac(numbers),
                {family: local_mac(numbers) for family in (4, 6)},
            )
            for number in range(1, self.node_count + 1)
        ]

    @property
    def families(self) -> tuple[int, ...]:
        return (4, 6) if self.ipv6 else (4,)

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
        if is_node:
            options["net/ipv4/ip_forward"] = 1
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
        ip_batch(namespace, ["link set eth0 up",
                             f"link add cni0 address {node.bridge_mac} mtu {POD_MTU} type bridge",
                             "link set cni0 up"])
        for family in self.families:
            length, single, nodad = (24, 32, "") if family == 4 else (64, 128, "nodad")
            ip_batch(namespace, [
                f"address add {node.underlay(family)}/{length} dev eth0 {nodad}",
                f"address add {node.gateway(family)}/{length} dev cni0 {nodad}",
                f"link add {vtep(family)} address {node.vtep_mac[family]}"
                f" mtu {POD_MTU if family == 4 else POD_MTU - 20} type vxlan id 1 dev eth0"
                f" local {node.underlay(family)} dstport {VXLAN_PORT} nolearning",
                f"address add {node.vtep_address(family)}/{single} dev {vtep(family)} {nodad}",
                f"link set {vtep(family)} up",
            ])

    def make_pod(self, node: Node, pod: Pod) -> None:
        outside, own = self.namespace(node.name), self.namespace(pod.name)
        run("ip", "-n", outside, "link", "add", pod.veth, "mtu", str(POD_MTU), "type", "veth",
            "peer", "name", "eth0", "mtu", str(POD_MTU), "netns", own)
        ip_batch(outside, [f"link set {pod.veth} master cni0", f"link set {pod.veth} up",
                           f"link set {pod.veth} type bridge_slave hairpin on"])
        ip_batch(own, ["link set eth0 up"])
        for family in self.families:
            length, nodad = (24, "") if family == 4 else (64, "nodad")
            ip_batch(own, [f"address add {pod.address(family)}/{length} dev eth0 {nodad}",
                           f"route add default via {node.gateway(family)}"])

    def add_remote_nodes(self, node: Node) -> None:
        """Neighbour, FDB entry and route for each other node, in Flannel's order."""
        namespace = self.namespace(node.name)
        for other in self.nodes:
            if other == node:
                continue
            for family in self.families:
                device, mac = vtep(family), other.vtep_mac[family]
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
            own = ["eth0", "cni0", *(vtep(family) for family in self.families)]
            own += [pod.veth for pod in node.pods]
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
