import Packets

/// What tells two packets apart that have the same identity.
extension Observation {
  /// Whether a non-zero IP identification and the whole transport identity stand behind a match.
  var hasExactIdentity: Bool {
    identification != 0 && traits.contains(.isIdentityComplete)
  }

  /// Whether TCP's TSval (RFC 7323, section 3) tells that one of the two was sent again: it stays as it is on
  /// the way.
  func hasOtherTimestamp(than other: Observation) -> Bool {
    timestamp != other.timestamp && timestamp != 0 && other.timestamp != 0
  }

  /// Whether the outer header tells equal packets apart: Linux numbers all that enter a tunnel, also those
  /// that RFC 6864 would let it send without a number.
  var isTunnelIdentified: Bool {
    isEncapsulated && tunnelSource.isIPv4 && tunnelIdentification != 0
  }

  /// Whether both are in a tunnel between the same addresses, with an identification.
  func hasTunnel(of other: Observation) -> Bool {
    isTunnelIdentified && other.isTunnelIdentified && tunnelSource == other.tunnelSource
      && tunnelDestination == other.tunnelDestination
  }
}
