/// What `vxhop snapshot` writes: the rows of iproute2's tables, under one roof.
struct SnapshotDocument: Decodable {
  static let type = "snapshot"

  /// The name of the node that the tables are of.
  let node: String?
  let link: [SnapshotRow]
  let neigh: [SnapshotRow]
  let route: [SnapshotRow]
  let fdb: [SnapshotRow]
  let namespaces: [NamespaceRow]

  struct NamespaceRow: Decodable {
    let number: Int32
    let inode: UInt64
    let name: String?
    let process: Int32?
    let pod: PodIdentity?
    let link: [SnapshotRow]
    let neigh: [SnapshotRow]
    let route: [SnapshotRow]
    let fdb: [SnapshotRow]
  }
}

extension NodeSnapshot {
  mutating func add(_ document: SnapshotDocument) {
    nodeName = document.node?.printable ?? nodeName
    isWhole = true
    for row in document.link + document.neigh + document.route + document.fdb { insert(row) }
    namespaces += document.namespaces.map(JoinedNamespace.init)
  }
}

extension JoinedNamespace {
  fileprivate init(_ row: SnapshotDocument.NamespaceRow) {
    var tables = NodeSnapshot()
    tables.isWhole = true
    for row in row.link + row.neigh + row.route + row.fdb { tables.insert(row) }
    self.init(
      number: row.number, inode: row.inode, name: row.name?.printable, process: row.process,
      pod: row.pod?.printable, tables: tables)
  }
}

extension PodIdentity {
  fileprivate var printable: PodIdentity {
    PodIdentity(namespace: namespace.printable, name: name.printable, uid: uid?.printable)
  }
}
