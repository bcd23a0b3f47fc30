package import Topology

/// One input of a trace: a capture file or stream and what is known of it beforehand.
package struct TraceInput: Sendable {
  package var name: InputName
  package var naming: PointNaming
  /// Tables of nodes by the node's name.
  package var snapshots: [String: NodeSnapshot]

  package init(name: InputName, naming: PointNaming, snapshots: [String: NodeSnapshot]) {
    self.name = name
    self.naming = naming
    self.snapshots = snapshots
  }

  package var path: String { name.path }
}
