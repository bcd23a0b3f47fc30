import Packets
import Trajectories

extension Trajectory {
  /// Where the packet was first seen on its path: its addresses there name it.
  var firstPathHop: Hop { hops[firstPathIndex] }

  /// Index of that hop.
  var firstPathIndex: Int {
    let hops = self.hops.span
    for index in hops.indices { if case .path = hops[index].kind { return index } }
    return 0
  }

  /// The frame of the biggest unit that the packet is a part of; nil where all hops recorded just it.
  var unit: FrameReference? {
    guard part != nil else { return nil }
    var biggest: (length: UInt32, row: Observation)?
    for hop in hops where hop.kind == .path {
      guard let segment = segment(of: hop) else { continue }
      if segment.unitLength > biggest?.length ?? 0 {
        biggest = (segment.unitLength, hop.observation)
      }
    }
    return biggest.map { FrameReference(file: $0.row.file, frame: $0.row.frame) }
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
