import Foundation
import Scoring
import TestSupport
import Testing

/// Points that were not captured, or not long enough, lose no packet.
struct OmittedPointsTests {
  @Test(
    arguments: ["demo", "clusterip", "ipv6"],
    [
      ["-veth"], ["-veth", "-flannel"], ["-cni0"], ["-flannel"], ["-eth0"], ["n2-"],
      ["-veth", "n2-"],
    ])
  func onlyLostPacketsAreCalledLost(fixture: String, omitted: [String]) throws {
    let folder = LabFolder(Checkout.folder.appending(path: "Fixtures/\(fixture)"))
    let captures = try folder.captures(.interfaces).filter { path in
      let name = path.split(separator: "/").last ?? ""
      return !omitted.contains { name.contains($0) }
    }
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
}
