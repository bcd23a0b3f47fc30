"""Scenarios in which packets are hard to tell apart: copies, fragments, no IP ID, equal data."""

from __future__ import annotations

from netfilter import add_service, duplicate_in_forward, duplicate_on_wire
from plan import Plan, scenario
from scenarios_translation import (
    ERROR_SNAPLEN, NEIGHBOUR_SERVICE, SERVICE_PORT, TARGET_PORT,
)
from shell import ip_batch
from topology import POD_MTU, Lab

PIECES_SIZES = (4000, 2000, 8000, 1600, 1000)
SERVICE_IPV6 = "fd00:10:43::21"
CLOSED_PORT = 5999


@scenario()
def duplicates(plan: Plan) -> None:
    """Some packets are sent twice by node 1 (TEE), others arrive twice from the wire."""
    first, second = plan.lab.nodes
    plan.mix("n1p1", "n2p1")
    plan.mix("n2p2", "n1p2")
    duplicate_in_forward(plan.lab, first, second, 9)
    duplicate_on_wire(plan.lab, second, first, 7)
    plan.duplicates = True
    # Replies to requests that arrived twice may come when nobody waits for them any more.
    plan.snaplen = ERROR_SNAPLEN


@scenario()
def recapture(plan: Plan) -> None:
    """Two captures of one point each on both nodes, into files `….again.pcap`."""
    plan.mix("n1p1", "n2p1")
    plan.mix("n2p2", "n1p2")
    plan.mix("n1p1", "n1p2")
    plan.recaptured = ("n1/cni0", "n1/veth11aa", "n2/eth0")


def fragmented_flows(plan: Plan, family: int = 4) -> None:
    common: dict[str, object] = {"family": family, "sizes": PIECES_SIZES, "pieces": True}
    plan.add("udp", "n1p1", "n2p1", count=20 * plan.scale, **common)
    plan.add("udp", "n2p2", "n1p2", count=10 * plan.scale, **common)
    plan.add("udp", "n1p1", "n1p2", count=5 * plan.scale, **common)
    plan.cut_and_glued = True


def fit_tunnel(lab: Lab) -> None:
    """Pods whose IPv6 packets fit into flannel-v6.1: only their senders may cut them (RFC 8200)."""
    for node in lab.nodes:
        for pod in node.pods:
            ip_batch(lab.namespace(pod.name), [
                f"route change default via {node.gateway(6)} mtu {POD_MTU - 20}"])


@scenario()
def fragments(plan: Plan) -> None:
    """Datagrams that the sending pod cuts into IP fragments."""
    fragmented_flows(plan)


@scenario()
def fragments_again(plan: Plan) -> None:
    """Fragments that node 1 cuts once more, since its flannel.1 takes only 1300 octets."""
    fragmented_flows(plan)
    ip_batch(plan.lab.namespace("n1"), ["link set flannel.1 mtu 1300"])


@scenario()
def fragments_service(plan: Plan) -> None:
    """Fragments to a service: conntrack puts them together and nodes cut them anew."""
    fragmented_flows(plan)
    target = plan.lab.pod("n2p2").address(4)
    add_service(plan.lab, NEIGHBOUR_SERVICE, "udp", SERVICE_PORT, target, TARGET_PORT)
    plan.add("udp", "n1p1", "n2p2", count=10 * plan.scale, sizes=PIECES_SIZES, pieces=True,
             address=NEIGHBOUR_SERVICE, port=SERVICE_PORT, target_port=TARGET_PORT)


@scenario(ipv6=True)
def fragments_ipv6(plan: Plan) -> None:
    """IPv6 datagrams in fragments (extension header)."""
    fit_tunnel(plan.lab)
    fragmented_flows(plan, 6)


@scenario(ipv6=True)
def fragments_service_ipv6(plan: Plan) -> None:
    """IPv6 fragments to a service: whole on cni0, then cut anew under other identifications."""
    fit_tunnel(plan.lab)
    fragmented_flows(plan, 6)
    target = plan.lab.pod("n2p2").address(6)
    add_service(plan.lab, SERVICE_IPV6, "udp", SERVICE_PORT, target, TARGET_PORT)
    plan.add("udp", "n1p1", "n2p2", family=6, count=10 * plan.scale, sizes=PIECES_SIZES,
             pieces=True, address=SERVICE_IPV6, port=SERVICE_PORT, target_port=TARGET_PORT)


@scenario()
def fragments_outer(plan: Plan) -> None:
    """VXLAN packets that are too big for the NICs' MTU of 1400 travel as outer fragments."""
    plan.mix("n1p1", "n2p1")
    plan.mix("n2p2", "n1p2")
    for node in plan.lab.nodes:
        ip_batch(plan.lab.namespace(node.name), ["link set eth0 mtu 1400"])


@scenario()
def identity_zero(plan: Plan) -> None:
    """IP ID 0, a burst of datagrams, retries after a second, keep-alives, zero windows, RST."""
    common = {"dont_fragment": True}
    plan.add("udp", "n1p1", "n2p1", count=30 * plan.scale, **common)
    plan.add("udp", "n2p1", "n1p2", count=30 * plan.scale, **common)
    plan.add("udp", "n1p2", "n2p2", count=60 * plan.scale, sizes=(32,), pace=0, **common)
    plan.add("udp", "n1p1", "n2p2", count=3, sizes=(40,), pace=1.0, **common)
    plan.add("dns", "n2p2", "n1p1", count=10 * plan.scale)
    plan.add("icmp", "n1p1", "n2p1", count=10 * plan.scale)
    plan.add("tcp", "n1p1", "n2p1", up=800, down=800, keep_alive=3.5)
    plan.add("tcp", "n2p2", "n1p2", up=400_000, down=80, sizes=(40_000,), stall=1.5)
    plan.add("tcp", "n1p2", "n2p1", up=80, down=80, port=CLOSED_PORT, closed=True)
