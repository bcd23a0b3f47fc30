import Testing

@testable import Packets

@Suite struct TransportDecodingTests {
  static func frame(_ payload: [UInt8], _ number: UInt8) -> [UInt8] {
    Build.ethernet(Build.ipv4(payload, protocol: number))
  }

  /// A digest is made only where an IP identification does not tell segments apart.
  @Test(arguments: [0, 0x1234])
  func tcp(identification: Int) {
    let segment = Build.tcp([1, 2, 3], options: Array(repeating: 1, count: 12))
    let transport = decoded(
      Build.ethernet(Build.ipv4(segment, protocol: 6, identification: identification))
    )
    .transport
    #expect(transport.hasPorts && transport.hasSequence && transport.isHeaderComplete)
    #expect(transport.sourcePort == 40000)
    #expect(transport.destinationPort == 80)
    #expect(transport.sequence == 0x0102_0304)
    #expect(transport.acknowledgment == 0x0506_0708)
    #expect(transport.flags == 0x18)
    #expect(transport.payloadLength == 3)
    #expect(transport.isDigestComplete)
    #expect((transport.payloadDigest != 0) == (identification == 0))
  }

  /// What the capture leaves of a segment with 12 bytes of options and 100 of data: ports from four
  /// bytes on, numbers from 12, lengths from 20.
  @Test(arguments: 0...132)
  func tcpCut(count: Int) {
    let segment = Build.tcp(
      Array(repeating: 7, count: 100), options: Array(repeating: 1, count: 12))
    let whole = Build.ethernet(Build.ipv4(segment, protocol: 6, identification: 0))
    let summary = decoded(Array(whole.prefix(34 + count)), originalLength: whole.count)
    let transport = summary.transport
    #expect(transport.hasPorts == (count >= 4))
    #expect(transport.hasSequence == (count >= 12))
    #expect(transport.sequence == (count >= 12 ? 0x0102_0304 : 0))
    #expect(transport.isHeaderComplete == (count >= 32))
    #expect((summary.identity != 0) == (count >= 20))
    #expect(transport.payloadLength == (count >= 20 ? 100 : 0))
    #expect(transport.isDigestComplete == (count >= 64))
    #expect(summary.end == (count >= 32 ? .complete : .truncated(.tcp, offset: 34)))
    if count >= 64 { #expect(summary.identity == decoded(whole).identity) }
  }

  /// RFC 7323, section 3.2: kind 8, length 10, TSval, TSecr; behind others, and cut.
  @Test(
    arguments: [
      ([1, 1, 8, 10, 1, 2, 3, 4, 0, 0, 0, 9], 0x0102_0304),
      ([5, 10, 0, 0, 0, 0, 0, 0, 0, 0, 8, 10, 1, 2, 3, 4, 0, 0, 0, 9, 0, 0, 0, 0], 0x0102_0304),
      ([2, 4, 5, 180, 0, 0, 0, 0], 0), ([0, 0, 8, 10, 1, 2, 3, 4, 0, 0, 0, 9], 0),
      ([3, 0, 1, 1], 0), ([1, 1, 1, 8], 0),
    ] as [([UInt8], UInt32)])
  func tcpTimestamp(options: [UInt8], expected: UInt32) {
    let segment = Build.tcp([1, 2, 3], options: options)
    func timestamp(of identification: Int, cutBy octets: Int = 0) -> UInt32 {
      let frame = Build.ethernet(
        Build.ipv4(segment, protocol: 6, identification: identification))
      return decoded(Array(frame.dropLast(octets)), originalLength: frame.count).transport.timestamp
    }
    #expect(timestamp(of: 0) == expected)
    // Where an identification tells, nothing else is needed.
    #expect(timestamp(of: 7) == 0)
    for octets in 3 + options.count...3 + options.count + 20 {
      #expect(timestamp(of: 0, cutBy: octets) == 0)
    }
  }

  @Test func tcpMalformed() {
    var segment = Build.tcp([])
    segment[12] = 0x40
    let summary = decoded(Self.frame(segment, 6))
    #expect(summary.end == .malformed(.tcp, offset: 34))
    #expect(summary.transport.sequence == 0x0102_0304)
    // A data offset beyond the IP length.
    segment[12] = 0x60
    #expect(decoded(Self.frame(segment, 6)).end == .malformed(.tcp, offset: 34))
  }

  @Test func udp() {
    let transport = decoded(Self.frame(Build.udp([1, 2, 3]) + [9, 9], 17)).transport
    // The datagram's own length, not the packet's.
    #expect(transport.payloadLength == 3)
    #expect(decoded(Self.frame(Build.udp([1, 2, 3], length: 0), 17)).transport.payloadLength == 3)
  }

  @Test(arguments: [1, 7, 12, 65535])
  func udpMalformed(length: Int) {
    let summary = decoded(Self.frame(Build.udp([1, 2, 3], length: length), 17))
    #expect(summary.end == .malformed(.udp, offset: 34))
    #expect(summary.transport.destinationPort == 53)
  }

  @Test func icmp() {
    let transport = decoded(Self.frame(Build.icmp(Array(0..<56)), 1)).transport
    #expect(transport.icmpType == 8)
    #expect(transport.icmpIdentifier == 77)
    #expect(transport.icmpSequence == 5)
    #expect(transport.payloadLength == 56)
    #expect(!transport.hasPorts)
    #expect(transport.payloadDigest != 0)
  }

  /// RFC 792: the quoted packet is not the packet, and its addresses do not stay.
  @Test(arguments: [3, 4, 5, 11, 12] as [UInt8])
  func icmpErrors(type: UInt8) {
    let quoted = Build.ipv4(
      Build.udp([]), protocol: 17, source: [1, 1, 1, 1], destination: [2, 2, 2, 2])
    let summary = decoded(Self.frame(Build.icmp(quoted, type: type), 1))
    #expect(summary.end == .complete)
    #expect(summary.network.source.description == "10.244.1.7")
    #expect(summary.network.transportProtocol == 1)
    #expect(!summary.transport.hasPorts)
    #expect(summary.transport.icmpIdentifier == 0)
    #expect(summary.transport.payloadLength == 28)
    #expect(summary.transport.payloadDigest == 0)
    #expect(summary.transport.isDigestComplete)
  }

  @Test func icmpv6() {
    let message = Build.icmp([1, 2, 3], type: 128)
    let echo = decoded(Build.ethernet(Build.ipv6(message, nextHeader: 58), type: 0x86dd))
    #expect(echo.transport.icmpIdentifier == 77)
    let error = Build.icmp(Array(repeating: 0, count: 48), type: 1)
    let unreachable = decoded(Build.ethernet(Build.ipv6(error, nextHeader: 58), type: 0x86dd))
    #expect(unreachable.transport.payloadDigest == 0)
    #expect(unreachable.transport.icmpSequence == 0)
  }

  @Test func sctp() {
    let packet =
      hex("0b59 0b5a 00000e50 53c3055f") + hex("00 03 00 10 28 02 43 45 00 00 a0 00 00 00 00 00")
    let transport = decoded(Self.frame(packet, 132)).transport
    #expect(transport.sourcePort == 2905)
    #expect(transport.destinationPort == 2906)
    #expect(transport.payloadLength == 16)
  }

  @Test func unknownProtocol() {
    let summary = decoded(Self.frame([1, 2, 3, 4, 5], 47))
    #expect(summary.end == .complete)
    #expect(summary.transport.payloadLength == 5)
    #expect(!summary.transport.isHeaderComplete)
    #expect(summary.identity != 0)
  }
}
