import FoundationEssentials
package import Topology

/// Finds which pod a process is of: its control group has the pod's UID, and the kubelet names the
/// folder of a pod's logs `NAMESPACE_NAME_UID`.
package struct PodSearch {
  private let processes: String
  private var pods: [String: PodIdentity] = [:]

  /// The folders are another machine's for tests only.
  package init(logs: String = "/var/log/pods", processes: String = "/proc") {
    self.processes = processes
    for folder in (try? FileManager.default.contentsOfDirectory(atPath: logs)) ?? [] {
      let parts = folder.split(separator: "_").map(String.init)
      guard parts.count == 3 else { continue }
      pods[parts[2]] = PodIdentity(
        namespace: parts[0].printable, name: parts[1].printable, uid: parts[2].printable)
    }
  }

  /// The pod of a process; nil if it is of none, or of one that left no logs.
  package func pod(ofProcess process: Int32) -> PodIdentity? {
    let path = "\(processes)/\(process)/cgroup"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    return Self.podUID(inControlGroups: text).flatMap { pods[$0] }
  }

  /// `…/kubepods-besteffort-pod0a1b_….slice/…` with systemd, `…/kubepods/besteffort/pod0a1b-…/…` without;
  /// static pods have a hash of 32 digits for a UID.
  static func podUID(inControlGroups text: String) -> String? {
    for part in text.split(whereSeparator: { "/\n:".contains($0) }) {
      guard let start = part.ranges(of: "pod").last?.upperBound else { continue }
      let end = part.hasSuffix(".slice") ? part.index(part.endIndex, offsetBy: -6) : part.endIndex
      guard start < end else { continue }
      let uid = part[start..<end].replacing("_", with: "-")
      if uid.count >= 32, uid.allSatisfy({ $0.isHexDigit || $0 == "-" }) { return String(uid) }
    }
    return nil
  }
}
