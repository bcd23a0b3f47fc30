import Packets
import Trajectories

extension Trajectory {
  /// Where the packet was first seen on its path: its addresses there name it.
  var firstPathHop: Hop {
    for hop in hops { if case .path = hop.kind { return hop } }
    return hops[0]
  }

  /// How long the whole way took in nanoseconds, if every leg of it could be measured.
  var totalDelay: Int64? {
    var total: Int64 = 0
    var legs = -1
    for hop in hops where hop.kind == .path {
      legs += 1
      guard legs > 0 else { continue }
      guard let delay = hop.delay else { return nil }
      total = total &+ delay
    }
    return legs > 0 ? total : nil
  }
}

extension Observation {
  /// Whether `sequence` was read from a TCP header: one of which too little was captured may only
  /// have its ports.
  var hasSequence: Bool {
    transportProtocol == 6 && traits.contains(.hasPorts) && (identity != 0 || sequence != 0)
  }
}
