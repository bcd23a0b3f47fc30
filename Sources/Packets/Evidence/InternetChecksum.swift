/// The Internet checksum. RFC 1071.
struct InternetChecksum {
  private var sum: UInt64 = 0

  /// Adds bytes; an odd last one is padded with zero, so only the last bytes added may be odd in number.
  mutating func add(_ bytes: RawSpan) {
    var offset = 0
    var sum = sum
    while bytes.byteCount - offset >= 8 {
      let word = bytes.networkUInt64(at: offset)
      sum = sum &+ (word >> 32) &+ (word & 0xffff_ffff)
      offset += 8
    }
    while bytes.byteCount - offset >= 2 {
      sum = sum &+ UInt64(bytes.networkUInt16(at: offset))
      offset += 2
    }
    if offset < bytes.byteCount { sum = sum &+ UInt64(bytes.byte(at: offset)) << 8 }
    self.sum = sum
  }

  /// Adds the pseudo header of a transport protocol. RFC 9293, section 3.1; RFC 8200, section 8.1.
  mutating func addPseudoHeader(
    source: IPAddress, destination: IPAddress, protocol number: UInt8, length: Int
  ) {
    for address in [source, destination] {
      // An IPv4 address is held as an IPv6 one that maps it: only its own bits are summed up.
      let isIPv4 = address.isIPv4
      let words = isIPv4 ? (0, UInt64(address.v4Bits)) : (address.high, address.low)
      sum = sum &+ (words.0 >> 32) &+ (words.0 & 0xffff_ffff)
      sum = sum &+ (words.1 >> 32) &+ (words.1 & 0xffff_ffff)
    }
    sum = sum &+ UInt64(number) &+ UInt64(truncatingIfNeeded: length)
  }

  /// The ones' complement sum of all 16-bit words: 0xffff over data with a right checksum in it.
  var folded: UInt16 {
    var folded = sum
    while folded >> 16 != 0 { folded = (folded >> 16) &+ (folded & 0xffff) }
    return UInt16(truncatingIfNeeded: folded)
  }
}

/// What a transport checksum says.
package enum ChecksumState: UInt8, BitwiseCopyable, Sendable {
  /// Not all of the bytes were captured, or the packet has no checksum.
  case unknown
  case right
  /// The sum of the pseudo header alone: hardware is to complete it (checksum offload).
  case partial
  case wrong
}

extension ChecksumState {
  /// That of the bytes from a transport header on, up to its packet's end.
  ///
  /// - Parameters:
  ///   - field: where in the header the checksum is.
  ///   - isOptional: whether 0 stands for none.
  ///   - ends: what its pseudo header has; nil where it covers none.
  init(
    of bytes: RawSpan, field: Int, isOptional: Bool,
    ends: (source: IPAddress, destination: IPAddress, protocol: UInt8)?
  ) {
    let stored = bytes.networkUInt16(at: field)
    if stored == 0 && isOptional {
      self = .unknown
      return
    }
    var sum = InternetChecksum()
    if let ends {
      sum.addPseudoHeader(
        source: ends.source, destination: ends.destination, protocol: ends.protocol,
        length: bytes.byteCount)
      if sum.folded == stored {
        self = .partial
        return
      }
    }
    sum.add(bytes)
    self = sum.folded == 0xffff ? .right : .wrong
  }
}
