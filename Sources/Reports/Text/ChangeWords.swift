import Packets
import Trajectories

/// What happened to a packet between one hop and the next, in words.
struct ChangeWords {
  let addresses: AddressNames

  /// For the first hop (`previous` nil) what there is to start from.
  func words(
    from previous: Observation?, to row: Observation, part: PacketPart?
  ) -> String {
    list(from: previous, to: row, part: part).joined(separator: "   ")
  }

  /// The same, one change after the other.
  ///
  /// - Parameter part: what the packet is of the units that some hops recorded.
  func list(
    from previous: Observation?, to row: Observation, part: PacketPart?
  ) -> [String] {
    guard let previous else {
      return start(row) + (part?.segment(of: row).map { [Self.words(for: $0)] } ?? [])
    }
    let changes = HopChanges(from: previous, to: row)
    var words: [String] = []
    if changes.contains(.timeToLive) { words.append("ttl \(row.timeToLive)") }
    if !changes.isDisjoint(with: [.source, .sourcePort]) {
      words.append("from \(source(of: row)), was \(source(of: previous))")
    }
    if !changes.isDisjoint(with: [.destination, .destinationPort]) {
      words.append("to \(destination(of: row)), was \(destination(of: previous))")
    }
    if changes.contains(.icmpIdentifier) {
      words.append("icmp id \(row.icmpIdentifier), was \(previous.icmpIdentifier)")
    }
    if changes.contains(.encapsulation) { words.append(tunnel(of: row, after: previous)) }
    if changes.contains(.differentiatedServices) {
      words.append("dscp \(row.trafficClass >> 2), was \(previous.trafficClass >> 2)")
    }
    if changes.contains(.congestionNotification) {
      words.append("\(Self.congestion(row)), was \(Self.congestion(previous))")
    }
    if let segment = part?.segment(of: row) {
      if segment != part?.segment(of: previous) { words.append(Self.words(for: segment)) }
    } else if changes.contains(.length) {
      let length = TextNumbers.counted(UInt64(row.length), "byte")
      words.append("\(length), was \(TextNumbers.grouped(UInt64(previous.length)))")
    }
    return words
  }

  private static func words(for segment: PacketPart.Segment) -> String {
    let unit = TextNumbers.counted(UInt64(segment.unitLength), "byte")
    return "at \(TextNumbers.grouped(UInt64(segment.offset))) in a unit of \(unit)"
  }

  private func start(_ row: Observation) -> [String] {
    let words = ["ttl \(row.timeToLive)"]
    return row.isEncapsulated ? words + [tunnel(of: row, after: row)] : words
  }

  private func tunnel(of row: Observation, after previous: Observation) -> String {
    guard row.isEncapsulated else { return "out of \(previous.encapsulation.title)" }
    let identifier = row.networkIdentifier.map { " \($0)" } ?? ""
    let end = addresses.endpoint(
      row.tunnelDestination,
      port: row.encapsulation.hasPorts ? row.tunnelDestinationPort : nil)
    let source = addresses.named(row.tunnelSource)
    return "in \(row.encapsulation.title)\(identifier), \(source) → \(end)"
  }

  private func source(of row: Observation) -> String {
    addresses.endpoint(row.source, port: row.traits.contains(.hasPorts) ? row.sourcePort : nil)
  }

  private func destination(of row: Observation) -> String {
    addresses.endpoint(
      row.destination, port: row.traits.contains(.hasPorts) ? row.destinationPort : nil)
  }

  /// RFC 3168, section 5.
  private static func congestion(_ row: Observation) -> String {
    switch row.trafficClass & 3 {
    case 0: "not ECN-capable"
    case 1: "ECT(1)"
    case 2: "ECT(0)"
    default: "congestion experienced"
    }
  }
}
