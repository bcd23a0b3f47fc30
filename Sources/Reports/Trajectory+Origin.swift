import Packets
import Trajectories

extension Trajectory {
  /// Where the packet was first seen on its path: its addresses there name it.
  var firstPathHop: Hop { hops.first { $0.kind == .path } ?? hops[0] }

  /// The path hop that saw the packet in the smallest unit.
  var finestHop: Hop {
    var finest = firstPathHop
    for hop in hops where hop.kind == .path && hop.observation.length < finest.observation.length {
      finest = hop
    }
    return finest
  }
}

extension Observation {
  /// Whether `sequence` was read from a TCP header: one of which too little was captured may only have
  /// its ports.
  var hasSequence: Bool {
    transportProtocol == 6 && traits.contains(.hasPorts) && (identity != 0 || sequence != 0)
  }
}
