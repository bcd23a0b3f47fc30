"""The long run: many packets, some lost at random, IP IDs used more than once."""

from __future__ import annotations

from netfilter import add_service, drop_in_forward, drop_some_on_wire, randomly
from plan import DNS_SERVICE, Plan, scenario
from flows import DNS_PORT

SMALL_SEGMENT = 200
SMALL_DATAGRAMS = (32, 64, 48, 200)
LONG_STREAM, SHORT_STREAM = 72_000 * SMALL_SEGMENT, 12_000 * SMALL_SEGMENT


@scenario()
def soak(plan: Plan) -> None:
    """Over 200,000 packets of streams, datagrams and queries; 1 % is lost at four places."""
    lab = plan.lab
    first, second = lab.nodes
    for client, server, up, down in (
        ("n1p1", "n2p1", LONG_STREAM, SHORT_STREAM),
        ("n2p2", "n1p2", SHORT_STREAM, SHORT_STREAM),
        ("n1p2", "n2p1", SHORT_STREAM, 8),
        ("n1p1", "n2p2", 8, SHORT_STREAM),
    ):
        plan.add("tcp", client, server, up=up, down=down, sizes=(64_000,), pace=0,
                 maximum_segment=SMALL_SEGMENT)
    for client, server in (("n1p1", "n2p1"), ("n2p2", "n1p2"), ("n1p2", "n2p2")):
        plan.add("udp", client, server, count=7_000, sizes=SMALL_DATAGRAMS, pace=0.0005)
    add_service(lab, DNS_SERVICE, "udp", DNS_PORT, lab.pod("n2p2").address(4), DNS_PORT)
    plan.add("dns", "n1p1", "n2p2", count=60, address=DNS_SERVICE)
    plan.add("dns", "n2p1", "n1p2", count=60)
    drop_some_on_wire(lab, "", randomly(4))
    for node in lab.nodes:
        drop_in_forward(lab, node, "cni0", "flannel.1", randomly(3))
        drop_in_forward(lab, node, "flannel.1", "cni0", randomly(3))
    plan.losses = [f"{node.name}/{name}" for node in (first, second)
                   for name in ("cni0", "eth0", "flannel.1")]
    plan.bulk = True
