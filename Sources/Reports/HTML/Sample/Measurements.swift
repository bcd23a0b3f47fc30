import Packets
import Trajectories

/// What only drawings need of all packets: how delays are spread on each leg, and what happened when.
///
/// Takes packets one by one; its memory does not grow with their number.
struct Measurements: Sendable {
  /// One direction between two nodes.
  struct Direction: Hashable, Sendable {
    let source: UInt16
    let destination: UInt16
  }

  /// More directions than fit into a page are counted in `all` only.
  static let directionLimit = 16

  private(set) var all = TimeSeries()
  private(set) var directions: [Direction: TimeSeries] = [:]
  private var legs: [UInt32: DelayBins] = [:]
  /// Nodes of addresses.
  private var homes: [IPAddress: UInt16] = [:]
  private static let homeLimit = 65_536

  mutating func add(_ trajectory: borrowing Trajectory, places: PointPlaces) {
    var previous: UInt16?
    for hop in trajectory.hops where hop.kind == .path {
      let point = hop.observation.point
      if let from = previous, let delay = hop.delay { count(delay, from: from, to: point) }
      previous = point
    }
    let time = trajectory.origin.correctedTime
    let delay = trajectory.outcome == .complete ? trajectory.totalDelay : nil
    all.add(trajectory.outcome, at: time, delay: delay)
    let ends = ends(of: trajectory, places: places)
    guard let source = ends.source, let destination = ends.destination else { return }
    let direction = Direction(source: source, destination: destination)
    guard directions[direction] != nil || directions.count < Self.directionLimit else { return }
    directions[direction, default: TimeSeries()]
      .add(trajectory.outcome, at: time, delay: delay)
  }

  /// The nodes at its ends; where a packet itself does not show them, others of its addresses did.
  private mutating func ends(
    of trajectory: borrowing Trajectory, places: PointPlaces
  ) -> NodeEnds {
    var ends = NodeEnds(of: trajectory, places: places)
    let origin = trajectory.origin
    for (address, node) in [(origin.source, ends.source), (origin.destination, ends.destination)] {
      if let node, homes.count < Self.homeLimit { homes[address] = node }
    }
    ends.source = ends.source ?? homes[origin.source]
    ends.destination = ends.destination ?? homes[origin.destination]
    return ends
  }

  /// How the delays of a leg are spread; nil if none could be measured.
  func bins(from: UInt16, to: UInt16) -> DelayBins? { legs[UInt32(from) << 16 | UInt32(to)] }

  private mutating func count(_ delay: Int64, from: UInt16, to: UInt16) {
    let key = UInt32(from) << 16 | UInt32(to)
    guard legs[key] != nil || legs.count < LegTable.limit else { return }
    legs[key, default: DelayBins()].add(delay)
  }
}
