import Packets
import Topology

/// Puts the hops of one packet in the order of its path.
///
/// Timestamps do not order hops: neighbouring points carry the same time, and two nodes have two clocks.
/// Order comes from structure: a routed hop lowers the TTL; between two of them the roles of the
/// interfaces order the points, mirrored where the packet comes in from the wire. Time breaks what is left.
struct HopOrder {
  /// Course of each hop, in the order of the sorted hops.
  private(set) var courses: [Course] = []
  private var keys: [UInt16] = []

  mutating func sort(
    _ hops: inout [Hop], isAmbiguous: Bool, points: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge
  ) {
    courses.removeAll(keepingCapacity: true)
    keys.removeAll(keepingCapacity: true)
    for index in hops.indices {
      let course = Course(
        of: index, in: hops, isAmbiguous: isAmbiguous, points: points, knowledge: knowledge)
      courses.append(course)
      let role = points.site(of: hops[index].observation.point).role
      let level = UInt16(255 - hops[index].observation.timeToLive)
      let stage = Self.stage(of: role, heading: course.heading)
      // What a bridge floods went to the right pod first.
      let isOther =
        role == .veth && course.heading == .inbound
        && knowledge.isOthers(hops[index].observation)
      keys.append(level << 5 | stage << 1 | (isOther ? 1 : 0))
    }
    sortByKeys(&hops, points: points)
  }

  /// Lets the hops stand for those of so many packets that took the same way.
  mutating func weigh(asPackets count: Int) {
    for index in courses.indices { courses[index].packets = count }
  }

  /// Insertion sort: a packet has few hops, and they mostly come in order.
  private mutating func sortByKeys(_ hops: inout [Hop], points: borrowing PointTable) {
    for end in hops.indices.dropFirst() {
      var index = end
      while index > 0 && isBefore(index, index - 1, hops, points: points) {
        hops.swapAt(index, index - 1)
        keys.swapAt(index, index - 1)
        courses.swapAt(index, index - 1)
        index -= 1
      }
    }
  }

  private func isBefore(
    _ one: Int, _ other: Int, _ hops: [Hop], points: borrowing PointTable
  ) -> Bool {
    if keys[one] != keys[other] { return keys[one] < keys[other] }
    let first = hops[one].observation
    let second = hops[other].observation
    if first.point != second.point {
      // Two points of one stage, the veths of two pods say: earlier first, names where times are equal.
      if first.correctedTime != second.correctedTime {
        return first.correctedTime < second.correctedTime
      }
      return points[first.point].name < points[second.point].name
    }
    if first.correctedTime != second.correctedTime {
      return first.correctedTime < second.correctedTime
    }
    return (first.file, first.frame) < (second.file, second.frame)
  }

  /// Place of a role between two routed hops, on the way out and on the way in.
  private static func stage(of role: InterfaceRole, heading: Heading) -> UInt16 {
    let outbound: UInt16 =
      switch role {
      case .pod: 0
      case .veth: 1
      case .bridge, .unknown: 2
      case .vtep: 3
      case .nic: 4
      }
    return heading == .outbound ? outbound : 9 - outbound
  }
}
