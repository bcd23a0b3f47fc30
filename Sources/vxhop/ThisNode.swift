import Glibc
import Netlink
import Topology

/// The node that the program runs on.
enum ThisNode {
  /// As Kubernetes calls it, if the environment says so ($NODE_NAME); else the host's name.
  static var name: String {
    if let name = unsafe getenv("NODE_NAME").map({ unsafe String(cString: $0) }), !name.isEmpty {
      return name
    }
    var buffer = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return PointNaming.unnamedNode }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  static func tables() throws -> NodeSnapshot {
    do {
      return try NodeSnapshot.ofThisNode()
    } catch {
      StandardError.print(error.description)
      throw ExitStatus.failure
    }
  }
}
