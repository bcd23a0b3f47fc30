package import Filters
package import Packets
package import Topology

/// What is recovered, and how it is written.
package struct DecapsulationOptions: Sendable {
  /// `decoding.maximumTunnelDepth` is the number of tunnels that are stripped.
  package var decoding = DecodingOptions()
  /// Frames that are written, judged as they are written; nil for all.
  package var filter: InnerPacketFilter?
  /// Network identifiers of the tunnels that are stripped; empty for all. Frames in other tunnels are
  /// left out.
  package var vnis: Set<UInt32> = []
  /// Whether frames without a tunnel are left out.
  package var isOnlyTunnelled = false
  /// How long the fragments of outer packets are waited for, and how much of them is held.
  package var fragmentLimits = FragmentReassembly.Limits()
  /// Whether each recovered frame has a comment that tells its outer headers.
  package var hasComments = true

  package init() {}

  /// Whether one of a frame's tunnels, of which `tunnel` is the innermost, has a wanted identifier.
  func takes(_ tunnel: TunnelSummary, in outerTunnels: [TunnelSummary]) -> Bool {
    vnis.isEmpty || isWanted(tunnel) || outerTunnels.contains { isWanted($0) }
  }

  private func isWanted(_ tunnel: TunnelSummary) -> Bool {
    tunnel.hasVNI && vnis.contains(tunnel.vni)
  }
}

/// An input and what its points are called by.
package struct DecapsulationInput: Sendable {
  package var name: InputName
  package var naming: PointNaming

  package init(name: InputName, naming: PointNaming) {
    self.name = name
    self.naming = naming
  }
}
