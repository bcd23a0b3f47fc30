import FoundationEssentials

extension NodeSnapshot {
  /// The snapshot as JSON, a table's row a line, in iproute2's words. `time` is in seconds since 1970.
  package func json(node: String, time: Int64) throws -> [UInt8] {
    let type = SnapshotDocument.type
    var text = "{\"type\":\"\(type)\",\"node\":\(try Self.line(node)),\"time\":\(time),\n"
    text += try tables(indentation: " ") + ",\n \"namespaces\":["
    text += try namespaces.map { namespace in
      try "\n  " + Self.line(NamespaceHead(namespace)).dropLast() + ",\n"
        + namespace.tables.tables(indentation: "   ") + "}"
    }.joined(separator: ",")
    return Array((text + "]}\n").utf8)
  }

  /// `"link":[…],"neigh":[…],"route":[…],"fdb":[…]`.
  private func tables(indentation: String) throws -> String {
    func table(_ name: String, _ rows: [some Encodable]) throws -> String {
      let separator = "\n" + indentation + " "
      let lines = try rows.map { try separator + Self.line($0) }
      return indentation + "\"\(name)\":[" + lines.joined(separator: ",") + "]"
    }
    let links = links.map { link in
      LinkRow(link, addresses: addresses.filter { $0.interface == link.name })
    }
    return try [
      table("link", links),
      table("neigh", neighbours.map(NeighbourRow.init)),
      table("route", routes.map(RouteRow.init)),
      table("fdb", forwardingEntries.map(ForwardingRow.init)),
    ].joined(separator: ",\n")
  }

  private static func line(_ row: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(row), as: UTF8.self)
  }
}

/// What stands before a namespace's tables.
private struct NamespaceHead: Encodable {
  let number: Int32
  let inode: UInt64
  let name: String?
  let process: Int32?
  let pod: PodIdentity?

  init(_ namespace: JoinedNamespace) {
    number = namespace.number
    inode = namespace.inode
    name = namespace.name
    process = namespace.process
    pod = namespace.pod
  }
}
