/// Lengths in bytes of the payload's prefix that the digest covers.
///
/// Short enough for the shortest capture among the inputs, or one packet would have two digests: the
/// copy in a tunnel is cut earlier. TCP's options and IPv6's longer header leave less of the payload, so
/// that packets of different protocols, which are never compared, have lengths of their own.
@usableFromInline package struct DigestLengths: Equatable, Sendable {
  package static let longest: UInt8 = 32

  private var tcp4 = longest
  private var tcp6 = longest
  private var other4 = longest
  private var other6 = longest

  package init() {}

  /// The length for a protocol (IANA number) over an IP version.
  @inline(__always)
  func length(protocol number: UInt8, version: UInt8) -> Int {
    let isTCP = number == IPProtocol.tcp.rawValue
    return Int(version == 6 ? (isTCP ? tcp6 : other6) : (isTCP ? tcp4 : other4))
  }

  /// Shortens the length that applies to a packet, if less of its payload was captured.
  @inlinable @inline(__always)
  package mutating func fit(_ packet: borrowing UsualPacket, _ transport: UsualTransport) {
    let captured = packet.capturedPayload(ofLength: transport.payloadLength)
    if captured < Int(transport.payloadLength) {
      shorten(to: captured, protocol: packet.transportProtocol, version: 4)
    }
  }

  /// Shortens the length for a protocol over an IP version to what a capture left of a packet's payload.
  @usableFromInline package mutating func shorten(
    to length: Int, protocol number: UInt8, version: UInt8
  ) {
    let length = UInt8(clamping: length)
    switch (version == 6, number) {
    case (false, IPProtocol.tcp.rawValue): tcp4 = min(tcp4, length)
    case (true, IPProtocol.tcp.rawValue): tcp6 = min(tcp6, length)
    case (false, _): other4 = min(other4, length)
    case (true, _): other6 = min(other6, length)
    }
  }

  /// The lengths that suit two captures.
  package func shorter(_ other: DigestLengths) -> DigestLengths {
    var lengths = self
    lengths.tcp4 = min(tcp4, other.tcp4)
    lengths.tcp6 = min(tcp6, other.tcp6)
    lengths.other4 = min(other4, other.other4)
    lengths.other6 = min(other6, other.other6)
    return lengths
  }
}
