import Packets
import Trajectories

/// Packets that show something although they may well have arrived: translations, wrong checksums,
/// fragments. Bounded.
struct Curiosities: Sendable {
  enum Kind: UInt8, Sendable {
    case wrongChecksum, wrongOuterChecksum, outerFragment, translatedSource, translatedUnderlay
  }

  struct Key: Hashable, Sendable {
    var kind: Kind
    /// Where it shows first.
    var point: UInt16
    var firstPoint: UInt16
    /// For a translation: from which address to which; for a fragment the tunnel's end that sent it.
    var from = IPAddress.unspecified
    var to = IPAddress.unspecified
    var destination = IPAddress.unspecified
  }

  struct Row: Sendable {
    let key: Key
    var count: UInt64 = 0
    /// Packets that were lost later.
    var lost: UInt64 = 0
    var examples: [FrameReference] = []
  }

  static let limit = 1024

  private(set) var rows: [Row] = []
  private var index: [Key: Int] = [:]

  mutating func add(_ key: Key, _ row: Observation, isLost: Bool) {
    let place = index[key] ?? rows.count
    if place == rows.count {
      guard rows.count < Self.limit else { return }
      index[key] = place
      rows.append(Row(key: key))
    }
    rows[place].count += 1
    if isLost { rows[place].lost += 1 }
    if rows[place].examples.count < Loss.exampleLimit {
      rows[place].examples.append(FrameReference(file: row.file, frame: row.frame))
    }
  }
}

/// Questions to DNS: the race of two from one port shows in which of them get lost.
struct NameQueries: Sendable {
  struct Client: Hashable, Sendable {
    var address: IPAddress
    var port: UInt16
  }

  struct Query: Sendable {
    /// Corrected, nanoseconds.
    var time: Int64
    var isLost: Bool
    var point: UInt16
    var frame: FrameReference
  }

  static let limit = 4096
  private static let queryLimit = 16

  private(set) var clients: [Client: [Query]] = [:]

  mutating func add(_ trajectory: borrowing Trajectory, first: Int) {
    let origin = trajectory.hops[first].observation
    let client = Client(address: origin.source, port: origin.sourcePort)
    guard clients.count < Self.limit || clients[client] != nil,
      clients[client]?.count ?? 0 < Self.queryLimit
    else { return }
    let last = trajectory.hops[trajectory.lastSeen].observation
    clients[client, default: []].append(
      Query(
        time: origin.correctedTime, isLost: trajectory.outcome == .lost, point: last.point,
        frame: FrameReference(file: last.file, frame: last.frame)))
  }
}
