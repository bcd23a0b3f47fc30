import Decapsulation
import Foundation
import TestSupport
import Testing

/// Frames of seldom EtherTypes in tunnels.
struct RareFrameTests {
  /// Wake-on-LAN, PROFINET, RoCE, HSR, IEEE 802's two for experiments, and the least one there is.
  static let types: [UInt16] = [0x0842, 0x8892, 0x8915, 0x892f, 0x88b5, 0x88b6, 0x0600]

  private typealias Make = DecapsulationTests

  struct Tunnel: Sendable, CustomStringConvertible {
    let description: String
    let outer: @Sendable ([UInt8]) -> [UInt8]
  }

  static let tunnels = [
    Tunnel(description: "vxlan") { Make.outer($0) },
    Tunnel(description: "vxlan with a group policy") { Make.outer($0, flags: 0x88) },
    Tunnel(description: "vxlan-gpe") {
      Make.ethernet(Make.ipv4(Make.udp([0x0c, 0, 0, 3, 0, 0, 1, 0] + $0, to: 4790), protocol: 17))
    },
    Tunnel(description: "geneve") {
      Make.ethernet(
        Make.ipv4(Make.udp([0, 0, 0x65, 0x58, 0, 0, 1, 0] + $0, to: 6081), protocol: 17))
    },
    Tunnel(description: "gre") {
      Make.ethernet(Make.ipv4([0, 0, 0x65, 0x58] + $0, protocol: 47))
    },
    Tunnel(description: "nvgre") {
      Make.ethernet(Make.ipv4([0x20, 0, 0x65, 0x58, 0, 0, 1, 0] + $0, protocol: 47))
    },
    Tunnel(description: "erspan type I") {
      Make.ethernet(Make.ipv4([0, 0, 0x88, 0xbe] + $0, protocol: 47))
    },
    Tunnel(description: "erspan type II") {
      let header: [UInt8] = [0x10, 0, 0x88, 0xbe, 0, 0, 0, 9, 0x10, 1, 0, 5, 0, 0, 0, 0]
      return Make.ethernet(Make.ipv4(header + $0, protocol: 47))
    },
    Tunnel(description: "erspan type III") {
      let header: [UInt8] =
        [0x10, 0, 0x22, 0xeb, 0, 0, 0, 9, 0x20, 1, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0]
      return Make.ethernet(Make.ipv4(header + $0, protocol: 47))
    },
  ]

  /// What tshark sees behind the tunnel of the original it sees in the output.
  @Test(arguments: tunnels) func inATunnel(_ tunnel: Tunnel) throws {
    let inner = Self.types.map {
      Make.ethernet([UInt8](repeating: 0xab, count: 46), type: $0)
    }
    let capture = Make.capture(inner.map(tunnel.outer))
    let done = try Decapsulated(capture: capture)
    #expect(try done.frames().map(\.bytes) == inner)
    #expect(done.recovered == inner.count)
    let original = try TemporaryFile(capture)
    let before = try Tshark.rows(original.path, ["eth.type"]).map { $0["eth.type"] ?? "" }
    let after = try done.tshark(["eth.type"]).map { $0["eth.type"] ?? "" }
    try #require(after.count == before.count)
    for (after, before) in zip(after, before) { #expect(before.hasSuffix("," + after)) }
  }

  /// GRE tells the protocol itself, and only IP, ARP and Ethernet are followed.
  @Test(arguments: types) func rightBehindGRE(type: UInt16) throws {
    let header: [UInt8] = [0, 0, UInt8(type >> 8), UInt8(type & 0xff)]
    let frame = Make.ethernet(
      Make.ipv4(header + [UInt8](repeating: 0x45, count: 46), protocol: 47))
    let done = try Decapsulated(capture: Make.capture([frame]))
    #expect(try done.frames().map(\.bytes) == [frame])
    #expect(
      done.counts.lines(files: ["a"]).last?.hasPrefix(
        "no tunnel: 1 gre without what the header announces, or an unknown protocol") == true)
  }
}
