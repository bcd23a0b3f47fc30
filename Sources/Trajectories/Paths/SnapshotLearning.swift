import Packets
import Topology

/// Teaches the network knowledge what the tables of a node say; they outweigh what packets show.
struct SnapshotLearning {
  private static let weight = 1_000_000

  /// Takes over what the nodes' tables say of the points that are known so far, of each node once.
  static func learn(from table: borrowing PointTable, into knowledge: inout NetworkKnowledge) {
    guard !table.snapshots.isEmpty else { return }
    for (index, name) in table.nodes.enumerated() {
      guard let snapshot = table.snapshots[name], knowledge.nodesOfTables.insert(index).inserted
      else { continue }
      learn(snapshot, node: index, table: table, into: &knowledge)
    }
  }

  private static func learn(
    _ snapshot: NodeSnapshot, node: Int, table: borrowing PointTable,
    into knowledge: inout NetworkKnowledge
  ) {
    let nodeName = table.nodes[node]
    for link in snapshot.links {
      guard let point = table.index(named: nodeName + "/" + link.name), let mac = link.mac,
        table[point].role == .bridge || table[point].role == .vtep
      else { continue }
      knowledge.learnLinkAddress(mac.bits, of: point, node: node, weight: weight)
    }
    for address in snapshot.tunnelAddresses {
      knowledge.learnTunnelAddress(address, node: node, weight: weight)
    }
    for own in snapshot.addresses {
      guard !own.address.isLinkScoped else { continue }
      knowledge.learn(own.address) { $0.learnHost(node: node, weight: weight) }
    }
    learnPods(of: snapshot, node: node, nodeName: nodeName, table: table, into: &knowledge)
  }

  /// A bridge's neighbour is a pod; the port that its MAC address was learnt at is the pod's veth.
  private static func learnPods(
    of snapshot: NodeSnapshot, node: Int, nodeName: String, table: borrowing PointTable,
    into knowledge: inout NetworkKnowledge
  ) {
    for neighbour in snapshot.neighbours {
      guard snapshot.role(ofInterfaceNamed: neighbour.interface) == .bridge,
        let mac = neighbour.mac, !neighbour.address.isLinkScoped,
        let port = snapshot.forwardingEntries.first(where: { $0.mac == mac && $0.remote == nil }),
        let point = table.index(named: nodeName + "/" + port.interface)
      else { continue }
      knowledge.learn(neighbour.address) { home in
        home.learnNode(node, weight: weight)
        home.learnEnd(point, role: .veth, weight: weight)
      }
      knowledge.learnResident(neighbour.address, of: point, weight: weight)
      knowledge.learnNetwork(of: neighbour.address, node: node, weight: 1)
    }
  }
}
