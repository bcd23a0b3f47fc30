import Topology

/// What one input contributed to one point.
package struct PointCounters: Sendable {
  /// All frames, also those without an IP packet.
  package var frames: UInt64 = 0
  /// Frames with an IP packet: observations.
  package var observations: UInt64 = 0
  /// Observations that were in a tunnel.
  package var encapsulated: UInt64 = 0
  /// Observations of which too little was captured to recognise them at another point.
  package var unrecognisable: UInt64 = 0
  /// In cooked captures: frames for another host, as a bridge port gets them, and packets for this host
  /// before and after a router lowered their TTL.
  package var forOtherHosts: UInt64 = 0
  package var receivedFresh: UInt64 = 0
  package var receivedRouted: UInt64 = 0
  /// Recorded times of the first and the last frame, nanoseconds since 1970.
  package var first: Int64 = .max
  package var last: Int64 = .min

  mutating func add(_ other: PointCounters) {
    frames += other.frames
    observations += other.observations
    encapsulated += other.encapsulated
    unrecognisable += other.unrecognisable
    forOtherHosts += other.forOtherHosts
    receivedFresh += other.receivedFresh
    receivedRouted += other.receivedRouted
    first = min(first, other.first)
    last = max(last, other.last)
  }
}

extension PointCounters {
  /// Notes when a frame was recorded.
  @inline(__always)
  mutating func note(time: Int64) {
    first = min(first, time)
    last = max(last, time)
  }

  /// Counts an observation.
  ///
  /// - Parameter packetType: of a cooked capture, else 255.
  @inline(__always)
  mutating func count(isEncapsulated: Bool, packetType: UInt8, hasOriginalTimeToLive: Bool) {
    observations += 1
    if isEncapsulated { encapsulated += 1 }
    if packetType == 3 { forOtherHosts += 1 }
    guard packetType == 0 else { return }
    if hasOriginalTimeToLive { receivedFresh += 1 } else { receivedRouted += 1 }
  }

  /// The role that the traffic shows where no name tells it: tunnels end at a NIC; a pod's veth gets
  /// frames for the bridge; a bridge gets what no router has touched, a VTEP device what one has.
  var role: InterfaceRole {
    if encapsulated > 0 { return .nic }
    if receivedFresh > receivedRouted { return .bridge }
    if forOtherHosts > 0 { return .veth }
    return receivedRouted > 0 ? .vtep : .unknown
  }
}

/// A frame that contradicts itself or its format.
package struct MalformedFrame: Sendable {
  package var file: UInt16
  package var frame: UInt64
  package var layer: String
  /// Bytes from the start of the frame.
  package var offset: UInt32
  /// Of the frame, in bytes from the start of the capture.
  package var frameOffset: UInt64 = 0
}
