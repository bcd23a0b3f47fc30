import Packets

/// What reports write of packets, as plain text.
extension OutputBuffer {
  mutating func append(_ address: IPAddress) {
    guard address.isIPv4 else {
      append(Array(address.description.utf8))
      return
    }
    let bits = address.v4Bits
    append(UInt64(bits >> 24))
    append(UInt8(ascii: "."))
    append(UInt64(bits >> 16 & 0xff))
    append(UInt8(ascii: "."))
    append(UInt64(bits >> 8 & 0xff))
    append(UInt8(ascii: "."))
    append(UInt64(bits & 0xff))
  }

  /// Seconds with nine decimals.
  mutating func appendSeconds(_ nanoseconds: Int64) {
    if nanoseconds < 0 { append(UInt8(ascii: "-")) }
    let (seconds, rest) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
    append(seconds)
    append(UInt8(ascii: "."))
    appendNine(rest)
  }

  mutating func append(_ flag: Bool) {
    append(flag ? "true" : "false" as StaticString)
  }
}
