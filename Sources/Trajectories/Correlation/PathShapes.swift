/// Remembers how packets that crossed the same points in the same state were put in order and judged.
///
/// Nearly all packets of a flow look alike: the same points, TTLs and addresses, seen everywhere. What was
/// worked out for one of them holds for the next, as long as nothing new was learnt about the network.
/// Only complete packets are remembered: whether a loss is one depends on the moment.
struct PathShapes {
  /// A packet's members by point number: what decides order and judgement.
  struct Key {
    fileprivate(set) var hash: UInt64 = 0
    /// Members in the order of their points' numbers, as indices, four bits each.
    fileprivate(set) var byPoint: UInt64 = 0
    fileprivate var count = 0
  }

  private struct Shape {
    var hash: UInt64 = 0
    var version = -1
    /// The hops in path order: indices into the members by point number, four bits each.
    var order: UInt64 = 0
    /// Kinds of the hops in path order, four bits each.
    var kinds: UInt64 = 0
    var lastSeen: UInt8 = 0
    var scope = Trajectory.Scope.pod
    var delivered: Bool?
  }

  /// Members that fit the four-bit fields.
  static let memberLimit = 16
  private static let capacity = 4096
  private var shapes = Array(repeating: Shape(), count: capacity)

  /// The key of a packet; nil for one with too many members.
  static func key(
    of members: [ObservationWindow.Slot], in window: borrowing ObservationWindow
  ) -> Key? {
    guard members.count <= memberLimit else { return nil }
    var key = Key()
    key.count = members.count
    key.byPoint = byPoint(members, in: window)
    // Ports decide nothing: all flows between two addresses have one shape.
    var hash = window[members[0]].addressesHash
    for place in 0..<members.count {
      let slot = members[Int(key.byPoint >> UInt64(place * 4) & 15)]
      hash = Observation.mix(
        hash, UInt64(window.state(slot)) | UInt64(window.point(slot)) << 32)
    }
    key.hash = hash | 1
    return key
  }

  /// Insertion sort of member indices by point number.
  private static func byPoint(
    _ members: [ObservationWindow.Slot], in window: borrowing ObservationWindow
  ) -> UInt64 {
    var order: UInt64 = 0
    for index in members.indices {
      let point = window.point(members[index])
      var place = index
      while place > 0 {
        let before = Int(order >> UInt64((place - 1) * 4) & 15)
        if window.point(members[before]) <= point { break }
        place -= 1
      }
      let low = order & ((1 << UInt64(place * 4)) - 1)
      let high = (order >> UInt64(place * 4)) << UInt64(place * 4 + 4)
      order = high | UInt64(index) << UInt64(place * 4) | low
    }
    return order
  }

  /// Fills the trajectory if a packet of this shape is remembered.
  func apply(
    _ key: Key, version: Int, members: [ObservationWindow.Slot],
    in window: borrowing ObservationWindow, to trajectory: inout Trajectory
  ) -> Bool {
    let shape = shapes[Int(truncatingIfNeeded: key.hash >> 32) & (Self.capacity - 1)]
    guard shape.hash == key.hash, shape.version == version else { return false }
    trajectory.resize(to: key.count)
    for place in 0..<key.count {
      let byPoint = shape.order >> UInt64(place * 4) & 15
      let member = members[Int(key.byPoint >> (byPoint * 4) & 15)]
      trajectory.hops[place].observation = window[member]
      trajectory.hops[place].kind =
        Hop.Kind(rawValue: UInt8(shape.kinds >> UInt64(place * 4) & 15)) ?? .path
    }
    trajectory.scope = shape.scope
    trajectory.outcome = .complete
    trajectory.delivered = shape.delivered
    trajectory.reasons.removeAll(keepingCapacity: true)
    trajectory.lossEvidence = nil
    trajectory.lastSeen = Int(shape.lastSeen)
    trajectory.expectedNext = nil
    return true
  }

  /// Remembers how a packet was put together, if it was complete.
  mutating func remember(_ key: Key, version: Int, of trajectory: borrowing Trajectory) {
    guard trajectory.outcome == .complete, !trajectory.isAmbiguous else { return }
    var shape = Shape()
    shape.hash = key.hash
    shape.version = version
    for (place, hop) in trajectory.hops.enumerated() {
      let rank = trajectory.hops.count { $0.observation.point < hop.observation.point }
      shape.order |= UInt64(rank) << UInt64(place * 4)
      shape.kinds |= UInt64(hop.kind.rawValue) << UInt64(place * 4)
    }
    shape.lastSeen = UInt8(trajectory.lastSeen)
    shape.scope = trajectory.scope
    shape.delivered = trajectory.delivered
    shapes[Int(truncatingIfNeeded: key.hash >> 32) & (Self.capacity - 1)] = shape
  }
}
