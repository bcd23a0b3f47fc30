import Testing

@testable import Packets

/// Lengths of messages from "WireGuard: Next Generation Kernel Network Tunnel", section 5.4.
@Suite struct WireGuardTests {
  static func datagram(type: UInt8, length: Int, source: Int, destination: Int) -> [UInt8] {
    let message = [type, 0, 0, 0] + Array(repeating: 0xa5, count: length - 4)
    return Build.ethernet(
      Build.ipv4(Build.udp(message, source: source, destination: destination), protocol: 17))
  }

  @Test(arguments: [(1, 148), (2, 92), (3, 64), (4, 32), (4, 128), (4, 1456)] as [(UInt8, Int)])
  func recognised(type: UInt8, length: Int) {
    for (source, destination) in [(51820, 51820), (40000, 51821), (51820, 33333)] {
      let summary = decoded(
        Self.datagram(type: type, length: length, source: source, destination: destination))
      #expect(summary.transport.opaqueTunnel == .wireGuard)
      #expect(summary.transport.payloadLength == UInt32(length))
      #expect(summary.tunnel.encapsulation == .none)
      #expect(summary.isObservation)
    }
  }

  @Test(arguments: [(0, 32), (5, 32), (1, 147), (2, 93), (3, 60), (4, 16)] as [(UInt8, Int)])
  func otherTraffic(type: UInt8, length: Int) {
    let frame = Self.datagram(type: type, length: length, source: 51820, destination: 51820)
    #expect(decoded(frame).transport.opaqueTunnel == .none)
  }

  @Test(arguments: [(1, 148), (2, 92), (4, 32)] as [(UInt8, Int)])
  func everyShorterBuffer(type: UInt8, length: Int) {
    let frame = Self.datagram(type: type, length: length, source: 51820, destination: 51820)
    for count in 0...frame.count {
      let summary = decoded(Array(frame.prefix(count)), originalLength: frame.count)
      // Ethernet 14, IPv4 20, UDP 8, type and reserved 4.
      #expect((summary.transport.opaqueTunnel == .wireGuard) == (count >= 46))
    }
  }

  @Test func otherPortsAndCutMessages() {
    let elsewhere = Self.datagram(type: 4, length: 64, source: 40000, destination: 51819)
    #expect(decoded(elsewhere).transport.opaqueTunnel == .none)
    let frame = Self.datagram(type: 4, length: 64, source: 40000, destination: 51820)
    for count in 42..<frame.count {
      let summary = decoded(Array(frame.prefix(count)), originalLength: frame.count)
      #expect((summary.transport.opaqueTunnel == .wireGuard) == (count >= 46))
    }
    let set = hex("04 00 01 00") + Array(repeating: 0, count: 28)
    let reserved = Build.ethernet(Build.ipv4(Build.udp(set, destination: 51820), protocol: 17))
    #expect(decoded(reserved).transport.opaqueTunnel == .none)
  }
}
