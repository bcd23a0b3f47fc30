import Foundation
import TestSupport
import Testing

/// Captures that come through pipes are joined like files.
struct PipeTests {
  /// How a capture gets into its pipe.
  enum Feed: String, CaseIterable, Sendable {
    case plain = "cat \"$capture\""
    case gzipped = "gzip -c \"$capture\""
    /// A capture that goes on: its writer has not ended when the joining begins.
    case unended = "cat \"$capture\"; sleep 2"
  }

  @Test(arguments: ["demo", "clusterip", "ipv6", "any"], Feed.allCases)
  func aPipeIsReportedLikeItsFile(fixture: String, feed: Feed) throws {
    let command = """
      mkdir pipes && cd pipes
      for capture in ../Fixtures/\(fixture)/*.pcap
      do mkfifo ${capture##*/}; { \(feed.rawValue); } > ${capture##*/} &
      done
      vxhop trace --format json *.pcap
      """
    let expected = try GoldenCase.run("cd Fixtures/\(fixture); vxhop trace --format json *.pcap")
    var found = try GoldenCase.run(command)
    // Only that more may come is another matter.
    if feed == .unended { found.replace(#""provisional":true"#, with: #""provisional":false"#) }
    #expect(found == expected)
  }

  /// Interfaces of LINUX_SLL2 without names have their roles from the traffic.
  @Test(arguments: ["n1-any.pcap", "n2-any.pcap"])
  func standardInputBesideAFile(capture: String) throws {
    let node = capture.prefix(2)
    let expected = try GoldenCase.run(
      "cd Fixtures/any; vxhop trace --format json \(node)=\(capture) $(ls *.pcap | grep -v \(node))"
    )
    let found = try GoldenCase.run(
      """
      cd Fixtures/any
      cat \(capture) | vxhop trace --format json \(node)=- $(ls *.pcap | grep -v \(node)) |
        sed 's/"file":"-"/"file":"\(capture)"/g; s/\\["-"\\]/["\(capture)"]/g'
      """)
    #expect(found == expected)
    #expect(found.contains("\"outcome\":\"lost\""))
  }
}
