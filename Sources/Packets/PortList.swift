/// A few port numbers in place: a decoder that holds them is copied without counting references.
@usableFromInline package struct PortList: BitwiseCopyable, Sendable {
  /// Ports that there is room for; the command line says so when it is given more.
  package static let capacity = 8

  // Four ports a word, so that all are compared in a few instructions; unused places hold the first port.
  @usableFromInline var first: UInt64 = 0
  @usableFromInline var second: UInt64 = 0
  @usableFromInline var count = 0

  /// Keeps the first `capacity` ports.
  package init(_ ports: [UInt16]) {
    for port in ports.prefix(Self.capacity) { append(port) }
  }

  /// Leaves out a port that there is no room for.
  package mutating func append(_ port: UInt16) {
    guard count < Self.capacity else { return }
    if count == 0 {
      (first, second) = (Self.allPlaces &* UInt64(port), Self.allPlaces &* UInt64(port))
    }
    let shift = UInt64(count % 4 * 16)
    let cleared = ~(0xffff << shift) as UInt64
    if count < 4 {
      first = first & cleared | UInt64(port) << shift
    } else {
      second = second & cleared | UInt64(port) << shift
    }
    count += 1
  }

  @inlinable @inline(__always)
  func contains(_ port: UInt16) -> Bool {
    if UInt16(truncatingIfNeeded: first) == port { return count > 0 }
    let ports = Self.allPlaces &* UInt64(port)
    return count > 0 && (Self.hasZeroPlace(first ^ ports) || Self.hasZeroPlace(second ^ ports))
  }

  /// 1 in each of four places of 16 bits.
  @inlinable static var allPlaces: UInt64 { 0x0001_0001_0001_0001 }

  /// Whether one of four places is 0: only there does subtracting 1 set the highest bit that was not set.
  @inlinable @inline(__always)
  static func hasZeroPlace(_ word: UInt64) -> Bool {
    (word &- allPlaces) & ~word & (allPlaces << 15) != 0
  }
}
