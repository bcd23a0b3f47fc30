/// What an IP header carries: Assigned Internet Protocol Numbers (IANA registry).
struct IPProtocol: RawRepresentable, Equatable {
  let rawValue: UInt8

  static let hopByHopOptions = IPProtocol(rawValue: 0)
  static let icmp = IPProtocol(rawValue: 1)
  static let ipv4 = IPProtocol(rawValue: 4)
  static let tcp = IPProtocol(rawValue: 6)
  static let udp = IPProtocol(rawValue: 17)
  static let ipv6 = IPProtocol(rawValue: 41)
  static let ipv6Routing = IPProtocol(rawValue: 43)
  static let ipv6Fragment = IPProtocol(rawValue: 44)
  static let gre = IPProtocol(rawValue: 47)
  static let authenticationHeader = IPProtocol(rawValue: 51)
  static let icmpv6 = IPProtocol(rawValue: 58)
  static let ipv6NoNextHeader = IPProtocol(rawValue: 59)
  static let ipv6DestinationOptions = IPProtocol(rawValue: 60)
  static let sctp = IPProtocol(rawValue: 132)
  static let mobilityHeader = IPProtocol(rawValue: 135)
}
