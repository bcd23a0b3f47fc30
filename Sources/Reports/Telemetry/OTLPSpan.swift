import Packets
import Topology
import Trajectories

/// A span of a packet's trace: the whole way, or one hop from when its point saw the packet until the
/// next one did.
struct OTLPSpan {
  enum Value {
    case text(String)
    case number(Int64)
    case flag(Bool)
  }

  typealias Attribute = (key: StaticString, value: Value)

  /// 32 hexadecimal digits.
  let trace: String
  /// 16 hexadecimal digits.
  let identifier: String
  /// Nil for the span of the whole way.
  let parent: String?
  let name: String
  /// Corrected, nanoseconds since 1970; the end may be the earlier one where clocks are not exact.
  let start: Int64
  let end: Int64
  let attributes: [Attribute]
  /// Why the packet failed.
  let error: String?

  /// The spans of a packet with the node of each; the whole way is its first hop's.
  static func spans(
    of trajectory: Trajectory, files: [String], addresses: AddressNames,
    points: borrowing PointTable
  ) -> [(node: Int, span: OTLPSpan)] {
    let origin = trajectory.origin
    // The same for the same packet of the same captures, so that sending it again adds nothing.
    let key = "vxhop \(files[Int(origin.file)]) \(origin.frame) \(origin.time) \(origin.identity)"
    let digest = SHA256.digest(of: Array("\(key) \(trajectory.number)".utf8))
    let trace = hexadecimal(digest[..<16])
    let root = hexadecimal(digest[16..<24])
    let error = loss(of: trajectory, points: points)
    let times = trajectory.hops.map(\.observation.correctedTime)
    let title = PacketTitle(of: trajectory, addresses: addresses)
    var spans = [
      (
        points[origin.point].node,
        OTLPSpan(
          trace: trace, identifier: root, parent: nil, name: "\(title.transport) \(title.ends)",
          start: times.min() ?? 0, end: times.max() ?? 0,
          attributes: packetAttributes(of: trajectory, addresses: addresses, points: points),
          error: error)
      )
    ]
    for index in trajectory.hops.indices {
      let hop = trajectory.hops[index]
      let point = points[hop.observation.point]
      let own = SHA256.digest(of: Array("\(trace) \(index)".utf8))
      let next = trajectory.hops[(index + 1)...].first { $0.kind == .path }
      let previous = trajectory.hops[..<index].last { $0.kind == .path }
      let end = hop.kind == .path ? next?.observation.correctedTime : nil
      spans.append(
        (
          point.node,
          OTLPSpan(
            trace: trace, identifier: hexadecimal(own[..<8]), parent: root, name: point.name,
            start: hop.observation.correctedTime, end: end ?? hop.observation.correctedTime,
            attributes: attributes(
              of: hop, after: previous, part: trajectory.part, at: point, files: files,
              addresses: addresses),
            error: index == trajectory.lastSeen ? error : nil)
        ))
    }
    return spans
  }

  private static func loss(of trajectory: Trajectory, points: borrowing PointTable) -> String? {
    guard trajectory.outcome == .lost else { return nil }
    let last = points[trajectory.hops[trajectory.lastSeen].observation.point].name
    let next = trajectory.expectedNext.map { ", expected at " + points[$0].name } ?? ""
    return "lost after \(last)\(next)"
  }

  private static func packetAttributes(
    of trajectory: Trajectory, addresses: AddressNames, points: borrowing PointTable
  ) -> [Attribute] {
    let row = trajectory.firstPathHop.observation
    var attributes: [Attribute] = [
      ("vxhop.trace", .text(HopComment.identifier(trajectory.number))),
      ("network.transport", .text(TextNames.protocolName(row.transportProtocol))),
      ("source.address", .text(row.source.description)),
      ("destination.address", .text(row.destination.description)),
      ("vxhop.length", .number(Int64(row.length))),
      ("vxhop.ambiguous", .flag(trajectory.isAmbiguous)),
    ]
    if let name = trajectory.outcome.name { attributes.append(("vxhop.outcome", .text("\(name)"))) }
    if let name = addresses.names[row.source] {
      attributes.append(("vxhop.source.name", .text(name)))
    }
    if let name = addresses.names[row.destination] {
      attributes.append(("vxhop.destination.name", .text(name)))
    }
    if row.traits.contains(.hasPorts) {
      attributes.append(("source.port", .number(Int64(row.sourcePort))))
      attributes.append(("destination.port", .number(Int64(row.destinationPort))))
    }
    if !row.isIPv6 { attributes.append(("vxhop.ip_id", .number(Int64(row.identification)))) }
    if let next = trajectory.expectedNext {
      attributes.append(("vxhop.expected_next", .text(points[next].name)))
    }
    return attributes
  }

  private static func attributes(
    of hop: Hop, after previous: Hop?, part: PacketPart?, at point: ObservationPoint,
    files: [String], addresses: AddressNames
  ) -> [Attribute] {
    let row = hop.observation
    var attributes: [Attribute] = [
      ("vxhop.point", .text(point.name)), ("vxhop.role", .text(point.role.name)),
      ("vxhop.hop.kind", .text("\(hop.kind.name)")), ("vxhop.file", .text(files[Int(row.file)])),
      ("vxhop.frame", .number(Int64(clamping: row.frame))),
      ("vxhop.time_recorded_ns", .number(row.time)), ("vxhop.ttl", .number(Int64(row.timeToLive))),
    ]
    if let delay = hop.delay { attributes.append(("vxhop.delay_ns", .number(delay))) }
    if let error = hop.delayError { attributes.append(("vxhop.delay_error_ns", .number(error))) }
    if row.isEncapsulated {
      attributes.append(("vxhop.encapsulation", .text(row.encapsulation.name)))
      attributes.append(("vxhop.outer.source", .text(row.tunnelSource.description)))
      attributes.append(("vxhop.outer.destination", .text(row.tunnelDestination.description)))
    }
    if hop.kind == .path, let previous {
      let words = ChangeWords(addresses: addresses)
        .list(from: previous.observation, to: row, part: part)
      if !words.isEmpty {
        attributes.append(("vxhop.changes", .text(words.joined(separator: ", "))))
      }
    }
    return attributes
  }

  private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
    bytes.map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0" + digits : digits
    }.joined()
  }
}
