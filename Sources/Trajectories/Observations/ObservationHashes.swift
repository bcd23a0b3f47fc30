import Packets

extension Observation {
  /// Sets the hashes, once all that they are made of is there.
  @inline(__always)
  mutating func setHashes() {
    endpointsHash = hashOfEndpoints
    placeHash = hashOfPlace
  }

  @inline(__always)
  private var hashOfEndpoints: UInt64 {
    let ports = UInt64(sourcePort) | UInt64(destinationPort) << 16
    let others = UInt64(icmpIdentifier) | UInt64(transportProtocol) << 16
    guard source.high | destination.high == 0 else {
      return Self.mix(addressesHash, ports | others << 32)
    }
    // Of an IPv4 address there is nothing in the upper half that differs.
    return Self.mix(source.low ^ ports << 32, destination.low ^ others << 32)
  }

  @inline(__always)
  var addressesHash: UInt64 {
    Self.mix(source.low ^ source.high &* 31, destination.low) ^ destination.high &* 31
  }

  @inline(__always)
  private var hashOfPlace: UInt64 {
    let tunnel = tunnelDestination.low ^ tunnelDestination.high &* 31
    let state =
      UInt64(timeToLive) | UInt64(packetType) << 8 | UInt64(encapsulation.rawValue) << 16
      | UInt64(point) << 32
    return Self.mix(tunnel, state)
  }

  /// A hash of the addresses that tell which way the packet goes at a point: also those of link and tunnel.
  var courseHash: UInt64 {
    let tunnel = tunnelSource.low ^ tunnelSource.high &* 31
    return Self.mix(linkSource ^ tunnel, linkDestination ^ addressesHash)
  }

  /// One multiplication folded on itself, with constants without pattern: fast, and fixed from run to run.
  @inline(__always)
  static func mix(_ one: UInt64, _ other: UInt64) -> UInt64 {
    let product = (one ^ 0x9e37_79b9_7f4a_7c15).multipliedFullWidth(
      by: other ^ 0xd6e8_feb8_6659_fd93)
    return product.high ^ product.low
  }
}
