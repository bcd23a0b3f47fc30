import Captures
import Decapsulation
import Filters
import Foundation
import Packets
import TestSupport
import Testing

/// Frames made by hand, and what becomes of them.
struct DecapsulationTests {
  static let inner: [UInt8] = ethernet(
    ipv4([0x9c, 0x40, 0x00, 0x35, 0, 12, 0, 0, 1, 2, 3, 4], protocol: 17, from: [10, 42, 1, 2]))
  static let seconds: UInt32 = 1_763_823_788

  static func ethernet(_ payload: [UInt8], type: UInt16 = 0x0800) -> [UInt8] {
    [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, UInt8(type >> 8), UInt8(type & 0xff)] + payload
  }

  static func ipv4(
    _ payload: [UInt8], protocol number: UInt8, from source: [UInt8] = [172, 30, 9, 11],
    fragment: UInt16 = 0
  ) -> [UInt8] {
    let length = 20 + payload.count
    return [
      0x45, 0, UInt8(length >> 8), UInt8(length & 0xff), 0xec, 0xc6, UInt8(fragment >> 8),
      UInt8(fragment & 0xff), 64, number, 0, 0,
    ] + source + [172, 30, 9, 12] + payload
  }

  /// UDP from port 40,880.
  static func udp(_ payload: [UInt8], to port: UInt16) -> [UInt8] {
    let length = 8 + payload.count
    return [
      0x9f, 0xb0, UInt8(port >> 8), UInt8(port & 0xff), UInt8(length >> 8), UInt8(length & 0xff), 0,
      0,
    ] + payload
  }

  static func vxlan(_ frame: [UInt8], vni: UInt8 = 1, flags: UInt8 = 8) -> [UInt8] {
    [flags, 0, 0, 0, 0, 0, vni, 0] + frame
  }

  static func outer(_ frame: [UInt8], vni: UInt8 = 1, flags: UInt8 = 8) -> [UInt8] {
    ethernet(ipv4(udp(vxlan(frame, vni: vni, flags: flags), to: 8472), protocol: 17))
  }

  /// A pcap in nanoseconds.
  static func capture(_ frames: [[UInt8]], linkType: UInt32 = 1) -> [UInt8] {
    var pcap = PcapBytes(magic: 0xa1b2_3c4d, linkType: linkType)
    for (number, frame) in frames.enumerated() {
      pcap.append(seconds: seconds, fraction: UInt32(number) + 7, frame)
    }
    return pcap.bytes
  }

  @Test func recoversAFrame() throws {
    let done = try Decapsulated(capture: Self.capture([Self.outer(Self.inner)]))
    let time = Int64(Self.seconds) * 1_000_000_000 + 7
    #expect(
      try done.frames() == [
        .init(
          bytes: Self.inner, time: time, originalLength: UInt32(Self.inner.count), linkType: 1)
      ])
    let row = try #require(
      try done.tshark(["frame.comment", "frame.interface_name", "ip.src"]).first)
    #expect(
      row["frame.comment"] == "vxlan vni 1, 172.30.9.11:40880 > 172.30.9.12:8472, ip id 60614")
    #expect(row["frame.interface_name"]?.hasSuffix("/eth0") == true)
    #expect(row["ip.src"] == "10.42.1.2")
  }

  @Test func withoutComments() throws {
    var options = DecapsulationOptions()
    options.hasComments = false
    let done = try Decapsulated(capture: Self.capture([Self.outer(Self.inner)]), options: options)
    #expect(try done.tshark(["frame.comment", "ip.src"]).first?["frame.comment"] == "")
    #expect(try done.frames().count == 1)
  }

  /// The capture kept 90 bytes: 40 of the inner frame, whose length is what it was on the wire.
  @Test func cutByTheCapture() throws {
    let frame = Self.outer(Self.inner)
    var pcap = PcapBytes()
    pcap.append(
      seconds: 1, fraction: 0, Array(frame[..<90]), originalLength: UInt32(frame.count))
    let done = try Decapsulated(capture: pcap.bytes)
    let written = try #require(try done.frames().first)
    #expect(written.bytes == Array(Self.inner[..<40]))
    #expect(written.originalLength == UInt32(Self.inner.count))
  }

  /// Bytes behind the outer packet, such as a frame check sequence, are not the inner frame's.
  @Test func trailer() throws {
    let done = try Decapsulated(
      capture: Self.capture([Self.outer(Self.inner) + [0xde, 0xad, 0xbe, 0xef]]))
    #expect(try done.frames().map(\.bytes) == [Self.inner])
  }

  @Test func passesOrLeavesOut() throws {
    let notVXLAN = Self.ethernet(
      Self.ipv4(Self.udp([UInt8](repeating: 0x41, count: 40), to: 8472), protocol: 17))
    let frames = [Self.inner, Self.outer(Self.inner), notVXLAN]
    let done = try Decapsulated(capture: Self.capture(frames))
    #expect(try done.frames().map(\.bytes) == [Self.inner, Self.inner, notVXLAN])
    #expect(done.counts.passed == 2 && done.recovered == 1)
    var options = DecapsulationOptions()
    options.isOnlyTunnelled = true
    let only = try Decapsulated(capture: Self.capture(frames), options: options)
    #expect(try only.frames().map(\.bytes) == [Self.inner])
    #expect(only.counts.notTunnelled == 2)
    #expect(
      only.counts.lines(files: ["a"]) == [
        "3 frames read, 1 decapsulated (1 vxlan), 0 passed", "left out: 2 not encapsulated",
        "no tunnel: 1 on a vxlan port without the flag of a valid VNI (first: a frame 3)",
      ])
  }

  @Test func networkIdentifiers() throws {
    var options = DecapsulationOptions()
    options.vnis = [2, 3]
    let frames = (1...3).map { Self.outer(Self.inner, vni: $0) }
    let done = try Decapsulated(capture: Self.capture(frames), options: options)
    #expect(done.recovered == 2)
    #expect(done.counts.otherVNI == 1)
    #expect(
      try done.tshark(["frame.comment"]).map { $0["frame.comment"]?.prefix(11) } == [
        "vxlan vni 2", "vxlan vni 3",
      ])
  }

  /// A frame is in all of the tunnels that are stripped from it.
  @Test(arguments: [(UInt32(9), 1), (2, 1), (3, 0)])
  func networkIdentifiersOfNestedTunnels(_ vni: UInt32, _ count: Int) throws {
    var options = DecapsulationOptions()
    options.vnis = [vni]
    let nested = Self.outer(Self.outer(Self.inner, vni: 2), vni: 9)
    let done = try Decapsulated(capture: Self.capture([nested]), options: options)
    #expect(done.recovered == count)
    #expect(done.counts.otherVNI == UInt64(1 - count))
  }

  @Test(arguments: [(UInt8(1), 2), (2, 1), (4, 0)]) func depth(_ depth: UInt8, _ left: Int) throws {
    let twice = Self.outer(Self.outer(Self.inner, vni: 2))
    let thrice = Self.outer(twice, vni: 9)
    var options = DecapsulationOptions()
    options.decoding.maximumTunnelDepth = depth
    let done = try Decapsulated(capture: Self.capture([thrice]), options: options)
    let expected = [Self.inner, Self.outer(Self.inner, vni: 2), twice]
    #expect(try done.frames().map(\.bytes) == [expected[left]])
    let comment = try done.tshark(["frame.comment"]).first?["frame.comment"]
    #expect(comment?.components(separatedBy: "; in it ").count == 3 - left)
  }

  /// Linux would drop it; the comment says why.
  @Test func unusualFlags() throws {
    let done = try Decapsulated(capture: Self.capture([Self.outer(Self.inner, flags: 0x0c)]))
    #expect(try done.frames().map(\.bytes) == [Self.inner])
    #expect(done.counts.irregular == 1)
    #expect(
      try done.tshark(["frame.comment"]).first?["frame.comment"]?.contains("flags 0x0c") == true)
  }

  /// A group policy, and what its bits say to tshark.
  @Test(arguments: [
    (UInt8(0), ""), (0x40, ", don't learn"), (0x08, ", policy applied"),
    (0x48, ", don't learn, policy applied"),
  ]) func groupPolicy(_ bits: UInt8, _ words: String) throws {
    var frame = Self.outer(Self.inner, flags: 0x88)
    frame[14 + 20 + 8 + 1] = bits
    frame[14 + 20 + 8 + 3] = 5
    let capture = Self.capture([frame])
    let done = try Decapsulated(capture: capture)
    #expect(done.counts.irregular == 0 && done.counts.groupPolicies == 1)
    #expect(
      done.counts.lines(files: ["a"]).last
        == "1 frame with a group policy in a VXLAN header: receivers that do not expect one drop such"
    )
    let comment = try #require(try done.tshark(["frame.comment"]).first?["frame.comment"])
    #expect(comment.hasSuffix(", group policy 5" + words))
    let file = try TemporaryFile(capture)
    let flags = ["vxlan.gbp", "vxlan.flag_d", "vxlan.flag_a"]
    let row = try #require(try Tshark.rows(file.path, flags).first)
    #expect(row["vxlan.gbp"] == "5")
    #expect(row["vxlan.flag_d"] == (words.contains("learn") ? "1" : "0"))
    #expect(row["vxlan.flag_a"] == (words.contains("applied") ? "1" : "0"))
  }

  /// Of two tunnels the outer one has a group policy, the inner one reserved bits.
  @Test func groupPolicyAroundUnusualFlags() throws {
    let frame = Self.outer(Self.outer(Self.inner, flags: 0x0c), flags: 0x88)
    let done = try Decapsulated(capture: Self.capture([frame]))
    #expect(try done.frames().map(\.bytes) == [Self.inner])
    #expect(done.counts.irregular == 1 && done.counts.groupPolicies == 1)
  }

  @Test(arguments: ["udp port 53", "src host 10.42.1.2", "ip"])
  func filterTakes(_ expression: String) throws {
    var options = DecapsulationOptions()
    options.filter = try InnerPacketFilter(expression: expression)
    let done = try Decapsulated(capture: Self.capture([Self.outer(Self.inner)]), options: options)
    #expect(done.recovered == 1)
  }

  @Test(arguments: ["udp port 8472", "host 172.30.9.11", "tcp"])
  func filterLeavesOut(_ expression: String) throws {
    var options = DecapsulationOptions()
    options.filter = try InnerPacketFilter(expression: expression)
    let done = try Decapsulated(capture: Self.capture([Self.outer(Self.inner)]), options: options)
    #expect(done.recovered == 0)
    #expect(done.counts.filtered == 1)
  }

  /// IPIP holds no Ethernet frame: pcapng says so, a pcap of Ethernet frames gets headers of zeros.
  @Test func bareIP() throws {
    let packet = Array(Self.inner[14...])
    let capture = Self.capture([Self.ethernet(Self.ipv4(packet, protocol: 4)), Self.inner])
    let pcapng = try Decapsulated(capture: capture)
    #expect(try pcapng.frames().map(\.linkType) == [101, 1])
    #expect(try pcapng.frames().map(\.bytes) == [packet, Self.inner])
    let pcap = try Decapsulated(capture: capture, format: .pcap(.ethernet))
    let header = [UInt8](repeating: 0, count: 12) + [8, 0]
    #expect(try pcap.frames().map(\.bytes) == [header + packet, Self.inner])
  }

  @Test func encryptedTunnel() throws {
    let message = [4, 0, 0, 0] + [UInt8](repeating: 7, count: 60)
    let frame = Self.ethernet(Self.ipv4(Self.udp(message, to: 51820), protocol: 17))
    let done = try Decapsulated(capture: Self.capture([frame]))
    #expect(done.counts.opaque == 1 && done.counts.passed == 1)
    #expect(try done.tshark(["frame.comment"]).first?["frame.comment"] == "wireguard: encrypted")
  }

  @Test func unknownLinkType() throws {
    let capture = Self.capture([[1, 2, 3]], linkType: 147)
    let done = try Decapsulated(capture: capture)
    #expect(try done.frames().map(\.linkType) == [147])
    #expect(
      done.counts.lines(files: ["a.pcap"])
        == [
          "1 frame read, 0 decapsulated, 1 passed",
          "a.pcap: 1 frame of link type 147, which is not supported",
        ])
    let pcap = try Decapsulated(capture: capture, format: .pcap(.ethernet))
    #expect(try pcap.frames().isEmpty)
    #expect(pcap.counts.unframed == 1)
  }

  @Test func malformed() throws {
    var frame = Self.inner
    frame[14] = 0x41
    let done = try Decapsulated(capture: Self.capture([Self.inner, frame]))
    #expect(done.counts.passed == 2)
    #expect(
      done.counts.lines(files: ["a.pcap"]).last
        == "malformed: 1 ipv4 header of an impossible length (first: a.pcap frame 2)")
  }

  /// A header that is changed in one place, and what is said of it.
  @Test(arguments: [
    (14, UInt8(0x55), "ipv4 of another version"), (17, 10, "ipv4 length below its header's"),
    (16, 1, "ipv4 length beyond what holds it"), (39, 3, "udp length below its header's"),
    (38, 9, "udp length beyond what holds it"),
  ]) func reasons(_ place: Int, _ value: UInt8, _ reason: String) throws {
    var frame = Self.inner
    frame[place] = value
    let done = try Decapsulated(capture: Self.capture([frame]))
    #expect(done.counts.passed == 1)
    #expect(
      done.counts.lines(files: ["a"]).last == "malformed: 1 \(reason) (first: a frame 1)")
  }

  /// The outer header's length is looked at, too, where what is in the tunnel is well.
  @Test func outerLengthBeyondTheFrame() throws {
    var frame = Self.outer(Self.inner)
    frame[16] = 1
    let done = try Decapsulated(capture: Self.capture([frame]))
    #expect(done.recovered == 1)
    #expect(
      done.counts.lines(files: ["a"]).last
        == "malformed: 1 ipv4 length beyond what holds it (first: a frame 1)")
  }

  /// What a tunnel's port or protocol number announces, and is not there, passes and is named.
  @Test(arguments: [
    (outer(inner, flags: 0), "on a vxlan port without the flag of a valid VNI"),
    (ethernet(ipv4(udp([8, 0, 0], to: 4789), protocol: 17)), "too short for a vxlan header"),
    (
      ethernet(
        ipv4(
          udp([8, 0, 0, 0, 0, 0, 1, 0] + [UInt8](repeating: 7, count: 20), to: 4789),
          protocol: 17)), "on a vxlan port without a frame behind the header"
    ),
    (
      ethernet(ipv4(udp([0x40, 0, 0x65, 0x58, 0, 0, 1, 0], to: 6081), protocol: 17)),
      "geneve with an impossible header"
    ),
    (
      ethernet(ipv4(udp([0, 0, 0x12, 0x34, 0, 0, 1, 0], to: 6081), protocol: 17)),
      "geneve without what the header announces, or an unknown protocol"
    ),
    (
      ethernet(ipv4([0x30, 1, 0x88, 0x0b, 0, 4, 0, 0, 1, 2, 3, 4], protocol: 47)),
      "gre with an impossible header or of version 1"
    ),
    (ethernet(ipv4([1, 2, 3, 4], protocol: 4)), "ip in ip without a packet"),
  ]) func noTunnel(_ frame: [UInt8], _ reason: String) throws {
    let done = try Decapsulated(capture: Self.capture([frame]))
    #expect(try done.frames().map(\.bytes) == [frame])
    #expect(
      done.counts.lines(files: ["a"]) == [
        "1 frame read, 0 decapsulated, 1 passed", "no tunnel: 1 \(reason) (first: a frame 1)",
      ])
  }
}
