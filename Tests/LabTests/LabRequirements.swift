import Foundation
import TestSupport

/// What the lab needs of the machine, asked of the lab itself.
enum LabRequirements {
  static let isContinuousIntegration = ProcessInfo.processInfo.environment["CI"] == "true"

  /// What is missing of what may be missing: tools, and the right to a network namespace.
  ///
  /// Anything else that keeps the lab from running is a failure, not a reason to skip.
  static let unmet: [String] = {
    guard let process = try? ChildProcess(Lab.program, ["check"]),
      let found = try? JSONDecoder().decode(Found.self, from: process.output)
    else { return [] }
    let tools = found.missing.filter(["ip", "nft", "iptables", "ethtool", "tcpdump"].contains)
    let refusal = found.refusal.map { "unshare(CLONE_NEWNET): " + $0 }
    return tools + (refusal.map { [$0] } ?? [])
  }()

  static var areMet: Bool { unmet.isEmpty }

  private struct Found: Decodable {
    let missing: [String]
    /// Why a thread may not have a network namespace of its own.
    let refusal: String?

    enum CodingKeys: String, CodingKey {
      case missing
      case refusal = "namespaces_refused"
    }
  }
}
