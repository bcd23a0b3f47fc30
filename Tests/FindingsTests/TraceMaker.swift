import Packets

@testable import Findings
@testable import Topology
@testable import Trajectories

/// Trajectories made by hand on two nodes with a pod each, and on a third.
struct TraceMaker: ~Copyable {
  static let names = [
    ("n1", "veth11aa"), ("n1", "cni0"), ("n1", "flannel.1"), ("n1", "eth0"),
    ("n2", "eth0"), ("n2", "flannel.1"), ("n2", "cni0"), ("n2", "veth21aa"),
    ("n3", "eth0"), ("n3", "flannel.1"), ("n3", "cni0"),
  ]
  static let way: [UInt16] = [0, 1, 2, 3, 4, 5, 6, 7]
  static let back: [UInt16] = way.reversed()

  static let table: PointTable = {
    var table = PointTable()
    for name in names { _ = table.add(node: name.0, interface: name.1) }
    return table
  }()

  static func address(_ text: String) -> IPAddress { IPAddress(text) ?? .unspecified }

  private let table: PointTable
  private(set) var diagnosis = Diagnosis()
  private var number: UInt64 = 0

  init(table: PointTable = table) {
    self.table = table
  }

  /// Adds a packet seen at points, in order; `next` is the point that should have seen it and did not. Packets
  /// of one way have one `shape`, 0 if that is not known.
  mutating func add(
    at points: [UInt16] = way, next: UInt16? = nil, outcome: Trajectory.Outcome? = nil,
    evidence: Trajectory.LossEvidence = .proven, repeating original: UInt64? = nil,
    milliseconds: Int64 = 0, shape: UInt32 = 0, scope: Trajectory.Scope = .pod,
    _ change: (inout Observation) -> Void = { _ in }
  ) {
    number += 1
    var trajectory = Trajectory()
    trajectory.number = number
    trajectory.shape = shape
    trajectory.scope = scope
    trajectory.hops = points.enumerated().map { place, point in
      var row = Self.row(at: point)
      row.frame = number
      row.time = milliseconds * 1_000_000 + Int64(place)
      row.correctedTime = row.time
      change(&row)
      return Hop(observation: row, kind: .path)
    }
    trajectory.lastSeen = points.count - 1
    trajectory.expectedNext = next
    trajectory.outcome = outcome ?? (next == nil ? .complete : .lost)
    trajectory.delivered = next == nil
    trajectory.lossEvidence = next == nil ? nil : evidence
    trajectory.retransmissionOf = original
    diagnosis.add(trajectory, points: table)
  }

  func findings(
    _ evidence: PacketEvidence = PacketEvidence(), cluster: Cluster? = nil,
    recorded: Set<UInt16> = []
  ) -> [Finding] {
    var surroundings = Surroundings(table: table, evidence: evidence) { address in
      let node: [IPAddress: Int] = [
        Self.address("10.42.1.2"): 0, Self.address("172.30.9.11"): 0,
        Self.address("10.42.2.2"): 1, Self.address("172.30.9.12"): 1,
      ]
      return node[address]
    }
    surroundings.cluster = cluster
    surroundings.recordedPoints = recorded
    return diagnosis.findings(surroundings)
  }

  private static func row(at point: UInt16) -> Observation {
    var row = Observation()
    row.point = point
    row.file = point
    row.identity = 1
    row.source = address("10.42.1.2")
    row.destination = address("10.42.2.2")
    row.sourcePort = 40_000
    row.destinationPort = 5001
    row.transportProtocol = 17
    row.timeToLive = [0, 1].contains(point) ? 64 : [6, 7].contains(point) ? 62 : 63
    row.length = 228
    row.traits = [.hasPorts, .isIdentityComplete]
    if [3, 4].contains(point) {
      row.encapsulation = .vxlan
      row.tunnelSource = address("172.30.9.11")
      row.tunnelDestination = address("172.30.9.12")
      row.tunnelDestinationPort = 8472
      row.vni = 1
    }
    return row
  }
}

extension Observation {
  /// The same packet's answer.
  mutating func turnRound() {
    swap(&source, &destination)
    swap(&sourcePort, &destinationPort)
    swap(&tunnelSource, &tunnelDestination)
  }
}
