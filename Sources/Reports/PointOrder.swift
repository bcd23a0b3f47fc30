import Topology
package import Trajectories

/// All points in the order of a way through them: out of the first node, into the others.
package enum PointOrder {
  package static func ordered(_ table: borrowing PointTable) -> [UInt16] {
    let points = table.points
    let ranks = Dictionary(
      uniqueKeysWithValues: table.nodes.indices.sorted { table.nodes[$0] < table.nodes[$1] }
        .enumerated().map { ($1, $0) })
    return points.indices.sorted { one, other in
      let (first, second) = (points[one], points[other])
      let (rank, otherRank) = (ranks[first.node] ?? 0, ranks[second.node] ?? 0)
      let (depth, otherDepth) =
        rank == 0
        ? (first.role.depth, second.role.depth) : (-first.role.depth, -second.role.depth)
      return (rank, rank == otherRank ? depth : 0, first.name)
        < (otherRank, rank == otherRank ? otherDepth : 0, second.name)
    }.map(UInt16.init)
  }
}
