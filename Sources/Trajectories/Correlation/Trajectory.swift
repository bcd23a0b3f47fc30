import Packets

/// All observations of one packet, in the order in which it crossed the points, and what became of it.
///
/// One value is filled anew for each packet, so that its storage is reused. Small fields stand together: up to 128
/// octets are copied without a call.
package struct Trajectory: Sendable {
  /// Number of the trace in the order of first observations, from 1.
  package var number: UInt64 = 0
  package var hops: [Hop] = []
  package var scope = Scope.pod
  package var outcome = Outcome.notJudged
  package var delivered: Bool?
  package var reasons: [Reason] = []
  package var lossEvidence: LossEvidence?
  /// Index in `hops` of the furthest path hop.
  package var lastSeen = 0
  /// The next point of the intended path.
  package var expectedNext: UInt16?
  package var confidence: Confidence?
  /// Whether another packet of the window would have matched as well.
  package var isAmbiguous = false
  /// Whether there are equal packets that only the time tells apart.
  var isKnownByTime = false
  /// Whether the judgement may change, because an input is still being written.
  package var isProvisional = false
  /// Whether any hop matches the user's filter.
  package var isSelected = true
  /// The frames of hops whose outer packet was put together from fragments.
  package internal(set) var reassembled: [ReassembledFrames] = []
  /// Which octets the packet is of the units that some hops recorded; nil where all recorded just it.
  package internal(set) var part: PacketPart?
  /// Number of the trace of the first transmission of the same bytes.
  package var retransmissionOf: UInt64?
  /// Number of the way that this packet has in common with others: all hops at the same points, of the same
  /// kinds, in the same states and with the same judgement; 0 if that is not known.
  package internal(set) var shape: UInt32 = 0

  package init() {}

  /// Takes over all that another one says, in the storage that is there.
  package mutating func replace(with other: borrowing Trajectory) {
    resize(to: other.hops.count)
    var storage: [Hop] = []
    swap(&storage, &hops)
    let source = other.hops.span
    var target = storage.mutableSpan
    for index in source.indices { target[index] = source[index] }
    self = copy other
    hops = storage
  }

  /// Makes room for so many hops, to be filled in place.
  mutating func resize(to count: Int) {
    if hops.count > count { hops.removeLast(hops.count - count) }
    while hops.count < count { hops.append(Hop(observation: Observation(), kind: .path)) }
  }

  /// Whether the user's filter matches any of the hops.
  @inline(__always)
  var hasSelectedHop: Bool {
    let hops = hops.span
    return hops.indices.contains { hops[$0].observation.traits.contains(.isSelected) }
  }

  /// The first path hop, whose addresses name the packet.
  package var origin: Observation { hops[0].observation }
}

/// One observation of a trajectory in its place on the way.
package struct Hop: Sendable {
  package enum Kind: UInt8, BitwiseCopyable, Sendable {
    case path
    /// The copy that a promiscuous bridge device gets of a frame that is not addressed to it, or another pod
    /// of a frame that a bridge floods.
    case bridgeCopy
    /// The same point in another file.
    case recapture
    /// Seen again at the same point, the same in TTL and addresses.
    case duplicate
  }

  package var observation: Observation
  package var kind: Kind
  /// Nanoseconds since the previous path hop, clock-corrected; nil for the first one, for hops that
  /// are not on the path, and where the clocks of two nodes could not be compared.
  package var delay: Int64?
  /// Bound of the delay's error in nanoseconds.
  package var delayError: Int64?
}

extension Trajectory {
  /// The fragments that an observation was put together from.
  package struct ReassembledFrames: Equatable, Sendable {
    package let file: UInt16
    /// The frame that names the observation: that of the first fragment.
    package let first: UInt64
    /// All, in the order of the fragments.
    package let frames: [UInt64]
  }

  package enum Scope: UInt8, BitwiseCopyable, Sendable {
    /// Both ends are pods (or services).
    case pod
    /// One end is a pod, the other a node or something outside the cluster.
    case host
    /// No end is a pod.
    case underlay
  }

  package enum Outcome: UInt8, Sendable {
    case complete, lost, partial
    /// Multicast, broadcast and link-local packets have no path to compare with.
    case notJudged
  }

  package enum LossEvidence: UInt8, Sendable {
    /// The moment lies inside the later file's own timestamps.
    case proven
    /// The later file is empty, or only other captures of its node include the moment.
    case inferred
  }

  package enum Confidence: UInt8, Sendable {
    /// Unique only by time.
    case weak
    /// Either IP identification or transport identity is missing; the rest agrees and is unique.
    case strong
    /// IP identification and transport identity agree and are unique.
    case exact
  }

  /// Why a packet cannot be called complete or lost.
  package struct Reason: BitwiseCopyable, Equatable, Sendable {
    package enum Code: UInt8, BitwiseCopyable, Sendable {
      case notRecording, filtered, truncated, captureDrops, missed, pathUnknown
    }

    package var point: UInt16?
    package var code: Code
  }
}
