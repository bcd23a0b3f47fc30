/// A network namespace that an interface of a node leads into: a pod's, or another container's.
package struct JoinedNamespace: Sendable, Equatable {
  /// The number that the node's own namespace gives it (`link-netnsid`).
  package var number: Int32
  /// Number of its file in the kernel's file system of namespaces (`ls -i /run/netns`).
  package var inode: UInt64
  /// Its name in /run/netns, where it has one.
  package var name: String?
  /// The lowest number of a process in it, where there is one.
  package var process: Int32?
  /// The pod that it is of, where the kubelet's files tell.
  package var pod: PodIdentity?
  /// Its interfaces, addresses, neighbours and routes.
  package var tables: NodeSnapshot

  package init(
    number: Int32, inode: UInt64, name: String?, process: Int32?, pod: PodIdentity? = nil,
    tables: NodeSnapshot
  ) {
    self.number = number
    self.inode = inode
    self.name = name
    self.process = process
    self.pod = pod
    self.tables = tables
  }

  /// The file that opens it: named ones outlive their processes.
  package var path: String? {
    name.map { "/run/netns/" + $0 } ?? process.map { "/proc/\($0)/ns/net" }
  }
}
