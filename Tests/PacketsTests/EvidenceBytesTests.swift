import Testing

@testable import Packets

/// What single frames tell findings, byte by byte, and that no shorter buffer is read beyond its end.
@Suite struct EvidenceBytesTests {
  private func pieces(of frame: [UInt8], _ check: (PacketSummary, [UInt8]) -> Void) {
    for count in 0...frame.count {
      // On the heap with nothing behind it.
      let piece = Array(frame.prefix(count))
      check(decoded(piece, originalLength: frame.count), piece)
    }
  }

  /// RFC 4861, section 4.3 and 4.4: a target at byte 8 of the message, then options.
  @Test(arguments: [135, 136] as [UInt8])
  func neighbourDiscovery(type: UInt8) throws {
    let message =
      [type, 0, 0, 0, 0, 0, 0, 0] + hex("fe80 0000 0000 0000 0000 0000 0000 0099")
      + hex("01 01 02 00 00 00 00 01")
    let frame = Build.ethernet(
      Build.ipv6(message, nextHeader: 58, hopLimit: 255), type: 0x86dd)
    pieces(of: frame) { summary, bytes in
      let found = summary.neighbourMessage(in: bytes.span.bytes)
      // Ethernet 14, IPv6 40, type to reserved 8, target 16.
      #expect((found != nil) == (bytes.count >= 78), "\(bytes.count) bytes")
      guard let found else { return }
      #expect(found.target == IPAddress("fe80::99"))
      #expect(found.sender == IPAddress("2001:db8::1"))
      #expect(found.isAnswer == (type == 136))
    }
  }

  /// RFC 826.
  @Test(arguments: [1, 2])
  func addressResolution(operation: Int) {
    let message =
      hex("0001 0800 06 04") + bigEndian16(operation) + hex("020000000001 0af40101")
      + hex("000000000000 0af40109")
    let frame = Build.ethernet(message, type: 0x0806)
    pieces(of: frame) { summary, bytes in
      let found = summary.neighbourMessage(in: bytes.span.bytes)
      #expect((found != nil) == (bytes.count >= 42), "\(bytes.count) bytes")
      guard let found else { return }
      #expect(found.target == IPAddress(operation == 1 ? "10.244.1.9" : "10.244.1.1"))
      #expect(found.isAnswer == (operation == 2))
    }
  }

  /// RFC 9293, section 3.1: options up to the data offset; the MSS is kind 2, length 4. All of the header
  /// is needed.
  @Test(
    arguments: [
      ("02 04 05 82", 1410, 4), ("01 01 04 02 02 04 05 b4", 1460, 8),
      ("08 0a 00000001 00000000 02 04 05 50 01 00", 1360, 16),
      ("00 00 00 00 02 04 05 b4", nil, 0), ("02 03 05 b4", nil, 0),
      ("03 00 02 04 05 b4 00 00", nil, 0),
      ("03 01 02 04 05 b4 00 00", nil, 0), ("08 ff 02 04 05 b4 00 00", nil, 0),
      ("01 01 02 04", nil, 0), ("", nil, 0),
    ] as [(String, UInt16?, Int)])
  func maximumSegmentSize(options: String, size: UInt16?, needed: Int) {
    for isIPv6 in [false, true] {
      // Payload that reads as the option, behind the header.
      let segment = Build.tcp(hex("02 04 ff ff"), flags: 0x02, options: hex(options))
      let frame =
        isIPv6
        ? Build.ethernet(Build.ipv6(segment, nextHeader: 6), type: 0x86dd)
        : Build.ethernet(Build.ipv4(segment, protocol: 6))
      let start = 14 + (isIPv6 ? 40 : 20) + 20
      pieces(of: frame) { summary, bytes in
        let found = summary.maximumSegmentSize(in: bytes.span.bytes)
        #expect(found == (bytes.count >= start + needed ? size : nil), "\(bytes.count) bytes")
      }
    }
  }

  @Test func segmentsThatOpenNothingTellNoSize() {
    let segment = Build.tcp([], flags: 0x10, options: hex("02 04 05 82"))
    let frame = Build.ethernet(Build.ipv4(segment, protocol: 6))
    #expect(decoded(frame).maximumSegmentSize(in: frame.span.bytes) == nil)
  }

  /// Every byte of the rare frames in turn has every kind of value: nothing may trap.
  @Test func changedBytes() {
    let solicitation = Build.ethernet(
      Build.ipv6(
        [135, 0, 0, 0, 0, 0, 0, 0] + Array(repeating: 0xfe, count: 16), nextHeader: 58),
      type: 0x86dd)
    let opening = Build.ethernet(
      Build.ipv4(Build.tcp([], flags: 0x02, options: hex("01 01 04 02 02 04 05 b4")), protocol: 6))
    let error = Build.ethernet(
      Build.ipv4(
        Build.icmp(Build.ipv4(Build.udp([1, 2]), protocol: 17), type: 3, code: 4), protocol: 1))
    let handshake = WireGuardTests.datagram(
      type: 1, length: 148, source: 51820, destination: 51820)
    for frame in [solicitation, opening, error, handshake] {
      for place in frame.indices {
        for value in [0, 1, 0x0f, 0x45, 0x7f, 0x80, 0xff] as [UInt8] {
          var bytes = frame
          bytes[place] = value
          let summary = decoded(bytes)
          _ = summary.neighbourMessage(in: bytes.span.bytes)
          _ = summary.maximumSegmentSize(in: bytes.span.bytes)
          _ = summary.icmpError(in: bytes.span.bytes)
          _ = summary.innerChecksum(in: bytes.span.bytes)
        }
      }
    }
  }
}
