import Testing

@testable import Packets

@Suite struct VXLANDecodingTests {
  static let inner = Build.ethernet(Build.ipv4(Build.tcp([1, 2, 3]), protocol: 6, timeToLive: 63))

  static func isDecapsulated(_ frame: [UInt8], ports: [UInt16] = [8472, 4789]) -> Bool {
    decoded(frame, ports: ports).tunnel.encapsulation == .vxlan
  }

  @Test func tunnel() {
    let summary = decoded(Build.tunnelled(Self.inner))
    #expect(summary.end == .complete)
    #expect(summary.tunnel.encapsulation == .vxlan)
    #expect(summary.tunnel.depth == 1)
    #expect(summary.tunnel.source.description == "192.168.0.1")
    #expect(summary.tunnel.destination.description == "192.168.0.2")
    #expect(summary.tunnel.sourcePort == 40000)
    #expect(summary.tunnel.destinationPort == 8472)
    #expect(summary.tunnel.vni == 1)
    #expect(summary.tunnel.flags == 8)
    #expect(summary.tunnel.reserved == 0)
    #expect(summary.tunnel.identification == 0xbeef)
    #expect(summary.tunnel.timeToLive == 64)
    #expect(summary.link.ethernetOffset == 50)
    #expect(summary.network.offset == 64)
    #expect(summary.network.timeToLive == 63)
    #expect(summary.network.identification == 0x1234)
    #expect(summary.transport.sequence == 0x0102_0304)
    #expect(summary.identity == decoded(Self.inner).identity)
  }

  @Test func overIPv6() {
    let packet = Build.ipv6(Build.udp(Build.vxlan(Self.inner), destination: 8472), nextHeader: 17)
    let summary = decoded(Build.ethernet(packet, type: 0x86dd))
    #expect(summary.tunnel.source.description == "2001:db8::1")
    #expect(summary.network.version == 4)
    #expect(summary.identity == decoded(Self.inner).identity)
  }

  @Test func arpInside() {
    let arp = hex("0001 0800 06 04 0001  020000000001 0a000001  000000000000 0a000002")
    for port in [8472, 9999] {
      let summary = decoded(Build.tunnelled(Build.ethernet(arp, type: 0x0806), port: port))
      #expect(summary.end == .notIP(etherType: 0x0806))
      #expect(summary.tunnel.vni == 1)
      #expect(!summary.isObservation)
      #expect(summary.identity == 0)
    }
  }

  @Test func anyPort() {
    #expect(Self.isDecapsulated(Build.tunnelled(Self.inner, port: 65530)))
    let six = Build.ethernet(Build.ipv6(Build.udp([1]), nextHeader: 17), type: 0x86dd)
    #expect(Self.isDecapsulated(Build.tunnelled(six, port: 65530)))
    let padded =
      Build.ethernet(Build.ipv4(Build.udp([1]), protocol: 17)) + Array(repeating: 0, count: 17)
    #expect(Self.isDecapsulated(Build.tunnelled(padded, port: 65530)))
  }

  /// On its own ports VXLAN may have flags of extensions; the VNI and the reserved bytes are kept.
  @Test func unusualHeader() {
    let frame = Build.tunnelled(Self.inner, header: "88 08 7f7f 00012c 09")
    let summary = decoded(frame)
    #expect(summary.tunnel.vni == 300)
    #expect(summary.tunnel.flags == 0x88)
    #expect(summary.tunnel.reserved == 0x087f_7f09)
    #expect(!Self.isDecapsulated(frame, ports: []))
    #expect(Self.isDecapsulated(frame, ports: [8472]))
  }

  @Test(arguments: ["00 000000 000001 00", "07 000000 000001 00", "f7 ffffff 000001 00"])
  func withoutTheIFlag(header: String) {
    #expect(!Self.isDecapsulated(Build.tunnelled(Self.inner, header: header)))
  }

  /// Frames that are not what their EtherType says, on VXLAN's port.
  @Test func implausibleOnVXLANPort() {
    #expect(
      !Self.isDecapsulated(Build.tunnelled(Build.ethernet([0x65] + Array(repeating: 0, count: 40))))
    )
    #expect(!Self.isDecapsulated(Build.tunnelled(Build.ethernet([0x45, 0], type: 0x86dd))))
    #expect(!Self.isDecapsulated(Build.tunnelled(Array("a payload of ordinary text".utf8))))
    #expect(!Self.isDecapsulated(Build.tunnelled([1, 2, 3])))
  }

  /// What is not IP: any EtherType behind a header as it should be, and lengths that are there; behind reserved bits common
  /// EtherTypes of IEEE 802 Numbers, and right lengths.
  @Test(arguments: [
    (0x88cc, "08 000000 000001 00", true), (0x88cc, "88 000000 000001 00", true),
    (0x88cc, "08 000100 000001 00", true), (0x88f7, "08 000000 000001 00", true),
    (0x88e5, "08 000000 000001 00", true), (0x9000, "08 000000 000001 05", true),
    (0x9200, "08 000000 000001 00", true), (0x1234, "08 000000 000001 00", true),
    (0x1234, "88 000000 000001 00", true), (0x1234, "08 000100 000001 00", false),
    (0x0600, "08 000000 000001 00", true), (0x05ff, "08 000000 000001 00", false),
    (0x05dd, "08 000000 000001 00", false), (0x05dc, "08 000000 000001 00", false),
    (0x0026, "08 000000 000001 00", true),
    (0x0026, "08 000000 000001 05", true), (0x0027, "08 000000 000001 05", false),
  ])
  func rareFrames(type: Int, header: String, isTaken: Bool) {
    let frame = Build.ethernet([0x42, 0x42, 3] + [UInt8](repeating: 0, count: 35), type: type)
    #expect(Self.isDecapsulated(Build.tunnelled(frame, header: header)) == isTaken)
  }

  /// A group sends nothing, and zero is no station: other traffic on the port.
  @Test(
    arguments: ["030000000002", "000000000000"], ["1234", "0026", "0000", "88cc", "0806"])
  func rareFramesOfNoStation(source: String, type: String) {
    let frame = hex("02 00 00 00 00 01" + source + type) + [UInt8](repeating: 0, count: 46)
    #expect(!Self.isDecapsulated(Build.tunnelled(frame)))
  }

  @Test func nothingBehindAnARPHeader() {
    #expect(!Self.isDecapsulated(Build.tunnelled(Build.ethernet([], type: 0x0806))))
  }

  /// Only outermost packets are put together: of another, no part may pass for its whole inner frame.
  @Test func fragmentInsideATunnel() {
    let big = Build.ethernet(Build.ipv4(Build.tcp(Array(repeating: 5, count: 2000)), protocol: 6))
    let datagram = Build.udp(Build.vxlan(big, header: "08 000000 00004d 00"), destination: 8472)
    let first = Build.ipv4(Array(datagram.prefix(1480)), protocol: 17, fragment: 0x2000)
    let summary = decoded(Build.tunnelled(Build.ethernet(first)))
    #expect(summary.tunnel.depth == 1 && summary.tunnel.vni == 1)
    #expect(!summary.tunnel.isFragment)
    #expect(summary.network.isFragment && summary.network.transportProtocol == 17)
    #expect(summary.transport.tunnelRefusal == .innerFragment)
  }

  /// Payloads that begin as VXLAN does, on other ports: one detail is wrong in each.
  @Test func implausibleOnOtherPorts() {
    let longer = Self.inner + [0]
    #expect(!Self.isDecapsulated(Build.tunnelled(longer, port: 9999)))
    let shorter = Array(Self.inner.dropLast())
    #expect(!Self.isDecapsulated(Build.tunnelled(shorter, port: 9999)))
    var group = Self.inner
    group[6] = 1
    #expect(!Self.isDecapsulated(Build.tunnelled(group, port: 9999)))
    var headerLength = Self.inner
    headerLength[14] = 0x44
    #expect(!Self.isDecapsulated(Build.tunnelled(headerLength, port: 9999)))
    #expect(
      !Self.isDecapsulated(Build.tunnelled(Self.inner, port: 9999, header: "08 000000 000001 01")))
    #expect(
      !Self.isDecapsulated(Build.tunnelled(Self.inner, port: 9999, header: "08 000100 000001 00")))
    #expect(
      !Self.isDecapsulated(Build.tunnelled(Self.inner, port: 9999, header: "0c 000000 000001 00")))
  }

  /// A DNS query whose identifier is 0x0800 begins with the same two bytes.
  @Test func dnsIsNotVXLAN() {
    let query =
      hex("0800 0100 0001 0000 0000 0000 03 777777 07 6578616d706c65 03 636f6d 00 0001 0001")
    for port in [53, 8472, 4789] {
      let frame = Build.ethernet(Build.ipv4(Build.udp(query, destination: port), protocol: 17))
      #expect(!Self.isDecapsulated(frame))
      #expect(decoded(frame).transport.payloadLength == UInt32(query.count))
    }
  }

  @Test func nested() {
    var frame = Self.inner
    for depth in 1...6 {
      frame = Build.tunnelled(frame, header: "08 000000 00000\(depth) 00")
      let summary = decoded(frame)
      #expect(summary.end == .complete)
      #expect(summary.tunnel.depth == UInt8(min(depth, 4)))
      #expect(summary.network.transportProtocol == (depth <= 4 ? 6 : 17))
      #expect(summary.tunnel.vni == UInt32(depth <= 4 ? 1 : depth - 3))
    }
  }

  /// What is left of a frame at every snaplen: nothing of the tunnel is lost that was captured.
  @Test func cutAnywhere() {
    let frame = Build.tunnelled(Self.inner)
    for count in 0...frame.count {
      let summary = decoded(Array(frame.prefix(count)), originalLength: frame.count)
      #expect((summary.tunnel.encapsulation == .vxlan) == (count >= 50))
      #expect(summary.network.version == (count >= 84 || 34..<50 ~= count ? 4 : 0))
      if count >= 84 { #expect(summary.network.identification == 0x1234) }
      if count < 104 { #expect(summary.end != .complete || 42..<50 ~= count) }
    }
  }

  /// The inner headers are all in the first fragment of an outer packet; later ones say nothing of them.
  @Test func outerFragments() {
    let big = Build.ethernet(Build.ipv4(Build.tcp(Array(repeating: 5, count: 2000)), protocol: 6))
    let datagram = Build.udp(Build.vxlan(big), destination: 8472)
    let first = decoded(
      Build.ethernet(Build.ipv4(Array(datagram.prefix(1480)), protocol: 17, fragment: 0x2000)))
    #expect(first.end == .complete)
    #expect(first.tunnel.vni == 1)
    #expect(first.network.length == 2040)
    #expect(!first.network.isFragment)
    #expect(first.identity == decoded(big).identity)
    let rest = decoded(
      Build.ethernet(Build.ipv4(Array(datagram.dropFirst(1480)), protocol: 17, fragment: 185)))
    #expect(rest.tunnel.encapsulation == .none)
    #expect(rest.network.isFragment)
    #expect(!rest.transport.hasPorts)
  }
}
