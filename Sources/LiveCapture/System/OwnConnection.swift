import Glibc

/// The connection over which a capture leaves the node: captured too, each packet would make more.
package enum OwnConnection: Equatable, Sendable, CustomStringConvertible {
  /// Of sshd, from SSH_CONNECTION: addresses and ports of both ends.
  case ssh(client: String, clientPort: UInt16, server: String, serverPort: UInt16)
  /// `kubectl exec` and `debug` stream through the kubelet.
  case kubelet

  static let kubeletPort = 10250

  /// The connection that this process was started over: what its environment or its nearest
  /// ancestor's says; nil if there is none.
  package static func current() -> OwnConnection? {
    var process = getpid()
    // Deeper than any chain of shells; a loop cannot be, but the file system could say anything.
    for _ in 0..<64 where process > 0 {
      let environment = Self.environment(of: process)
      if let text = value(of: "SSH_CONNECTION", in: environment), let ssh = OwnConnection(ssh: text)
      {
        return ssh
      }
      if value(of: "KUBERNETES_SERVICE_HOST", in: environment) != nil { return .kubelet }
      process = parent(of: process)
    }
    return nil
  }

  /// Reads the value of SSH_CONNECTION (sshd(8)): client address and port, server address and port.
  init?(ssh text: String) {
    let words = text.split(separator: " ").map(String.init)
    guard words.count == 4, let clientPort = UInt16(words[1]), let serverPort = UInt16(words[3]),
      let client = Self.address(words[0]), let server = Self.address(words[2])
    else { return nil }
    self = .ssh(client: client, clientPort: clientPort, server: server, serverPort: serverPort)
  }

  /// In tcpdump's language, what matches its packets.
  package var filter: String {
    switch self {
    case .ssh(let client, let clientPort, let server, let serverPort):
      """
      (tcp and host \(client) and host \(server) and port \(clientPort) and port \(serverPort))
      """
    case .kubelet: "(tcp port \(Self.kubeletPort))"
    }
  }

  package var description: String {
    switch self {
    case .ssh(let client, let clientPort, let server, let serverPort):
      "the ssh connection \(client) port \(clientPort) to \(server) port \(serverPort)"
    case .kubelet: "the kubelet's port \(Self.kubeletPort)"
    }
  }

  /// An address without its zone, and nothing that is none: it goes into a filter.
  private static func address(_ text: String) -> String? {
    let address = String(text.prefix { $0 != "%" })
    var buffer = in6_addr()
    let isAddress = unsafe withUnsafeMutablePointer(to: &buffer) {
      unsafe inet_pton(AF_INET, address, $0) == 1 || inet_pton(AF_INET6, address, $0) == 1
    }
    return isAddress ? address : nil
  }

  private static func environment(of process: pid_t) -> [Substring] {
    contents(of: "/proc/\(process)/environ").split(separator: "\0")
  }

  private static func value(of name: String, in environment: [Substring]) -> String? {
    environment.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
  }

  /// The fourth field of /proc/PID/stat; the second may hold spaces and parentheses.
  private static func parent(of process: pid_t) -> pid_t {
    let text = contents(of: "/proc/\(process)/stat")
    guard let end = text.lastIndex(of: ")") else { return 0 }
    let fields = text[text.index(after: end)...].split(separator: " ")
    return fields.count > 1 ? pid_t(fields[1]) ?? 0 : 0
  }

  private static func contents(of path: String) -> String {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block: [UInt8] = Array(repeating: 0, count: 16 << 10)
    while bytes.count < 1 << 20 {
      let count = unsafe read(descriptor, &block, block.count)
      guard count > 0 else { break }
      bytes += block[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
