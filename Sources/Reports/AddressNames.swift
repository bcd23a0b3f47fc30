import Packets
package import Topology

/// What Kubernetes calls addresses, for the reports that write the name beside the address.
package struct AddressNames: Sendable {
  /// `default/web-0` and the like, as Kubernetes has it: to be escaped where it is written.
  let names: [IPAddress: String]

  /// - Parameter cluster: nil if Kubernetes was not asked: no address has a name then.
  package init(_ cluster: Cluster? = nil) {
    names = cluster?.nameOfAddress ?? [:]
  }

  /// `default/web-0 10.42.1.2`, or the address alone.
  func named(_ address: IPAddress) -> String { prefix(address) + address.description }

  /// `default/web-0 10.42.1.2:59048`, `[fd00::2]:59048`, without the port where there is none.
  func endpoint(_ address: IPAddress, port: UInt16?) -> String {
    prefix(address) + Self.text(address, port: port)
  }

  /// The name as a terminal may show it; nil if there is none.
  func name(of address: IPAddress) -> String? { names[address].map(TerminalText.escaped) }

  /// `10.42.1.2:59048`, `[fd00::2]:59048`, without the port where there is none.
  static func text(_ address: IPAddress, port: UInt16?) -> String {
    guard let port else { return address.description }
    return address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
  }

  private func prefix(_ address: IPAddress) -> String { name(of: address).map { $0 + " " } ?? "" }
}
