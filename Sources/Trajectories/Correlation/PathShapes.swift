/// Remembers how packets that crossed the same points in the same state were put in order and judged.
///
/// Nearly all packets of a flow look alike: the same points, TTLs and addresses, seen everywhere. What was
/// worked out for one of them holds for the next, as long as nothing new was learnt about the network.
/// Only packets are remembered that are complete, or whose path is not known further: whether a loss is one
/// depends on the moment.
struct PathShapes: ~Copyable {
  /// What decides order and judgement, as a hash: where the packet was seen in which state.
  struct Key {
    fileprivate(set) var hash: UInt64
    fileprivate var count: Int
  }

  struct Shape {
    /// 0 of none.
    var hash: UInt64 = 0
    var version = 0
    /// Counted from 1.
    var number: UInt32 = 0
    var lastSeen: UInt8 = 0
    var scope = Trajectory.Scope.pod
    var delivered: Bool?
    /// Why the packet is partial: its path is not known further.
    var reason: Trajectory.Reason?
    /// Packets of a sample: all, and those that nothing was learnt from yet.
    var seen = 0
    var pending = 0
  }

  struct ShapeHop {
    var point: UInt16
    var kind: Hop.Kind
  }

  /// Members that there is room for.
  static let memberLimit = 16
  private let shapes = FixedTable<4096, Shape>()
  /// Each shape's hops in path order.
  private let hops = FixedTable<65_536, ShapeHop>()
  /// Shapes remembered so far.
  private var count: UInt32 = 0

  /// The key of a packet; nil for one with too many members.
  ///
  /// - Parameters:
  ///   - states: the sum of the members' place hashes: the order in which they were seen decides nothing.
  @inline(__always)
  static func key(
    of members: borrowing SlotList, states: UInt64,
    in window: borrowing ObservationWindow
  ) -> Key? {
    guard members.count <= memberLimit else { return nil }
    // Ports decide nothing: all flows between two addresses have one shape.
    let hash = Observation.mix(
      window[members[0]].addressesHash, states &+ UInt64(members.count))
    return Key(hash: hash | 1, count: members.count)
  }

  /// The same of members that are no more than one a point, maybe under several addresses.
  static func key(
    of members: borrowing SlotList, in window: borrowing ObservationWindow
  ) -> Key? {
    guard members.count <= memberLimit else { return nil }
    let endpoints = window[key: members[0]].endpoints
    var states: UInt64 = 0
    for index in members.indices {
      let member = members[index]
      let place = window[key: member].place
      states &+=
        window[key: member].endpoints == endpoints
        ? place : Observation.mix(place, window[member].addressesHash)
    }
    return key(of: members, states: states, in: window)
  }

  /// The key of a packet in a sample, with all that packets teach by, but for how long they took: also in which
  /// order they were seen, and the addresses of links and tunnels.
  static func sampleKey(
    of members: borrowing SlotList, in window: borrowing ObservationWindow
  ) -> Key? {
    guard members.count <= memberLimit else { return nil }
    var states: UInt64 = 0
    for index in members.indices {
      let member = members[index]
      let time = window[key: member].time
      let rank = members.indices.count { window[key: members[$0]].time < time }
      states &+= Observation.mix(
        window[key: member].place &+ UInt64(rank), window[member].courseHash)
    }
    return key(of: members, states: states, in: window)
  }

  /// Fills the trajectory if a packet of this shape is remembered.
  @inline(__always)
  func apply(
    _ key: Key, version: Int, members: borrowing SlotList,
    in window: borrowing ObservationWindow, to trajectory: inout Trajectory
  ) -> Bool {
    let index = index(of: key)
    guard shapes[index].hash == key.hash, shapes[index].version == version else { return false }
    if trajectory.hops.count != key.count { trajectory.resize(to: key.count) }
    var hops = trajectory.hops.mutableSpan
    let first = index &* Self.memberLimit
    for place in 0..<key.count {
      let shapeHop = self.hops[first &+ place]
      // Nearly always the order of time is that of the path.
      var member = members[place]
      let point = shapeHop.point
      if window[key: member].point != point {
        guard let other = members.indices.first(where: { window[key: members[$0]].point == point })
        else { return false }
        member = members[other]
      }
      window.copy(member, to: &hops[place].observation)
      hops[place].kind = shapeHop.kind
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

  /// Whether a packet of a sample teaches nothing that those before it did not: of each shape the first one, the
  /// second, the fourth and so on are looked at closely, and stand for those since the one before.
  func isRepetition(_ key: Key, version: Int) -> Bool {
    let index = index(of: key)
    guard shapes[index].hash == key.hash, shapes[index].version == version else { return false }
    let number = shapes[index].seen + 1
    guard number & (number - 1) != 0 else { return false }
    shapes[index].seen = number
    shapes[index].pending += 1
    return true
  }

  /// Packets that one stands for which is looked at closely.
  func takePending(_ key: Key) -> Int {
    let index = index(of: key)
    guard shapes[index].hash == key.hash else { return 1 }
    let pending = shapes[index].pending
    shapes[index].pending = 0
    return pending + 1
  }

  private func index(of key: Key) -> Int {
    Int(truncatingIfNeeded: key.hash >> 32) & (shapes.count - 1)
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
    let index = index(of: key)
    shape.seen = shapes[index].hash == key.hash ? shapes[index].seen + 1 : 1
    for (place, hop) in trajectory.hops.enumerated() {
      hops[index * Self.memberLimit + place] = ShapeHop(
        point: hop.observation.point, kind: hop.kind)
    }
    shape.lastSeen = UInt8(trajectory.lastSeen)
    shape.scope = trajectory.scope
    shape.delivered = trajectory.delivered
    shapes[index] = shape
  }
}
