import Filters
import Packets

/// The filter that a point was captured with, to be asked of packets that were not captured there.
///
/// A filter that looks at nothing but protocol, addresses and ports has the answer; of any other only
/// the packets that it let pass are known.
final class PointFilter: Sendable {
  let expression: String
  /// Whether it applies to the innermost packet wherever that is in a tunnel.
  let looksIntoTunnels: Bool
  /// Nil where it looks at more than the endpoints.
  private let filter: InnerPacketFilter?
  private let namedAddresses: [IPAddress]
  private let namedPorts: [UInt16]

  /// Words of pcap-filter(7) that ask for nothing else.
  private static let words: Set<Substring> = [
    "host", "net", "mask", "port", "portrange", "src", "dst", "tcp", "udp", "sctp", "icmp", "icmp6",
    "ip", "ip6", "proto", "and", "or", "not",
  ]
  /// More than people name; each more takes time with every packet that is missing.
  private static let nameLimit = 8

  init(_ expression: String, looksIntoTunnels: Bool) {
    self.expression = expression
    self.looksIntoTunnels = looksIntoTunnels
    var (addresses, ports): ([IPAddress], [UInt16]) = ([], [])
    var isKnown = true
    for word in expression.split(whereSeparator: { " \t\n()!&|/".contains($0) }) {
      if let address = IPAddress(String(word)) {
        addresses.append(address)
      } else if let number = word.split(separator: "-").first.flatMap({ UInt16($0) }) {
        ports.append(number)
      } else if !Self.words.contains(word) {
        isKnown = false
      }
    }
    isKnown = isKnown && max(addresses.count, ports.count) <= Self.nameLimit
    filter = isKnown ? try? InnerPacketFilter(expression: expression) : nil
    // What it does not name stands for all that it does not name.
    namedAddresses = addresses + [IPAddress(v4: 0), .unspecified]
    namedPorts = ports + [0]
  }

  /// Whether it can be asked.
  var knowsEndpoints: Bool { filter != nil }

  /// Whether a packet with the row's protocol, addresses and ports passes, whatever a translation makes
  /// of its source or destination. False where that is not known.
  func selects(
    _ row: Observation, anySource: Bool = false, anyDestination: Bool = false
  ) -> Bool {
    guard let filter, !row.isFragment else { return false }
    var packet = EndpointsOnly(row)
    let addresses = namedAddresses.filter { $0.isIPv4 == row.source.isIPv4 }
    for source in anySource ? addresses : [row.source] {
      for sourcePort in anySource ? namedPorts : [row.sourcePort] {
        for destination in anyDestination ? addresses : [row.destination] {
          for destinationPort in anyDestination ? namedPorts : [row.destinationPort] {
            packet.set(source, sourcePort, destination, destinationPort)
            if !packet.matches(filter) { return false }
          }
        }
      }
    }
    return true
  }
}

/// An IP packet of which only protocol, addresses and ports are filled in.
private struct EndpointsOnly {
  private var bytes: [UInt8]
  private let isIPv6: Bool

  /// RFC 791, section 3.1, and RFC 8200, section 3.
  private static let (lengthIPv4, lengthIPv6, transportLength) = (20, 40, 20)

  init(_ row: Observation) {
    isIPv6 = row.isIPv6
    let headerLength = isIPv6 ? Self.lengthIPv6 : Self.lengthIPv4
    bytes = Array(repeating: 0, count: headerLength + Self.transportLength)
    bytes[0] = isIPv6 ? 0x60 : 0x45
    bytes[isIPv6 ? 5 : 3] = UInt8(isIPv6 ? Self.transportLength : bytes.count)
    bytes[isIPv6 ? 6 : 9] = row.transportProtocol
  }

  mutating func set(
    _ source: IPAddress, _ sourcePort: UInt16, _ destination: IPAddress, _ destinationPort: UInt16
  ) {
    if isIPv6 {
      put([source.high, source.low, destination.high, destination.low], at: 8)
    } else {
      put([source.v4Bits, destination.v4Bits], at: 12)
    }
    put([sourcePort, destinationPort], at: isIPv6 ? Self.lengthIPv6 : Self.lengthIPv4)
  }

  private mutating func put<Integer: FixedWidthInteger>(_ numbers: [Integer], at offset: Int) {
    let size = Integer.bitWidth / 8
    for (index, number) in numbers.enumerated() {
      for place in 0..<size {
        bytes[offset + index * size + place] = UInt8(
          truncatingIfNeeded: number >> (8 * (size - 1 - place)))
      }
    }
  }

  func matches(_ filter: InnerPacketFilter) -> Bool {
    filter.matches(ipPacket: unsafe bytes.span.bytes, originalLength: UInt32(bytes.count))
  }
}
