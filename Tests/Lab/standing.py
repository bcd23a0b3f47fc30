"""What a lab that is left standing consists of, for those who look at it from outside."""

from __future__ import annotations

from topology import Lab, Node, Pod


def describe(lab: Lab) -> dict[str, object]:
    """Nodes and pods with their namespaces, interfaces and addresses, as they were set up."""
    return {
        "name": lab.name,
        "families": list(lab.families),
        "nodes": [describe_node(lab, node) for node in lab.nodes],
        # By number: the first sends to the second without VXLAN.
        "direct": sorted(lab.direct),
    }


def describe_node(lab: Lab, node: Node) -> dict[str, object]:
    families = lab.families if lab.tunnels else ()
    return {
        "name": node.name,
        "number": node.number,
        "namespace": lab.namespace(node.name),
        "nic": "eth0",
        "bridge": None if lab.style.routed_pods else "cni0",
        "underlay": by_family(lab, node.underlay),
        "vteps": {
            str(family): {"interface": lab.vtep(family), "mac": node.vtep_mac[family],
                          "address": node.vtep_address(family), "vni": lab.style.vni,
                          "port": lab.style.port}
            for family in families
        },
        "pod_networks": by_family(lab, node.pod_network),
        "pods": [describe_pod(lab, pod) for pod in node.pods],
    }


def describe_pod(lab: Lab, pod: Pod) -> dict[str, object]:
    return {
        "name": pod.name,
        "namespace": lab.namespace(pod.name),
        "veth": pod.veth,
        "addresses": by_family(lab, pod.address),
    }


def by_family(lab: Lab, value: object) -> dict[str, str]:
    return {str(family): value(family) for family in lab.families}  # type: ignore[operator]
