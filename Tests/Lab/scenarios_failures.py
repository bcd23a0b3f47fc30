"""Scenarios in which something is wrong with the network, and what a diagnosis has to find.

The truth of single packets is not told: what is expected is in `plan.findings`, and goes to lab.json.
"""

from __future__ import annotations

from netfilter import (
    add_node_port, add_service, iptables, masquerade, refuse_tunnel, reject_forwarded, spoil,
)
from plan import Plan, scenario
from scenarios_translation import NEIGHBOUR_SERVICE, NODE_PORT, SERVICE_PORT, TARGET_PORT
from shell import bridge_batch, inside, ip_batch, run
from topology import Lab, Node, VXLAN_PORT

STALE_MAC = "02:00:5e:00:53:01"
NOWHERE, NOWHERE_MAC = "172.30.9.99", "02:00:5e:00:53:02"
TRANSLATED = "172.30.9.77"
CLOSED_PORT = 5999
FULL = (32, 200, 1422)


def talk(plan: Plan, sizes: tuple[int, ...] = (32, 200, 600)) -> None:
    """Datagrams and echoes between the first two nodes, begun by either side; no long waits."""
    plan.add("udp", "n1p1", "n2p1", count=24, sizes=sizes)
    plan.add("udp", "n2p2", "n1p2", count=24, sizes=sizes)
    plan.add("icmp", "n1p1", "n2p1", count=10)


def sysctl(lab: Lab, node: Node, key: str, value: int) -> None:
    run(*inside(lab.namespace(node.name), "sh", "-e"), given=f"echo {value} > /proc/sys/{key}\n")


def on_wire(lab: Lab, rule: str) -> None:
    """A rule for frames that the underlay's bridge forwards."""
    spoil(lab.wire, "bridge", "forward", rule)


def remake_vtep(lab: Lab, node: Node, vni: int = 1, port: int = VXLAN_PORT, options: str = "",
                mac: str | None = None) -> None:
    """The node's VXLAN device anew with other parameters, and its tables with it."""
    namespace = lab.namespace(node.name)
    ip_batch(namespace, [
        "link delete flannel.1",
        f"link add flannel.1 address {mac or node.vtep_mac[4]} mtu 1450 type vxlan id {vni}"
        f" dev eth0 local {node.underlay(4)} dstport {port} nolearning {options}",
        f"address add {node.vtep_address(4)}/32 dev flannel.1", "link set flannel.1 up",
    ])
    lab.add_remote_nodes(node)
    run(*inside(namespace, "ethtool", "-K", "flannel.1",
                "tso", "off", "gso", "off", "gro", "off", "tx", "off"))


@scenario()
def stale_mac(plan: Plan) -> None:
    """Node 1 has an old MAC for node 2's VXLAN device."""
    lab, (first, second) = plan.lab, plan.lab.nodes
    ip_batch(lab.namespace("n1"), [f"neighbour replace {second.vtep_address(4)} lladdr {STALE_MAC}"
                                   " dev flannel.1 nud permanent"])
    bridge_batch(lab.namespace("n1"), [f"fdb replace {STALE_MAC} dev flannel.1"
                                       f" dst {second.underlay(4)} self permanent"])
    talk(plan)
    plan.expect("vtep-mac-stale", "n2/flannel.1", "n1→n2")


@scenario(ipv6=True)
def stale_mac_ipv6(plan: Plan) -> None:
    """The same for IPv6 only: IPv4 between the nodes is well."""
    lab, (first, second) = plan.lab, plan.lab.nodes
    ip_batch(lab.namespace("n1"), [f"neighbour replace {second.vtep_address(6)} lladdr {STALE_MAC}"
                                   " dev flannel-v6.1 nud permanent"])
    bridge_batch(lab.namespace("n1"), [f"fdb replace {STALE_MAC} dev flannel-v6.1"
                                       f" dst {second.underlay(6)} self permanent"])
    talk(plan)
    plan.add("udp", "n1p1", "n2p1", family=6, count=24)
    plan.add("udp", "n2p2", "n1p2", family=6, count=24)
    plan.expect("vtep-mac-stale", "n2/flannel-v6.1", "n1→n2")


@scenario()
def missing_neighbour(plan: Plan) -> None:
    """Node 1 has lost the neighbour entry for node 2's VXLAN device."""
    ip_batch(plan.lab.namespace("n1"), ["neighbour delete 10.42.2.0 dev flannel.1"])
    talk(plan)
    plan.expect("vtep-neighbour-missing", "n1/cni0", "n1→n2")


@scenario()
def missing_fdb(plan: Plan) -> None:
    """Node 1 has lost the forwarding entry for node 2's VXLAN device."""
    bridge_batch(plan.lab.namespace("n1"), [
        f"fdb delete {plan.lab.nodes[1].vtep_mac[4]} dev flannel.1"
        f" dst {plan.lab.nodes[1].underlay(4)} self"])
    talk(plan)
    plan.expect("vtep-fdb-missing", "n1/flannel.1", "n1→n2")


@scenario()
def missing_route(plan: Plan) -> None:
    """Node 1 has lost the route to node 2's pods, and has no other."""
    ip_batch(plan.lab.namespace("n1"), ["route delete 10.42.2.0/24"])
    talk(plan)
    plan.expect("vtep-route-missing", "n1/cni0", "n1→n2")


@scenario()
def missing_route_default(plan: Plan) -> None:
    """The same, and the packets follow a default route out of the NIC, plain."""
    ip_batch(plan.lab.namespace("n1"), [
        "route delete 10.42.2.0/24",
        f"neighbour replace {NOWHERE} lladdr {NOWHERE_MAC} dev eth0 nud permanent",
        f"route add default via {NOWHERE}"])
    on_wire(plan.lab, f"ether daddr {NOWHERE_MAC} drop")
    talk(plan)
    plan.expect("vtep-route-missing", "n1/eth0", "n1→n2")


@scenario()
def input_drop(plan: Plan) -> None:
    """Node 2 drops VXLAN in INPUT."""
    iptables(plan.lab, plan.lab.nodes[1], f"-A INPUT -p udp --dport {VXLAN_PORT} -j DROP")
    talk(plan)
    plan.expect("vxlan-dropped-by-host", "n2/eth0", "n1→n2")


def refused_tunnel(plan: Plan, how: str) -> None:
    refuse_tunnel(plan.lab, plan.lab.nodes[1], how)
    talk(plan)
    plan.expect("vxlan-refused", "n2/eth0", "n1→n2")


@scenario()
def input_reject_port(plan: Plan) -> None:
    """Node 2 rejects VXLAN with "port unreachable"."""
    refused_tunnel(plan, "icmp-port-unreachable")


@scenario()
def input_reject_host_prohibited(plan: Plan) -> None:
    """Node 2 rejects VXLAN with "host administratively prohibited", as firewalld does."""
    refused_tunnel(plan, "icmp-host-prohibited")


@scenario()
def input_reject_admin_prohibited(plan: Plan) -> None:
    """Node 2 rejects VXLAN with "communication administratively prohibited"."""
    refused_tunnel(plan, "icmp-admin-prohibited")


@scenario()
def forward_drop_source(plan: Plan) -> None:
    """The policy of node 1's FORWARD chain drops what goes to node 2's pods."""
    iptables(plan.lab, plan.lab.nodes[0], "-A FORWARD -d 10.42.2.0/24 -j DROP")
    talk(plan)
    plan.expect("forward-drop", "n1/cni0", "n1→n2")


@scenario()
def forward_drop_destination(plan: Plan) -> None:
    """Node 2 drops in FORWARD what comes from node 1's pods."""
    iptables(plan.lab, plan.lab.nodes[1], "-A FORWARD -s 10.42.1.0/24 -j DROP")
    talk(plan)
    plan.expect("forward-drop", "n2/flannel.1", "n1→n2")


def rejected(plan: Plan, how: str, code: str) -> None:
    reject_forwarded(plan.lab, plan.lab.nodes[1], "-s 10.42.1.0/24", how)
    talk(plan)
    plan.expect(code, "n2/flannel.1", "n1→n2")


@scenario()
def forward_reject_host_prohibited(plan: Plan) -> None:
    """Node 2 rejects node 1's pods with "host administratively prohibited"."""
    rejected(plan, "icmp-host-prohibited", "firewall-reject")


@scenario()
def forward_reject_net_prohibited(plan: Plan) -> None:
    """Node 2 rejects node 1's pods with "network administratively prohibited"."""
    rejected(plan, "icmp-net-prohibited", "firewall-reject")


@scenario()
def forward_reject_admin_prohibited(plan: Plan) -> None:
    """Node 2 rejects node 1's pods with "communication administratively prohibited"."""
    rejected(plan, "icmp-admin-prohibited", "firewall-reject")


@scenario()
def forward_reject_port(plan: Plan) -> None:
    """Node 2 rejects node 1's pods with "port unreachable", as k3s' NetworkPolicies do."""
    rejected(plan, "icmp-port-unreachable", "policy-reject")


@scenario()
def forward_reject_reset(plan: Plan) -> None:
    """Node 2 answers node 1's connections with RST in the pod's name."""
    reject_forwarded(plan.lab, plan.lab.nodes[1], "-s 10.42.1.0/24 -p tcp", "tcp-reset")
    talk(plan)
    plan.add("tcp", "n1p1", "n2p1", up=800, down=800)
    plan.expect("firewall-reject", "n2/flannel.1", "n1→n2")


@scenario()
def no_forwarding(plan: Plan) -> None:
    """Node 2 does not forward at all (ip_forward = 0)."""
    sysctl(plan.lab, plan.lab.nodes[1], "net/ipv4/ip_forward", 0)
    talk(plan)
    plan.expect("forward-drop", "n2/flannel.1", "n1→n2")
    plan.expect("forward-drop", "n2/cni0", "n2→n1")


@scenario()
def reverse_path(plan: Plan) -> None:
    """Node 2 sends to node 1 past the tunnel, and its rp_filter drops what comes through it."""
    lab, (first, second) = plan.lab, plan.lab.nodes
    ip_batch(lab.namespace("n2"), [f"route replace 10.42.1.0/24 via {first.underlay(4)} dev eth0"])
    sysctl(lab, second, "net/ipv4/conf/flannel.1/rp_filter", 1)
    talk(plan)
    plan.expect("forward-drop", "n2/flannel.1", "n1→n2")


@scenario()
def small_underlay(plan: Plan) -> None:
    """A link of the underlay carries 1400 octets; nobody says so."""
    ip_batch(plan.lab.wire, ["link set n2 mtu 1400"])
    talk(plan, FULL)
    plan.expect("mtu-black-hole", "n1/eth0", "n1→n2")
    plan.expect("mtu-black-hole", "n2/eth0", "n2→n1")


@scenario()
def outer_fragments(plan: Plan) -> None:
    """Node 1's NIC carries 1400 octets, so that it sends large VXLAN packets in fragments."""
    ip_batch(plan.lab.namespace("n1"), ["link set eth0 mtu 1400", "link set flannel.1 mtu 1450"])
    plan.add("udp", "n1p1", "n2p1", count=20, sizes=(1422,), closed=True, port=CLOSED_PORT)
    plan.add("icmp", "n1p1", "n2p1", count=10, sizes=(56,))
    plan.expect("outer-fragments", "n1/eth0", "n1→?")


@scenario()
def too_big(plan: Plan) -> None:
    """Node 1's VXLAN device carries 1300 octets, pods have 1450; senders are told."""
    ip_batch(plan.lab.namespace("n1"), ["link set flannel.1 mtu 1300"])
    plan.add("tcp", "n1p1", "n2p1", up=24_000, down=2_000)
    plan.add("icmp", "n1p1", "n2p1", count=10, sizes=(56,))
    plan.expect("icmp-too-big", "n1/cni0", "n1→n2")
    plan.expect("mss-too-large", None, "n2→n1")


@scenario()
def too_big_ignored(plan: Plan) -> None:
    """The same, and a filter in the pod keeps the errors from its kernel."""
    ip_batch(plan.lab.namespace("n1"), ["link set flannel.1 mtu 1300"])
    spoil(plan.lab.namespace("n1p1"), "inet", "input", "icmp type destination-unreachable drop")
    plan.add("udp", "n1p1", "n2p1", count=12, sizes=(64, 1422), dont_fragment=True)
    plan.expect("icmp-too-big-ignored", "n1/cni0", "n1→n2")


@scenario()
def masqueraded(plan: Plan) -> None:
    """Node 1 masquerades its pods towards other nodes' pods."""
    masquerade(plan.lab, plan.lab.nodes[0], "-s 10.42.1.0/24 -o flannel.1")
    talk(plan)
    plan.expect("unexpected-snat", "n1/flannel.1", "n1→n2")


@scenario()
def other_vni(plan: Plan) -> None:
    """Node 1 uses VNI 2, node 2 uses VNI 1."""
    remake_vtep(plan.lab, plan.lab.nodes[0], vni=2)
    talk(plan)
    plan.expect("vni-mismatch", "n2/eth0", "n1→n2")
    plan.expect("vni-mismatch", "n1/eth0", "n2→n1")


@scenario()
def other_port(plan: Plan) -> None:
    """Node 1 uses UDP port 8473, node 2 uses 8472."""
    remake_vtep(plan.lab, plan.lab.nodes[0], port=8473)
    talk(plan)
    plan.expect("vxlan-port-mismatch", "n2/eth0", "n1→n2")
    plan.expect("vxlan-port-mismatch", "n1/eth0", "n2→n1")


@scenario()
def policy_flags(plan: Plan) -> None:
    """Node 1 puts group policies into VXLAN headers, and node 2 does not know them."""
    remake_vtep(plan.lab, plan.lab.nodes[0], options="gbp")
    iptables(plan.lab, plan.lab.nodes[0],
             "-t mangle -A POSTROUTING -o flannel.1 -j MARK --set-mark 5")
    talk(plan)
    plan.expect("vxlan-flags", "n2/eth0", "n1→n2")


@scenario()
def duplicate_mac(plan: Plan) -> None:
    """Both nodes' VXLAN devices have one MAC address."""
    first, second = plan.lab.nodes
    second.vtep_mac[4] = first.vtep_mac[4]
    remake_vtep(plan.lab, first)
    remake_vtep(plan.lab, second)
    talk(plan)
    plan.expect("vtep-mac-duplicate", "n2/eth0", "n1→n2")
    plan.expect("vtep-mac-duplicate", "n1/eth0", "n2→n1")


@scenario()
def pod_gone(plan: Plan) -> None:
    """A pod of node 2 is not there any more."""
    ip_batch(plan.lab.namespace("n2p1"), ["address flush dev eth0"])
    plan.add("udp", "n1p1", "n2p1", count=24)
    plan.add("udp", "n2p2", "n1p2", count=24)
    plan.expect("pod-gone", "n2/flannel.1", "n1→n2")


@scenario()
def pod_filtered(plan: Plan) -> None:
    """Node 2's bridge does not hand packets on to a pod."""
    spoil(plan.lab.namespace("n2"), "bridge", "output",
          'oifname "veth21aa" ip daddr 10.42.2.2 drop')
    talk(plan)
    # What the pod itself sends tells where it is.
    plan.add("udp", "n2p1", "n1p2", count=10)
    plan.expect("pod-unreached", "n2/cni0", "n1→n2")


@scenario()
def congestion_marks(plan: Plan) -> None:
    """The underlay marks packets of node 1 for congestion although they take no part in ECN."""
    on_wire(plan.lab, f'iifname "n1" udp dport {VXLAN_PORT} ip ecn set ce')
    talk(plan)
    plan.expect("ecn-drop", "n2/eth0", "n1→n2")


@scenario()
def spoilt_outer_checksum(plan: Plan) -> None:
    """The underlay spoils the outer UDP checksum of node 1's packets."""
    on_wire(plan.lab, f'iifname "n1" udp dport {VXLAN_PORT} @th,48,16 set 0x1234')
    talk(plan)
    plan.expect("outer-checksum-wrong", "n2/eth0", "n1→n2")


@scenario()
def spoilt_inner_checksum(plan: Plan) -> None:
    """Node 2 spoils the UDP checksum of what comes from node 1's pods."""
    spoil(plan.lab.namespace("n2"), "ip", "forward",
          "ip saddr 10.42.1.0/24 meta l4proto udp @th,48,16 set 0x1234")
    talk(plan)
    plan.expect("inner-checksum-wrong", "n2/cni0", "n1→n2")


@scenario()
def wrong_endpoint(plan: Plan) -> None:
    """Node 1 sends node 2's packets to an address that nobody has."""
    second = plan.lab.nodes[1]
    bridge_batch(plan.lab.namespace("n1"), [f"fdb replace {second.vtep_mac[4]} dev flannel.1"
                                            f" dst {NOWHERE} self permanent"])
    talk(plan)
    plan.expect("vtep-address-wrong", "n1/flannel.1", "n1→n2")


@scenario()
def wrong_endpoint_routed(plan: Plan) -> None:
    """The same, and a router takes the packets."""
    second = plan.lab.nodes[1]
    ip_batch(plan.lab.namespace("n1"), [
        f"neighbour replace {NOWHERE} lladdr {NOWHERE_MAC} dev eth0 nud permanent"])
    bridge_batch(plan.lab.namespace("n1"), [f"fdb replace {second.vtep_mac[4]} dev flannel.1"
                                            f" dst {NOWHERE} self permanent"])
    on_wire(plan.lab, f"ether daddr {NOWHERE_MAC} drop")
    talk(plan)
    plan.expect("vtep-address-wrong", "n1/eth0", "n1→n2")


@scenario()
def translated_underlay(plan: Plan) -> None:
    """The underlay translates node 1's address."""
    on_wire(plan.lab, f'iifname "n1" udp dport {VXLAN_PORT} ip saddr set {TRANSLATED}')
    talk(plan)
    plan.expect("underlay-nat", "n2/eth0", "n1→n2")


@scenario(node_count=3)
def duplicate_pod(plan: Plan) -> None:
    """Node 3's pods appear under the address of a pod of node 1."""
    iptables(plan.lab, plan.lab.nodes[2], "-t nat -A POSTROUTING -s 10.42.3.0/24 -o flannel.1"
             " -j SNAT --to-source 10.42.1.2")
    talk(plan)
    plan.add("udp", "n3p1", "n2p1", count=10)
    plan.expect("pod-address-duplicate", None, None)


@scenario(node_count=3)
def bypassed_translation(plan: Plan) -> None:
    """Node 3 asks a port of node 1; the answers of node 2's pod come straight to it."""
    lab, first = plan.lab, plan.lab.nodes[0]
    target = lab.pod("n2p1").address(4)
    add_node_port(lab, first, "tcp", NODE_PORT, target, TARGET_PORT, masquerades=False)
    plan.add("tcp", "n3", "n2p1", port=NODE_PORT, address=first.underlay(4),
             target_port=TARGET_PORT, up=800, down=800)
    talk(plan)
    plan.expect("reply-bypasses-nat", "n3/eth0", "n2→n3")


@scenario(bridge_netfilter=False)
def untranslated_replies(plan: Plan) -> None:
    """Without br_netfilter, a service's pod on the client's node answers under its own address."""
    for protocol in ("udp", "tcp"):
        add_service(plan.lab, NEIGHBOUR_SERVICE, protocol, SERVICE_PORT,
                    plan.lab.pod("n1p2").address(4), TARGET_PORT)
    common = {"address": NEIGHBOUR_SERVICE, "port": SERVICE_PORT, "target_port": TARGET_PORT}
    plan.add("udp", "n1p1", "n1p2", count=10, **common)
    plan.add("tcp", "n1p1", "n1p2", up=800, down=800, **common)
    talk(plan)
    plan.expect("service-reply-untranslated", "n1/veth11aa", None)


@scenario(direct=frozenset({(1, 2), (2, 1)}))
def plain_filtered(plan: Plan) -> None:
    """host-gw on an underlay that drops packets from addresses that are not node 1's."""
    on_wire(plan.lab, 'iifname "n1" ip saddr 10.42.1.0/24 drop')
    talk(plan)
    plan.expect("plain-lost-on-wire", "n1/eth0", "n1→n2")


@scenario()
def closed_port(plan: Plan) -> None:
    """Nothing listens on the port: the pod says so itself."""
    talk(plan)
    plan.add("tcp", "n1p1", "n2p1", port=CLOSED_PORT, closed=True)
    plan.expect("pod-refuses", None, "n1→n2")
    plan.expect("overlay-healthy", None, None)


@scenario()
def silent_pod(plan: Plan) -> None:
    """A filter in the pod drops requests: they arrive, and nothing comes back."""
    spoil(plan.lab.namespace("n2p1"), "inet", "input", "tcp dport 5002 drop")
    talk(plan)
    plan.add("tcp", "n1p1", "n2p1", up=800, down=800)
    plan.expect("pod-silent", None, "n1→n2")
    plan.expect("overlay-healthy", None, None)
