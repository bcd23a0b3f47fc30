/// Remembers how packets that crossed the same points in the same state were put in order and judged.
///
/// Nearly all packets of a flow look alike: the same points, TTLs and addresses, seen everywhere. What was
/// worked out for one of them holds for the next, as long as nothing new was learnt about the network.
/// Only packets are remembered that are complete, or whose path is not known further: whether a loss is one
/// depends on the moment.
struct PathShapes {
  /// What decides order and judgement, as a hash: where the packet was seen in which state.
  struct Key {
    fileprivate(set) var hash: UInt64
    fileprivate var count: Int
  }

  private struct Shape {
    var hash: UInt64 = 0
    var version = -1
    /// Counted from 1.
    var number: UInt32 = 0
    /// The points in path order.
    var points: InlineArray<16, UInt16> = .init(repeating: 0)
    /// Kinds of the hops in path order, four bits each.
    var kinds: UInt64 = 0
    var lastSeen: UInt8 = 0
    var scope = Trajectory.Scope.pod
    var delivered: Bool?
    /// Why the packet is partial: its path is not known further.
    var reason: Trajectory.Reason?
  }

  /// Members that there is room for.
  static let memberLimit = 16
  private static let capacity = 4096
  private var shapes = Array(repeating: Shape(), count: capacity)
  /// Shapes remembered so far.
  private var count: UInt32 = 0

  /// The key of a packet; nil for one with too many members.
  ///
  /// - Parameter states: the sum of the members' place hashes: the order in which they were seen decides
  ///   nothing.
  @inline(__always)
  static func key(
    of members: [ObservationWindow.Slot], states: UInt64, in window: borrowing ObservationWindow
  ) -> Key? {
    guard members.count <= memberLimit else { return nil }
    // Ports decide nothing: all flows between two addresses have one shape.
    let hash = Observation.mix(window[members[0]].addressesHash, states &+ UInt64(members.count))
    return Key(hash: hash | 1, count: members.count)
  }

  /// Fills the trajectory if a packet of this shape is remembered.
  func apply(
    _ key: Key, version: Int, members: [ObservationWindow.Slot],
    in window: borrowing ObservationWindow, to trajectory: inout Trajectory
  ) -> Bool {
    let index = Int(truncatingIfNeeded: key.hash >> 32) & (Self.capacity - 1)
    guard shapes[index].hash == key.hash, shapes[index].version == version else { return false }
    trajectory.resize(to: key.count)
    var hops = trajectory.hops.mutableSpan
    let kinds = shapes[index].kinds
    for place in 0..<key.count {
      let point = shapes[index].points[place]
      // Nearly always the order of time is that of the path.
      var member = members[place]
      if window[key: member].point != point {
        guard let other = members.first(where: { window[key: $0].point == point }) else {
          return false
        }
        member = other
      }
      hops[place].observation = window[member]
      hops[place].kind =
        Hop.Kind(rawValue: UInt8(truncatingIfNeeded: kinds >> UInt64(place * 4) & 15)) ?? .path
    }
    trajectory.shape = shapes[index].number
    trajectory.scope = shapes[index].scope
    trajectory.delivered = shapes[index].delivered
    if !trajectory.reasons.isEmpty { trajectory.reasons.removeAll(keepingCapacity: true) }
    if let reason = shapes[index].reason {
      trajectory.outcome = .partial
      trajectory.reasons.append(reason)
    } else {
      trajectory.outcome = .complete
    }
    trajectory.lossEvidence = nil
    trajectory.lastSeen = Int(shapes[index].lastSeen)
    trajectory.expectedNext = nil
    return true
  }

  /// Remembers how a packet was put together, if the moment does not decide what became of it.
  mutating func remember(_ key: Key, version: Int, of trajectory: borrowing Trajectory) {
    let isPathUnknown =
      trajectory.reasons.count == 1 && trajectory.reasons[0].code == .pathUnknown
    guard trajectory.outcome == .complete || isPathUnknown, !trajectory.isAmbiguous else { return }
    var shape = Shape()
    shape.reason = isPathUnknown ? trajectory.reasons[0] : nil
    shape.hash = key.hash
    shape.version = version
    count &+= 1
    shape.number = count
    for (place, hop) in trajectory.hops.enumerated() {
      shape.points[place] = hop.observation.point
      shape.kinds |= UInt64(hop.kind.rawValue) << UInt64(place * 4)
    }
    shape.lastSeen = UInt8(trajectory.lastSeen)
    shape.scope = trajectory.scope
    shape.delivered = trajectory.delivered
    shapes[Int(truncatingIfNeeded: key.hash >> 32) & (Self.capacity - 1)] = shape
  }
}
