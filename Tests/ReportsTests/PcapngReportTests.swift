import Foundation
import Packets
import TestSupport
import Testing

@testable import Reports
@testable import Topology
@testable import Trajectories

/// The capture of sightings, as tshark reads it.
@Suite(.enabled(if: Tool.exists("tshark") || Tool.isContinuousIntegration, "needs tshark"))
struct PcapngReportTests {
  private func write(
    _ folder: String, addresses: AddressNames = AddressNames()
  ) throws -> (capture: TemporaryFile, [Trajectory], PointTable) {
    let files = try FixtureAnalysis.captures(of: folder)
    let output = Collector()
    let report = PcapngReport(
      files: files, addresses: addresses, decoding: DecodingOptions(), sink: output.sink)
    let analysis = FixtureAnalysis.analysis(of: files)
    let trajectories = FixtureAnalysis.run(analysis, into: report)
    #expect(report.missingFrames == 0)
    return (try TemporaryFile(output.bytes), trajectories, analysis.table)
  }

  private func fields(_ names: [String], of capture: TemporaryFile) throws -> [[String]] {
    let process = try ChildProcess(
      "tshark",
      ["-n", "-r", capture.path, "-T", "fields", "-E", "separator=|", "-E", "occurrence=f"]
        + names.flatMap { ["-e", $0] })
    try #require(process.status == 0, "\(process.errors)")
    return String(decoding: process.output, as: UTF8.self).split(separator: "\n")
      .map { $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init) }
  }

  /// What the JSON report has of each sighting: packet, point, corrected time, TTL and source.
  private func sightingsInJSON(of folder: String) throws -> [(words: String, isCorrected: Bool)] {
    let files = try FixtureAnalysis.captures(of: folder)
    let output = Collector()
    FixtureAnalysis.run(
      FixtureAnalysis.analysis(of: files), into: JSONReport(files: files, sink: output.sink))
    return try output.objects().flatMap { object in
      let number = UInt64(object["id"] as? String ?? "", radix: 16) ?? 0
      let hops = object["hops"] as? [[String: Any]] ?? []
      return hops.map { hop in
        let fields = ["point", "corrected_time", "ttl", "source"].map { "\(hop[$0] ?? "")" }
        return (
          "\(number) " + fields.joined(separator: " "),
          hop["corrected_time"] as? String != hop["time"] as? String
        )
      }
    }
  }

  /// Names that others made steer no terminal that shows the comments, nor spoil the capture.
  @Test(arguments: AddressNamesTests.hostile)
  func hostileNames(_ name: String) throws {
    var cluster = Cluster()
    cluster.insert(name, at: TraceBuilder.address("10.42.1.2"), node: "n1")
    let (capture, trajectories, _) = try write("demo", addresses: AddressNames(cluster))
    let rows = try fields(["frame.comment"], of: capture).map { $0.joined(separator: "|") }
    #expect(rows.count == trajectories.reduce(0) { $0 + $1.hops.count })
    let start = name.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0.isSymbol) }
    #expect(rows.contains { $0.contains(start) })
    #expect(
      rows.joined().unicodeScalars.allSatisfy {
        ![.control, .format].contains($0.properties.generalCategory)
      })
  }

  /// Each sighting of the JSON report is a record of its point's interface, with the packet's number
  /// and the same corrected time.
  @Test(arguments: FixtureAnalysis.folders)
  func hasEverySighting(folder: String) throws {
    let (capture, _, _) = try write(folder)
    let rows = try fields(
      [
        "frame.packet_id", "frame.interface_name", "frame.time_epoch", "ip.ttl", "ipv6.hlim",
        "ip.src", "ipv6.src", "udp.dstport",
      ], of: capture)
    let found = rows.map { row in
      [row[0], row[1], row[2], row[3] + row[4], row[5] + row[6]].joined(separator: " ")
    }
    let sightings = try sightingsInJSON(of: folder)
    #expect(found.sorted() == sightings.map(\.words).sorted())
    // Else it would not show whose clock the times are by.
    #expect(sightings.contains { $0.isCorrected })
    #expect(!rows.contains { $0[7] == "8472" })
    let times = rows.map { $0[2] }
    #expect(times == times.sorted())
  }

  /// The display filter that people use shows one packet's way, and where it ended.
  @Test func showsAPacketsWay() throws {
    let (capture, trajectories, table) = try write("demo")
    let lost = try #require(trajectories.first { $0.outcome == .lost && $0.hops.count == 4 })
    let process = try ChildProcess(
      "tshark",
      [
        "-n", "-r", capture.path, "-Y", "frame.packet_id == \(lost.number)", "-T", "fields", "-e",
        "frame.interface_name", "-e", "frame.comment",
      ])
    let lines = String(decoding: process.output, as: UTF8.self).split(separator: "\n")
    #expect(
      lines.map { $0.prefix { $0 != "\t" } }
        == lost.hops.map { table[$0.observation.point].name[...] })
    let next = table[try #require(lost.expectedNext)].name
    let marked = lines.filter { $0.contains("LOST after") }
    #expect(marked.count == 1)
    #expect(lines.last?.contains("expected at \(next)") == true)
  }

  /// Points as interfaces: out of the first node, into the second one.
  @Test func ordersInterfacesByTheWay() throws {
    let (capture, _, _) = try write("demo")
    let process = try ChildProcess("capinfos", [capture.path])
    let names = String(decoding: process.output, as: UTF8.self)
      .matches(of: /Name = (\S+)/).map { String($0.output.1) }
    #expect(
      names == [
        "n1/veth11aa", "n1/veth12bb", "n1/cni0", "n1/flannel.1", "n1/eth0", "n2/eth0",
        "n2/flannel.1", "n2/cni0", "n2/veth21aa", "n2/veth22bb",
      ])
  }
}
