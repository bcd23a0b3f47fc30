import Packets
import TestSupport
import Testing

@testable import Trajectories

/// What a capture filter says of a packet of which only the endpoints are known.
struct PointFilterTests {
  private static func row(
    _ source: String, _ sourcePort: UInt16, _ destination: String, _ destinationPort: UInt16,
    transportProtocol: UInt8 = 17
  ) throws -> Observation {
    var row = Observation()
    row.source = try #require(IPAddress(source))
    row.destination = try #require(IPAddress(destination))
    (row.sourcePort, row.destinationPort) = (sourcePort, destinationPort)
    row.transportProtocol = transportProtocol
    if !row.source.isIPv4 { row.traits.insert(.isIPv6) }
    row.setHashes()
    return row
  }

  @Test(arguments: [
    ("udp port 5001", true), ("tcp", false), ("src port 5001", false), ("dst port 5001", true),
    ("host 10.42.1.2", true), ("net 10.42.0.0/16", true), ("host 10.43.0.10 or port 53", false),
    ("portrange 5000-5010", true), ("not (udp and port 5001)", false), ("!tcp && !icmp", true),
    ("ip6", false), ("ip proto 17", true),
  ])
  func asksProtocolAddressesAndPorts(expression: String, expected: Bool) throws {
    let filter = PointFilter(expression, looksIntoTunnels: true)
    #expect(filter.knowsEndpoints)
    #expect(try filter.selects(Self.row("10.42.1.2", 40_000, "10.42.2.2", 5001)) == expected)
  }

  @Test(arguments: [("host fd00:10:42:1::2", true), ("ip", false), ("udp port 5002", false)])
  func ofIPv6Too(expression: String, expected: Bool) throws {
    let filter = PointFilter(expression, looksIntoTunnels: true)
    let row = try Self.row("fd00:10:42:1::2", 40_000, "fd00:10:42:2::2", 5001)
    #expect(filter.selects(row) == expected)
  }

  @Test(arguments: ["ip[8] = 64", "tcp[13] & 2 != 0", "greater 100", "ether host 2:0:0:0:0:1"])
  func whatElseIsAskedHasNoAnswer(expression: String) throws {
    let filter = PointFilter(expression, looksIntoTunnels: true)
    #expect(!filter.knowsEndpoints)
    #expect(try !filter.selects(Self.row("10.42.1.2", 40_000, "10.42.2.2", 5001)))
  }

  /// Expression, and whether it selects whatever becomes of the source, of the destination.
  @Test(arguments: [
    ("udp", true, true), ("udp port 5001", true, false), ("host 10.42.1.2", false, true),
    ("not host 10.43.0.10", false, false), ("not (host 10.43.0.10 and port 22)", false, false),
    ("not (host 10.9.9.9 and host 10.9.9.8 and port 22)", true, true),
  ])
  func looksAtEveryFormThatATranslationMayGive(
    expression: String, anySource: Bool, anyDestination: Bool
  ) throws {
    let filter = PointFilter(expression, looksIntoTunnels: true)
    let row = try Self.row("10.42.1.2", 40_000, "10.42.2.2", 5001)
    #expect(filter.selects(row, anySource: true) == anySource)
    #expect(filter.selects(row, anyDestination: true) == anyDestination)
  }
}
