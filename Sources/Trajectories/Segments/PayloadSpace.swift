/// The row of octets that offloads and routers cut and glue: each observation of it holds a range.
///
/// For TCP it is the sequence space (RFC 9293, section 3.4), for UDP units the datagrams of one flow in the
/// order of their IP identifications, or of IPv6 in that of their positions, for fragments the payload of the
/// fragmented packet (RFC 791, section 3.2; RFC 8200, section 4.5). Positions are in octets, from an origin of
/// its own.
package struct PayloadSpace: BitwiseCopyable, Sendable {
  enum Kind: UInt8, BitwiseCopyable, Sendable {
    case sequence, datagrams, positions, fragments
  }

  let kind: Kind
  private let isIPv6: Bool
  private let transportProtocol: UInt8
  /// What position 0 has: a sequence number, an identification or the position of a datagram.
  private let origin: UInt32
  private let acknowledgment: UInt32
  /// Octets in each datagram of a unit but its last; 0 while unknown.
  private let datagramLength: Int

  /// Units of UDP have at most this many datagrams (Linux: UDP_MAX_SEGMENTS).
  static let maximumDatagrams = 128

  private init(_ kind: Kind, of row: Observation, origin: UInt32, datagramLength: Int = 0) {
    self.kind = kind
    isIPv6 = row.isIPv6
    transportProtocol = row.transportProtocol
    self.origin = origin
    acknowledgment = kind == .sequence ? row.acknowledgment : 0
    self.datagramLength = datagramLength
  }

  /// The sequence space of a TCP segment, from its first octet; nil for one without payload.
  init?(sequenceOf row: Observation) {
    guard row.hasStreamPayload else { return nil }
    self.init(.sequence, of: row, origin: row.sequence)
  }

  /// The datagrams of a flow, from a row's first one.
  init?(datagramsOf row: Observation, length: Int) {
    guard row.isIdentifiedDatagram, row.isUDP else {
      return nil
    }
    self.init(
      .datagrams, of: row, origin: UInt32(row.identification), datagramLength: length)
  }

  /// The datagrams of a flow over IPv6, from a row's first octet; nil where its position is not known.
  init?(positionsOf row: Observation) {
    guard row.hasPosition, !row.isFragment else { return nil }
    self.init(.positions, of: row, origin: row.sequence)
  }

  /// The payload of the packet that a fragment is of, or that was fragmented elsewhere.
  init?(payloadOf row: Observation) {
    guard row.identity != 0, let identification = row.wholeIdentification else { return nil }
    self.init(.fragments, of: row, origin: identification)
  }

  /// Where a row's octets lie; nil if they are not of this space.
  func range(of row: Observation) -> Range<Int>? {
    guard row.isIPv6 == isIPv6, row.transportProtocol == transportProtocol else { return nil }
    let start: Int
    let count: Int
    switch kind {
    case .sequence:
      guard row.hasStreamPayload, row.acknowledgment == acknowledgment else { return nil }
      start = Int(Int32(bitPattern: row.sequence &- origin))
      count = Int(row.payloadLength)
    case .datagrams:
      guard row.isIdentifiedDatagram else { return nil }
      let number = Int(Int16(bitPattern: row.identification &- UInt16(origin)))
      guard abs(number) <= Self.maximumDatagrams else { return nil }
      start = number * datagramLength
      count = Int(row.payloadLength)
    case .positions:
      guard row.hasPosition, !row.isFragment else { return nil }
      start = Int(Int32(bitPattern: row.sequence &- origin))
      count = Int(row.payloadLength)
    case .fragments:
      guard row.wholeIdentification == origin else { return nil }
      start = Int(row.fragmentOffset)
      count = row.networkPayloadLength
    }
    return count > 0 ? start..<start + count : nil
  }

  /// What rows with common octets say of each other: whether they are of the same packets.
  func compare(
    _ one: Observation, at range: Range<Int>, with other: Observation, at otherRange: Range<Int>
  ) -> UnitAgreement.Verdict {
    switch kind {
    case .sequence:
      return UnitAgreement.compare(one, at: range, with: other, at: otherRange)
    case .datagrams:
      guard one.sharesEnd(with: other) else { return .differ }
      // A datagram that is shorter than the others ends a unit, or is none of it.
      let isFull = range.upperBound % datagramLength == 0
      let isOtherFull = otherRange.upperBound % datagramLength == 0
      let fits =
        otherRange.upperBound == range.upperBound
        || (otherRange.upperBound < range.upperBound ? isOtherFull : isFull)
      return fits ? .unknown : .differ
    case .positions:
      return one.sharesEnd(with: other) ? .unknown : .differ
    case .fragments:
      return isIPv6 ? .unknown : .agree
    }
  }

  var fragmentIdentification: UInt32? { isIPv6 ? nil : origin }

  /// The sequence number at a position.
  package func sequence(at position: Int) -> UInt32 {
    origin &+ UInt32(truncatingIfNeeded: position)
  }
}

extension Observation {
  // Protocol numbers of IANA's registry.
  var isTCP: Bool { transportProtocol == 6 }
  fileprivate var isUDP: Bool { transportProtocol == 17 }
  fileprivate var isICMPv4: Bool { transportProtocol == 1 }
  fileprivate var isICMPv6: Bool { transportProtocol == 58 }

  /// Whether the row is of a datagram over IPv6 that is told by its payload, or that a position was given to.
  var hasPosition: Bool { sequence != 0 && isIPv6 && (isUDP || isICMPv6) && identity != 0 }

  /// What all fragments of a packet have in common, and the packet itself where it was seen whole; nil where
  /// nothing tells.
  var wholeIdentification: UInt32? {
    if hasPosition { return sequence }
    if isFragment { return fragmentIdentification }
    return isIdentifiedDatagram ? UInt32(identification) : nil
  }

  /// Whether the row holds octets of a TCP stream.
  var hasStreamPayload: Bool {
    isTCP && payloadLength > 0 && !isFragment
      && identity != 0
  }

  /// Whether the row is a whole IPv4 packet of UDP or ICMP whose identification tells it from others.
  var isIdentifiedDatagram: Bool {
    guard !isFragment, !isIPv6, identification != 0, identity != 0 else { return false }
    return isUDP
      || isICMPv4
  }

  /// Octets behind the IP header, and behind IPv6's fragment header. Options are not counted off: next
  /// to nobody sends them.
  fileprivate var networkPayloadLength: Int {
    Int(length) - (isIPv6 ? (isFragment ? 48 : 40) : 20)
  }
}
