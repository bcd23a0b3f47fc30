import Packets
import Trajectories

/// Counts packets by their conversations.
struct FlowCounter: ~Copyable {
  /// The rows of conversations met lately, each at a place that its key names: nearly all are found here.
  private let recent = FixedTable<4096, UInt32>()
  private var flows = HotRows<Flow>()
  private var otherPackets: UInt64 = 0
  private var index = HashIndex()

  var table: FlowTable { FlowTable(flows: flows.copies, otherPackets: otherPackets) }

  /// Asks for the memory that counting a packet will need; returns the place that its key names.
  @inline(__always)
  func expect(_ trajectory: borrowing Trajectory) -> Int {
    let key = FlowKey(trajectory.hops.span[0].observation)
    let place = Int(truncatingIfNeeded: key.folding & UInt64(recent.count - 1))
    flows.expect(Int(recent[place]))
    return place
  }

  /// - Parameter place: that `expect(_:)` returned for the packet.
  @inline(__always)
  mutating func add(_ trajectory: borrowing Trajectory, at place: Int, places: PointPlaces) {
    let hops = trajectory.hops.span
    let key = FlowKey(hops[0].observation)
    var row = Int(recent[place])
    if row >= flows.count || flows[row].key != key {
      guard let found = findRow(of: trajectory) else {
        otherPackets += 1
        return
      }
      row = found
      recent[place] = UInt32(found)
    }
    let length =
      trajectory.part == nil ? hops[0].observation.length : FinestPacket(trajectory).length
    flows[row].add(trajectory, length: length)
    if !flows[row].ends.isKnown { learnEnds(of: row, from: trajectory, places: places) }
  }

  @inline(never)
  private func learnEnds(
    of row: Int, from trajectory: borrowing Trajectory, places: PointPlaces
  ) {
    flows[row].ends.complete(from: NodeEnds(of: trajectory, places: places))
  }

  @inline(never)
  private mutating func findRow(of trajectory: borrowing Trajectory) -> Int? {
    row(FlowKey(trajectory.hops[0].observation))
  }

  private mutating func row(_ key: FlowKey) -> Int? {
    let folded = key.folded
    return index.find(folded) { flows[$0].key == key } ?? newRow(key, folded)
  }

  private mutating func newRow(_ key: FlowKey, _ folded: UInt64) -> Int? {
    guard flows.count < FlowTable.limit else { return nil }
    index.append(folded)
    flows.append(Flow(key: key))
    return flows.count - 1
  }
}
