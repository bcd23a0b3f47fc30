import Packets
import Trajectories

/// All conversations, in the order in which they were first seen; those beyond the limit are
/// counted together.
struct FlowTable: Sendable {
  static let limit = 65_536

  private(set) var flows: [Flow] = []
  /// Packets of conversations that found no place.
  private(set) var otherPackets: UInt64 = 0
  private var index = HashIndex()

  mutating func add(_ trajectory: borrowing Trajectory, places: PointPlaces) {
    let hops = trajectory.hops.span
    guard let row = row(FlowKey(hops[0].observation)) else {
      otherPackets += 1
      return
    }
    let length =
      trajectory.part == nil ? hops[0].observation.length : FinestPacket(trajectory).length
    var flows = self.flows.mutableSpan
    flows[row].add(trajectory, length: length)
    if !flows[row].ends.isKnown {
      flows[row].ends.complete(from: NodeEnds(of: trajectory, places: places))
    }
  }

  @inline(__always)
  private mutating func row(_ key: FlowKey) -> Int? {
    let folded = key.folded
    return index.find(folded) { flows[$0].key == key } ?? newRow(key, folded)
  }

  private mutating func newRow(_ key: FlowKey, _ folded: UInt64) -> Int? {
    guard flows.count < Self.limit else { return nil }
    index.append(folded)
    flows.append(Flow(key: key))
    return flows.count - 1
  }
}
