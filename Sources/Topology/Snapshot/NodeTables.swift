package import Packets

/// An address of an interface (`ip -j addr`).
package struct InterfaceAddress: Sendable, Equatable {
  package var interface: String
  package var address: IPAddress
  /// The network that the address is in.
  package var prefix: AddressPrefix

  /// Nil for a length that the address' family does not have.
  package init?(interface: String, address: IPAddress, prefixLength: Int) {
    guard let prefix = AddressPrefix(address, length: prefixLength) else { return nil }
    self.interface = interface
    self.address = address
    self.prefix = prefix
  }
}

/// A neighbour's MAC address (`ip -j neigh`).
package struct Neighbour: Sendable, Equatable {
  package var interface: String
  package var address: IPAddress
  /// Nil while it is not resolved.
  package var mac: MACAddress?
  /// `PERMANENT`, `REACHABLE`, `STALE`, `FAILED`…
  package var states: [String]

  package init(interface: String, address: IPAddress, mac: MACAddress?, states: [String]) {
    self.interface = interface
    self.address = address
    self.mac = mac
    self.states = states
  }
}

/// An entry of a forwarding database (`bridge -j fdb`).
package struct ForwardingEntry: Sendable, Equatable {
  package var interface: String
  package var mac: MACAddress
  /// The tunnel endpoint that frames to this MAC address are sent to.
  package var remote: IPAddress?
  package var master: String?

  package init(interface: String, mac: MACAddress, remote: IPAddress?, master: String?) {
    self.interface = interface
    self.mac = mac
    self.remote = remote
    self.master = master
  }
}
