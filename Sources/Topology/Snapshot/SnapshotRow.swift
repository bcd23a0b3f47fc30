import Packets

/// One row of one of the tables, recognised by its fields. Fields that are not needed are ignored.
enum SnapshotRow: Sendable {
  /// `{}`: what `ip -j` prints for what it leaves out.
  case nothing
  case link(NetworkLink, [InterfaceAddress])
  case neighbour(Neighbour)
  case forwardingEntry(ForwardingEntry)
  case route(Route)
}

extension SnapshotRow: Decodable {
  private enum Mark: String, CodingKey {
    case mac, ifindex, dst, lladdr, state
  }

  init(from decoder: any Decoder) throws {
    let marks = try decoder.container(keyedBy: Mark.self)
    if marks.contains(.mac) {
      self = try ForwardingRow(from: decoder).entry().map(Self.forwardingEntry) ?? .nothing
    } else if marks.contains(.ifindex) {
      let row = try LinkRow(from: decoder)
      self = .link(row.networkLink(), row.interfaceAddresses())
    } else if marks.contains(.dst), marks.contains(.lladdr) || marks.contains(.state) {
      self = try NeighbourRow(from: decoder).neighbour().map(Self.neighbour) ?? .nothing
    } else if marks.contains(.dst) {
      self = try RouteRow(from: decoder).route().map(Self.route) ?? .nothing
    } else if try decoder.container(keyedBy: AnyKey.self).allKeys.isEmpty {
      self = .nothing
    } else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "no row of ip -j link, addr, neigh or route, nor of bridge -j fdb"))
    }
  }

  private struct AnyKey: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }
  }
}
