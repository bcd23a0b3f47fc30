import Foundation
import Packets
import Topology

@testable import Reports
@testable import Trajectories

/// Trajectories built by hand, on the two nodes of the output contract's example.
enum TraceBuilder {
  static let files = [
    "n1-veth11aa.pcap", "n1-cni0.pcap", "n1-flannel.1.pcap", "n1-ens5.pcap", "n2-ens5.pcap",
    "n2-veth21aa.pcap",
  ]

  /// Points by number: 0 n1/veth11aa, 1 n1/cni0, 2 n1/flannel.1, 3 n1/ens5, 4 n2/ens5, 5
  /// n2/veth21aa.
  static let points = table([
    ("n1", "veth11aa"), ("n1", "cni0"), ("n1", "flannel.1"), ("n1", "ens5"), ("n2", "ens5"),
    ("n2", "veth21aa"),
  ])

  static func table(_ names: [(node: String, interface: String)]) -> PointTable {
    var table = PointTable()
    for name in names { _ = table.add(node: name.node, interface: name.interface) }
    return table
  }

  static func address(_ text: String) -> IPAddress { IPAddress(text) ?? .unspecified }

  /// The UDP packet of the contract's example at a point; files are numbered as their points.
  static func row(
    at point: UInt16, time: Int64 = 1_763_823_788_349_061_000, frame: UInt64 = 1,
    _ change: (inout Observation) -> Void = { _ in }
  ) -> Observation {
    var row = Observation()
    row.point = point
    row.file = point
    row.time = time
    row.correctedTime = time
    row.frame = frame
    row.identity = 1
    row.source = address("10.42.1.2")
    row.destination = address("10.42.2.2")
    row.sourcePort = 59048
    row.destinationPort = 5001
    row.transportProtocol = 17
    row.timeToLive = 64
    row.identification = 52608
    row.length = 228
    row.traits = [.hasPorts, .isIdentityComplete]
    change(&row)
    return row
  }

  static func tunnelled(_ row: inout Observation) {
    row.encapsulation = .vxlan
    row.tunnelSource = address("172.30.9.11")
    row.tunnelDestination = address("172.30.9.12")
    row.tunnelSourcePort = 40880
    row.tunnelDestinationPort = 8472
    row.tunnelIdentification = 60614
    row.vni = 1
  }

  static func trajectory(
    _ hops: [Hop], number: UInt64 = 1, outcome: Trajectory.Outcome = .complete
  ) -> Trajectory {
    var trajectory = Trajectory()
    trajectory.number = number
    trajectory.hops = hops
    trajectory.outcome = outcome
    trajectory.lastSeen = hops.lastIndex { $0.kind == .path } ?? 0
    return trajectory
  }

  static func hop(
    _ row: Observation, delay: Int64? = nil, error: Int64? = nil, kind: Hop.Kind = .path
  ) -> Hop {
    Hop(observation: row, kind: kind, delay: delay, delayError: error)
  }

  /// The contract's example: complete from n1's veth to n1's NIC and on.
  static func example() -> Trajectory {
    let veth = row(at: 0, frame: 12)
    let nic = row(at: 3, time: 1_763_823_788_349_091_000, frame: 9) {
      $0.timeToLive = 63
      tunnelled(&$0)
    }
    var trajectory = trajectory([hop(veth), hop(nic, delay: 30_000, error: 1000)])
    trajectory.delivered = true
    trajectory.confidence = .exact
    return trajectory
  }

  /// A packet that left n1's NIC and did not come to n2's.
  static func lost(
    number: UInt64 = 2, evidence: Trajectory.LossEvidence = .proven
  ) -> Trajectory {
    var trajectory = example()
    trajectory.number = number
    trajectory.outcome = .lost
    trajectory.delivered = false
    trajectory.lossEvidence = evidence
    trajectory.expectedNext = 4
    return trajectory
  }

  static func facts(points: PointTable = points, frames: UInt64 = 10) -> AnalysisFacts {
    AnalysisFacts(
      nodes: points.nodes,
      points: points.points.enumerated().map { index, point in
        AnalysisFacts.Point(
          name: point.name, node: point.node, role: point.role, files: [UInt16(index)],
          frames: frames, inner: frames, first: 1_763_823_788_349_061_000,
          last: 1_763_823_800_000_000_001, captureDrops: nil)
      })
  }
}

/// A sink that keeps what it gets.
final class Collector {
  private(set) var bytes: [UInt8] = []
  lazy var sink = OutputSink { [unowned self] part in
    for index in 0..<part.byteCount {
      bytes.append(part.unsafeLoad(fromByteOffset: index, as: UInt8.self))
    }
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }
  var lines: [String] { text.split(separator: "\n").map(String.init) }

  /// Each line parsed by an independent reader of JSON.
  func objects() throws -> [[String: Any]] {
    try lines.map { line in
      let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
      return value as? [String: Any] ?? [:]
    }
  }
}

/// JSON values compare as Foundation's objects.
func json(_ text: String) throws -> NSDictionary {
  try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary ?? [:]
}
