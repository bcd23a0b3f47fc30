import Glibc
package import Topology

extension NodeSnapshot {
  /// The tables of the network namespace that this process is in, and of those joined to it that
  /// it may enter. The node's own tables need no rights.
  package static func ofThisNode() throws(NetlinkError) -> NodeSnapshot {
    let socket = try NetlinkSocket()
    var snapshot = try socket.tables()
    snapshot.namespaces = joinedNamespaces(of: snapshot, socket)
    return snapshot
  }

  /// A namespace that cannot be entered, or that goes away, is left out: pods come and go.
  private static func joinedNamespaces(
    of node: NodeSnapshot, _ socket: NetlinkSocket
  ) -> [JoinedNamespace] {
    let numbers = Set(node.links.compactMap(\.lowerNamespace))
    let pods = PodSearch()
    return NamespaceSearch.others().compactMap { found in
      guard let namespace = try? NetworkNamespace(path: found.path),
        let number = socket.number(ofNamespace: namespace.descriptor), numbers.contains(number),
        let inside = try? namespace.run({ try NetlinkSocket() }), let tables = try? inside.tables()
      else { return nil }
      return JoinedNamespace(
        number: number, inode: found.inode, name: found.name?.printable, process: found.process,
        pod: found.process.flatMap { pods.pod(ofProcess: $0) }, tables: tables)
    }.sorted { $0.number < $1.number }
  }
}

extension NetlinkSocket {
  /// All tables of the socket's namespace.
  func tables() throws(NetlinkError) -> NodeSnapshot {
    let links = try links()
    let names = Dictionary(links.map { ($0.index, $0.name) }) { first, _ in first }
    return NodeSnapshot(
      links: links, addresses: try addresses(names), neighbours: try neighbours(names),
      forwardingEntries: try forwardingEntries(names), routes: try routes(names))
  }
}
