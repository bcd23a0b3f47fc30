"""What nodes and wire do to packets: losses and services."""

from __future__ import annotations

from shell import inside, run
from topology import VXLAN_PORT, Lab, Node

POD_NETWORK = "10.42.0.0/16"


def nft(namespace: str, rules: str) -> None:
    run(*inside(namespace, "nft", "-f", "-"), given=rules)


def spoil(namespace: str, family: str, hook: str, rule: str) -> None:
    """One rule in a hook of its own."""
    nft(namespace, f"""
        table {family} spoil {{
          chain {hook} {{
            type filter hook {hook} priority 0;
            {rule}
          }}
        }}""")


def every(period: int) -> str:
    """Matches each `period`-th packet that the rule sees."""
    return f"numgen inc mod {period} {period - 1}" if period > 1 else ""


def randomly(per_mille: int) -> str:
    """Matches so many of a thousand packets, at random."""
    return f"numgen random mod 1000 < {per_mille}"


def drop_on_wire(lab: Lab, match: str, period: int) -> None:
    """Loses VXLAN packets in the underlay's bridge. `match` is nft's, say `iifname "n1"`."""
    drop_some_on_wire(lab, match, every(period))


def drop_some_on_wire(lab: Lab, match: str, which: str) -> None:
    nft(lab.wire, f"""
        table bridge loss {{
          chain forward {{
            type filter hook forward priority 0;
            {match} udp dport {VXLAN_PORT} {which} drop
          }}
        }}""")


def drop_in_forward(lab: Lab, node: Node, into: str, out: str, which: str) -> None:
    """Loses packets between two interfaces of a node, after routing."""
    nft(lab.namespace(node.name), f"""
        table inet loss_{into.replace('.', '_').replace('-', '_')} {{
          chain forward {{
            type filter hook forward priority 0;
            iifname "{into}" oifname "{out}" {which} drop
          }}
        }}""")


def drop_leaving(lab: Lab, node: Node, family: int, period: int) -> None:
    """Loses a node's pod packets on their way from cni0 to the VXLAN device."""
    drop_in_forward(lab, node, "cni0", lab.vtep(family), every(period))


def drop_arriving(lab: Lab, node: Node, family: int, period: int) -> None:
    """Loses packets for a node's pods on their way from the VXLAN device to cni0."""
    drop_in_forward(lab, node, lab.vtep(family), "cni0", every(period))


def add_service(
    lab: Lab, address: str, protocol: str, port: int, target: str, target_port: int
) -> None:
    """A ClusterIP with one endpoint, on every node, for pods and for the node itself."""
    tool = "ip6tables" if ":" in address else "iptables"
    target = f"[{target}]" if ":" in target else target
    for node in lab.nodes:
        for chain in ("PREROUTING", "OUTPUT"):
            run(*inside(lab.namespace(node.name), tool, "-t", "nat", "-A", chain, "-d", address,
                        "-p", protocol, "--dport", str(port),
                        "-j", "DNAT", "--to-destination", f"{target}:{target_port}"))


def iptables(lab: Lab, node: Node, rule: str) -> None:
    run(*inside(lab.namespace(node.name), "iptables", *rule.split()))


def masquerade(lab: Lab, node: Node, match: str, how: str = "") -> None:
    """SNAT to the address of the interface that packets leave by. `match` is iptables'."""
    iptables(lab, node, f"-t nat -A POSTROUTING {match} -j MASQUERADE {how}")


def masquerade_hairpin(lab: Lab) -> None:
    """As kube-proxy does: a pod that reaches itself by a service must not see its own address."""
    for node in lab.nodes:
        for pod in node.pods:
            masquerade(lab, node, f"-s {pod.address(4)} -d {pod.address(4)}")


def add_node_port(
    lab: Lab, node: Node, protocol: str, port: int, target: str, target_port: int,
    masquerades: bool = True,
) -> None:
    """A port of a node's own address that leads to a pod, and masquerades as it does."""
    mark = "0x4000" if masquerades else "0"
    rules = f"""*nat
-A PREROUTING -d {node.underlay(4)} -p {protocol} --dport {port} -j MARK --set-mark {mark}
-A PREROUTING -d {node.underlay(4)} -p {protocol} --dport {port} \
-j DNAT --to-destination {target}:{target_port}
-A POSTROUTING -m mark --mark 0x4000 -j MASQUERADE
COMMIT
"""
    run(*inside(lab.namespace(node.name), "iptables-restore", "--noflush"),
        given=rules.replace("\\\n", ""))


def refuse(lab: Lab, node: Node, protocol: str, port: int) -> None:
    """A policy that answers forwarded packets to a port with an ICMP error of the node's own."""
    reject_forwarded(lab, node, f"-p {protocol} --dport {port}", "icmp-admin-prohibited")


def reject_forwarded(lab: Lab, node: Node, match: str, how: str) -> None:
    """Answers forwarded packets with an error. `match` and `how` are iptables'."""
    iptables(lab, node, f"-A FORWARD {match} -j REJECT --reject-with {how}")


def refuse_tunnel(lab: Lab, node: Node, how: str) -> None:
    """Answers VXLAN packets with an ICMP error."""
    iptables(lab, node, f"-A INPUT -p udp --dport {VXLAN_PORT} -j REJECT --reject-with {how}")


def duplicate_on_wire(lab: Lab, source: Node, destination: Node, period: int) -> None:
    """Some VXLAN packets reach the destination twice."""
    nft(lab.wire, f"""
        table netdev twice {{
          chain ingress {{
            type filter hook ingress device "{source.name}" priority 0;
            ip daddr {destination.underlay(4)} udp dport {VXLAN_PORT} {every(period)}
              dup to "{destination.name}"
          }}
        }}""")


def duplicate_in_forward(lab: Lab, node: Node, to: Node, period: int) -> None:
    """Some packets for another node's pods are sent twice into the VXLAN device."""
    run(*inside(lab.namespace(node.name), "iptables", "-t", "mangle", "-A", "FORWARD",
                "-d", to.pod_network(4), "-m", "statistic", "--mode", "nth",
                "--every", str(period), "--packet", str(period - 1),
                "-j", "TEE", "--gateway", to.vtep_address(4)))


def add_flannel_masquerade(lab: Lab) -> None:
    """Flannel's FLANNEL-POSTRTG chain (--ip-masq): pod to pod is returned before it masquerades."""
    for node in lab.nodes:
        own = node.pod_network(4)
        rules = f"""*nat
:FLANNEL-POSTRTG - [0:0]
-A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG
-A FLANNEL-POSTRTG -m mark --mark 0x4000/0x4000 -j RETURN
-A FLANNEL-POSTRTG -s {own} -d {POD_NETWORK} -j RETURN
-A FLANNEL-POSTRTG -s {POD_NETWORK} -d {own} -j RETURN
-A FLANNEL-POSTRTG ! -s {POD_NETWORK} -d {own} -j RETURN
-A FLANNEL-POSTRTG -s {POD_NETWORK} ! -d 224.0.0.0/4 -j MASQUERADE --random-fully
-A FLANNEL-POSTRTG ! -s {POD_NETWORK} -d {POD_NETWORK} -j MASQUERADE --random-fully
COMMIT
"""
        run(*inside(lab.namespace(node.name), "iptables-restore", "--noflush"), given=rules)
