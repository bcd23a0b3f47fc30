"""Where packets are cut into segments, and where they are merged again.

A virtual interface does what its features say: a unit that is too big for its features is cut
before it is sent, and captured in pieces. What is received is merged in NAPI's polls, in front of
the captures: at VXLAN devices always, at a veth where GRO is on and its peer cuts by itself.
"""

from __future__ import annotations

from shell import inside, ip_batch, run
from topology import Lab, Node

CUT = ("tx-udp_tnl-segmentation", "off", "tx-udp_tnl-csum-segmentation", "off")

BIG_TCP = 190_000


def set_features(namespace: str, device: str, *features: str) -> None:
    run(*inside(namespace, "ethtool", "-K", device, *features))


def cut_at_nics(lab: Lab) -> None:
    """NICs without segmentation of tunnelled packets."""
    for node in lab.nodes:
        set_features(lab.namespace(node.name), "eth0", *CUT)
        set_features(lab.wire, node.name, *CUT)


def merge_at_nic(lab: Lab, node: Node) -> None:
    """A NIC that merges what it receives, tunnelled packets too."""
    set_features(lab.wire, node.name, "tso", "off")
    set_features(lab.namespace(node.name), "eth0", "gro", "on")


def allow_big_tcp(lab: Lab) -> None:
    """Lets IPv6 units grow beyond 64 KB where the device can: on veths and bridges."""
    devices = [(lab.namespace(node.name), name) for node in lab.nodes
               for name in ("cni0", *(pod.veth for pod in node.pods))]
    devices += [(lab.namespace(pod.name), "eth0") for node in lab.nodes for pod in node.pods]
    for namespace, device in devices:
        ip_batch(namespace, [f"link set {device} gso_max_size {BIG_TCP} gro_max_size {BIG_TCP}"])


def merge_datagrams(lab: Lab) -> None:
    """VXLAN devices that merge UDP datagrams of one size, on their way to be forwarded."""
    for node in lab.nodes:
        for family in lab.families:
            set_features(lab.namespace(node.name), lab.vtep(family), "rx-udp-gro-forwarding", "on")
