import Foundation
import Scoring
import TestSupport
import Testing
import Trajectories

/// Points that were not captured, or not long enough, lose no packet.
struct OmittedPointsTests {
  @Test(
    arguments: ["demo", "clusterip", "ipv6"],
    [
      ["-veth"], ["-veth", "-flannel"], ["-cni0"], ["-flannel"], ["-eth0"], ["n2-"],
      ["-veth", "n2-"],
    ])
  func onlyLostPacketsAreCalledLost(fixture: String, omitted: [String]) throws {
    let (folder, captures) = try Self.captures(of: fixture, without: omitted)
    var lost: Set<Place> = []
    for packet in try folder.truth(.interfaces) where packet.outcome == "lost" {
      lost.formUnion(packet.places)
    }
    let found = TraceRun(captures).traces
    #expect(!found.isEmpty)
    for trace in found where trace.outcome == "lost" {
      let isTrue = trace.hops.contains { lost.contains($0.place) }
      #expect(isTrue, "\(trace.hops[0].file) frame \(trace.hops[0].frame) was not lost")
    }
  }

  /// Who sent a packet and who is to get it decides, not which points were captured.
  @Test(
    arguments: ["demo", "clusterip", "ipv6"],
    [
      [], ["-veth"], ["-veth", "-flannel"], ["-cni0"], ["-flannel"], ["-eth0"], ["n2-"],
      ["-veth", "-cni0", "-eth0"], ["-veth", "-cni0", "-flannel"],
      ["-veth", "-cni0", "-flannel", "n2-"], ["n1-", "-veth", "-flannel", "-eth0"],
    ])
  func theScopeIsThatOfTheEnds(fixture: String, omitted: [String]) throws {
    let (folder, captures) = try Self.captures(of: fixture, without: omitted)
    var scopes: [Place: Trajectory.Scope] = [:]
    for packet in try folder.truth(.interfaces) {
      let ends = [packet.path.first, packet.path.last].count { $0?.contains("/veth") == true }
      for place in packet.places { scopes[place] = ends == 2 ? .pod : .host }
    }
    let run = TraceRun(captures)
    var count = 0
    for (trace, trajectory) in zip(run.traces, run.trajectories) {
      guard let scope = trace.hops.lazy.compactMap({ scopes[$0.place] }).first else { continue }
      count += 1
      #expect(trajectory.scope == scope, "\(trace.hops[0].file) frame \(trace.hops[0].frame)")
    }
    #expect(count > 100)
  }

  private static func captures(
    of fixture: String, without omitted: [String]
  ) throws -> (LabFolder, [String]) {
    let folder = LabFolder(Checkout.folder.appending(path: "Fixtures/\(fixture)"))
    let captures = try folder.captures(.interfaces).filter { path in
      let name = path.split(separator: "/").last ?? ""
      return !omitted.contains { name.contains($0) }
    }
    return (folder, captures)
  }
}
