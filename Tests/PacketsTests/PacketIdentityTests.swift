import Testing

@testable import Packets

@Suite struct PacketIdentityTests {
  static func identity(_ packet: [UInt8]) -> UInt64 { decoded(Build.ethernet(packet)).identity }

  /// What hops and translation change.
  @Test func staysOnTheWay() {
    let data = Array("the same payload all the way along".utf8)
    func tcp(_ port: Int, _ flags: UInt8, _ ttl: UInt8, _ source: [UInt8], _ options: [UInt8])
      -> UInt64
    {
      Self.identity(
        Build.ipv4(
          Build.tcp(data, destination: port, flags: flags, options: options), protocol: 6,
          source: source, timeToLive: ttl, trafficClass: ttl))
    }
    #expect(tcp(80, 0x10, 64, [10, 244, 1, 7], []) == tcp(8080, 0x18, 62, [192, 168, 0, 1], []))
    #expect(
      tcp(80, 2, 64, [1, 1, 1, 1], [2, 4, 5, 0xb4])
        == tcp(80, 2, 64, [1, 1, 1, 1], [2, 4, 5, 0x64]))
    func udp(_ port: Int, _ ttl: UInt8) -> UInt64 {
      Self.identity(Build.ipv4(Build.udp(data, source: port), protocol: 17, timeToLive: ttl))
    }
    #expect(udp(1000, 64) == udp(2000, 63))
    func echo(_ identifier: Int) -> UInt64 {
      Self.identity(Build.ipv4(Build.icmp(data, identifier: identifier), protocol: 1))
    }
    #expect(echo(1) == echo(2))
  }

  /// RFC 2018: an acknowledgment that tells what is missing is another one than the one before it. Without
  /// identification nothing else parts them.
  @Test func acknowledgmentsWithoutIdentificationAreToldByTheirLength() {
    func acknowledgment(_ options: [UInt8], flags: UInt8 = 0x10, ttl: UInt8 = 64) -> UInt64 {
      Self.identity(
        Build.ipv4(
          Build.tcp([], flags: flags, options: options), protocol: 6, identification: 0,
          timeToLive: ttl))
    }
    let selective: [UInt8] = [1, 1, 5, 10, 0, 0, 0, 9, 0, 0, 0, 20]
    #expect(acknowledgment([]) != acknowledgment(selective))
    #expect(acknowledgment(selective) == acknowledgment(selective, ttl: 62))
    // A hop may give a SYN the size of segments that it lacks.
    #expect(acknowledgment([], flags: 2) == acknowledgment([2, 4, 5, 0xb4], flags: 2))
  }

  /// An ICMP error quotes addresses that are translated back.
  @Test func icmpErrorsStay() {
    func error(_ address: [UInt8]) -> UInt64 {
      let quoted = Build.ipv4(Build.udp([]), protocol: 17, source: address)
      return Self.identity(Build.ipv4(Build.icmp(quoted, type: 3, code: 4), protocol: 1))
    }
    #expect(error([10, 0, 0, 1]) == error([10, 0, 0, 2]))
  }

  /// What makes another packet of it; all different from each other.
  @Test func tellsPacketsApart() {
    let data = Array("0123456789abcdef0123456789abcdef".utf8)
    var other = data
    other[31] ^= 1
    let packets = [
      Build.ipv4(Build.tcp(data), protocol: 6),
      Build.ipv4(Build.tcp(data), protocol: 6, identification: 0x1235),
      Build.ipv4(Build.tcp(data), protocol: 6, identification: 0),
      Build.ipv4(Build.tcp(other), protocol: 6, identification: 0),
      Build.ipv4(Build.tcp(data, sequence: 1), protocol: 6),
      Build.ipv4(Build.tcp(data, acknowledgment: 1), protocol: 6),
      Build.ipv4(Build.tcp(data + [1]), protocol: 6),
      Build.ipv4(Build.udp(data), protocol: 17),
      Build.ipv4(Build.udp(other), protocol: 17),
      Build.ipv4(Build.udp(data + [1]), protocol: 17),
      Build.ipv4(Build.udp(data), protocol: 17, identification: 0x1235),
      Build.ipv4(Build.icmp(data), protocol: 1),
      Build.ipv4(Build.icmp(data, type: 0), protocol: 1),
      Build.ipv4(Build.icmp(data, code: 1), protocol: 1),
      Build.ipv4(Build.icmp(data, sequence: 6), protocol: 1),
      Build.ipv4(Build.icmp(other), protocol: 1),
      Build.ipv4(data, protocol: 47),
      Build.ipv4(data, protocol: 50),
      Build.ipv4(other, protocol: 47),
      Build.ipv4(Build.udp(data), protocol: 17, fragment: 0x2000),
      Build.ipv4(Build.udp(data), protocol: 17, fragment: 0x2005),
      Build.ipv4(Build.udp(data), protocol: 17, fragment: 0x0005),
      Build.ipv4(Build.udp(data), protocol: 17, identification: 7, fragment: 0x2000),
    ]
    let identities = Set(packets.map(Self.identity))
    #expect(identities.count == packets.count)
    #expect(!identities.contains(0))
  }

  /// Of a fragment only what is in its IP header counts: another piece of payload changes nothing.
  @Test func fragmentsWithoutTransport() {
    func fragment(_ byte: UInt8) -> UInt64 {
      Self.identity(
        Build.ipv4(Array(repeating: byte, count: 64), protocol: 17, fragment: 0x0010))
    }
    #expect(fragment(1) == fragment(2))
    // Even if the capture cut it right after the IP header.
    let frame = Build.ethernet(Build.ipv4(Build.udp([1, 2]), protocol: 17, fragment: 0x2000))
    let cut = decoded(Array(frame.prefix(34)), originalLength: frame.count)
    #expect(cut.end == .truncated(.udp, offset: 34))
    #expect(cut.identity == decoded(frame).identity)
  }

  @Test func ordinaryPacketsDoNotCollide() {
    var seen: Set<UInt64> = []
    for identification in 0..<200 {
      for sequence in stride(from: 0, to: 1_400_000, by: 1400) {
        let packet = Build.ipv4(
          Build.tcp([], sequence: sequence), protocol: 6, identification: identification * 251)
        seen.insert(Self.identity(packet))
        if sequence > 140_000 { break }
      }
    }
    #expect(seen.count == 200 * 102)
  }
}

@Suite struct PacketDigestTests {
  /// Every byte counts, at every length.
  @Test(arguments: 1...70)
  func everyByte(count: Int) {
    let bytes = (0..<count).map { UInt8($0 &* 37 & 0xff) }
    var digests: Set<UInt32> = [PacketDigest.digest(bytes.span.bytes, count: count)]
    for index in bytes.indices {
      var other = bytes
      other[index] ^= 0x80
      digests.insert(PacketDigest.digest(other.span.bytes, count: count))
    }
    #expect(digests.count == count + 1)
  }

  @Test func lengthCounts() {
    let zeros = [UInt8](repeating: 0, count: 64)
    let digests = Set((0...64).map { PacketDigest.digest(zeros.span.bytes, count: $0) })
    #expect(digests.count == 65)
  }

  /// Only the prefix that the options name is covered, so that captures cut at different places agree.
  @Test func prefixOnly() {
    let data = (0..<100).map { UInt8($0) }
    var other = data
    other[32] = 0xff
    func digest(_ data: [UInt8]) -> UInt32 {
      decoded(Build.ethernet(Build.ipv4(Build.udp(data), protocol: 17))).transport.payloadDigest
    }
    #expect(digest(data) == digest(other))
    other[31] = 0xff
    #expect(digest(data) != digest(other))
  }

  /// 64 × 64 → 128 bits, worked out by hand in another language for the same seeds.
  @Test func fixedSeed() {
    #expect(PacketDigest.digest(Array("vxhop".utf8).span.bytes, count: 5) == 0x64a7fe5f)
    #expect(
      PacketDigest.digest(Array("0123456789abcdef0123456789abcdef".utf8).span.bytes, count: 32)
        == 0xc3163974)
  }
}
