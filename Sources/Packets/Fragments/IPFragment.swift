/// What the header of one fragment says: which packet it is of and which part. RFC 791,
/// section 3.2; RFC 8200, section 4.5.
struct IPFragment: BitwiseCopyable {
  private static let maximumExtensionHeaders = 16

  let version: UInt8
  let source: IPAddress
  let destination: IPAddress
  /// 0 for IPv6, whose fragments are told apart without it.
  let transportProtocol: UInt8
  let identification: UInt32
  /// In bytes, up to the fragment's own payload: for IPv6 with the fragment header, the last one.
  let headerLength: Int
  /// Of the payload in the whole packet's, in bytes.
  let start: Int
  /// In bytes, on the wire. Of an IPv4 fragment before others, as far as it fills units of eight: Linux leaves
  /// the rest out (net/ipv4/ip_fragment.c).
  let payloadLength: Int
  let moreFragments: Bool

  /// In bytes, in the whole packet's payload.
  var end: Int { start + payloadLength }

  /// `bytes` begin with the IP header. Throws `short` where the headers were not captured whole,
  /// `invalid` for what no sender may send: no payload, one that over IPv6 ends between the units of
  /// offsets, or beyond the largest packet.
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount > 0 else { throw .short(required: 1) }
    if bytes.byte(at: 0) >> 4 == 6 {
      try self.init(version6: bytes)
    } else {
      try self.init(version4: bytes)
    }
    guard payloadLength > 0, !moreFragments || payloadLength % 8 == 0 else { throw .invalid }
    guard Self.isRepresentable(version: version, headerLength: headerLength, end: end) else {
      throw .invalid
    }
  }

  private init(version4 bytes: RawSpan) throws(HeaderError) {
    let packet = try IPv4Packet(bytes)
    guard bytes.byteCount >= packet.headerLength else {
      throw .short(required: packet.headerLength)
    }
    version = 4
    source = packet.source
    destination = packet.destination
    transportProtocol = packet.transportProtocol.rawValue
    identification = UInt32(packet.identification)
    headerLength = packet.headerLength
    start = Int(packet.fragmentOffset)
    moreFragments = packet.moreFragments
    let length = packet.totalLength - packet.headerLength
    payloadLength = moreFragments ? length & ~7 : length
  }

  private init(version6 bytes: RawSpan) throws(HeaderError) {
    let packet = try IPv6Packet(bytes)
    var kind = packet.nextHeader
    var position = IPv6Packet.headerLength
    for _ in 0..<Self.maximumExtensionHeaders where kind != .ipv6Fragment {
      guard IPv6ExtensionHeader.isExtension(kind) else { throw .invalid }
      let header = try IPv6ExtensionHeader(bytes.extracting(droppingFirst: position), of: kind)
      kind = header.nextHeader
      position += header.length
    }
    guard kind == .ipv6Fragment else { throw .invalid }
    let header = try IPv6FragmentHeader(bytes.extracting(droppingFirst: position))
    version = 6
    source = packet.source
    destination = packet.destination
    transportProtocol = 0
    identification = header.identification
    headerLength = position + IPv6FragmentHeader.headerLength
    start = Int(header.fragmentOffset)
    payloadLength = IPv6Packet.headerLength + packet.payloadLength - headerLength
    moreFragments = header.moreFragments
  }

  /// Whether a whole packet with such a header and a payload up to `end` has a length that its
  /// length field can say.
  private static func isRepresentable(version: UInt8, headerLength: Int, end: Int) -> Bool {
    headerLength - (version == 6 ? IPv6Packet.headerLength : 0) + end <= UInt16.max
  }

  /// Makes the header of the first fragment, which begins at `offset`, that of the whole packet
  /// with `payloadLength` bytes behind it; false where the packet is too long for one. IPv6 keeps
  /// its fragment header, which then splits nothing (RFC 6946); IPv4's checksum stays as it was.
  func completeHeader(in frame: inout [UInt8], at offset: Int, payloadLength: Int) -> Bool {
    guard Self.isRepresentable(version: version, headerLength: headerLength, end: payloadLength)
    else { return false }
    if version == 6 {
      let length = headerLength - IPv6Packet.headerLength + payloadLength
      frame[offset + 4] = UInt8(truncatingIfNeeded: length >> 8)
      frame[offset + 5] = UInt8(truncatingIfNeeded: length)
      frame[offset + headerLength - 6] = 0
      frame[offset + headerLength - 5] = 0
    } else {
      let length = headerLength + payloadLength
      frame[offset + 2] = UInt8(truncatingIfNeeded: length >> 8)
      frame[offset + 3] = UInt8(truncatingIfNeeded: length)
      frame[offset + 6] = 0
      frame[offset + 7] = 0
    }
    return true
  }
}
