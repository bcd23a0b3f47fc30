/// How NAT rewrites the addresses of a packet between two points.
enum AddressTranslation {
  /// Whether `other` can be the same packet as `one` after translation: NAT rewrites the source
  /// (masquerade), the destination (ClusterIP) or, for NodePort and hairpin traffic, both.
  ///
  /// Both ends may differ only where the identity is strong enough to stand without addresses, or where
  /// the flow is known to be translated so.
  static func isPlausible(
    from one: Observation, to other: Observation, known: borrowing FlowTranslations
  ) -> Bool {
    let sameSource = one.source == other.source
    let sameDestination = one.destination == other.destination
    if sameSource && sameDestination {
      return hasSamePorts(one, other)
        || !other.isInSameState(as: one) && (other.standsAlone || known.contains(one, other))
    }
    let isAnswer = one.source == other.destination && one.destination == other.source
    guard one.isIPv6 == other.isIPv6, !isAnswer else { return false }
    // What passes a point once more in the same state goes back to its sender (hairpin).
    if other.isInSameState(as: one) && other.destination != one.source { return false }
    if sameSource || sameDestination { return true }
    return one.standsAlone && other.standsAlone || known.contains(one, other)
  }

  /// Whether ports or the ICMP identifier agree; fragments have none.
  private static func hasSamePorts(_ one: Observation, _ other: Observation) -> Bool {
    one.sourcePort == other.sourcePort && one.destinationPort == other.destinationPort
      && one.icmpIdentifier == other.icmpIdentifier
  }
}

extension Observation {
  fileprivate func isInSameState(as other: Observation) -> Bool {
    point == other.point && timeToLive == other.timeToLive && packetType == other.packetType
      && encapsulation == other.encapsulation
  }

  /// Whether the packet is recognised under any addresses: by its IP identification, or by TCP's sequence
  /// numbers, which begin at random (RFC 9293, section 3.4.1).
  var isRecognisable: Bool {
    hasExactIdentity || transportProtocol == 6 && sequence != 0 && !isFragment
  }

  /// The same, or by its payload if no other packet has the same one.
  fileprivate var standsAlone: Bool {
    isRecognisable || traits.contains(.isIdentityComplete) && payloadLength >= 8
  }
}
