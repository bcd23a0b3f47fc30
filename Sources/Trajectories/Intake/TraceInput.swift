package import Topology

/// One input of a trace: a capture file or stream and what is known of it beforehand.
package struct TraceInput: Sendable {
  package var name: InputName
  package var naming: PointNaming

  package init(name: InputName, naming: PointNaming) {
    self.name = name
    self.naming = naming
  }

  package var path: String { name.path }
}
