import CLibnl
import Packets
import Topology

extension IPAddress {
  /// Nil for addresses that are no IP addresses.
  init?(_ address: OpaquePointer?) {
    guard let address = unsafe address, let bytes = unsafe nl_addr_get_binary_addr(address) else {
      return nil
    }
    let count = unsafe Int(nl_addr_get_len(address))
    let span = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
    switch (unsafe nl_addr_get_family(address), count) {
    case (AF_INET, 4):
      self.init(v4: UInt32(truncatingIfNeeded: unsafe Self.number(span[...])))
    case (AF_INET6, 16):
      self.init(high: unsafe Self.number(span[..<8]), low: unsafe Self.number(span[8...]))
    default:
      return nil
    }
  }

  private static func number(_ bytes: Slice<UnsafeRawBufferPointer>) -> UInt64 {
    unsafe bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension MACAddress {
  /// Nil for link addresses of another length than six bytes.
  init?(_ address: OpaquePointer?) {
    guard let address = unsafe address, unsafe nl_addr_get_len(address) == 6,
      let bytes = unsafe nl_addr_get_binary_addr(address)
    else { return nil }
    let span = unsafe UnsafeRawBufferPointer(start: bytes, count: 6)
    self.init(bits: unsafe span.reduce(0) { $0 << 8 | UInt64($1) })
  }
}

extension AddressPrefix {
  /// Nil for what is no IP network. `family` says which network `nil` and a length of 0 stand for.
  init?(_ address: OpaquePointer?, family: Int32) {
    guard let address = unsafe address, unsafe nl_addr_get_len(address) > 0 else {
      self.init(family == AF_INET ? IPAddress(v4: 0) : .unspecified, length: 0)
      return
    }
    guard let network = unsafe IPAddress(address) else { return nil }
    self.init(network, length: Int(unsafe nl_addr_get_prefixlen(address)))
  }
}
