import FoundationEssentials
import Glibc

/// Finds the network namespaces of a machine: those with a name, and those of processes.
///
/// Without CAP_SYS_PTRACE only one's own processes tell theirs; what cannot be seen is left out.
struct NamespaceSearch {
  struct Found {
    let inode: UInt64
    let path: String
    /// Its name in /run/netns.
    var name: String?
    /// The lowest number of a process in it.
    var process: Int32?
  }

  /// All but the one that this thread is in, by inode.
  static func others() -> [Found] {
    var found: [UInt64: Found] = [:]
    for name in entries(of: "/run/netns") {
      let path = "/run/netns/" + name
      guard let inode = inode(of: path), found[inode] == nil else { continue }
      found[inode] = Found(inode: inode, path: path, name: name)
    }
    for process in entries(of: "/proc").compactMap({ Int32($0) }).sorted() {
      let path = "/proc/\(process)/ns/net"
      guard let inode = inode(of: path) else { continue }
      if found[inode]?.process == nil {
        found[inode, default: Found(inode: inode, path: path)].process = process
      }
    }
    if let own = inode(of: "/proc/thread-self/ns/net") { found[own] = nil }
    return found.values.sorted { $0.inode < $1.inode }
  }

  private static func entries(of folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  private static func inode(of path: String) -> UInt64? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
  }
}
