import Foundation
import Synchronization
import TestSupport
import Testing

/// A lab's network without captures: what its nodes and pods are, as they were set up.
struct StandingLab: Decodable, Sendable {
  struct VTEP: Decodable, Sendable {
    let interface: String
    let mac: String
    let address: String
    let vni: UInt32
    let port: UInt16
  }

  struct Pod: Decodable, Sendable {
    let name: String
    let namespace: String
    let veth: String
    /// By family, `4` and `6`; here and below.
    let addresses: [String: String]
  }

  struct Node: Decodable, Sendable {
    let name: String
    let number: Int
    let namespace: String
    let nic: String
    let bridge: String?
    let underlay: [String: String]
    let vteps: [String: VTEP]
    let podNetworks: [String: String]
    let pods: [Pod]
  }

  let name: String
  let families: [Int]
  let nodes: [Node]
  /// Pairs of nodes by number, of which the first sends to the second without VXLAN.
  let direct: [[Int]]

  /// Puts up a scenario's network for as long as `body` runs.
  static func run<Value>(
    _ scenario: String, _ body: (StandingLab) throws -> Value
  ) throws -> Value {
    let name = [
      ProcessInfo.processInfo.processIdentifier, Int32(counter.add(1, ordering: .relaxed).newValue),
    ].map(String.init).joined()
    let process = try ChildProcess(Lab.program, ["up", scenario, "--name", name])
    defer { _ = try? ChildProcess(Lab.program, ["down", "--name", name]) }
    try #require(process.status == 0, "\(process.errors)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try body(decoder.decode(StandingLab.self, from: process.output))
  }

  private static let counter = Atomic<Int>(0)

  func isDirect(from node: Node, to other: Node) -> Bool {
    direct.contains([node.number, other.number])
  }
}

extension StandingLab.Node {
  /// Runs a command in the node's namespace; it must succeed.
  @discardableResult
  func run(_ words: String...) throws -> Data {
    try run(words: words)
  }

  func run(words: [String]) throws -> Data {
    try StandingLab.run(words, in: namespace)
  }
}

extension StandingLab {
  static func run(_ words: [String], in namespace: String) throws -> Data {
    let process = try ChildProcess("ip", ["netns", "exec", namespace] + words)
    try #require(process.status == 0, "\(words.joined(separator: " ")): \(process.errors)")
    return process.output
  }

  /// Each pod and each node tries the pods of the node once, which teaches bridges and neighbour
  /// tables where they are.
  func letPodsTalk() throws {
    for node in nodes {
      for address in node.pods.flatMap(\.addresses.values) {
        for namespace in [node.namespace] + node.pods.map(\.namespace) {
          // Refused, and so resolved.
          let script = "(exec 3<> /dev/tcp/\(address)/9) 2> /dev/null || true"
          _ = try Self.run(["bash", "-c", script], in: namespace)
        }
      }
    }
  }
}
