package import Packets

/// A network: an address and how many of its bits count.
package struct AddressPrefix: Hashable, Sendable {
  package let address: IPAddress
  /// 0 to 32 for IPv4, 0 to 128 for IPv6.
  package let length: Int
  package let isIPv4: Bool

  /// Nil for a length that the family does not have.
  package init?(_ address: IPAddress, length: Int) {
    guard (0...(address.isIPv4 ? 32 : 128)).contains(length) else { return nil }
    self.address = address
    self.length = length
    isIPv4 = address.isIPv4
  }

  /// `10.42.1.0/24`, `fd00::/64`; an address alone is a network of one.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let address = IPAddress(first) else { return nil }
    let length = parts.count == 2 ? Int(parts[1]) : address.isIPv4 ? 32 : 128
    guard let length else { return nil }
    self.init(address, length: length)
  }

  /// All addresses of a family.
  static func all(ofIPv4: Bool) -> AddressPrefix? {
    AddressPrefix(ofIPv4 ? IPAddress(v4: 0) : .unspecified, length: 0)
  }

  package func contains(_ other: IPAddress) -> Bool {
    guard other.isIPv4 == isIPv4 else { return false }
    let bits = isIPv4 ? 96 + length : length
    let highMask = ~UInt64(0) << UInt64(max(0, 64 - bits))
    let lowMask = ~UInt64(0) << UInt64(max(0, 128 - max(bits, 64)))
    return (other.high ^ address.high) & highMask == 0 && (other.low ^ address.low) & lowMask == 0
  }
}
