/// An IPv4 or IPv6 address as one 128-bit value.
///
/// IPv4 addresses are held IPv4-mapped (`::ffff:a.b.c.d`, RFC 4291, section 2.5.5.2), so that one
/// column of a table and one comparison serve both families.
@usableFromInline package struct IPAddress: Hashable, Sendable, BitwiseCopyable {
  /// The address' first eight bytes in network order, as a number.
  @usableFromInline package var high: UInt64
  /// The address' last eight bytes in network order, as a number.
  @usableFromInline package var low: UInt64

  @inlinable package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// An IPv4 address from its 32 bits, the first byte most significant.
  @inlinable package init(v4 bits: UInt32) {
    self.init(high: 0, low: 0xffff_0000_0000 | UInt64(bits))
  }

  /// `::`, also used where a packet has no address.
  package static let unspecified = IPAddress(high: 0, low: 0)

  @inlinable package var isIPv4: Bool { high == 0 && low >> 32 == 0xffff }

  /// The upper half of an IPv4 address tells nothing, and takes a quarter of a look-up.
  @inlinable package func hash(into hasher: inout Hasher) {
    if high != 0 { hasher.combine(high) }
    hasher.combine(low)
  }

  /// The 32 bits of an IPv4 address. Meaningless for IPv6.
  @inlinable package var v4Bits: UInt32 { UInt32(truncatingIfNeeded: low) }
}

/// By number: an order that is the same in every run.
extension IPAddress: Comparable {
  @inlinable package static func < (one: IPAddress, other: IPAddress) -> Bool {
    (one.high, one.low) < (other.high, other.low)
  }
}
