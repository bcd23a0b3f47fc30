package import Packets

/// A route (`ip -j route`).
package struct Route: Sendable, Equatable {
  package struct NextHop: Sendable, Equatable {
    package var interface: String?
    /// Nil for a network that the interface is on.
    package var gateway: IPAddress?

    package init(interface: String?, gateway: IPAddress?) {
      self.interface = interface
      self.gateway = gateway
    }
  }

  package var destination: AddressPrefix
  /// More than one for a multipath route, none for one that refuses packets.
  package var nextHops: [NextHop]
  /// `unicast`, `local`, `blackhole`, `unreachable`, `prohibit`, `broadcast`…
  package var type: String
  /// Name of the routing table, nil for the main one.
  package var table: String?
  package var metric: UInt32

  package init(
    destination: AddressPrefix, nextHops: [NextHop], type: String = "unicast",
    table: String? = nil, metric: UInt32 = 0
  ) {
    self.destination = destination
    self.nextHops = nextHops
    self.type = type
    self.table = table
    self.metric = metric
  }
}
